"""How good probabilities were, against what came: order, calibration with the bands that chance allows, the head of the list."""

from __future__ import annotations

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.backtest import CalibrationBin, RuleFigures

BINS = 10
DRAWS = 400
HEADS = (20, 200)


def figures_of(
    probability: Floats,
    kept: Floats | Ints,
    lost: Floats | Ints,
    *,
    named: int,
    named_and_lost: int,
    calibrated: bool = True,
    drift: Floats | float = 0.0,
) -> RuleFigures:
    """Return discrimination and calibration of probabilities; all arrays of one shape, `kept` and `lost` count cases.

    AUC: Mann-Whitney with ties a half. Average precision: sum of (recall step) x precision over distinct probabilities. Brier (1950).
    ECE: ten bins of (nearly) equal numbers, mean |said - seen| weighted by cases (Naeini et al., 2015), with a basic bootstrap interval
    within bins (Davison and Hinkley, 1997). Bands and the ECE of chance: outcomes drawn from the probabilities themselves (Broecker and
    Smith, 2007), moved together on the logit's scale by a normal draw of standard deviation `drift`. Precision in the first 20 and 200: of
    the likeliest; cases of equal probability count in part.

    Parameters
    ----------
    calibrated : whether to draw for bands; the rules that stand beside for comparison need none. drift : the doubt about the level that
    was part of what was said (`levels`), one figure or of the shape of the probabilities; 0 takes the level for known.
    """
    said, place = np.unique(np.round(probability.ravel(), 12), return_inverse=True)
    weights = (np.asarray(part, dtype=np.float64).ravel() for part in (kept, lost))
    kept_by, lost_by = (np.bincount(place, weights=part, minlength=said.size).astype(np.float64) for part in weights)
    here = kept_by + lost_by > 0
    said, kept_by, lost_by = said[here], kept_by[here], lost_by[here]
    doubts = np.broadcast_to(np.nan_to_num(drift), probability.shape) * (np.asarray(kept) + lost)
    doubt = np.bincount(place, weights=doubts.ravel(), minlength=here.size)[here] / (kept_by + lost_by)
    n, lost_count, kept_count = kept_by + lost_by, lost_by.sum(), kept_by.sum()
    both = lost_count > 0 and kept_count > 0
    below = np.cumsum(kept_by) - kept_by
    down_n, down_lost = n[::-1], lost_by[::-1]
    caught = np.cumsum(down_lost)
    bins, error, low, high, chance = _calibration(said, n, lost_by, draws=DRAWS if calibrated else 0, drift=doubt)
    return RuleFigures(
        auc=float((lost_by * (below + kept_by / 2)).sum() / (lost_count * kept_count)) if both else None,
        pr_auc=float((down_lost * caught / np.cumsum(down_n)).sum() / lost_count) if lost_count else None,
        brier=float((lost_by * (1 - said) ** 2 + kept_by * said**2).sum() / n.sum()),
        ece=error,
        lift10=float(_head(down_n, down_lost, n.sum() / 10) / (lost_count / n.sum())) if lost_count else None,
        named=named,
        named_and_lost=named_and_lost,
        ece_low=low,
        ece_high=high,
        ece_by_chance=chance,
        precision20=_head(down_n, down_lost, HEADS[0]) if n.sum() >= HEADS[0] else None,
        precision200=_head(down_n, down_lost, HEADS[1]) if n.sum() >= HEADS[1] else None,
        calibration=bins,
    )


def _head(n: Floats, lost: Floats, first: float) -> float:
    """Return the share lost among the first so many, the likeliest first; the group on the border counts in part."""
    before = np.cumsum(n) - n
    part = np.clip(first - before, 0, n) / n
    return float((part * lost).sum() / first)


def _calibration(
    said: Floats, n: Floats, lost: Floats, *, draws: int, drift: Floats
) -> tuple[tuple[CalibrationBin, ...], float, float | None, float | None, float | None]:
    """Return the bins, the ECE, its interval, and the ECE below which 95 of 100 calibrated models of this size lie."""
    middle = (np.cumsum(n) - n / 2) / n.sum()
    place = np.unique(np.minimum((middle * BINS).astype(np.int64), BINS - 1), return_inverse=True)[1]
    cases, seen_lost, said_lost = (np.bincount(place, weights=part) for part in (n, lost, n * said))
    error = float(np.abs(seen_lost - said_lost).sum() / n.sum())
    if not draws:
        return (), error, None, None, None
    rng = np.random.default_rng(0)
    whole = np.rint(n).astype(np.int64)
    logit, levels = special.logit(np.clip(said, 1e-9, 1 - 1e-9)), special.ndtri((np.arange(draws) + 0.5) / draws)
    moved = (special.expit(logit + drift * level) if drift.any() else said for level in levels)
    by_chance = np.stack([np.bincount(place, weights=_drawn(rng, whole, one), minlength=cases.size) for one in moved])
    seen = rng.binomial(np.rint(cases).astype(np.int64), np.clip(seen_lost / cases, 0, 1), (draws, cases.size))
    again = np.abs(seen - said_lost).sum(axis=1) / n.sum()
    bands = np.quantile(by_chance, [0.025, 0.975], axis=0) / cases
    low, high = (max(0.0, float(2 * error - edge)) for edge in np.quantile(again, [0.975, 0.025]))
    chance = float(np.quantile(np.abs(by_chance - said_lost).sum(axis=1) / n.sum(), 0.95))
    bins = tuple(
        CalibrationBin(
            float(said_lost[one] / cases[one]), float(seen_lost[one] / cases[one]), round(cases[one]), *map(float, bands[:, one])
        )
        for one in range(cases.size)
    )
    return bins, error, min(low, error), max(high, error), chance


def _drawn(rng: np.random.Generator, whole: Ints, said: Floats) -> Floats | Ints:
    if whole.max(initial=0) <= 1:
        return np.asarray(rng.random(said.size) < said, dtype=np.float64)
    return np.asarray(rng.binomial(whole, said))
