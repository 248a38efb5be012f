"""Each stage of the analysis by itself, for one customer, a segment or all: what `lakmus risk`, `errors`, `causes`, … answer.

Everything here is read off a verdict and its tables; nothing is computed anew, so the figures are those of every other face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lakmus.engine.risk.contracts import followed_days
from lakmus.engine.verdict import plain
from lakmus.history.company import READ_BY_PAGES
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.money.show_money import Repair, show_worth
from lakmus.usecases.results import LIKELIEST, STAYING, Row, states_named
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.told_signals import told_signals

Answer = dict[str, Any]

NO_CUSTOMER = Wording(
    "Клиента «{customer}» на эту дату нет. Проверьте номер: он такой же, как в загруженных файлах.",
    "There is no customer “{customer}” as of this date. Check the id: it is written as in the imported files.",
)
TOLD_OF_CAUSES = (
    "code", "title", "measured", "not_measured", "exposed", "difference", "effect", "customers_lost", "money", "negative_control",
    "sensitivity", "overlap", "p_adjusted", "dose", "breaking", "repeats", "by_segment", "interactions", "learned",
)  # fmt: skip
NO_EXPERIMENT = Wording(
    "Проверок случайной группой ещё не было: пока никто не знает, что из мер помогает. Доказательством станет первая такая проверка.",
    "There was no randomised experiment yet: nobody knows which measure helps. The first such experiment will be the proof.",
)
RISK_COLUMNS = (
    "customer, name, place, state, state_since, churn_probability, churn_low, churn_high, churn_n, horizon_days, days_since_last_order, "
    "value_at_risk, gap_points, experience_points, contributions, reasons"
)
SIGNAL_COLUMNS = (
    "customer, name, place, state, days_since_last_order, gap_median_days, gap_p90_days, purchase_gap_exceeded, frequency_change, "
    "amount_change, cancellations_share, returns_share, visits_change, complaints_count, negative_reviews_count, last_contact_at, "
    "lamps_out, reasons"
)
MONEY_COLUMNS = (
    "customer, name, place, state, revenue, value_at_risk, churn_probability, lost_at, lost_in_window, lost_silently, lost_value"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Who is asked about: one customer (any key of theirs), those in some states, those of a place; `limit` None means all."""

    customer: str = ""
    states: tuple[str, ...] = ()
    place: str = ""
    limit: int | None = None


def show_risk(home: Home, shown: Shown, segment: Segment) -> Answer:
    """Return the probability of loss of living customers, the highest first, each with what moves it away from the company's mean.

    `shortage` says what is missing where nobody's risk can be named: it is unknown what "lost" means, or the past cannot tell; else None.

    Raises
    ------
    NotFound : there is no such customer.
    """
    conditions = _of(home, shown, segment)
    if not segment.customer:
        conditions.add("churn_probability IS NOT NULL")
    rows = _rows(shown, "customers", RISK_COLUMNS, conditions, f"{LIKELIEST}, customer", segment.limit)
    told = {"as_of": shown.as_of, "used": shown.verdict.backtest.used, "shortage": _plain(_risk_shortage(shown))}
    return told | {"customers": [_risk(row) for row in rows]}


def _risk_shortage(shown: Shown) -> NotEnoughEvidence | None:
    told = any(group.mean is not None for group in shown.verdict.definition.groups)
    return None if told else shortage_of(shown) or shown.verdict.backtest.shortage


def shortage_of(shown: Shown) -> NotEnoughEvidence | None:
    """Return what is missing to say who is lost; None where it can be said."""
    horizon = shown.verdict.definition.horizon
    return horizon if isinstance(horizon, NotEnoughEvidence) else None


def _risk(row: Row) -> Row:
    probability, gap, experience = row["churn_probability"], row.pop("gap_points"), row.pop("experience_points")
    parts = row.pop("contributions") or []
    told = {
        "customer": row["customer"],
        "churn_probability": probability,
        "low": row.pop("churn_low"),
        "high": row.pop("churn_high"),
        "n": row.pop("churn_n"),
        "horizon_days": row["horizon_days"],
        "state": row["state"],
        "contributions": [],
    }
    if probability is not None:
        mean = probability - (gap or 0.0) - (experience or 0.0)
        told["contributions"] = [{"signal": "company_mean", "points": mean}, *parts]
    return {**row, **told}


