"""Monday's list: who can still be kept, by money; and who must be left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from lakmus.engine.bucket import Facts, of_kind
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.measures.drafts import draft
from lakmus.engine.signals.catalogue import BY_CODE
from lakmus.engine.verdict import Chip, DoNotTouch, Person
from lakmus.history.estimate import Badge, Estimate
from lakmus.history.wording import Wording

LIST_LENGTH = 20
RECENT_ERROR_DAYS = 90
LATELY_DAYS = 14
CHIPS = 4
QUOTED_KINDS = ("opened_case", "sent_message", "left_review", "complained")
WEIGHTY = ("broken_promise", "no_reply", "unresolved_problem", "slow_reply")
"""Errors that by themselves put a customer on the list; a missing after-sales contact alone does not."""

_CALL_SILENT = Wording("Позвонить и спросить, что не так", "Call and ask what is wrong")
REASONS: dict[str, Wording] = {
    "contacted_lately": Wording(
        "Мы уже связывались за последние 14 дней: дайте ответить", "We were in touch within 14 days: let them answer"
    ),
    "order_on_the_way": Wording("Заказ в пути и ещё не опоздал: не торопите", "An order is on its way and not late: do not press"),
    "unsubscribed": Wording(
        "Просил не писать, и нашей ошибки за ним нет: звонок навредит",
        "Asked not to be written to, and we owe nothing: a call would do harm",
    ),
}
"""Why a customer must not be called."""


def candidates(customers: pl.DataFrame, errors: pl.DataFrame, *, as_of: datetime) -> pl.DataFrame:
    """Return the living customers whom there is a reason to contact, those with the most money at stake first.

    A reason is the state cooling or cold, or a weighty error of the last 90 days. At stake = value_at_risk x churn_probability.
    """
    recent = errors.filter(pl.col("code").is_in(WEIGHTY) & (pl.col("at") > as_of - timedelta(days=RECENT_ERROR_DAYS)))
    hurt = recent.select("customer").drop_nulls().unique()
    return (
        customers.filter(
            pl.col("state").is_in(["warm", "cooling", "cold"])
            & (pl.col("state").is_in(["cooling", "cold"]) | pl.col("customer").is_in(hurt["customer"].implode()))
            & (pl.col("value_at_risk") > 0)
            & pl.col("churn_probability").is_not_null()
        )
        .with_columns((pl.col("value_at_risk") * pl.col("churn_probability")).round(2).alias("money_at_stake"))
        .sort(["money_at_stake", "customer"], descending=[True, False])
    )


def left_alone(facts: Facts, orders: pl.DataFrame, errors: pl.DataFrame, *, as_of: datetime) -> dict[str, str]:
    """Return why some of a bucket's customers must not be called: customer -> code of the reason."""
    lately = of_kind(facts, "was_contacted").filter(pl.col("ts") > as_of - timedelta(days=LATELY_DAYS))
    on_the_way = orders.filter(~pl.col("cancelled") & pl.col("received_at").is_null() & (pl.col("promised_at") > as_of))
    gone = of_kind(facts, "unsubscribed")
    owed = errors.filter(pl.col("code").is_in(WEIGHTY))["customer"].drop_nulls().unique().implode()
    gone = gone.filter(~pl.col("customer").is_in(owed))
    reasons: dict[str, str] = {}
    for code, rows in (("unsubscribed", gone), ("order_on_the_way", on_the_way), ("contacted_lately", lately)):
        reasons.update(dict.fromkeys(rows["customer"].drop_nulls().unique().to_list(), code))
    return reasons


