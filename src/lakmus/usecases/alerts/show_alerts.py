"""Alerts on segments: where purchases or cases changed more than season and noise explain, and the customers behind each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from lakmus.engine.signals.alerts import BEYOND_NOISE, REGULARS_DOWN_A_FIFTH, AlertRule, Counts, alerts_over
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.usecases import writing
from lakmus.usecases.alerts.whole_company import ROW_NOW, beside_last_year
from lakmus.usecases.asking import Conditions, ask, cursor
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json, kept_table
from lakmus.usecases.results import MANY_RANKS, Listing
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE, ranks_of, rows_of
from lakmus.usecases.signals.show_cohorts import NO_GROUP
from lakmus.usecases.signals.waiting import GROUPS as CASES_BY

REGULAR_FROM = 3
"""A purchase counts as a regular's from the customer's third one on, so that newcomers' weeks move nothing."""
LOOK_BACK_WEEKS = 26
YEAR_WEEKS = 52
NEEDED_WEEKS = BEYOND_NOISE.window_weeks * (BEYOND_NOISE.reference_windows + 9)
NEEDED_WEEKS_OF_COMPANY = NEEDED_WEEKS + YEAR_WEEKS
MOST_SEGMENTS = 400

COMPANY, WHOLE = "company", "all"
"""The dimension whose one segment is the whole company, and that segment's name in an address."""
MEASURES = {
    "purchases": Wording("Покупки постоянных клиентов", "Regulars' purchases"),
    "cases": Wording("Обращения", "Cases"),
}
DIMENSIONS = {
    "company": Wording("вся компания", "the whole company"),
    "place": Wording("город или магазин", "city or shop"),
    "channel": Wording("канал", "channel"),
    "product": Wording("товар", "product"),
    "topic": Wording("тема", "topic"),
    "shift": Wording("группа сотрудников", "staff group"),
}
DIMENSIONS_OF = {"purchases": (COMPANY, "place", "channel", "product"), "cases": ("channel", "topic", "shift")}
SHORT_PAST = Wording(
    "история в неделях короче, чем нужно, чтобы знать обычный шум", "the history, in weeks, is too short to know the usual noise"
)
TOLD = Wording("{measure}, {where}, изменились к {day}", "{measure}, {where}, changed by {day}")

Groups = dict[tuple[str, str], tuple[list[str], Counts]]


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule, and what it looks at: keys of `MEASURES` and of `DIMENSIONS`."""

    rule: AlertRule
    measures: tuple[str, ...] = tuple(MEASURES)
    dimensions: tuple[str, ...] = tuple(DIMENSIONS)

    @property
    def fingerprint(self) -> str:
        """What tells this watch from the same rule with other figures; fit for the name of a file."""
        told = {name: part for name, part in asdict(self).items() if name != "title"}
        return f"{self.rule.code}-{hashlib.sha256(repr(told).encode()).hexdigest()[:12]}"


SHIPPED = {
    watch.rule.code: watch for watch in (Watch(BEYOND_NOISE), Watch(REGULARS_DOWN_A_FIFTH, ("purchases",), DIMENSIONS_OF["purchases"]))
}
"""The rules as they ship; `alert_rules.watches` knows them as they were edited."""


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


def show_alerts(home: Home, shown: Shown, *, watch: Watch = SHIPPED[BEYOND_NOISE.code]) -> AlertsShown:
    """Return the alerts of the half year before the verdict's moment, false discovery controlled over all segments at each look."""
    kept = kept_json(shown, f"alerts-{watch.fingerprint}", lambda: _found(home, shown, watch, LOOK_BACK_WEEKS))
    return AlertsShown(tuple(_read(kept)), kept["segments"], watch.rule, _shortage(kept["weeks"]))


def alerts_in_a_year(home: Home, shown: Shown, watches: Sequence[Watch]) -> tuple[list[list[SegmentAlert]], NotEnoughEvidence | None]:
    """Return what each of several rules would have told in the year before the verdict's moment, and what is missing to say so."""
    kept = [kept_json(shown, f"year-{watch.fingerprint}", partial(_found, home, shown, watch, YEAR_WEEKS)) for watch in watches]
    return [_read(each) for each in kept], _shortage(max((each["weeks"] for each in kept), default=0))