def show_signals(home: Home, shown: Shown, segment: Segment) -> Answer:
    """Return the catalogue of signals with the number of customers who show each, and the signs of each customer asked about.

    Counted are those of the states asked for, else the regulars who have not left, as the page does; None where the company sends nothing
    that the signal reads. For one customer every signal is read: now, the previous period, a year ago, the customer's own usual.

    Raises
    ------
    NotFound : there is no such customer.
    """
    conditions = _of(home, shown, segment)
    customers = _rows(shown, "customers", SIGNAL_COLUMNS, conditions, "value_at_risk DESC NULLS LAST, customer", segment.limit)
    states = segment.states or states_named(STAYING)
    if not segment.customer:
        conditions.add("list_contains(?::VARCHAR[], state)", list(states))
    each = f"SELECT unnest(reasons) AS reason FROM read_parquet(?) WHERE {conditions.where}"  # noqa: S608
    counted = ask(f"SELECT reason, count(*) AS n FROM ({each}) GROUP BY reason", [shown.table("customers"), *conditions.parameters])  # noqa: S608
    showing = {row["reason"]: row["n"] for row in counted}
    readings, path = {}, {}
    if segment.customer:
        from lakmus.usecases.people.show_customer import show_customer
        from lakmus.usecases.people.state_path import state_path

        path = {"path": _plain(state_path(home, shown, segment.customer))}
        readings = {reading.signal.code: reading for reading in show_customer(home, shown, segment.customer).signals}
    catalogue = []
    for signal in told_signals(shown):
        told: Answer = {name: _plain(part) if name in ("title", "unit", "definition") else part for name, part in signal.items()}
        told["customers"] = showing.get(told["code"], 0) if told["measured"] else None
        if told["code"] in readings:
            reading = readings[told["code"]]
            told |= {
                "now": reading.now,
                "previous": reading.previous,
                "year_ago": reading.year_ago,
                "usual": reading.usual,
                "change": reading.change,
                "warns": reading.warns,
            }
        catalogue.append(told)
    return {"as_of": shown.as_of, "states": states, "signals": catalogue, "customers": customers} | path


def show_errors(home: Home, shown: Shown, segment: Segment, *, code: str = "", in_window: bool = False) -> Answer:
    """Return service errors, the latest first, each with the activities that prove it.

    Raises
    ------
    NotFound : there is no such customer.
    """
    conditions = Conditions()
    if segment.customer:
        conditions.add("customer = ?", _canonical(home, shown, segment.customer))
    elif segment.states or segment.place:
        whom = _of(home, shown, segment)
        conditions.add(
            f"customer IN (SELECT customer FROM read_parquet(?) WHERE {whom.where})",  # noqa: S608
            shown.table("customers"),
            *whom.parameters,
        )
    if code:
        conditions.add("code = ?", code)
    if in_window:
        conditions.add("in_window")
    rows = _rows(shown, "errors", "*", conditions, '"at" DESC, error_id', segment.limit)
    for row in rows:
        row["summary"] = {"ru": row.pop("summary_ru"), "en": row.pop("summary_en")}
    return {"as_of": shown.as_of, "errors": rows}


def show_causes(shown: Shown) -> Answer:
    """Return, for each kind of error, how much more often the exposed leave than comparable customers."""
    effects = []
    for found in shown.verdict.errors:
        told = {name: _plain(getattr(found, name)) for name in TOLD_OF_CAUSES}
        effects.append({**told, "outcome": "lost_within_horizon", "article_share": found.article_share})
    return {"as_of": shown.as_of, "horizon_days": followed_days(shown.verdict.definition), "effects": effects}


