"""From compact rows to the columns of a regression: broken lines, months, frequent names, earlier errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lakmus.engine.causes.rows import LEVELS, Rows

KNOTS = (0.1, 0.3, 0.5, 0.7, 0.9)
MONTH = LEVELS.index("month")
FREQUENT, LEAST_NAMED = 12, 0.005
LEAST_MET = 10
CROSSED = (("purchases", "silence"), ("mean_gap", "silence"), ("purchases", "mean_gap"), ("mean_gap", "gap_spread"))


def design_of(rows: Rows) -> tuple[npt.NDArray[np.float32], int]:
    """Return the design (n, p): a constant; each number as it stands; then where its line breaks at its quantiles; months; frequent
    places, channels, topics; and errors since the last purchase or earlier in the same matter, by code. And how many of the columns after
    the constant are the numbers as they stand.

    A line broken at quantiles (Harrell, Regression Modeling Strategies, ch. 2, with straight pieces) follows any smooth curve closely
    enough, and costs a handful of columns. Columns are scaled to mean 0 and variance 1, so that one ridge suits all.
    """
    n = rows.count
    columns: list[npt.NDArray[np.float32]] = []
    plain: dict[str, npt.NDArray[np.float32]] = {}
    for place, name in enumerate(LEVELS):
        if place == MONTH:
            continue
        x = rows.levels[:, place].astype(np.float32)
        plain[name] = x
        knots = np.unique(np.quantile(x, KNOTS)) if n else np.zeros(0)
        columns += [np.maximum(x - np.float32(knot), 0) for knot in knots if x.min() < knot < x.max()]
    for one, other in CROSSED:
        columns.append((plain[one] - plain[one].mean()) * (plain[other] - plain[other].mean()))
    columns += named_columns(rows)
    straight, bent = _scaled(list(plain.values())), _scaled(columns)
    return np.column_stack([np.ones(n, np.float32), *straight, *bent]), len(straight)


def _scaled(columns: list[npt.NDArray[np.float32]]) -> list[npt.NDArray[np.float32]]:
    """Return the columns that vary, with mean 0 and variance 1."""
    varying = [column for column in columns if column.size and float(column.std()) > 1e-6]
    return [(column - np.float32(column.mean())) / np.float32(column.std()) for column in varying]


def named_columns(rows: Rows) -> list[npt.NDArray[np.float32]]:
    """Return what is not a number as columns of 0 and 1: month, place, channel, topic, earlier errors by code."""
    columns = [(rows.levels[:, MONTH] == month).astype(np.float32) for month in range(2, 13)]
    for names in (rows.place, rows.channel, rows.topic):
        columns += _frequent(names)
    for place in range(rows.before.shape[1]):
        met = rows.before[:, place]
        columns += [(met >= least).astype(np.float32) for least in (1, 2) if (met >= least).sum() >= LEAST_MET]
    return columns


def _frequent(names: npt.NDArray[np.uint32]) -> list[npt.NDArray[np.float32]]:
    found, counts = np.unique(names, return_counts=True)
    often = found[np.lexsort((found, -counts))][1 : FREQUENT + 1]
    floor = max(LEAST_NAMED * len(names), LEAST_MET)
    return [(names == name).astype(np.float32) for name in often if (names == name).sum() >= floor]
