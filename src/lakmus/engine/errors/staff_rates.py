"""How often errors befall the cases of each member of staff, with the mix of cases removed and shrunk to the team.

Who gets the angry cases has more errors through no fault of their own, and who has few cases has an extreme share by chance. So there is no
ranking on raw shares here: a person's rate is what it would be on the company's mix of cases, as far from the team's as the data bear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from scipy.special import expit

from lakmus.engine import tables
from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.clocks import channel_name
from lakmus.engine.errors.detector import Scene

CODES_OF_STAFF = (
    "slow_reply",
    "unresolved_problem",
    "wrong_information",
    "indifference",
    "rudeness",
    "formal_script",
    "misunderstanding",
    "inflexibility",
    "untrained_staff",
)
"""Errors that happen within a case and to which a member of staff belongs."""

MIX = ("topic", "channel", "hours", "weekend")
WINDOW_DAYS = 365
HOURS = (8, 12, 18, 24)
"""Local hours at which the parts of the day end."""

TOPICS = 15
"""So many topics are told apart, the commonest; the rest are one."""

LEAST_CASES, LEAST_FOUND = 10, 10
"""A person with fewer cases is not shown; a code with fewer errors in all says nothing about anybody."""

_RIDGE, _ROUNDS, _LEAST_VARIANCE = 1.0, 60, 1e-4
Z95 = 1.959963984540054


def staff_cases(scene: Scene, errors: pl.DataFrame) -> pl.DataFrame:
    """Return one bucket's cases of the last `WINDOW_DAYS` by member of staff and mix, and in how many each error was found.

    A case belongs to everybody who answered in it, once.

    Parameters
    ----------
    errors : `find_errors(scene).errors`.

    Returns
    -------
    pl.DataFrame : staff, the columns of `MIX`, cases, and a column per code of `CODES_OF_STAFF`; whole numbers, so that sums over buckets
        do not depend on their order.
    """
    by_person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    recent = pl.col("ts") > scene.as_of - timedelta(days=WINDOW_DAYS)
    replies = of_kind(scene.facts, "received_reply").filter(
        by_person & recent & pl.col("_staff").is_not_null() & pl.col("_case").is_not_null()
    )
    local = pl.col("ts").dt.convert_time_zone(scene.company.time_zone)
    opened = of_kind(scene.facts, "opened_case").filter(pl.col("_case").is_not_null()).sort("ts", "activity_id")
    mix = opened.unique([KEY, "_case"], keep="first", maintain_order=True).select(
        KEY,
        "_case",
        pl.col("_topic").str.to_lowercase().str.strip_chars().fill_null("").alias("topic"),
        channel_name().alias("channel"),
        (pl.sum_horizontal([(local.dt.hour() >= hour).cast(pl.Int8) for hour in HOURS])).cast(pl.String).alias("hours"),
        (local.dt.weekday() > 5).cast(pl.String).alias("weekend"),
    )
    cases = replies.select(KEY, "_case", pl.col("_staff").alias("staff")).unique().join(mix, on=[KEY, "_case"], how="left")
    cases = cases.with_columns(pl.col(MIX).fill_null(""))
    of_staff = errors.filter(pl.col("staff").is_not_null() & pl.col("case").is_not_null())
    for code in CODES_OF_STAFF:
        hit = of_staff.filter(pl.col("code") == code).select(KEY, pl.col("case").alias("_case"), "staff").unique()
        cases = cases.join(hit.with_columns(pl.lit(1, dtype=pl.Int64).alias(code)), on=[KEY, "_case", "staff"], how="left")
    return summed([cases.with_columns(pl.lit(1, dtype=pl.Int64).alias("cases"))])


def summed(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the counts of several buckets as one."""
    counts = [pl.col(name).fill_null(0).cast(pl.Int64) for name in ("cases", *CODES_OF_STAFF)]
    whole = pl.concat([part.select("staff", *MIX, *counts) for part in parts])
    return whole.group_by("staff", *MIX).agg(pl.col("cases", *CODES_OF_STAFF).sum()).sort("staff", *MIX)


@dataclass(frozen=True)
class Mixed:
    """Cases by cell: `person` (index), design of the mix (cells, columns; the first is 1), cases and errors in each."""

    person: np.ndarray
    design: np.ndarray
    cases: np.ndarray
    found: np.ndarray


