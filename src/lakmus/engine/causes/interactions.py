"""Errors that do more together than the sum of each alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from lakmus.engine.causes.difference import adjusted_p
from lakmus.engine.causes.dose import effect_among
from lakmus.engine.causes.doubly_robust import Effect
from lakmus.engine.causes.rows import Rows
from lakmus.engine.harm import Interaction

NEEDED_CUSTOMERS = 50
"""Customers on each side below which two effects are not told apart."""


def interactions_of(rows: Rows, fit: Effect, codes: tuple[str, ...], *, own: int) -> tuple[Interaction, ...]:
    """Return, for each other error that met enough of the exposed before this one, the effect with and without it.

    What would be lost otherwise (`fit.counterfactual`) holds what the other error does by itself, so the difference of the two effects
    is the interaction on the additive scale (Rothman, Greenland and Lash, Modern Epidemiology, ch. 5). `p_adjusted` is the bare p until
    `fairly_together` adjusts all pairs that were looked at.

    Parameters
    ----------
    codes : every error code, the columns of `Rows.before`. own : place of this error's code.
    """
    compared = rows.exposed & fit.comparable
    found = []
    for place, code in enumerate(codes):
        after = rows.before[:, place] > 0
        if place == own or min(len(np.unique(rows.owner[compared & side])) for side in (after, ~after)) < NEEDED_CUSTOMERS:
            continue
        p = fit.doubt.apart(after)
        with_it, without = (fit.doubt.among(side, alone=True).point for side in (after, ~after))
        if p is not None:
            told = effect_among(fit, after, alone=True), effect_among(fit, ~after, alone=True)
            found.append(Interaction(code, told[0], told[1], with_it - without, p))
    return tuple(sorted(found, key=lambda one: (-one.extra, one.other_code)))


def fairly_together(by_code: Mapping[str, tuple[Interaction, ...]]) -> dict[str, tuple[Interaction, ...]]:
    """Return the interactions of all errors with p adjusted over all pairs (Benjamini and Hochberg, 1995)."""
    fair = iter(adjusted_p([one.p_adjusted for pairs in by_code.values() for one in pairs]))
    return {code: tuple(replace(one, p_adjusted=float(next(fair))) for one in pairs) for code, pairs in by_code.items()}
