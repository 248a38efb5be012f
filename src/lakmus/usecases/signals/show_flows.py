"""Where customers stood at the end of each of the last twelve months, and who moved from where to where.

The states are those of the definition of loss that is in force today, each read from what was known at the month's end
(`engine.risk.state_history`), so that the months can be compared; the history is computed once and kept beside the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings

from lakmus.engine.risk.segments import SEGMENT_COLUMNS
from lakmus.engine.risk.state_history import STATE_COLUMNS, states_over
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.failures import BadInput
from lakmus.history.period import end_of_day
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.runners.choosing import runner_at
from lakmus.usecases import writing
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json, kept_table
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.buyers import no_horizon
from lakmus.usecases.signals.lay_out_people import PEOPLE
from lakmus.usecases.signals.show_cohorts import NO_GROUP

MONTHS_BACK = 12
STATES = {
    "lost": Wording("ушёл", "lost"),
    "cold": Wording("холодный", "cold"),
    "cooling": Wording("остывает", "cooling"),
    "warm": Wording("тёплый", "warm"),
    "new": Wording("новый", "new"),
    "one_time": Wording("одна покупка", "one purchase"),
    "no_orders": Wording("без покупок", "no purchases"),
}
ABSENT = "unknown"
"""Not a state: not known to the company yet."""
NAMES = STATES | {ABSENT: Wording("ещё не было", "not there yet")}
STOOD = Wording("{day}: {state}", "{day}: {state}")
MOVED = Wording("с {before} по {day}: было «{old}», стало «{new}»", "{before} to {day}: from “{old}” to “{new}”")


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """How many customers stood in each state at a moment, the last of a month or the verdict's own."""

    at: datetime
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class FlowsShown:
    """States at the ends of months, the oldest first, and the moves into each but the first: `moves[i][old][new]` customers."""

    ends: tuple[MonthEnd, ...]
    moves: tuple[dict[str, dict[str, int]], ...]
    shortage: NotEnoughEvidence | None = None


def show_flows(home: Home, shown: Shown) -> FlowsShown:
    """Return the states at the ends of the last `MONTHS_BACK` months and now, and the moves between them."""
    shortage = no_horizon(shown)
    if shortage:
        return FlowsShown((), (), shortage)
    kept = kept_json(shown, "flows", lambda: _counted(home, shown))
    moments = _moments(shown)
    ends = tuple(MonthEnd(at, counts) for at, counts in zip(moments, kept["ends"], strict=True))
    return FlowsShown(ends, tuple(kept["moves"]))


def flow_conditions(home: Home, shown: Shown, asked: Mapping[str, str]) -> Conditions:
    """Return which customers stood in a state, or moved between two.

    Parameters
    ----------
    asked : `at` (ISO day of the end), `new` (the state then), `old` (that at the end before; missing: whatever it was).

    Raises
    ------
    BadInput : there is no such move in these twelve months.
    """
    place, old, new = _checked(shown, asked)
    sql, parameters = f"s{place} = ?", [new]
    if old:
        sql += f" AND coalesce(s{place - 1}, '{ABSENT}') = ?"
        parameters.append(old)
    conditions = Conditions()
    # The columns are numbered by us; what was typed stands in the parameters.
    conditions.add(f"rank IN (SELECT rank FROM read_parquet(?) WHERE {sql})", _states(home, shown), *parameters)  # noqa: S608
    return conditions


def flow_told(shown: Shown, asked: Mapping[str, str]) -> Wording:
    """Say in words who moved.

    Raises
    ------
    BadInput : there is no such move in these twelve months.
    """
    place, old, new = _checked(shown, asked)
    moments, zone = _moments(shown), company_terms().time_zone
    told = {}
    for language in ("ru", "en"):
        day = writing.day(moments[place], language, time_zone=zone)
        if not old:
            told[language] = STOOD.in_language(language).format(day=day, state=NAMES[new].in_language(language))
            continue
        before = writing.day(moments[place - 1], language, time_zone=zone)
        names = {"old": NAMES[old].in_language(language), "new": NAMES[new].in_language(language)}
        told[language] = MOVED.in_language(language).format(before=before, day=day, **names)
    return Wording(told["ru"], told["en"])


