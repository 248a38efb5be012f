"""Whose first purchase in the files was not their first: customers from before, by how soon after the files begin they are first seen.

They buy again more often than new ones at the same wait, and most late waits that a company has seen began when its files did.
"""

from __future__ import annotations

import numpy as np

from lakmus.engine.arrays import Floats

ENTERED = (0.25, 0.5, 1.0, 2.0)
"""Upper edges, in horizons since the files begin, of the classes of when customers are first seen; the last holds all who come later."""
ENTRIES = len(ENTERED) + 1
LATEST = ENTRIES - 1
STRANGER_CLASSES = 3
"""Whoever is first seen in these, within a horizon, may well be an old customer."""
ROUNDS = 200


def old_shares(arrived: Floats, horizons: float) -> Floats:
    """Return the share of customers from before the files among those first seen in each class, (ENTRIES,).

    Model: arrived ~ Poisson(old x f + new x w), f the part of all old customers who are first seen in the class, w its width as far as the
    files reach: old customers by G(u) = 1 - (1 + 2u)^-3, since few gaps outlast a horizon (its definition), new ones at one rate. By the EM
    algorithm (Dempster, Laird and Rubin, 1977).

    Parameters
    ----------
    arrived : (ENTRIES,) customers. horizons : from where the files begin to the moment.
    """
    edges = np.append(np.append(0.0, ENTERED), max(horizons, ENTERED[-1] + 1.0))
    reached = np.minimum(edges, horizons)
    old, new = arrived.sum() / 2, arrived.sum() / 2 / max(horizons, 0.1)
    for _ in range(ROUNDS):
        share = _share(old, new, reached)
        old = (arrived * share).sum() / max(float(_first_seen(reached).sum()), 1e-9)
        new = (arrived * (1 - share)).sum() / max(horizons, 0.1)
    return _share(old, new, edges)


def _first_seen(edges: Floats) -> Floats:
    return np.asarray(-np.diff((1 + 2 * edges) ** -3.0))


def _share(old: float, new: float, edges: Floats) -> Floats:
    come = old * _first_seen(edges)
    return np.asarray(come / np.maximum(come + new * np.diff(edges), 1e-9))
