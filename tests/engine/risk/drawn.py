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


def drawn_regular(customers: int, seed: int, *, shape: int, every=40.0) -> PurchaseHistories:
    """Customers whose gaps are Erlang and who may leave after any purchase: MBG/CNBD-k with r = 2, a = 0.5, b = 4."""
    rng = np.random.default_rng(seed)
    age, rate = rng.integers(100, 701, customers).astype(float), rng.gamma(2.0, 1 / (2.0 * every / shape), customers)
    repeats = np.minimum(rng.geometric(rng.beta(0.5, 4.0, customers)) - 1, 600)
    came = np.cumsum(rng.gamma(shape, 1, (customers, 600)) / rate[:, None], axis=1)
    came[(np.arange(600) >= repeats[:, None]) | (came > age[:, None])] = 0.0
    count = (came > 0).sum(axis=1).astype(float)
    return PurchaseHistories.of(count, np.where(count > 0, np.maximum(np.rint(came.max(axis=1)), 1.0), 0.0), age)