def customers_behind(home: Home, shown: Shown, alert: SegmentAlert, *, page: int = 1, size: int = 50) -> Listing:
    """Return the segment's customers whose number moved most with it: `customer`, `before` (per window, from the reference), `now`."""
    sql, parameters = _behind(home, shown, alert)
    total = ask(f"SELECT count(*) AS n FROM ({sql})", parameters)[0]["n"]  # noqa: S608 - only constants
    ordered = f"{sql} ORDER BY abs(now - before) DESC, rank LIMIT ? OFFSET ?"
    found = ask(ordered, [*parameters, size, (max(page, 1) - 1) * size])
    whose = rows_of(shown.folder, [row["rank"] for row in found])
    rows = [{"customer": who["customer"], "before": row["before"], "now": row["now"]} for row, who in zip(found, whose, strict=True)]
    return Listing(total, rows)


def alert_asked(alert: SegmentAlert) -> dict[str, str]:
    """Return what names an alert in an address or in a saved segment."""
    direction = "down" if alert.change < 0 else "up"
    named = {name: str(getattr(alert, name)) for name in ("measure", "dimension", "segment", "window_days")}
    return named | {"until": alert.until.astimezone(UTC).isoformat(), "direction": direction}


def alert_conditions(home: Home, shown: Shown, asked: Mapping[str, str]) -> Conditions:
    """Return which customers stand behind an alert; see `alert_asked`.

    Raises
    ------
    BadInput : there can be no such alert.
    """
    sql, parameters = _behind(home, shown, alert_named(asked))
    conditions = Conditions()
    ranks = _changes(*parameters)["rank"]
    if len(ranks) <= MANY_RANKS:
        conditions.of_ranks(ranks.tolist())
    else:
        conditions.add(f"rank IN (SELECT rank FROM ({sql}))", *parameters)  # noqa: S608 - only constants
    return conditions


def alert_told(asked: Mapping[str, str], *, time_zone: str) -> Wording:
    """Say in words what an alert told.

    Raises
    ------
    BadInput : there can be no such alert.
    """
    alert = alert_named(asked)
    measure, where = MEASURES[alert.measure], segment_told(alert.dimension, alert.segment)
    day = {language: writing.day(alert.until, language, time_zone=time_zone) for language in ("ru", "en")}
    return Wording(
        TOLD.ru.format(measure=measure.ru, where=where.ru, day=day["ru"]),
        TOLD.en.format(measure=measure.en, where=where.en, day=day["en"]),
    )


def segment_told(dimension: str, segment: str) -> Wording:
    """Say of which segment an alert is: `city or shop Tver`; the whole company has no name beside that."""
    named = DIMENSIONS[dimension]
    return named if dimension == COMPANY else Wording(f"{named.ru} {segment}", f"{named.en} {segment}")


def moved(home: Home, shown: Shown, asked: Mapping[str, str], customers: Sequence[str]) -> dict[str, tuple[float, int]]:
    """Return, for these customers, how many they had per window before an alert, and how many in its window."""
    _, parameters = _behind(home, shown, alert_named(asked))
    changes = _changes(*parameters)
    found = {}
    for customer, rank in ranks_of(shown.folder, customers).items():
        place = int(np.searchsorted(changes["rank"], rank))
        if place < len(changes["rank"]) and changes["rank"][place] == rank:
            found[customer] = float(changes["before"][place]), int(changes["now"][place])
    return found


def alert_named(asked: Mapping[str, str]) -> SegmentAlert:
    """Return the alert that `alert_asked` names; its figures are not told by its name.

    Raises
    ------
    BadInput : there can be no such alert.
    """
    try:
        until = datetime.fromisoformat(asked["until"])
        days = int(asked["window_days"])
        known = asked["measure"] in MEASURES and asked["dimension"] in DIMENSIONS and until.tzinfo is not None and 0 < days < 1000
        change = {"down": -1.0, "up": 1.0}[asked["direction"]]
        segment = asked["segment"]
    except (KeyError, ValueError) as problem:
        raise BadInput("no_such_group", NO_GROUP) from problem
    if not known:
        raise BadInput("no_such_group", NO_GROUP)
    return SegmentAlert(asked["measure"], asked["dimension"], segment, until, days, 0, 0.0, change, 1.0)


