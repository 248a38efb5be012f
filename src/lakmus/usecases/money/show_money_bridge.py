"""Where the revenue of the last 12 months went against the 12 before, customer by customer: every bar is the sum of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.history.wording import Wording
from lakmus.usecases.asking import ask
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE
from lakmus.usecases.titles import title_of

BRIDGE = "revenue_bridge"
LOST = "lost:"
OTHERS = "lost:others"
SHOWN_REASONS = 4
YEAR = timedelta(days=365)
BARS = {
    "one_time": Wording("купили год назад один раз", "bought once the year before"),
    "gone_before": Wording("ушли до этого года", "left before this year"),
    "quiet": Wording("в этом году не покупали, но ещё не ушли", "bought nothing this year, not lost yet"),
    "fewer_orders": Wording("оставшиеся: число заказов", "those who stayed: number of orders"),
    "order_size": Wording("оставшиеся: размер заказа", "those who stayed: size of orders"),
    "came_back": Wording("вернулись после года без покупок", "came back after a year without purchases"),
    "new": Wording("новые клиенты", "new customers"),
    "not_linked": Wording("заказы без известного клиента", "orders without a known customer"),
}
LOST_BY = Wording("ушли: {reason}", "lost: {reason}")
OTHER_REASONS = Wording("ушли: прочие причины", "lost: other reasons")
ORDERED = ("fewer_orders", "order_size", "one_time", "gone_before", "quiet", "came_back", "new", "not_linked")


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: `change` in the company's currency to the hundredth, of `customers` (None where nobody knows who they are)."""

    code: str
    title: Wording
    change: float
    customers: int | None


@dataclass(frozen=True, slots=True)
class Bridge:
    """Revenue of the 12 months before, the steps, revenue of the last 12 months; `before` + changes = `now` to the hundredth.

    Revenue: orders not cancelled, less what was returned of them, by the day of the order. `whole`: the history reaches back 24 months.
    """

    before: float
    now: float
    bars: tuple[Bar, ...]
    whole: bool


def revenue_bridge(shown: Shown) -> Bridge | None:
    """Return the bridge; None where one of the two years has no revenue.

    Those who had bought before the last 12 months and were lost within them are parted over their reasons as in the ledger. Of those who
    stayed, (orders now - orders before) x the mean order before is the number of orders, the rest of their change the size of orders.
    """
    table = _kept(shown)
    whole = ask("SELECT sum(before)::BIGINT AS before, sum(now)::BIGINT AS now FROM read_parquet(?) WHERE first", [table])[0]
    if not whole["before"] or not whole["now"] or whole["before"] <= 0:
        return None
    each = """SELECT bar, sum(change)::BIGINT AS change, count(DISTINCT customer) AS customers FROM read_parquet(?)
              GROUP BY bar HAVING count(*) > 0"""
    found = {row["bar"]: row for row in ask(each, [table])}
    lost = sorted((bar for bar in found if bar.startswith(LOST)), key=lambda bar: (found[bar]["change"], bar))
    named = [bar for bar in lost if bar.removeprefix(LOST) in ERROR_CODES][:SHOWN_REASONS]
    named += [bar for bar in lost if bar == LOST + "unknown"]
    bars = [_bar(bar, found[bar]) for bar in named]
    rest = [bar for bar in lost if bar not in named]
    if rest:
        counted = ask(_of_bars("count(DISTINCT customer) AS n"), [table, rest])[0]["n"]
        bars.append(Bar(OTHERS, OTHER_REASONS, sum(found[bar]["change"] for bar in rest) / 100, counted))
    bars += [_bar(bar, found[bar]) for bar in ORDERED if bar in found]
    first = shown.verdict.coverage.first_at
    reaches = first is not None and first <= shown.verdict.definition.window_start_at - YEAR + timedelta(days=31)
    return Bridge(whole["before"] / 100, whole["now"] / 100, tuple(bars), reaches)


@dataclass(frozen=True, slots=True)
class BridgeRows:
    """The rows behind steps: one for each customer and reason; `customers` and `change` are those of all of them, not of the page."""

    total: int
    customers: int
    change: float
    rows: tuple[Row, ...]


def bridge_rows(shown: Shown, bars: Sequence[str], *, page: int = 1, size: int = 50) -> BridgeRows:
    """Return the customers behind bars, those who changed most first."""
    table = _kept(shown)
    known = f"SELECT * FROM ({_of_bars('*')}) WHERE customer IS NOT NULL"  # noqa: S608 - our own text
    sums = "count(*) AS n, count(DISTINCT customer) AS customers, coalesce(sum(change), 0)::BIGINT AS change"
    summed = ask(f"SELECT {sums} FROM ({known})", [table, list(bars)])[0]  # noqa: S608 - our own text
    size = max(1, min(size, LARGEST_PAGE))
    rows = ask(
        f"""SELECT bar, customer, name, before / 100.0 AS before, now / 100.0 AS now, change / 100.0 AS change
            FROM ({known}) LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer)
            ORDER BY abs(change) DESC, customer, bar LIMIT ? OFFSET ?""",  # noqa: S608
        [table, list(bars), shown.table(PEOPLE), size, (max(page, 1) - 1) * size],
    )
    return BridgeRows(summed["n"], summed["customers"], summed["change"] / 100, tuple(rows))


