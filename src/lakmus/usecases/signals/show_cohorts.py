"""Who goes on buying after a first purchase: by the month of it, by city, channel or first product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lakmus.engine.causes.difference import wilson
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.usecases import writing
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.buyers import ORIGINS, buyers, no_horizon

MONTHS = (0, 1, 2, 3, 4, 5, 6, 9, 12, 18, 24)
"""After which months since the first purchase it is asked whether somebody buys on."""
MOST_ROWS, MOST_COHORTS = 24, 36
NEEDED = 10
"""Customers whose horizon is over from which a share is worth writing."""

COHORT = Wording("месяц первой покупки", "month of the first purchase")
BY = {"cohort": COHORT, **ORIGINS}
OUTCOMES = {
    "": Wording("все", "all"),
    "bought": Wording("покупали дальше", "bought on"),
    "not": Wording("больше не покупали", "did not buy on"),
    "open": Wording("ещё не известно", "not known yet"),
}
FEW = Wording("мало клиентов", "few customers")
NOT_OVER = Wording("срок ещё не прошёл ни у кого", "the horizon is over for nobody yet")
NO_GROUP = Wording(
    "Такой группы клиентов нет: адрес неполон или изменён. Ничего не потеряно; откройте её заново со страницы, где она названа.",
    "There is no such group of customers: the address is incomplete or was changed. Nothing was lost; open it again from its page.",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Those of one row after so many months: `known` of them have their horizon over, `bought` of these bought within it.

    `bought_share`: bought / known with Wilson's interval, or why it cannot be said (`open`: how many have it before them).
    """

    month: int
    known: int
    bought: int
    open: int
    bought_share: Finding


@dataclass(frozen=True, slots=True)
class CohortRow:
    """Buyers who began in one month, or are of one city, channel or first product; `key` None: not known."""

    key: str | None
    size: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CohortsShown:
    """Retention by one of `BY`; `months` are those after which anything is known. `others`: groups that are not shown."""

    by: str
    horizon_days: int | None
    months: tuple[int, ...]
    rows: tuple[CohortRow, ...]
    others: int = 0
    shortage: NotEnoughEvidence | None = None


def show_cohorts(home: Home, shown: Shown, *, by: str = "cohort") -> CohortsShown:
    """Return who bought on, the latest months last or the largest groups first; a `by` that is none of `BY` means the month."""
    by = by if by in BY else "cohort"
    shortage = no_horizon(shown)
    if shortage:
        return CohortsShown(by, None, (), (), shortage=shortage)
    kept = kept_json(shown, "cohorts", lambda: {name: _counted(buyers(home, shown), name) for name in BY})[by]
    months = tuple(month for position, month in enumerate(MONTHS) if any(row[2][position] for row in kept["rows"]))
    rows = tuple(CohortRow(key, size, _cells(size, known, bought)[: len(months)]) for key, size, known, bought in kept["rows"])
    return CohortsShown(by, shown.verdict.definition.horizon_days, months, rows, kept["others"])


def cohort_conditions(home: Home, shown: Shown, asked: Mapping[str, str]) -> Conditions:
    """Return which customers stand behind a cell.

    Parameters
    ----------
    asked : `by` (of `BY`), `segment` ("" not known), `month` (of `MONTHS`, missing: the whole row), `outcome` (of `OUTCOMES`).

    Raises
    ------
    BadInput : there is no such cell.
    """
    by, month = _checked(asked)
    wanted: list[Any] = [asked.get("segment") or None]
    sql = f"{by} IS NOT DISTINCT FROM ?"
    outcome = asked.get("outcome", "")
    if month is not None and outcome:
        sql += {"open": " AND known < ?", "bought": " AND known >= ? AND (bought >> ?) & 1 = 1"}.get(
            outcome, " AND known >= ? AND (bought >> ?) & 1 = 0"
        )
        wanted += [month] if outcome == "open" else [month, month]
    conditions = Conditions()
    # The column is one of `BY`; what was typed stands in the parameters.
    conditions.add(f"rank IN (SELECT rank FROM read_parquet(?) WHERE {sql})", buyers(home, shown), *wanted)  # noqa: S608
    return conditions


def cohort_told(asked: Mapping[str, str]) -> Wording:
    """Say in words which customers stand behind a cell.

    Raises
    ------
    BadInput : there is no such cell.
    """
    by, month = _checked(asked)
    name = _named(by, asked.get("segment") or None)
    title = BY[by]
    whole = Wording(f"{title.ru}: {name.ru}", f"{title.en}: {name.en}")
    outcome = asked.get("outcome", "")
    if month is None or not outcome:
        return whole
    said = OUTCOMES[outcome]
    return Wording(f"{whole.ru}; после {month} мес. {said.ru}", f"{whole.en}; after {month} months {said.en}")


def cohort_name(by: str, key: str | None) -> Wording:
    """Return the name of a row: a month, a city, a channel, a product, or that it is not known."""
    return _named(by, key)


def _named(by: str, key: str | None) -> Wording:
    if key is None:
        return Wording("не известно", "not known")
    if by == "cohort":
        try:
            first = date.fromisoformat(f"{key}-01")
        except ValueError as problem:
            raise BadInput("no_such_group", NO_GROUP) from problem
        return Wording(writing.month(first, "ru", with_year=True), writing.month(first, "en", with_year=True))
    return Wording(key, key)


def _checked(asked: Mapping[str, str]) -> tuple[str, int | None]:
    by, written = asked.get("by", "cohort"), asked.get("month", "")
    if by not in BY or asked.get("outcome", "") not in OUTCOMES or (written and written not in {str(month) for month in MONTHS}):
        raise BadInput("no_such_group", NO_GROUP)
    return by, int(written) if written else None


def _cells(size: int, known: list[int], bought: list[int]) -> tuple[Cell, ...]:
    return tuple(_cell(size, *figures) for figures in zip(MONTHS, known, bought, strict=True))


def _cell(size: int, month: int, known: int, bought: int) -> Cell:
    share: Finding = NotEnoughEvidence(NOT_OVER if not known else FEW, NEEDED, known)
    if known >= NEEDED:
        share = Estimate(*wilson(bought, known), known, Badge.COUNTED)
    return Cell(month, known, bought, size - known, share)


def _counted(table: str, by: str) -> dict[str, Any]:
    known = ", ".join(f"count(*) FILTER (known >= {month})" for month in MONTHS)
    bought = ", ".join(f"count(*) FILTER (known >= {month} AND (bought >> {month}) & 1 = 1)" for month in MONTHS)
    order = "segment DESC" if by == "cohort" else "size DESC, segment"
    found = ask(
        f"""SELECT * FROM (SELECT {by} AS segment, count(*) AS size, [{known}] AS known, [{bought}] AS bought
                           FROM read_parquet(?) GROUP BY 1) ORDER BY segment IS NULL, {order}""",  # noqa: S608 - only names of our own columns
        [table],
    )
    rows = [[row["segment"], row["size"], row["known"], row["bought"]] for row in found]
    most = MOST_COHORTS if by == "cohort" else MOST_ROWS
    shown = sorted(rows[:most], key=lambda row: row[0] or "") if by == "cohort" else rows[:most]
    return {"rows": shown, "others": max(0, len(rows) - most)}
