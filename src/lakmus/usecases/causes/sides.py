"""An error from all sides: when, where, through which channel, by whom, whom it hit; each count names the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lakmus.engine.errors.clocks import CHANNEL_SYNONYMS
from lakmus.engine.errors.staff_rates import WINDOW_DAYS
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.kept_beside import kept_json, kept_table
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

UNSAID = "-"
"""What stands in an address for "the files do not say"."""
HOURS = 3
"""Hours of a day that are counted together."""
MOST_TIMES = 3
DIMENSIONS: dict[str, tuple[Wording, str]] = {
    "month": (Wording("по месяцам", "by month"), "strftime(here, '%Y-%m')"),
    "moment": (Wording("день недели и время", "day of the week and time"), f"isodow(here) || '-' || hour(here) // {HOURS}"),
    "channel": (Wording("канал", "channel"), "channel"),
    "staff": (Wording("сотрудник", "member of staff"), "staff"),
    "place": (Wording("город", "place"), "place"),
    "state": (Wording("состояние клиента сейчас", "the customer's state now"), "state"),
    "sort": (Wording("какой покупатель", "which sort of buyer"), "risk_group"),
    "worth": (Wording("сколько тратит", "how much they spend"), "worth"),
    "times": (Wording("сколько раз столкнулись", "how many times they met with it"), "times"),
}
"""What the cases of an error are counted by, and how that is read off a row of `_joined`."""
FIVE_SIDES: dict[str, tuple[str, ...]] = {
    "people": ("indifference", "rudeness", "formal_script", "misunderstanding", "inattention", "untrained_staff", "no_personal_approach"),
    "system": ("slow_reply", "no_reply", "hard_to_reach", "automatic_message_error", "no_aftersales"),
    "expectations": ("broken_promise", "wrong_information", "hidden_charge"),
    "problems": ("unresolved_problem", "inflexibility"),
    "choice": ("checkout_obstacle", "missing_product", "no_option"),
}
"""Five sides of service, each with its errors and other reasons; every error of the catalogue belongs to one."""
QUARTER = 91
"""Days of a quarter, of which the last is held against the one before."""
ABOUT_CUSTOMERS = frozenset({"place", "state", "sort", "worth"})
COUNTS = "cause_sides"


@dataclass(frozen=True, slots=True)
class Side:
    """One part of an error's cases: `key` None where the files do not say; `cases` are rows, the others distinct known customers."""

    key: str | None
    cases: int
    customers: int
    complained: int
    left: int
    left_silently: int

    @property
    def asked(self) -> str:
        """How the rows behind it are asked for."""
        return UNSAID if self.key is None else self.key


def sides_of(shown: Shown, code: str) -> dict[str, tuple[Side, ...]]:
    """Return the cases of one kind of error in the last 12 months by each of `DIMENSIONS`, the largest part first, months in order.

    A dimension of which the files say nothing at all is empty.
    """
    sql = "SELECT * EXCLUDE (code) FROM read_parquet(?) WHERE code = ? ORDER BY dimension, cases DESC, key NULLS LAST"
    found: dict[str, list[Side]] = {name: [] for name in DIMENSIONS}
    for row in ask(sql, [counted_sides(shown), code]):
        found[row.pop("dimension")].append(Side(**row))
    for name in ("month", "times"):
        found[name].sort(key=lambda side: side.key or "")
    return {name: tuple(sides) if any(side.key is not None for side in sides) else () for name, sides in found.items()}


def months_of_errors(shown: Shown) -> dict[tuple[str, str], Side]:
    """Return the cases of each month and kind of error, by (month, code)."""
    rows = ask("SELECT * EXCLUDE (dimension) FROM read_parquet(?) WHERE dimension = 'month'", [counted_sides(shown)])
    return {(row["key"], row.pop("code")): Side(**row) for row in rows}