def parts_of(shown: Shown, bridge: Bridge, code: str) -> list[str]:
    """Return the bars of the kept table behind a step of the bridge; nothing where there is no such step."""
    if code not in {bar.code for bar in bridge.bars}:
        return []
    if code != OTHERS:
        return [code]
    named = {bar.code for bar in bridge.bars}
    kept = ask("SELECT DISTINCT bar FROM read_parquet(?) WHERE starts_with(bar, ?)", [_kept(shown), LOST])
    return [row["bar"] for row in kept if row["bar"] not in named]


def _bar(bar: str, row: dict[str, Any]) -> Bar:
    title = BARS.get(bar)
    if title is None:
        reason = title_of(bar.removeprefix(LOST))
        title = LOST_BY.filled(reason=reason) if isinstance(reason, Wording) else LOST_BY
    return Bar(bar, title, row["change"] / 100, None if bar == "not_linked" else row["customers"])


def _of_bars(columns: str) -> str:
    return f"SELECT {columns} FROM read_parquet(?) WHERE list_contains(?::VARCHAR[], bar)"  # noqa: S608 - our own columns


def _kept(shown: Shown) -> str:
    known = shown.verdict.definition
    parameters = {
        "since": known.window_start_at,
        "before": known.window_start_at - YEAR,
        "until": known.window_end_at,
        "orders": shown.table("orders"),
        "people": shown.table(PEOPLE),
        "reasons": shown.table("reasons"),
        "lost": LOST,
    }
    return kept_table(shown, BRIDGE, lambda connection: connection.sql(_SQL, params=parameters))


_SQL = """
WITH paid AS (
    SELECT customer, ts > $since AS this_year, ts > $before AND ts <= $since AS year_before,
           (round(coalesce(amount, 0) * 100) - round(coalesce(returned_amount, 0) * 100))::BIGINT AS paid
    FROM read_parquet($orders) WHERE NOT coalesce(cancelled, false) AND ts <= $until),
bought AS (
    SELECT customer, coalesce(sum(paid) FILTER (year_before), 0)::BIGINT AS before,
           coalesce(sum(paid) FILTER (this_year), 0)::BIGINT AS now,
           count(*) FILTER (year_before) AS orders_before, count(*) FILTER (this_year) AS orders_now, bool_and(this_year) AS new
    FROM paid GROUP BY customer),
placed AS (
    SELECT bought.*, now - before AS change,
           CASE WHEN customer IS NULL THEN 'not_linked' WHEN new THEN 'new' WHEN coalesce(lost_in_window, false) THEN 'lost'
                WHEN orders_before = 0 THEN 'came_back' WHEN orders_now > 0 THEN 'stayed'
                WHEN exclusion = 'one_time' OR state = 'one_time' THEN 'one_time'
                WHEN state = 'lost' THEN 'gone_before' ELSE 'quiet' END AS bar
    FROM bought LEFT JOIN (SELECT customer, lost_in_window, exclusion, state FROM read_parquet($people)) USING (customer)
    WHERE orders_before + orders_now > 0),
stayed AS (
    SELECT *,
           CASE WHEN bar = 'stayed' THEN round((orders_now - orders_before) * before / orders_before)::BIGINT END AS by_orders
    FROM placed),
-- Shares of a customer are parted along the running sum of their probabilities, so that the hundredths of all sum to the change.
shares AS (
    SELECT customer, code, sum(probability) OVER (PARTITION BY customer ORDER BY code ROWS UNBOUNDED PRECEDING) AS upto,
           row_number() OVER (PARTITION BY customer ORDER BY code) AS place, count(*) OVER (PARTITION BY customer) AS places
    FROM read_parquet($reasons)),
ends AS (
    SELECT customer, before, now, $lost || coalesce(code, 'unknown') AS bar, coalesce(place, 1) AS place,
           CASE WHEN coalesce(place = places, true) THEN change ELSE round(upto * change)::BIGINT END AS upto
    FROM stayed LEFT JOIN shares USING (customer) WHERE stayed.bar = 'lost')
SELECT customer, before, now, bar, (upto - coalesce(lag(upto) OVER (PARTITION BY customer ORDER BY place), 0))::BIGINT AS change,
       place = 1 AS first
FROM ends
UNION ALL SELECT customer, before, now, 'fewer_orders', by_orders, true FROM stayed WHERE bar = 'stayed'
UNION ALL SELECT customer, before, now, 'order_size', change - by_orders, false FROM stayed WHERE bar = 'stayed'
UNION ALL SELECT customer, before, now, bar, change, true FROM stayed WHERE bar NOT IN ('lost', 'stayed')
"""
"""Rows of the bridge in hundredths; `first`: the one row of a customer whose `before` and `now` count towards the whole."""
