"""Alerts on segments: where purchases or cases changed more than season and noise explain, and the customers behind each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np

from lakmus.engine.signals.alerts import BEYOND_NOISE, AlertRule, Counts, alerts_over
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.usecases.home import Home
from lakmus.usecases.results import Listing
from lakmus.usecases.show_verdict import Shown

REGULAR_FROM = 3
"""A purchase counts as a regular's from the customer's third one on, so that newcomers' weeks move nothing."""
LOOK_BACK_WEEKS = 26
NEEDED_WEEKS = BEYOND_NOISE.window_weeks * (BEYOND_NOISE.reference_windows + 9)
MOST_SEGMENTS = 400

MEASURES = {
    "purchases": Wording("Покупки постоянных клиентов", "Regulars' purchases"),
    "cases": Wording("Обращения", "Cases"),
}
DIMENSIONS = {
    "place": Wording("город", "city"),
    "channel": Wording("канал", "channel"),
    "product": Wording("товар", "product"),
    "topic": Wording("тема", "topic"),
}
SHORT_PAST = Wording("история короче, чем нужно, чтобы знать обычный шум", "the history is too short to know the usual noise")


@dataclass(frozen=True, slots=True)
class SegmentAlert:
    """One alert as it would have been received.

    Parameters
    ----------
    measure, dimension, segment : what changed, and where. until : end of the window judged; it is `window_days` long.
    observed, expected : in the window. change : observed / expected - 1. p_value : probability of such a change without a reason.
    """

    measure: str
    dimension: str
    segment: str
    until: datetime
    window_days: int
    observed: int
    expected: float
    change: float
    p_value: float


@dataclass(frozen=True, slots=True)
class AlertsShown:
    """What was reported in the last half year, the newest first, and among how many segments was looked."""

    alerts: tuple[SegmentAlert, ...]
    segments: int
    rule: AlertRule
    shortage: NotEnoughEvidence | None = None


def show_alerts(home: Home, shown: Shown, *, rule: AlertRule = BEYOND_NOISE) -> AlertsShown:
    """Return the alerts of the half year before the verdict's moment, false discovery controlled over all segments at each look."""
    with _counted(home, shown) as connection:
        groups = _groups(connection)
    weeks = max((counts.shape[1] for _, _, counts in groups.values()), default=0)
    segments = sum(counts.shape[0] for _, _, counts in groups.values())
    if weeks < NEEDED_WEEKS:
        return AlertsShown((), segments, rule, NotEnoughEvidence(SHORT_PAST, NEEDED_WEEKS, weeks))
    first = max(NEEDED_WEEKS - 1, weeks - LOOK_BACK_WEEKS)
    told = alerts_over([counts for _, _, counts in groups.values()], rule, first_week=first, last_week=weeks - 1)
    found = [
        SegmentAlert(
            measure,
            dimension,
            names[alert.change.segment],
            shown.as_of - timedelta(weeks=weeks - 1 - alert.week),
            7 * rule.window_weeks,
            alert.change.observed,
            alert.change.expected,
            alert.change.change,
            alert.change.p_value,
        )
        for (measure, dimension), (names, _, _), alerts in zip(groups, groups.values(), told, strict=True)
        for alert in alerts
    ]
    return AlertsShown(tuple(sorted(found, key=lambda alert: (alert.until, -alert.p_value), reverse=True)), segments, rule)


def customers_behind(home: Home, shown: Shown, alert: SegmentAlert, *, page: int = 1, size: int = 50) -> Listing:
    """Return the segment's customers whose number moved most with it: `customer`, `before` (per window, from the reference), `now`."""
    reference = BEYOND_NOISE.reference_windows
    since = alert.until - timedelta(days=alert.window_days)
    start = since - timedelta(days=alert.window_days * reference)
    sign = -1 if alert.change < 0 else 1
    parameters = [since, reference, since, alert.measure, alert.dimension, alert.segment, start, alert.until, sign]
    with _counted(home, shown) as connection:
        total = connection.execute(f"SELECT count(*) FROM ({BEHIND})", parameters).fetchall()[0][0]  # noqa: S608 - only constants
        ordered = f"{BEHIND} ORDER BY abs(now - before) DESC, customer LIMIT ? OFFSET ?"
        found = connection.sql(ordered, params=[*parameters, size, (max(page, 1) - 1) * size])
        rows = found.to_arrow_table().to_pylist()
    return Listing(total, rows)


