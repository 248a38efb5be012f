"""From rows of all buckets to what each error does: effects in the order of their stages, controls, sensitivity, corrections."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from lakmus.engine.arrays import Flags, Floats
from lakmus.engine.causes.difference import NEEDED_CUSTOMERS, adjusted_p, too_few
from lakmus.engine.causes.dose import breaking_of, dose_response, effect_among
from lakmus.engine.causes.doubly_robust import Effect, bred_noise, effect_of
from lakmus.engine.causes.doubt import estimate
from lakmus.engine.causes.interactions import fairly_together, interactions_of
from lakmus.engine.causes.links import STAGE
from lakmus.engine.causes.rows import Rows, unscaled
from lakmus.engine.causes.segments import effects_by_segment, fairly
from lakmus.engine.harm import DosePoint, Interaction, Overlap, SegmentEffect, Sensitivity
from lakmus.history.estimate import Estimate, Finding

LEAST_COMPARABLE = 0.05


@dataclass(frozen=True)
class Harm:
    """What one error does; `fit` None where too little is known. `otherwise`: share lost without it among those it met."""

    effect: Finding
    control: Finding
    sensitivity: Sensitivity | None
    overlap: Overlap | None
    p_adjusted: float | None
    fit: Effect | None
    dose: tuple[DosePoint, ...] = ()
    breaking: Finding | None = None
    curve: Callable[[float], float] | None = None
    repeats: tuple[Finding, ...] = ()
    segments: tuple[SegmentEffect, ...] = ()
    interactions: tuple[Interaction, ...] = ()


def unmeasured(why: Finding) -> Harm:
    """Return that nothing can be said of an error."""
    return Harm(why, why, None, None, None, None)


def control_share(harms: Mapping[str, Harm]) -> float | None:
    """Return the part of the invented errors whose 95 % interval leaves zero out; None where none could be tried."""
    tried = [harm.control for harm in harms.values() if isinstance(harm.control, Estimate)]
    return sum(one.low > 0 or one.high < 0 for one in tried) / len(tried) if tried else None


def harms_of(rows: Mapping[str, Rows], codes: tuple[str, ...], names: Mapping[int, str] | None = None) -> dict[str, Harm]:
    """Return what each error does, by code.

    Errors of later stages come first, since an error of an earlier stage that bred them is not to be charged with what they did themselves.

    Parameters
    ----------
    rows : the rows of all buckets, by code. codes : every code, the columns of `Rows.before` and `Rows.bred`.
    names : what the labels of places, channels and topics stand for (`segments.names_of`); None tells no segments apart.
    """
    fits: dict[str, Effect] = {}
    shown: dict[str, Harm] = {}
    passing = np.zeros(len(codes))
    for code in sorted(rows, key=lambda code: (-STAGE.get(code, 3), code)):
        own, place = rows[code], codes.index(code)
        scarce = _scarce(own)
        if scarce is not None:
            shown[code] = unmeasured(scarce)
            continue
        fit = effect_of(own, passing=passing)
        if fit is None or fit.used < LEAST_COMPARABLE * fit.exposed or fit.customers < NEEDED_CUSTOMERS:
            few = too_few(0 if fit is None else fit.customers, exposed=True)
            shown[code] = Harm(few, few, None, None if fit is None else Overlap(fit.used / fit.exposed, fit.used), None, None)
            continue
        fit = bred_noise(fit, own, passing, {codes.index(name): other for name, other in fits.items()})
        passing[place], fits[code] = fit.passing, fit
        shown[code] = Harm(
            estimate(fit.point, fit.variance, fit.used),
            invented_effect(own, fit, salt=place),
            sensitivity_of(fit),
            Overlap(fit.used / fit.exposed, fit.used),
            None,
            fit,
            *told_by_dose(own, fit, code),
            repeats_of(own, fit),
            effects_by_segment(own, fit, names or {}),
            interactions_of(own, fit, codes, own=place),
        )
    parts = fairly({code: harm.segments for code, harm in shown.items()})
    pairs = fairly_together({code: harm.interactions for code, harm in shown.items()})
    return _adjusted({code: replace(harm, segments=parts[code], interactions=pairs[code]) for code, harm in shown.items()})


def told_by_dose(rows: Rows, fit: Effect, code: str) -> tuple[tuple[DosePoint, ...], Finding | None, Callable[[float], float] | None]:
    """Return effects by delay, the breaking delay, and the curve between."""
    points, curve = dose_response(rows, fit, code)
    return points, breaking_of(rows, fit, code), curve


def repeats_of(rows: Rows, fit: Effect) -> tuple[Finding, ...]:
    """Return the effect of the first, the second, and each later exposure of a customer."""
    met = unscaled(rows, "met_before")
    sides = (met == 0, met == 1, met >= 2)
    return tuple(effect_among(fit, side, alone=True) for side in sides)


def _scarce(rows: Rows) -> Finding | None:
    exposed, others = (len(np.unique(rows.owner[side])) for side in (rows.exposed, ~rows.exposed))
    least = min(exposed, others)
    return too_few(least, exposed=exposed <= others) if least < NEEDED_CUSTOMERS else None


def invented_effect(rows: Rows, fit: Effect, *, salt: int) -> Finding:
    """Return the effect of an invented error: drawn with the chances that the real one had, so confounded alike, but doing nothing."""
    found = effect_of(rows, exposed=drawn(rows, fit.propensity, salt=salt), hidden=False)
    if found is None or found.customers < NEEDED_CUSTOMERS:
        return too_few(0 if found is None else found.customers, exposed=True)
    return estimate(found.point, found.variance, found.used)


def drawn(rows: Rows, chance: Floats, *, salt: int) -> Flags:
    """Return an exposure drawn with given chances, by a hash of customer, day and `salt`: the same draw in every run."""
    with np.errstate(over="ignore"):
        mixed = rows.owner ^ ((rows.at_day.astype(np.uint64) + np.uint64(salt << 32)) * np.uint64(0x9E3779B97F4A7C15))
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray((mixed >> np.uint64(11)) / float(1 << 53) < chance)


def sensitivity_of(fit: Effect) -> Sensitivity:
    """Return the E-values of an effect.

    Formula: RR = P(lost | error) / P(lost, no error); E = RR + sqrt(RR (RR - 1)), RR below 1 inverted (VanderWeele and Ding, 2017). Shares
    count half a case at least: of 300 moments nothing under one in 600 can be known.
    """
    least = 0.5 / fit.used
    base = max(fit.otherwise, least)
    near = fit.point - math.copysign(fit.half, fit.point)
    low = 1.0 if near * fit.point <= 0 else e_value(max(base + near, least) / base)
    return Sensitivity(e_value(max(base + fit.point, least) / base), low)


def e_value(ratio: float) -> float:
    """Return the E-value of a risk ratio, at least 1."""
    ratio = max(ratio, 1 / ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))


def _adjusted(shown: dict[str, Harm]) -> dict[str, Harm]:
    known = [code for code, harm in shown.items() if harm.fit is not None]
    p = [2 * float(special.ndtr(-abs(harm.fit.point) / math.sqrt(harm.fit.variance))) for code in known if (harm := shown[code]).fit]
    fair = adjusted_p(p)
    return shown | {code: replace(shown[code], p_adjusted=float(value)) for code, value in zip(known, fair, strict=True)}
