"""Who is behind a figure of the check on the past: everybody it counted, whom the model or a rule would have named, and who left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings

from lakmus.engine.backtest import Backtest, BacktestCut, GroupBacktest, RuleFigures
from lakmus.engine.learning import LEARNING_COLUMNS
from lakmus.engine.risk.backtest import EXPERIENCE_TITLES
from lakmus.engine.risk.groups import REGULAR, TITLES
from lakmus.engine.risk.judged_rows import rows_at_cuts
from lakmus.engine.risk.probability import MODEL, RULES
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.runners.choosing import runner_at
from lakmus.usecases import writing
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.risk.show_backtest import cut_key, title_of_way
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE
from lakmus.usecases.signals.show_cohorts import NO_GROUP

KEYS = ("cut", "group", "way", "named", "left", "purchases")
"""By what those behind a figure are asked for: the day of the check, the group (regulars where none is given), the way that named them
(`model` or a rule), whether it named them and whether they left (1 or 0; missing: either), and the class of purchases."""
SAID = {
    "named": {"1": Wording("{way}: названы", "named by {way}"), "0": Wording("{way}: не названы", "not named by {way}")},
    "left": {"1": Wording("ушли", "left"), "0": Wording("не ушли", "did not leave")},
    "came": {"1": Wording("не вернулись", "did not come back"), "0": Wording("вернулись", "came back")},
}
COUNTS = """
WITH told AS (SELECT cut, risk_group, lost, unnest(CASE WHEN model IS NULL THEN [{'way': '', 'named': false}]
                     ELSE [{'way': 'model', 'named': model}, {'way': 'gap_exceeded', 'named': gap_exceeded},
                           {'way': 'fell_20_percent', 'named': fell_20_percent}] END) AS said FROM read_parquet(?))
SELECT cut, risk_group, said.way AS way, count(*) AS n, count(*) FILTER (lost) AS churned, count(*) FILTER (said.named) AS named,
       count(*) FILTER (said.named AND lost) AS named_and_lost FROM told GROUP BY ALL
