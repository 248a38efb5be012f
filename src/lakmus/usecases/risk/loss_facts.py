"""What deciding on a definition of loss is read from: each customer's last purchase, contract and segments; the rhythm by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from scipy import special

from lakmus.engine.risk.contracts import CONTRACT_KINDS, ENDING_KINDS, KEEPING_KINDS
from lakmus.engine.risk.definition import NEEDED_CUSTOMERS, bounded
from lakmus.engine.signals.rhythm import LONGEST_GAP_DAYS, QUANTILE
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.asking import cursor
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json, kept_table
from lakmus.usecases.show_verdict import Shown

SEGMENTS = ("place", "channel")
DOUBT = 0.05
MOST_SEGMENTS = 60


@dataclass(frozen=True, slots=True)
class SegmentRhythm:
    """The rhythm of one segment.

    Parameters
    ----------
    customers : with a completed gap. days : the horizon that its own gaps would give; `low`, `high` its interval, which holds for all
    segments of the list at once in 95 cases of 100. differs : the company's horizon lies outside of it.
    """

    segment: str
    customers: int
    days: int
    low: int
    high: int
    differs: bool


def loss_facts(home: Home, shown: Shown) -> str:
    """Return the path of a table of customers.

    Columns: `customer`, `bought_days` (on so many days), `last_order_at`, `place`, `channel`, `contract` (has or had one), `ended_at` (the
    end that nothing followed), `lost` and `counted` as in the verdict (in the window).
    """

    def make(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        kinds = [list(CONTRACT_KINDS), list(KEEPING_KINDS), list(ENDING_KINDS)]
        known = [home.stream().files(), shown.as_of, shown.as_of]
        return connection.sql(FACTS, params=[*known, *kinds, shown.table("customers")])

    return kept_table(shown, "loss_facts", make)


def segment_rhythms(home: Home, shown: Shown, by: str) -> list[SegmentRhythm]:
    """Return the rhythm of each segment with enough customers, the largest first.

    The 90th percentile of completed gaps, each customer weighing the same (`signals.rhythm.company_rhythm`); its interval by the binomial
    spread of n customers (Woodruff, 1952), widened for so many segments at once (Bonferroni).
    """
    kept = kept_json(shown, f"rhythms-{by}", lambda: _rhythms(home, shown, by))
    company = shown.verdict.definition.found_days
    return [SegmentRhythm(**row, differs=company is not None and not row["low"] <= company <= row["high"]) for row in kept]


def _rhythms(home: Home, shown: Shown, by: str) -> list[dict[str, Any]]:
    with cursor() as connection:
        # `by` is one of SEGMENTS.
        sql = GAPS.format(zone=company_terms().time_zone, by=by, longest=LONGEST_GAP_DAYS)
        rows = connection.sql(sql, params=[shown.table("orders"), loss_facts(home, shown), NEEDED_CUSTOMERS, MOST_SEGMENTS]).fetchall()
    found: dict[str, tuple[int, Any]] = {}
    for segment, customers, days, weight in rows:
        weights = found.setdefault(segment, (customers, np.zeros(LONGEST_GAP_DAYS + 1)))[1]
        weights[days] = weight
    z = float(special.ndtri(1 - DOUBT / 2 / max(len(found), 1)))
    return [_rhythm(segment, customers, weights, z) for segment, (customers, weights) in found.items()]


def _rhythm(segment: str, customers: int, weights: Any, z: float) -> dict[str, Any]:
    running = np.cumsum(weights)
    spread = z * (QUANTILE * (1 - QUANTILE) / customers) ** 0.5
    low, days, high = (
        bounded(int(np.searchsorted(running, share * running[-1] * (1 - 1e-9))))
        for share in (max(0.0, QUANTILE - spread), QUANTILE, min(1.0, QUANTILE + spread))
    )
    return {"segment": segment, "customers": customers, "days": days, "low": low, "high": high}


FACTS = """
WITH facts AS (SELECT customer, activity, ts, _channel, _order FROM read_parquet(?, union_by_name = true)
               WHERE ts <= ? AND _known_at <= ? AND customer IS NOT NULL),
channels AS (SELECT customer, arg_min(_channel, (ts, coalesce(_order, ''))) AS channel FROM facts
             WHERE activity = 'placed_order' AND _channel IS NOT NULL GROUP BY customer),
contracts AS (SELECT customer, bool_or(list_contains(?, activity)) AS contract, max(ts) FILTER (list_contains(?, activity)) AS kept_at
              FROM facts GROUP BY customer),
ends AS (SELECT customer, min(ts) AS ended_at FROM facts JOIN contracts USING (customer)
         WHERE list_contains(?, activity) AND (kept_at IS NULL OR ts >= kept_at) GROUP BY customer)
SELECT customer, purchase_days_count AS bought_days, last_order_at, place, channel, coalesce(contract, false) AS contract, ended_at,
       coalesce(lost_in_window, false) AS lost, coalesce(eligible, false) AS counted
FROM read_parquet(?) LEFT JOIN channels USING (customer) LEFT JOIN contracts USING (customer) LEFT JOIN ends USING (customer)
ORDER BY customer
"""

GAPS = """
WITH days AS (SELECT DISTINCT customer, timezone('{zone}', ts)::DATE AS day FROM read_parquet(?)
              WHERE customer IS NOT NULL AND NOT coalesce(cancelled, false)),
gaps AS (SELECT customer, day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap FROM days),
weighed AS (SELECT customer, least(gap, {longest})::INTEGER AS gap, 1.0 / count(*) OVER (PARTITION BY customer) AS weight
            FROM gaps WHERE gap IS NOT NULL),
named AS (SELECT {by} AS segment, weighed.* FROM weighed JOIN read_parquet(?) AS facts USING (customer) WHERE {by} IS NOT NULL),
sizes AS (SELECT segment, count(DISTINCT customer) AS customers FROM named GROUP BY segment),
largest AS (SELECT * FROM sizes WHERE customers >= ? ORDER BY customers DESC, segment LIMIT ?)
SELECT segment, customers, gap, sum(weight) FROM named JOIN largest USING (segment)
GROUP BY segment, customers, gap ORDER BY customers DESC, segment, gap
"""
