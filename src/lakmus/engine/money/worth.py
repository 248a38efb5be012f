"""Customers in money: the margin of the next 12 months, and its sums with their intervals."""

from __future__ import annotations

import math

import numpy as np

from lakmus.engine.signals.rhythm import Floats
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

Z95 = 1.959963984540054


def yearly_margin(
    purchases_mean: Floats, purchases_variance: Floats, purchase_amount: Floats, margin_share: float
) -> tuple[Floats, Floats]:
    """Return (worth, variance of worth): expected margin of 12 months, rounded to the hundredth, and its variance before rounding.

    Formula: worth = purchases of 12 months x the customer's mean amount per purchase x margin share; the mean amount is taken as known.
    NaN where the customer's amounts are unknown.
    """
    unit = purchase_amount * margin_share
    return np.round(purchases_mean * unit, 2), purchases_variance * unit * unit


def no_money() -> NotEnoughEvidence:
    """Return that orders tell of no money, so that nothing can be said of what is lost."""
    return NotEnoughEvidence(
        Wording(
            "Сумма заказов не больше нуля: сколько стоит уход, сказать нельзя. Нужны заказы с положительными суммами.",
            "The orders' amounts come to nothing or less, so what leaving costs cannot be said. Orders with positive amounts are needed.",
        ),
        1,
        0,
    )


def lost_money(total: float, variance: float, n: int) -> Finding:
    """Return a sum of worths of n customers with its 95 % interval (normal; customers independent; not below zero)."""
    if n == 0:
        return NotEnoughEvidence(
            Wording("Нет потерянных клиентов с известными суммами заказов.", "No lost customers with known order amounts."), 1, 0
        )
    half = Z95 * math.sqrt(variance)
    point = round(total, 2)
    return Estimate(point, min(point, max(0.0, round(total - half, 2))), round(max(point, total + half), 2), n, Badge.COUNTED)
