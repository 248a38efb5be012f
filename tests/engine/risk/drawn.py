"""Purchase histories drawn by a seed from the Pareto/NBD process, in days."""

from __future__ import annotations

import numpy as np

from lakmus.engine.risk.purchase_histories import PurchaseHistories


def drawn(customers: int, seed: int, *, r=0.55, alpha=74.0, s=0.6, beta=82.0, days=(1, 730)) -> PurchaseHistories:
    """Customers who came within `days`, buy at a gamma rate and leave at a gamma hazard."""
    rng = np.random.default_rng(seed)
    age = rng.integers(days[0], days[1] + 1, customers).astype(float)
    alive = np.minimum(rng.exponential(1 / rng.gamma(s, 1 / beta, customers)), age)
    count = rng.poisson(rng.gamma(r, 1 / alpha, customers) * alive).astype(float)
    last = np.where(count > 0, np.minimum(np.ceil(alive * rng.random(customers) ** (1 / np.maximum(count, 1))), age), 0.0)
    return PurchaseHistories.of(np.minimum(count, last), last, age)
