"""`unresolved_problem`: a case reopened, closed without any answer, or brought again on the same matter."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.errors.clocks import channel_name
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, shaped
from lakmus.history.wording import Wording

_NO_MATTER = r"^(?:друг\w+|проч\w+|разное|общ\w+ вопрос\w*|other\w*|misc\w*|general\w*|none|-)?$"
"""Topics that say nothing about what the matter was, so that two cases under them are not one matter."""

_HOW = {
    "reopened": (
        0.95,
        Wording("Обращение закрыли {}, клиент открыл его снова {}", "The case was closed on {}; the customer reopened it on {}"),
    ),
    "came_back": (
        0.85,
        Wording("Вопрос закрыли {}, клиент обратился с ним же {}", "The matter was closed on {}; the customer came back with it on {}"),
    ),
    "closed_unanswered": (
        0.9,
        Wording("Обращение от {} закрыли {}, не ответив", "The case of {} was closed on {} without an answer"),
    ),
}


def find(scene: Scene) -> Found:
    """Return at most one unresolved problem per case: the earliest of the three ways; every known matter is a moment, its first case's.

    The case with which a customer comes back is no moment of its own, nor is the case before it one at which nothing went wrong.
    """
    cases = _cases(scene.facts)
    again = _came_back(scene, cases)
    ways = [_reopened(scene, cases), _way(again, "came_back", ["close_id", "open_id"])]
    if scene.feeds.has("received_reply"):
        ways.append(_closed_unanswered(scene, cases))
    every = pl.concat(ways).sort("at", "how", "anchor").unique([KEY, "case"], keep="first", maintain_order=True)
    zone = scene.company.time_zone
    errors = every.with_columns(
        pl.col("how").replace_strict({how: sure for how, (sure, _) in _HOW.items()}, return_dtype=pl.Float64).alias("confidence"),
        pl.lit(0.9).alias("severity"),
        *(
            pl.coalesce(
                pl.when(pl.col("how") == how).then(pl.format(wording.in_language(language), *_moments(zone, language)))
                for how, (_, wording) in _HOW.items()
            ).alias(f"summary_{language}")
            for language in ("ru", "en")
        ),
    )
    return shaped(errors, _matters(cases, again, every))


def _matters(cases: pl.DataFrame, again: pl.DataFrame, errors: pl.DataFrame) -> pl.DataFrame:
    """Return the first case of every matter: when it was opened, and whether any of the matter's cases went wrong."""
    wrong = cases.join(errors.select(KEY, "case", pl.lit(True).alias("exposed")), on=[KEY, "case"], how="left")
    first = wrong.select(KEY, "case", "exposed", pl.col("case").alias("first"))
    before = again.select(KEY, pl.col("case").alias("first"), "earlier")
    while True:
        # Each turn goes one case back, to one that was opened earlier; so the turns come to an end.
        back = first.join(before, on=[KEY, "first"], how="left", maintain_order="left")
        if back["earlier"].null_count() == back.height:
            break
        first = back.with_columns(pl.coalesce("earlier", "first").alias("first")).drop("earlier")
    met = first.group_by(KEY, pl.col("first").alias("case")).agg(pl.col("exposed").fill_null(False).any())
    return cases.join(met, on=[KEY, "case"], how="inner").with_columns(pl.col("opened_at").alias("at"))


def _moments(zone: str, language: str) -> tuple[pl.Expr, pl.Expr]:
    return minute_text("before_at", zone, language).fill_null("…"), minute_text("at", zone, language)


def _cases(facts: Facts) -> pl.DataFrame:
    """Return one row per numbered case: who, where, about what, opened when."""
    opened = of_kind(facts, "opened_case").filter(pl.col("_case").is_not_null()).sort("ts", "activity_id")
    return opened.unique([KEY, "_case"], keep="first", maintain_order=True).select(
        *(KEY, "customer", "anonymous_customer_id"),
        pl.col("_case").alias("case"),
        pl.col("_order").alias("order"),
        pl.col("_topic").alias("topic"),
        channel_name().alias("channel"),
        pl.col("ts").alias("opened_at"),
        pl.col("activity_id").alias("open_id"),
    )


def _closings(facts: Facts) -> pl.DataFrame:
    return (
        of_kind(facts, "case_resolved")
        .filter(pl.col("_case").is_not_null())
        .select(KEY, pl.col("_case").alias("case"), pl.col("ts").alias("closed_at"), pl.col("activity_id").alias("close_id"), "_staff")
        .sort("closed_at", "close_id")
    )


