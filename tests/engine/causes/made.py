"""Rows of moments made by hand or by lot, for tests of effects."""

from __future__ import annotations

import numpy as np

from lakmus.engine.causes.rows import LEVELS, Rows

CODES = ("slow_reply", "unresolved_problem")


def rows(
    exposed: np.ndarray,
    left: np.ndarray,
    *,
    owner: np.ndarray | None = None,
    purchases: np.ndarray | None = None,
    dose: np.ndarray | None = None,
) -> Rows:
    """Return moments, one customer each unless said otherwise, alike in all but what is given."""
    n = len(exposed)
    levels = np.full((n, len(LEVELS)), 10, np.uint8)
    levels[:, LEVELS.index("month")] = 1
    if purchases is not None:
        levels[:, LEVELS.index("purchases")] = purchases
    return Rows(
        owner=np.arange(n).astype(np.uint64),
        exposed=exposed.astype(bool),
        left=left.astype(bool),
        gone=left.astype(bool),
        levels=levels,
        before=np.zeros((n, len(CODES)), np.uint8),
        bred=np.zeros((n, len(CODES)), np.uint8),
        place=np.zeros(n, np.uint32),
        channel=np.zeros(n, np.uint32),
        topic=np.zeros(n, np.uint32),
        dose=np.zeros(n, np.float32),
        at_day=np.full(n, 20_000, np.int32),
        undisturbed=~exposed.astype(bool),
    )


def drawn(n: int = 6000, effect: float = 0.1, seed: int = 1) -> Rows:
    """Return moments in which frequent buyers err more and leave less, and the error adds `effect` to the share lost."""
    rng = np.random.default_rng(seed)
    purchases = rng.integers(2, 12, n)
    exposed = rng.random(n) < 0.05 + 0.03 * purchases
    left = rng.random(n) < 0.4 - 0.03 * purchases + effect * exposed
    return rows(exposed, left, purchases=purchases)