def show_money(home: Home, shown: Shown, segment: Segment) -> Answer:
    """Return what losses cost, month by month and error by error, and the money at risk or lost with each customer.

    Raises
    ------
    NotFound : there is no such customer.
    """
    verdict = shown.verdict
    order = "greatest(coalesce(value_at_risk, 0), coalesce(lost_value, 0)) DESC, customer"
    return {
        "as_of": shown.as_of,
        "currency": verdict.currency,
        "margin_share": verdict.margin_share,
        "margin_is_assumed": verdict.margin_is_assumed,
        "loss": _plain(verdict.loss),
        "value_at_risk": verdict.value_at_risk,
        "months": _plain(verdict.months),
        "errors": [{"code": found.code, "title": _plain(found.title), "money": _plain(found.money)} for found in verdict.errors],
        "worth": _worth(shown),
        "customers": _rows(shown, "customers", MONEY_COLUMNS, _of(home, shown, segment), order, segment.limit),
    }


def _worth(shown: Shown) -> Answer:
    worth = show_worth(shown)
    told: Answer = {name: _plain(getattr(worth, name)) for name in ("clv", "clv_each", "ratio", "costs", "gains", "bridge")}
    for term in READ_BY_PAGES:
        told[term] = getattr(worth.terms, term)
    return told | {"repairs": [_repair(row) for row in worth.repairs]}


def _repair(row: Repair) -> Answer:
    return {"code": row.error.code, "kept": _plain(row.kept), "weeks": row.weeks, "per_week": _plain(row.per_week)}


def show_measures(home: Home, shown: Shown, segment: Segment) -> Answer:
    """Return Monday's list with a draft for each person, and whom to leave alone; of one customer also why on a list, or why not.

    `shortage` says what is missing where nobody can say who is leaving; else None.

    Raises
    ------
    NotFound : there is no such customer.
    """
    people, untouched = list(shown.verdict.people), list(shown.verdict.do_not_touch)
    if segment.customer:
        asked = _canonical(home, shown, segment.customer)
        people = [person for person in people if person.customer == asked]
        untouched = [person for person in untouched if person.customer == asked]
    if segment.states:
        people = [person for person in people if person.state in segment.states]
    if segment.place:
        people = [person for person in people if person.place == segment.place]
    told = {"as_of": shown.as_of, "people": _plain(people[: segment.limit]), "do_not_touch": _plain(untouched[: segment.limit])}
    told["shortage"] = _plain(shortage_of(shown))
    if segment.customer:
        from lakmus.usecases.people.show_customer import show_customer

        told["lists"] = _plain(show_customer(home, shown, segment.customer).lists)
    return told


def show_proof(shown: Shown) -> Answer:
    """Return the randomised experiments; before the first there are none, and that is said."""
    return {"as_of": shown.as_of, "experiments": [], "reading": _plain(NO_EXPERIMENT)}


def _of(home: Home, shown: Shown, segment: Segment) -> Conditions:
    conditions = Conditions()
    if segment.customer:
        conditions.add("customer = ?", _canonical(home, shown, segment.customer))
    if segment.states:
        conditions.add("list_contains(?::VARCHAR[], state)", list(segment.states))
    if segment.place:
        conditions.add("place = ?", segment.place)
    return conditions


def _canonical(home: Home, shown: Shown, customer: str) -> str:
    """Return the key under which a customer stands in the tables.

    Raises
    ------
    NotFound : there is no such customer.
    """
    canonical = home.stream().identity.canonical(customer)
    if not ask("SELECT 1 FROM read_parquet(?) WHERE customer = ? LIMIT 1", [shown.table("customers"), canonical]):
        raise NotFound("customer_unknown", NO_CUSTOMER.filled(customer=customer[:60]))
    return canonical


def _rows(shown: Shown, table: str, columns: str, conditions: Conditions, order: str, limit: int | None) -> list[Row]:
    # Columns, order and conditions are written in this module; what was typed stands in the parameters.
    sql = f"SELECT {columns} FROM read_parquet(?) WHERE {conditions.where} ORDER BY {order}"  # noqa: S608
    parameters: list[Any] = [shown.table(table), *conditions.parameters]
    if limit is not None:
        sql += " LIMIT ?"
        parameters.append(limit)
    return ask(sql, parameters)


def _plain(thing: Any) -> Any:
    return plain(thing)