def _groups(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[list[str], int, Counts]]:
    """The counts of each measure and dimension, shape (segments, weeks), the last column ending at the verdict's moment."""
    rows = connection.execute(WEEKS, [MOST_SEGMENTS]).fetchnumpy()
    groups: dict[tuple[str, str], tuple[list[str], int, Counts]] = {}
    pairs = sorted(set(zip(rows["measure"].tolist(), rows["dimension"].tolist(), strict=True)))
    longest = int(rows["weeks_back"].max()) + 1 if len(rows["weeks_back"]) else 0
    for measure, dimension in pairs:
        mine = (rows["measure"] == measure) & (rows["dimension"] == dimension)
        names, numbers = np.unique(rows["segment"][mine].astype(str), return_inverse=True)
        counts = np.zeros((len(names), longest), np.int64)
        np.add.at(counts, (numbers, longest - 1 - rows["weeks_back"][mine].astype(int)), rows["n"][mine].astype(np.int64))
        # The oldest week is not whole.
        groups[measure, dimension] = (names.tolist(), len(names), counts[:, 1:])
    return groups


@contextmanager
def _counted(home: Home, shown: Shown) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with the view `happened` (measure, dimension, segment, customer, ts); it is kept beside its verdict."""
    kept = shown.folder / "segments" / "0000.parquet"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        if not kept.exists():
            _keep(connection, home, shown, kept)
        connection.read_parquet(str(kept)).create_view("happened")
        connection.execute("CREATE TEMP TABLE looked AS SELECT ?::TIMESTAMPTZ AS as_of", [shown.as_of])
        yield connection


def _keep(connection: duckdb.DuckDBPyConnection, home: Home, shown: Shown, kept: Path) -> None:
    parameters = [str(shown.folder / name / "*.parquet") for name in ("orders", "customers")]
    found = connection.sql(HAPPENED, params=[*parameters, REGULAR_FROM, home.stream().files(), shown.as_of, shown.as_of])
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".part") as draft:
        found.write_parquet(draft.name, compression="zstd")
        os.link(draft.name, f"{draft.name}.done")
        os.replace(f"{draft.name}.done", kept)


HAPPENED = """
WITH ranked AS (SELECT customer, ts, evidence[1] AS activity_id, "order",
                       row_number() OVER (PARTITION BY customer ORDER BY ts, "order") AS number
                FROM read_parquet(?) WHERE customer IS NOT NULL AND NOT coalesce(cancelled, false)),
people AS (SELECT customer, place FROM read_parquet(?)),
regular AS (SELECT * FROM ranked WHERE number >= ?),
facts AS (SELECT activity_id, activity, ts, customer, _order, _channel, _topic, _product
          FROM read_parquet(?, union_by_name = true)
          WHERE ts <= ? AND _known_at <= ? AND activity IN ('placed_order', 'ordered_item', 'opened_case')),
bought AS (SELECT DISTINCT regular.customer, regular.ts, regular."order", _product FROM facts JOIN regular ON facts._order = regular."order"
           WHERE activity = 'ordered_item' AND _product IS NOT NULL)
SELECT 'purchases' AS measure, 'place' AS dimension, place AS segment, customer, ts FROM regular JOIN people USING (customer)
WHERE place IS NOT NULL
UNION ALL
SELECT 'purchases', 'channel', _channel, regular.customer, regular.ts FROM regular JOIN facts USING (activity_id) WHERE _channel IS NOT NULL
UNION ALL
SELECT 'purchases', 'product', _product, customer, ts FROM bought
UNION ALL
SELECT 'cases', 'topic', _topic, customer, ts FROM facts WHERE activity = 'opened_case' AND _topic IS NOT NULL
UNION ALL
SELECT 'cases', 'channel', _channel, customer, ts FROM facts WHERE activity = 'opened_case' AND _channel IS NOT NULL
"""

WEEKS = """
WITH weekly AS (SELECT measure, dimension, segment, (epoch(as_of - ts) // 604800)::INTEGER AS weeks_back, count(*) AS n
                FROM happened, looked WHERE ts <= as_of GROUP BY ALL),
sizes AS (SELECT measure, dimension, segment, sum(n) AS n FROM weekly GROUP BY ALL),
largest AS (SELECT measure, dimension, segment FROM sizes
            QUALIFY row_number() OVER (PARTITION BY measure, dimension ORDER BY n DESC, segment) <= ?)
SELECT weekly.* FROM weekly JOIN largest USING (measure, dimension, segment)
"""

BEHIND = """
SELECT * FROM (
    SELECT customer, count(*) FILTER (ts <= ?) / ?::DOUBLE AS before, count(*) FILTER (ts > ?) AS now
    FROM happened WHERE measure = ? AND dimension = ? AND segment = ? AND ts > ? AND ts <= ? AND customer IS NOT NULL GROUP BY customer)
WHERE ? * (now - before) > 0
"""
