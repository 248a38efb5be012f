"""What is written about more than before: a theme's share of the texts in one period beside that in the one before."""

from __future__ import annotations

from scipy import special

from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording

NEEDED_TEXTS = 8
"""Texts on a theme in both periods together below which nothing is said of its growth."""

_TOO_FEW = Wording(
    "Мало текстов на эту тему: о росте можно судить с {needed}.", "Few texts on this theme: growth can be told from {needed} on."
)


def share_ratio(before: int, now: int, *, all_before: int, all_now: int) -> Estimate | NotEnoughEvidence:
    """Return how many times a theme's share of the texts has grown, with its 95 % interval; 1 is no change.

    Given before + now texts on the theme, those of now are binomial (Przyborowski & Wilenski 1940); the interval is that of Jeffreys' prior
    (Brown, Cai & DasGupta 2001), which is finite where one period has none.

    Parameters
    ----------
    before, now : texts on the theme in either period. all_before, all_now : all texts in them.
    """
    both = before + now
    if both < NEEDED_TEXTS or not all_before or not all_now:
        return NotEnoughEvidence(_TOO_FEW.filled(needed=NEEDED_TEXTS), NEEDED_TEXTS, both)
    scale = all_before / all_now
    ends = [float(special.betaincinv(now + 0.5, before + 0.5, tail)) for tail in (0.025, 0.975)]
    low, high = (share / (1 - share) * scale for share in ends)
    return Estimate((now + 0.5) / (before + 0.5) * scale, low, high, both, Badge.COUNTED)