def _behind(home: Home, shown: Shown, alert: SegmentAlert) -> tuple[str, list[Any]]:
    reference = BEYOND_NOISE.reference_windows
    since = alert.until - timedelta(days=alert.window_days)
    start = since - timedelta(days=alert.window_days * reference)
    sign = -1 if alert.change < 0 else 1
    counted = [since, reference, since, _happened(home, shown), alert.measure, alert.dimension, alert.segment, start, alert.until, sign]
    return BEHIND, counted


@lru_cache(maxsize=8)
def _changes(*counted: Any) -> dict[str, npt.NDArray[Any]]:
    """Return what `BEHIND` says, by rank ascending: a page asks for it twice, and again for each next one. Verdicts never change."""
    with cursor() as connection:
        return connection.sql(f"{BEHIND} ORDER BY rank", params=list(counted)).fetchnumpy()


def _read(kept: dict[str, Any]) -> list[SegmentAlert]:
    return [SegmentAlert(**row | {"until": datetime.fromisoformat(row["until"])}) for row in kept["alerts"]]


def _found(home: Home, shown: Shown, watch: Watch, look_back: int) -> dict[str, Any]:
    groups = _looked_at(_groups(home, shown), watch)
    alerts = [asdict(alert) | {"until": alert.until.isoformat()} for alert in _told(groups, shown, watch, look_back=look_back)]
    return {"weeks": _weeks(groups), "segments": sum(len(set(names)) for names, _ in groups.values()), "alerts": alerts}


def _looked_at(groups: Groups, watch: Watch) -> Groups:
    return {key: group for key, group in groups.items() if key[0] in watch.measures and key[1] in watch.dimensions}


def _weeks(groups: Groups) -> int:
    return max((counts.shape[1] for _, counts in groups.values()), default=0)


def _shortage(weeks: int) -> NotEnoughEvidence | None:
    return NotEnoughEvidence(SHORT_PAST, NEEDED_WEEKS, weeks) if weeks < NEEDED_WEEKS else None


def _told(groups: Groups, shown: Shown, watch: Watch, *, look_back: int) -> list[SegmentAlert]:
    rule, weeks = watch.rule, _weeks(groups)
    if weeks < NEEDED_WEEKS:
        return []
    first = max(NEEDED_WEEKS - 1, weeks - look_back)
    told = alerts_over([counts for _, counts in groups.values()], rule, first_week=first, last_week=weeks - 1)
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
        for ((measure, dimension), (names, _)), each in zip(groups.items(), told, strict=True)
        for alert in each
        if dimension != COMPANY or alert.change.segment == ROW_NOW
    ]
    return sorted(found, key=lambda alert: (alert.until, -alert.p_value), reverse=True)