def counted_sides(shown: Shown) -> str:
    """Return the table of counts of all errors by all dimensions; it is made once, in one pass over the errors."""
    low, high = worth_bounds(shown)
    counts = "count(*) AS cases, count(DISTINCT customer) AS customers"
    for name, flag in (("complained", "complained"), ("left", '"left"'), ("left_silently", "left_silently")):
        counts += f', count(DISTINCT customer) FILTER ({flag}) AS "{name}"'
    each = " UNION ALL ".join(
        # Written from our own names.
        f"SELECT code, '{name}' AS dimension, CAST({sql} AS VARCHAR) AS key, {counts} FROM joined GROUP BY ALL"  # noqa: S608
        for name, (_, sql) in DIMENSIONS.items()
    )
    # As many columns as are counted by; everything else of an error stays on the disk.
    joined = """
        WITH joined AS MATERIALIZED (
            SELECT code, customer, coalesce(known, channel) AS channel, staff, complained, "left", left_silently, timezone(?, "at") AS here,
                   place, state, risk_group,
                   CASE WHEN revenue IS NULL THEN NULL WHEN revenue < ? THEN 'least' WHEN revenue < ? THEN 'middle'
                        ELSE 'most' END AS worth,
                   CASE WHEN customer IS NULL THEN NULL ELSE least(count(*) OVER (PARTITION BY code, customer), ?) END AS times
            FROM read_parquet(?) LEFT JOIN (SELECT customer, place, state, risk_group, revenue FROM read_parquet(?)) USING (customer)
            LEFT JOIN (SELECT unnest(?::VARCHAR[]) AS written, unnest(?::VARCHAR[]) AS known) ON written = lower(trim(channel))
            WHERE in_window)"""
    tables = [shown.table("errors"), shown.table(PEOPLE)]
    parameters = [company_terms().time_zone, low, high, MOST_TIMES, *tables, list(CHANNEL_SYNONYMS), list(CHANNEL_SYNONYMS.values())]
    return kept_table(shown, COUNTS, lambda connection: connection.sql(f"{joined} {each}", params=parameters))


def worth_bounds(shown: Shown) -> tuple[float, float]:
    """Return what parts buyers into thirds by their revenue so far."""

    def bounds() -> list[float]:
        sql = "SELECT quantile_cont(revenue, [1/3, 2/3]) AS parts FROM read_parquet(?) WHERE revenue > 0"
        return list(ask(sql, [shown.table(PEOPLE)])[0]["parts"] or (0.0, 0.0))

    low, high = kept_json(shown, "worth_thirds", bounds)
    return float(low), float(high)


def narrow_errors(conditions: Conditions, shown: Shown, asked: Mapping[str, Any]) -> None:
    """Add what `asked` says of the sides of errors; the rows that stay are those that `sides_of` counts."""
    zone = company_terms().time_zone
    if asked.get("month"):
        conditions.add("strftime(timezone(?, \"at\"), '%Y-%m') = ?", zone, asked["month"])
    if asked.get("moment"):
        conditions.add(f'isodow(timezone(?, "at")) || \'-\' || hour(timezone(?, "at")) // {HOURS} = ?', zone, zone, asked["moment"])
    for name in ("channel", "staff"):
        if asked.get(name) == UNSAID:
            conditions.add(f'"{name}" IS NULL')
    if asked.get("staff", UNSAID) != UNSAID:
        conditions.add("staff = ?", asked["staff"])
    if asked.get("channel", UNSAID) != UNSAID:
        # A channel is counted under one name, whatever it is called in the files.
        also = [written for written, known in CHANNEL_SYNONYMS.items() if known == asked["channel"]]
        conditions.add("channel = ? OR list_contains(?::VARCHAR[], lower(trim(channel)))", asked["channel"], also)
    if asked.get("side"):
        conditions.add("list_contains(?::VARCHAR[], code)", list(FIVE_SIDES.get(asked["side"], ())))
    if asked.get("quarter"):
        middle, first = shown.as_of - timedelta(days=QUARTER), shown.as_of - timedelta(days=2 * QUARTER)
        conditions.add(*(('"at" > ?', middle) if asked["quarter"] == "last" else ('"at" > ? AND "at" <= ?', first, middle)))
    if asked.get("times"):
        _of_times(conditions, shown, asked)
    for name in sorted(ABOUT_CUSTOMERS & {name for name in asked if asked[name]}):
        _of_customers(conditions, shown, name, asked[name])