def _way(frame: pl.DataFrame, how: str, evidence: list[str]) -> pl.DataFrame:
    """Return (who, case, at, before_at, staff, evidence) of one way, in one shape for all three."""
    columns = [KEY, "customer", "anonymous_customer_id", "case", "order", "channel", "at", "before_at", "staff", "anchor"]
    return frame.select(*columns, pl.concat_list(evidence).list.drop_nulls().alias("evidence"), pl.lit(how).alias("how"))


def _reopened(scene: Scene, cases: pl.DataFrame) -> pl.DataFrame:
    reopened = (
        of_kind(scene.facts, "case_reopened")
        .filter(pl.col("_case").is_not_null())
        .select(
            *(KEY, "customer", "anonymous_customer_id", pl.col("_case").alias("case"), pl.col("ts").alias("at")),
            pl.col("activity_id").alias("anchor"),
        )
        .sort("at", "anchor")
        .unique([KEY, "case"], keep="first", maintain_order=True)
    )
    closed = reopened.join_asof(
        _closings(scene.facts), left_on="at", right_on="closed_at", by=[KEY, "case"], strategy="backward", check_sortedness=False
    )
    named = closed.join(cases.select(KEY, "case", "order", "channel"), on=[KEY, "case"], how="left")
    return _way(named.rename({"closed_at": "before_at", "_staff": "staff"}), "reopened", ["close_id", "anchor"])


def _came_back(scene: Scene, cases: pl.DataFrame) -> pl.DataFrame:
    """Return cases opened within `repeat_contact_days` after an earlier one on the same topic or order was closed, and that one."""
    about = cases.select(KEY, "case", "topic", "order", pl.col("opened_at").alias("begun_at"))
    closed = _closings(scene.facts).join(about, on=[KEY, "case"], how="inner")
    limit = pl.duration(days=scene.company.repeat_contact_days)
    parts = []
    for matter in ("topic", "order"):
        says = pl.col(matter).is_not_null() & ~pl.col(matter).str.to_lowercase().str.contains(_NO_MATTER)
        earlier = (
            closed.filter(says & (pl.col("begun_at") <= pl.col("closed_at")))
            .select(KEY, matter, pl.col("case").alias("earlier"), "begun_at", "closed_at", "close_id", "_staff")
            .sort("closed_at")
        )
        joined = (
            cases.filter(says)
            .sort("opened_at")
            .join_asof(earlier, left_on="opened_at", right_on="closed_at", by=[KEY, matter], strategy="backward", check_sortedness=False)
        )
        again = (pl.col("opened_at") - pl.col("closed_at") <= limit) & (pl.col("earlier") != pl.col("case"))
        again &= pl.col("begun_at") < pl.col("opened_at")
        parts.append(
            joined.filter(again).select(
                *(KEY, "customer", "anonymous_customer_id", "case", "earlier", "order", "channel", "open_id", "close_id"),
                pl.col("opened_at").alias("at"),
                pl.col("closed_at").alias("before_at"),
                pl.col("_staff").alias("staff"),
                pl.col("open_id").alias("anchor"),
            )
        )
    return pl.concat(parts).unique([KEY, "case"], keep="first", maintain_order=True)


def _closed_unanswered(scene: Scene, cases: pl.DataFrame) -> pl.DataFrame:
    """Return cases whose first closing came before any reply by a person."""
    group = [KEY, "case"]
    first = _closings(scene.facts).unique(group, keep="first", maintain_order=True)
    by_person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    replies = of_kind(scene.facts, "received_reply").filter(by_person & pl.col("_case").is_not_null())
    answered = replies.group_by(KEY, pl.col("_case").alias("case")).agg(pl.col("ts").min().alias("first_reply_at"))
    silent = pl.col("first_reply_at").is_null() | (pl.col("first_reply_at") > pl.col("closed_at"))
    named = first.join(answered, on=group, how="left").filter(silent).join(cases, on=group, how="inner")
    return _way(
        named.with_columns(
            pl.col("closed_at").alias("at"),
            pl.col("opened_at").alias("before_at"),
            pl.col("_staff").alias("staff"),
            pl.col("close_id").alias("anchor"),
        ),
        "closed_unanswered",
        ["open_id", "close_id"],
    )


DETECTOR = Detector(
    code="unresolved_problem",
    name="reopened_or_came_back",
    rule=Wording(
        "обращение открыто снова; или закрыто без ответа человека; или клиент вернулся с той же темой или тем же заказом вскоре "
        "после закрытия",
        "the case was reopened; or closed without a person's reply; or the customer came back on the same topic or order soon after "
        "the closing",
    ),
    needs=(("opened_case", "case_resolved"), ("opened_case", "case_reopened")),
    needed=Wording("обращения с датой закрытия или повторного открытия", "cases with the date of closing or reopening"),
    find=find,
)