def people_of(
    found: pl.DataFrame, errors: pl.DataFrame, facts: Facts, alone: dict[str, str], *, as_of: datetime
) -> tuple[list[Person], list[DoNotTouch]]:
    """Return one bucket's best candidates as people with evidence, and those whom the list leaves alone.

    Parameters
    ----------
    found : `candidates`. errors : the bucket's errors table. facts : its activities. alone : `left_alone`.
    """
    spared = found.filter(pl.col("customer").is_in(list(alone))).head(LIST_LENGTH)
    called = found.filter(~pl.col("customer").is_in(list(alone))).head(LIST_LENGTH)
    names = called["customer"].implode()
    theirs = errors.filter(pl.col("customer").is_in(names) & pl.col("in_window")).sort("at", descending=True)
    said = of_kind(facts, *QUOTED_KINDS).filter(pl.col("customer").is_in(names) & pl.col("_text").is_not_null())
    words = dict(said.select("activity_id", "_text").iter_rows())
    by_customer: dict[str, list[dict[str, Any]]] = {}
    for row in theirs.iter_rows(named=True):
        by_customer.setdefault(row["customer"], []).append(row)
    people = [_person(row, by_customer.get(row["customer"], []), words) for row in called.iter_rows(named=True)]
    untouched = [
        DoNotTouch(row["customer"], row["name"], alone[row["customer"]], REASONS[alone[row["customer"]]], row["value_at_risk"])
        for row in spared.iter_rows(named=True)
    ]
    return people, untouched


def _person(row: dict[str, Any], errors: Sequence[dict[str, Any]], words: dict[str, str]) -> Person:
    ordered = sorted(errors, key=lambda error: WEIGHTY.index(error["code"]) if error["code"] in WEIGHTY else len(WEIGHTY))
    first = ordered[0] if ordered else None
    chips = [_error_chip(error, words) for error in ordered[:CHIPS]]
    signals = [code for code in row["reasons"] if code in BY_CODE]
    chips += [Chip("signal", code, BY_CODE[code].title, row["state_since"]) for code in signals][: CHIPS + 1 - len(chips)]
    weighty = first is not None and first["code"] in WEIGHTY
    code = ERROR_CODES[first["code"]] if first is not None and weighty else None
    return Person(
        customer=row["customer"],
        name=row["name"],
        place=row["place"],
        known_since=row["known_since"],
        orders_count=row["orders_count"],
        complaints_count=_voiced_count(row),
        state=row["state"],
        state_since=row["state_since"],
        days_since_last_order=row["days_since_last_order"],
        churn=Estimate(row["churn_probability"], row["churn_low"], row["churn_high"], row["churn_n"], Badge.COUNTED),
        horizon_days=row["horizon_days"],
        value_at_risk=row["value_at_risk"],
        money_at_stake=row["money_at_stake"],
        happened=tuple(chips),
        next_step_code="call" if code is None else code.step_code,
        next_step=_CALL_SILENT if code is None else code.step,
        draft=draft(None if first is None or not weighty else first["code"], name=row["name"], order=first["order"] if first else None),
        reasons=tuple(_reasons(row, chips)),
    )


def _voiced_count(row: dict[str, Any]) -> int:
    """Whoever left a bad review has complained."""
    return int(row["complaints_count"] + row["negative_reviews_count"])


def _error_chip(error: dict[str, Any], words: dict[str, str]) -> Chip:
    quote = next((words[activity] for activity in error["evidence"] if words.get(activity)), None)
    title = ERROR_CODES[error["code"]].happened
    return Chip("error", error["code"], title, error["at"], tuple(error["evidence"]), quote, error["order"], error["case"])


def _reasons(row: dict[str, Any], chips: Iterable[Chip]) -> list[Wording]:
    silent = Wording("{silent} дн. без покупки, обычно {usual}", "{silent} days without a purchase, usually {usual}")
    never = Wording("Ни разу не жаловался", "Never complained")
    reasons = []
    if row["days_since_last_order"] is not None and row["gap_median_days"] is not None:  # with a contract alone nobody buys
        reasons.append(silent.filled(silent=round(row["days_since_last_order"]), usual=round(row["gap_median_days"])))
    if _voiced_count(row) == 0 and any(chip.sort == "error" for chip in chips):
        reasons.append(never)
    return reasons


def monday(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return the list of at most 20, the most money at stake first."""
    return tuple(sorted(people, key=lambda person: (-person.money_at_stake, person.customer))[:LIST_LENGTH])


def spared(untouched: Iterable[DoNotTouch]) -> tuple[DoNotTouch, ...]:
    """Return at most 20 customers to leave alone, the most valuable first."""
    return tuple(sorted(untouched, key=lambda one: (-one.value_at_risk, one.customer))[:LIST_LENGTH])