def _groups(home: Home, shown: Shown) -> Groups:
    """The counts of each measure and dimension, shape (segments, weeks), the last column ending at the verdict's moment."""

    def counted(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        return connection.sql(WEEKS, params=[shown.as_of, _happened(home, shown), shown.as_of, MOST_SEGMENTS])

    weeks = kept_table(shown, "weeks", counted)
    with cursor() as connection:
        rows = connection.sql("SELECT * FROM read_parquet(?)", params=[weeks]).fetchnumpy()
    groups: Groups = {}
    pairs = sorted(set(zip(rows["measure"].tolist(), rows["dimension"].tolist(), strict=True)))
    longest = int(rows["weeks_back"].max()) + 1 if len(rows["weeks_back"]) else 0
    for measure, dimension in pairs:
        mine = (rows["measure"] == measure) & (rows["dimension"] == dimension)
        names, numbers = np.unique(rows["segment"][mine].astype(str), return_inverse=True)
        counts = np.zeros((len(names), longest), np.int64)
        np.add.at(counts, (numbers, longest - 1 - rows["weeks_back"][mine].astype(int)), rows["n"][mine].astype(np.int64))
        # The oldest week is not whole.
        told, whole = names.tolist(), counts[:, 1:]
        groups[measure, dimension] = (told * 2, beside_last_year(whole[0])) if dimension == COMPANY else (told, whole)
    return groups


def _happened(home: Home, shown: Shown) -> str:
    """The table of what happened (measure, dimension, segment, rank, ts), sorted so that a segment is read by itself."""

    def make(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        parameters = [shown.table("orders"), shown.table(PEOPLE), REGULAR_FROM, home.stream().files(), shown.as_of, shown.as_of]
        return connection.sql(HAPPENED, params=parameters)

    return kept_table(shown, "segments", make)


HAPPENED = """
WITH ranked AS (SELECT customer, ts, evidence[1] AS activity_id, "order",
                       row_number() OVER (PARTITION BY customer ORDER BY ts, "order") AS number
                FROM read_parquet(?) WHERE customer IS NOT NULL AND NOT coalesce(cancelled, false)),
people AS (SELECT customer, place, rank FROM read_parquet(?)),
regular AS (SELECT ranked.*, place, rank FROM ranked JOIN people USING (customer) WHERE number >= ?),
facts AS (SELECT activity_id, activity, ts, customer, _order, _channel, _topic, _product, _place,
                 feature_json AS features, {shift} AS shift
          FROM read_parquet(?, union_by_name = true)
          WHERE ts <= ? AND _known_at <= ? AND activity IN ('placed_order', 'ordered_item', 'opened_case')),
cases AS (SELECT facts.*, rank FROM facts LEFT JOIN people USING (customer) WHERE activity = 'opened_case'),
bought AS (SELECT DISTINCT rank, regular.ts, regular."order", _product FROM facts JOIN regular ON facts._order = regular."order"
           WHERE activity = 'ordered_item' AND _product IS NOT NULL),
happened AS (
    SELECT 'purchases' AS measure, '{company}' AS dimension, '{whole}' AS segment, rank, ts FROM regular
    UNION ALL
    SELECT 'purchases', 'place', coalesce(_place, place), rank, regular.ts FROM regular LEFT JOIN facts USING (activity_id)
    WHERE coalesce(_place, place) IS NOT NULL
    UNION ALL
    SELECT 'purchases', 'channel', _channel, rank, regular.ts FROM regular JOIN facts USING (activity_id)
    WHERE _channel IS NOT NULL
    UNION ALL
    SELECT 'purchases', 'product', _product, rank, ts FROM bought
    UNION ALL
    SELECT 'cases', 'topic', _topic, rank, ts FROM cases WHERE _topic IS NOT NULL
    UNION ALL
    SELECT 'cases', 'shift', shift, rank, ts FROM cases WHERE shift IS NOT NULL
    UNION ALL
    SELECT 'cases', 'channel', _channel, rank, ts FROM cases WHERE _channel IS NOT NULL)
SELECT * FROM happened ORDER BY measure, dimension, segment, ts, rank
""".format(shift=CASES_BY["shift"], company=COMPANY, whole=WHOLE)  # noqa: S608 - our own words

WEEKS = """
WITH weekly AS (SELECT measure, dimension, segment, (epoch(?::TIMESTAMPTZ - ts) // 604800)::INTEGER AS weeks_back, count(*) AS n
                FROM read_parquet(?) WHERE ts <= ? GROUP BY ALL),
sizes AS (SELECT measure, dimension, segment, sum(n) AS n FROM weekly GROUP BY ALL),
largest AS (SELECT measure, dimension, segment FROM sizes
            QUALIFY row_number() OVER (PARTITION BY measure, dimension ORDER BY n DESC, segment) <= ?)
SELECT weekly.* FROM weekly JOIN largest USING (measure, dimension, segment)
"""

BEHIND = """
SELECT * FROM (
    SELECT rank, count(*) FILTER (ts <= ?) / ?::DOUBLE AS before, count(*) FILTER (ts > ?) AS now
    FROM read_parquet(?) WHERE measure = ? AND dimension = ? AND segment = ? AND ts > ? AND ts <= ? AND rank IS NOT NULL
    GROUP BY rank)
WHERE ? * (now - before) > 0
"""