def _of_times(conditions: Conditions, shown: Shown, asked: Mapping[str, Any]) -> None:
    times = str(asked["times"])
    if times == UNSAID:
        conditions.add("customer IS NULL")
        return
    exactly = "=" if times.isdigit() and int(times) < MOST_TIMES else ">="
    often = f"""(code, customer) IN (SELECT (code, customer) FROM read_parquet(?) WHERE in_window AND customer IS NOT NULL
                GROUP BY code, customer HAVING count(*) {exactly} ?)"""  # noqa: S608 - our own sign
    conditions.add(often, shown.table("errors"), int(times) if times.isdigit() else MOST_TIMES)


def _of_customers(conditions: Conditions, shown: Shown, name: str, asked: str) -> None:
    column = {"place": "place", "state": "state", "sort": "risk_group", "worth": "revenue"}[name]
    whose = "(customer IS NULL OR customer IN (SELECT customer FROM read_parquet(?) WHERE {}))"
    known = "customer IN (SELECT customer FROM read_parquet(?) WHERE {})"
    people = shown.table(PEOPLE)
    if asked == UNSAID:
        conditions.add(whose.format(f"{column} IS NULL"), people)
    elif name == "worth":
        low, high = worth_bounds(shown)
        within = {"least": "revenue < ?", "middle": "revenue >= ? AND revenue < ?", "most": "revenue >= ?"}.get(asked, "false")
        bounds = {"least": (low,), "middle": (low, high), "most": (high,)}.get(asked, ())
        conditions.add(known.format(within), people, *bounds)
    else:
        conditions.add(known.format(f"{column} = ?"), people, asked)


@dataclass(frozen=True, slots=True)
class StaffCases:
    """A page of the cases in which a member of staff replied, the latest reply first."""

    total: int
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class StaffRate:
    """How often an error happens with one member of staff, on the company's mix of cases and shrunk to the team (0..1), beside the team's.

    `found` of `cases` is what lies behind it, before that.
    """

    staff: str
    cases: int
    found: int
    rate: float
    low: float
    high: float
    team_rate: float


def staff_rates(shown: Shown, code: str) -> tuple[StaffRate, ...]:
    """Return members of staff by name, never by rate; none where no error of this kind can be laid to anybody's cases."""
    if not has_table(shown, "staff"):
        return ()
    sql = "SELECT staff, cases, found, rate, low, high, team_rate FROM read_parquet(?) WHERE code = ? ORDER BY lower(staff), staff"
    return tuple(StaffRate(**row) for row in ask(sql, [shown.table("staff"), code]))


def list_staff_cases(shown: Shown, staff: str, *, page: int = 1, size: int = 50) -> StaffCases:
    """Return the cases of 12 months behind the figures of one member of staff (`engine.errors.staff_rates.staff_cases`)."""
    if not has_table(shown, "replies"):
        return StaffCases(0, ())
    cases = """SELECT customer, "case", count(*) AS replies, max("at") AS last_at, arg_max(activity_id, "at") AS activity_id,
                      arg_max(channel, "at") AS channel
               FROM read_parquet(?) WHERE staff = ? AND "case" IS NOT NULL AND "at" > ?
               GROUP BY customer, "case" """
    parameters = [shown.table("replies"), staff, shown.as_of - timedelta(days=WINDOW_DAYS)]
    total = ask(f"SELECT count(*) AS n FROM ({cases})", parameters)[0]["n"]  # noqa: S608 - our own text
    order = 'ORDER BY last_at DESC, "case", customer'
    sql = f"""SELECT * FROM (SELECT * FROM ({cases}) {order} LIMIT ? OFFSET ?)
              LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer) {order}"""  # noqa: S608 - our own text
    return StaffCases(total, tuple(ask(sql, [*parameters, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)])))