def end_key(at: datetime) -> str:
    """Return what names a month's end in an address: its day on the company's calendar."""
    return writing.local_day(at, company_terms().time_zone).isoformat()


def _checked(shown: Shown, asked: Mapping[str, str]) -> tuple[int, str, str]:
    keys = [end_key(at) for at in _moments(shown)]
    old, new = asked.get("old", ""), asked.get("new", "")
    known = asked.get("at") in keys and new in STATES and (not old or old in NAMES)
    if not known or (old and asked["at"] == keys[0]):
        raise BadInput("no_such_group", NO_GROUP)
    return keys.index(asked["at"]), old, new


def _moments(shown: Shown) -> list[datetime]:
    zone = company_terms().time_zone
    today = writing.local_day(shown.as_of, zone)
    ends, first = [shown.as_of], today.replace(day=1)
    if today == _last_day(today):
        first = _last_day(today) + timedelta(days=1)
        ends = []
    while len(ends) < MONTHS_BACK + 1:
        last = first - timedelta(days=1)
        ends.append(min(end_of_day(last, zone), shown.as_of))
        first = last.replace(day=1)
    return ends[::-1]


def _last_day(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _states(home: Home, shown: Shown) -> str:
    """The table of states: `customer`, `s0` … `s12`, null where the customer was not known yet, and `rank` (in the table of people)."""

    def make(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        moments, horizon, rhythm = _moments(shown), shown.verdict.definition.horizon_days, shown.learned.rhythm
        if rhythm is None or horizon is None:
            raise BadInput("no_such_group", NO_GROUP)
        terms = company_terms()
        read = partial(states_over, rhythm=rhythm, horizon_days=horizon, time_zone=terms.time_zone, dates=moments, loss=terms.loss)
        more = ("activity_id", *SEGMENT_COLUMNS) if terms.loss.horizons else ()
        with runner_at(settings.LAKMUS_RUNNER) as over:
            found = over(home.stream(), read, as_of=shown.as_of, columns=(*STATE_COLUMNS, *more))
            parts = [_wide(connection, part, moments) for part in found]
        connection.register("stood", pa.concat_tables(parts))
        sql = "SELECT stood.*, rank FROM stood LEFT JOIN read_parquet(?) USING (customer) ORDER BY rank, customer"
        return connection.sql(sql, params=[shown.table(PEOPLE)])

    return kept_table(shown, "states", make)


def _wide(connection: duckdb.DuckDBPyConnection, long: pa.Table, moments: list[datetime]) -> pa.Table:
    """Return one row per customer with the state at each moment."""
    states = ", ".join(f"max(state) FILTER (as_of = moments[{place + 1}]) AS s{place}" for place in range(len(moments)))
    connection.register("stood", long)
    asked = f"SELECT customer, {states} FROM stood, (SELECT ?::TIMESTAMPTZ[] AS moments) GROUP BY customer"  # noqa: S608 - our own columns
    return connection.sql(asked, params=[moments]).to_arrow_table()


def _counted(home: Home, shown: Shown) -> dict[str, Any]:
    table, places = _states(home, shown), range(len(_moments(shown)))
    ends: list[dict[str, int]] = []
    moves: list[dict[str, dict[str, int]]] = []
    for place in places:
        found = ask(f"SELECT s{place} AS state, count(*) AS n FROM read_parquet(?) WHERE s{place} IS NOT NULL GROUP BY 1", [table])  # noqa: S608
        ends.append({row["state"]: row["n"] for row in found})
        if not place:
            continue
        sql = f"""SELECT coalesce(s{place - 1}, '{ABSENT}') AS old, s{place} AS new, count(*) AS n
                  FROM read_parquet(?) WHERE s{place} IS NOT NULL GROUP BY 1, 2"""  # noqa: S608 - our own columns
        moved: dict[str, dict[str, int]] = {}
        for row in ask(sql, [table]):
            moved.setdefault(row["old"], {})[row["new"]] = row["n"]
        moves.append(moved)
    return {"ends": ends, "moves": moves}