"""
CHECK = Wording("Проверка на прошлом, {day}: {who}", "Check on the past, {day}: {who}")


def check_conditions(home: Home, shown: Shown, asked: Mapping[str, str]) -> Conditions:
    """Return which customers stand behind a figure; `asked`: see `KEYS`.

    Raises
    ------
    BadInput : there is no such figure.
    """
    cut, group = _checked(shown, asked)
    sql, wanted = "cut = ?::TIMESTAMPTZ AND risk_group = ?", [cut.as_of, group]
    if asked.get("named"):
        # The column is one of the ways; what was typed stands in the parameters.
        sql += f" AND {asked['way']} = ?"
        wanted.append(asked["named"] == "1")
    if asked.get("left"):
        sql += " AND lost = ?"
        wanted.append(asked["left"] == "1")
    if asked.get("purchases"):
        sql += " AND purchases = ?"
        wanted.append(asked["purchases"])
    conditions = Conditions()
    conditions.add(f"rank IN (SELECT rank FROM read_parquet(?) WHERE {sql})", check_rows(home, shown), *wanted)  # noqa: S608
    return conditions


def check_told(shown: Shown, asked: Mapping[str, str]) -> Wording:
    """Say in words who stands behind a figure.

    Raises
    ------
    BadInput : there is no such figure.
    """
    cut, group = _checked(shown, asked)
    said = [TITLES[group]]
    if asked.get("purchases"):
        said.append(EXPERIENCE_TITLES[asked["purchases"]])
    if asked.get("named"):
        said.append(SAID["named"][asked["named"]].filled(way=title_of_way(asked["way"])))
    if asked.get("left"):
        said.append(SAID["left" if group in (REGULAR, "contract") else "came"][asked["left"]])
    zone = company_terms().time_zone
    told = {}
    for language in ("ru", "en"):
        who = ", ".join(part.in_language(language) for part in said)
        told[language] = CHECK.in_language(language).format(day=writing.day(cut.as_of, language, time_zone=zone), who=who)
    return Wording(told["ru"], told["en"])


def said_then(home: Home, shown: Shown, asked: Mapping[str, str], customers: Sequence[str]) -> dict[str, tuple[float, bool]]:
    """Return of each of these customers the probability that would have been said at the check, 0..1, and whether they were lost.

    Raises
    ------
    BadInput : there is no such figure.
    """
    cut, group = _checked(shown, asked)
    sql = """SELECT customer, probability, lost FROM read_parquet(?)
             WHERE cut = ?::TIMESTAMPTZ AND risk_group = ? AND list_contains(?, customer)"""
    rows = ask(sql, [check_rows(home, shown), cut.as_of, group, list(customers)])
    return {row["customer"]: (row["probability"], row["lost"]) for row in rows}


def counted(home: Home, shown: Shown) -> dict[tuple[str, str, str], dict[str, int]]:
    """Return by day of the check, group and way: `n`, `churned`, `named` and `named_and_lost`; of those who wait the way is ""."""
    rows = ask(COUNTS, [check_rows(home, shown)])
    names = ("n", "churned", "named", "named_and_lost")
    return {(cut_key(row["cut"]), row["risk_group"], row["way"]): {name: row[name] for name in names} for row in rows}


def judged_by_everybody(home: Home, shown: Shown) -> Backtest:
    """Return the check with counts of everybody; where a part of the customers was drawn by lot the verdict's are in proportion to it."""
    judged, readings = shown.verdict.backtest, (shown.learned.reading, shown.learned.life_reading)
    if all(reading is None or reading.share >= 1 for reading in readings):
        return judged
    found = counted(home, shown)

    def figures(cut: BacktestCut, way: str, shown_before: RuleFigures) -> RuleFigures:
        counts = found[cut_key(cut.as_of), REGULAR, way]
        return replace(shown_before, named=counts["named"], named_and_lost=counts["named_and_lost"])

    def regulars(cut: BacktestCut) -> BacktestCut:
        model = figures(cut, MODEL, cut.model)
        false = (model.named - model.named_and_lost) / model.named if model.named else None
        return replace(cut, model=model, rules={way: figures(cut, way, rule) for way, rule in cut.rules.items()}, false_alarms=false)

    def waiting(group: GroupBacktest, cut: BacktestCut) -> BacktestCut:
        counts = found[cut_key(cut.as_of), group.code, ""]
        return replace(cut, n=counts["n"], churned=counts["churned"])

    groups = (replace(group, cuts=tuple(waiting(group, cut) for cut in group.cuts)) for group in judged.groups)
    return replace(judged, cuts=tuple(map(regulars, judged.cuts)), groups=tuple(groups))


def check_rows(home: Home, shown: Shown) -> str:
    """Return the path of the table of those whom the checks counted: `judged_rows.ROWS`, and `rank` (in the table of people)."""

    def make(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        learned = shown.learned
        read = partial(
            rows_at_cuts,
            judged=learned.judged,
            reading=learned.reading,
            lives=learned.life_reading,
            company=company_terms(),
            as_of=shown.as_of,
        )
        with runner_at(settings.LAKMUS_RUNNER) as over:
            parts = list(over(home.stream(), read, as_of=shown.as_of, columns=LEARNING_COLUMNS))
        connection.register("judged", pa.concat_tables(parts))
        sql = "SELECT judged.*, rank FROM judged LEFT JOIN read_parquet(?) USING (customer) ORDER BY cut, risk_group, rank, customer"
        return connection.sql(sql, params=[shown.table(PEOPLE)])

    return kept_table(shown, "checks", make)


def _checked(shown: Shown, asked: Mapping[str, str]) -> tuple[BacktestCut, str]:
    judged, group = shown.verdict.backtest, asked.get("group") or REGULAR
    cuts: dict[str, Any] = {REGULAR: judged.cuts} | {each.code: each.cuts for each in judged.groups}
    cut = next((cut for cut in cuts.get(group, ()) if cut_key(cut.as_of) == asked.get("cut")), None)
    flags = all(asked.get(name, "") in ("", "0", "1") for name in ("named", "left"))
    way = not asked.get("named") or (group == REGULAR and asked.get("way") in (MODEL, *RULES))
    if cut is None or not flags or not way or asked.get("purchases", "") not in ("", *EXPERIENCE_TITLES):
        raise BadInput("no_such_group", NO_GROUP)
    return cut, group
