"""How long buyers stay and how soon they buy again: Kaplan-Meier curves of the whole company and of its parts."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.usecases.asking import ask, cursor
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.buyers import ORIGINS, buyers, no_horizon

POINTS = 100
LARGEST_PARTS = 6
NEEDED = 30
"""Buyers from which a curve is drawn."""
STEPS_DAYS = (7, 14, 30, 60, 90, 180, 365, 730, 1460)
MOST_TICKS = 7
FEW = Wording("мало покупателей", "few buyers")

CURVES = {
    "life": Wording("Сколько остаются", "How long they stay"),
    "gap": Wording("Когда покупают снова", "How soon they buy again"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """A day of the axis, and how many buyers were still under observation at its beginning, with nothing happened to them yet."""

    day: int
    at_risk: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The share to whom it has not happened by each of `days`, with its 95 % interval (NaN-free; an end not known is that of the point).

    Parameters
    ----------
    segment : city, channel or product; "" the whole company. n, ended : buyers, and those to whom it has happened.
    median_days : the first day by which it has happened to half of them; None while that is not known.
    """

    segment: str
    n: int
    ended: int
    days: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    ticks: tuple[Tick, ...]
    median_days: float | None


@dataclass(frozen=True, slots=True)
class SurvivalShown:
    """The company's curve and those of its largest parts; `thin`: parts with too few buyers for a curve, with their numbers."""

    curve: str
    by: str
    horizon_days: int | None
    whole: Curve | None
    parts: tuple[Curve, ...]
    thin: tuple[tuple[str, int], ...]
    shortage: NotEnoughEvidence | None = None


def show_survival(home: Home, shown: Shown, *, curve: str = "life", by: str = "") -> SurvivalShown:
    """Return the curves: `life` from the first purchase to loss, `gap` from a purchase to the next one.

    The survival function and its interval (log-log) are those of `scipy.stats.ecdf` on right-censored data (Kaplan & Meier, 1958). A
    buyer counts once: of their purchases `gap` takes one by chance, so that the interval rests on independent observations.
    """
    curve, by = curve if curve in CURVES else "life", by if by in ORIGINS else ""
    shortage = no_horizon(shown)
    if shortage:
        return SurvivalShown(curve, by, None, None, (), (), shortage)
    kept = kept_json(shown, "survival", lambda: _computed(buyers(home, shown)))[curve]
    whole = _read(kept[""]["curves"][0]) if kept[""]["curves"] else None
    if whole is None:
        few = NotEnoughEvidence(FEW, NEEDED, sum(number for _, number in kept[""]["thin"]))
        return SurvivalShown(curve, by, shown.verdict.definition.horizon_days, None, (), (), few)
    parts = kept[by] if by else {"curves": [], "thin": []}
    thin = tuple((name, number) for name, number in parts["thin"])
    return SurvivalShown(curve, by, shown.verdict.definition.horizon_days, whole, tuple(map(_read, parts["curves"])), thin)


def _read(kept: dict[str, Any]) -> Curve:
    ticks = tuple(Tick(*tick) for tick in kept["ticks"])
    lines = {name: tuple(kept[name]) for name in ("days", "share", "low", "high")}
    return Curve(kept["segment"], kept["n"], kept["ended"], **lines, ticks=ticks, median_days=kept["median_days"])


def _computed(table: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for curve in CURVES:
        found[curve] = {}
        # All curves of a page share their axis: that of the whole company.
        ticks = _tick_days(_last_day(_durations(table, curve, "", "")[0]))
        for by in ("", *ORIGINS):
            names = [""] if not by else _largest(table, by)
            read = [(name, *_durations(table, curve, by, name)) for name in names]
            enough = [(name, days, ended) for name, days, ended in read if days.size >= NEEDED and ended.any()]
            curves = [_kaplan_meier(name, days, ended, ticks) for name, days, ended in enough]
            drawn = {name for name, _, _ in enough}
            found[curve][by] = {"curves": curves, "thin": [[name, int(days.size)] for name, days, _ in read if name not in drawn]}
    return found


def _largest(table: str, by: str) -> list[str]:
    sql = f"SELECT {by} AS name FROM read_parquet(?) WHERE {by} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {LARGEST_PARTS}"  # noqa: S608
    return [row["name"] for row in ask(sql, [table])]


def _durations(
    table: str, curve: str, by: str, name: str
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    condition = f"{by} = ?" if by else "?::VARCHAR IS NOT NULL"
    with cursor() as connection:
        sql = f"SELECT {curve}_days AS days, {curve}_ended AS ended FROM read_parquet(?) WHERE {condition}"  # noqa: S608
        found = connection.sql(sql, params=[table, name]).fetchnumpy()
    return np.asarray(found["days"], float), np.asarray(found["ended"], bool)


def _kaplan_meier(
    name: str, days: np.ndarray[tuple[int], np.dtype[np.float64]], ended: np.ndarray[tuple[int], np.dtype[np.bool_]], ticks: list[int]
) -> dict[str, Any]:
    # Loading it takes half a second, which every start of every face would pay.
    from scipy import stats

    found = stats.ecdf(stats.CensoredData(uncensored=days[ended], right=days[~ended])).sf
    with warnings.catch_warnings():
        # Where all or none are left the interval is not defined; the point stands in for it below.
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = found.confidence_interval(confidence_level=0.95, method="log-log")
    grid = np.unique(np.round(np.linspace(0.0, _last_day(days), POINTS)))
    share = np.asarray(found.evaluate(grid))
    low, high = (np.asarray(end.evaluate(grid)) for end in (interval.low, interval.high))
    half = found.quantiles[found.probabilities <= 0.5]
    return {
        "segment": name,
        "n": int(days.size),
        "ended": int(ended.sum()),
        "days": grid.tolist(),
        "share": np.round(share, 5).tolist(),
        "low": np.round(np.where(np.isfinite(low), low, share), 5).tolist(),
        "high": np.round(np.where(np.isfinite(high), high, share), 5).tolist(),
        "ticks": [[day, int((days >= day).sum())] for day in ticks],
        "median_days": float(half[0]) if half.size else None,
    }


def _last_day(days: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """The last day of a curve: beyond it fewer than ten are observed."""
    return max(1.0, float(np.sort(days)[max(0, days.size - 10)])) if days.size else 1.0


def _tick_days(last: float) -> list[int]:
    step = next((days for days in STEPS_DAYS if last / days <= MOST_TICKS - 1), STEPS_DAYS[-1])
    return list(range(0, int(last) + 1, step))