def staff_rates(counts: pl.DataFrame) -> pl.DataFrame:
    """Return everybody's rate of each error on the company's mix of cases, shrunk to the team.

    logit P(error in a case) = mix · beta + u(person), u ~ N(0, tau²): beta by penalised likelihood, u by its mode and curvature (Laplace),
    tau² by expectation-maximisation, that is, learned from how much people differ at all (Breslow and Clayton 1993, "Approximate Inference
    in Generalized Linear Mixed Models"). The rate of a person is the mean over all cells of the company of expit(mix · beta + u), its
    interval that of u ± 1.96 standard errors.

    Parameters
    ----------
    counts : `staff_cases`, summed over all buckets.

    Returns
    -------
    pl.DataFrame : the columns of `tables.STAFF`; no row for a code with fewer than `LEAST_FOUND` errors or fewer than two people.
    """
    empty = pl.DataFrame(schema={name: _POLARS[str(kind)] for name, kind in zip(tables.STAFF.names, tables.STAFF.types, strict=True)})
    people = counts.group_by("staff").agg(pl.col("cases").sum()).filter(pl.col("cases") >= LEAST_CASES).sort("staff")
    kept = counts.join(people.select("staff"), on="staff", how="semi")
    if people.height < 2:
        return empty
    names = people["staff"].to_list()
    place = {name: number for number, name in enumerate(names)}
    person = np.array([place[name] for name in kept["staff"]], dtype=np.int64)
    design, cases = _design(kept), kept["cases"].to_numpy().astype(np.float64)
    parts = [empty]
    for code in CODES_OF_STAFF:
        found = kept[code].to_numpy().astype(np.float64)
        if found.sum() >= LEAST_FOUND and found.sum() < cases.sum():
            rates = _rates(Mixed(person, design, cases, np.minimum(found, cases)), len(names))
            own = [np.bincount(person, weights=what, minlength=len(names)) for what in (cases, found)]
            shown = {"cases": own[0].astype(np.int64), "found": own[1].astype(np.int64), **rates}
            parts.append(
                pl.DataFrame({"staff": names, "code": [code] * len(names), **shown}).select(
                    pl.col(name).cast(kind) for name, kind in empty.schema.items()
                )
            )
    return pl.concat(parts).with_columns(pl.col(pl.Float64).round(9)).sort("code", "staff")


_POLARS: dict[str, type[pl.DataType]] = {"string": pl.String, "int64": pl.Int64, "double": pl.Float64}


def _design(counts: pl.DataFrame) -> np.ndarray:
    """Return the mix as columns of 0 and 1, each level but the commonest one, after a column of ones."""
    columns = [np.ones(counts.height)]
    for name in MIX:
        sizes = counts.group_by(name).agg(pl.col("cases").sum()).sort(["cases", name], descending=[True, False])
        levels = sizes[name].to_list()[:TOPICS]
        written = np.array(counts[name].to_list())
        columns += [(written == level).astype(np.float64) for level in levels[1:]]
        if len(sizes) > len(levels):
            columns.append((~np.isin(written, levels)).astype(np.float64))
    return np.column_stack(columns)


def _rates(mixed: Mixed, people: int) -> dict[str, np.ndarray]:
    """Fit the model and return, by person: expected, rate, low, high, team_rate."""
    width = mixed.design.shape[1]
    effects, variance = np.zeros(width + people), 0.1
    effects[0] = np.log(mixed.found.sum() / (mixed.cases.sum() - mixed.found.sum()))
    spread = np.full(people, variance)
    for _ in range(_ROUNDS):
        effects, covariance = _newton(mixed, people, effects, variance)
        spread = np.diag(covariance)[width:]
        learned = max(float(np.mean(effects[width:] ** 2 + spread)), _LEAST_VARIANCE)
        if abs(learned - variance) < 1e-6:
            break
        variance = learned
    mix = mixed.design @ effects[:width]
    share = mixed.cases / mixed.cases.sum()

    def standardised(own: np.ndarray) -> np.ndarray:
        return np.asarray(expit(mix[None, :] + own[:, None]) @ share)

    own, error = effects[width:], np.sqrt(spread)
    expected = np.bincount(mixed.person, weights=mixed.cases * expit(mix), minlength=people)
    return {
        "expected": expected,
        "rate": standardised(own),
        "low": standardised(own - Z95 * error),
        "high": standardised(own + Z95 * error),
        "team_rate": np.full(people, float(standardised(np.zeros(1))[0])),
    }


def _newton(mixed: Mixed, people: int, effects: np.ndarray, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the likeliest effects (mix, then people) under their penalties, and the inverse of the curvature there."""
    width = mixed.design.shape[1]
    penalty = np.concatenate([[1e-6], np.full(width - 1, _RIDGE), np.full(people, 1 / variance)])
    curvature = np.eye(width + people)
    for _ in range(25):
        chance = expit(mixed.design @ effects[:width] + effects[width + mixed.person])
        weight = mixed.cases * chance * (1 - chance)
        left = mixed.found - mixed.cases * chance
        slope = np.concatenate([mixed.design.T @ left, np.bincount(mixed.person, weights=left, minlength=people)]) - penalty * effects
        curvature = np.diag(penalty)
        curvature[:width, :width] += mixed.design.T @ (mixed.design * weight[:, None])
        for column in range(width):
            crossed = np.bincount(mixed.person, weights=weight * mixed.design[:, column], minlength=people)
            curvature[width:, column] += crossed
            curvature[column, width:] += crossed
        curvature[range(width, width + people), range(width, width + people)] += np.bincount(mixed.person, weights=weight, minlength=people)
        step = np.linalg.solve(curvature, slope)
        effects = effects + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return effects, np.linalg.inv(curvature)


def no_staff_cases() -> pl.DataFrame:
    """Return the counts of a bucket in which nobody answered."""
    return pl.DataFrame(schema={"staff": pl.String, **dict.fromkeys(MIX, pl.String), **dict.fromkeys(("cases", *CODES_OF_STAFF), pl.Int64)})
