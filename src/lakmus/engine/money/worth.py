"""Customers in money: the margin of the next 12 months, and its sums with their intervals."""

from __future__ import annotations

import math

import numpy as np

from lakmus.engine.arrays import DAY_US, Floats, Ints
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

Z95 = 1.959963984540054
YEAR_DAYS, MONTH_DAYS = 365.0, 365.0 / 12


def yearly_margin(
    purchases_mean: Floats, purchases_variance: Floats, amount: Floats, amount_variance: Floats, known: Ints, margin_share: float
) -> tuple[Floats, Floats]:
    """Return (worth, variance of worth): expected margin of 12 months, rounded to the hundredth, and its variance before rounding.

    Formula: worth = m a x margin share, of m purchases in 12 months at the customer's mean amount a. Variance: Var(N) a^2 + m s^2 + m^2 s^2
    / k, times margin share squared: how many purchases (N), the amounts to come, which vary by s^2 (a compound sum: Wald, 1944), and the
    mean of the k known. NaN where the customer's amounts are unknown.

    Parameters
    ----------
    purchases_mean, purchases_variance : (n,) purchases of 12 months, >= 0. amount, amount_variance : (n,) money. known : (n,) purchases.
    margin_share : 0..1.
    """
    drawn = amount_variance * (purchases_mean + purchases_mean**2 / np.maximum(known, 1))
    return np.round(purchases_mean * amount * margin_share, 2), (purchases_variance * amount**2 + drawn) * margin_share**2


def contract_margin(owner: Ints, at_us: Ints, amount: Floats, count: int, margin_share: float) -> tuple[Floats, Floats]:
    """Return (worth, variance of worth) of n customers with contracts, NaN and 0 where nobody knows what they pay; shape (n,) each.

    Formula: worth = 365 days / mean time between payments x mean payment x margin share, of the last 365 days with payments; the usual time
    between payments of all where a customer has made fewer than three, a month where nobody has made three. Variance: payments of a year
    x variance of a payment x margin share squared.

    Parameters
    ----------
    owner, at_us, amount : (m,) payments, in any order: index of the customer, microseconds, money (NaN unknown). count : n.
    """
    known = np.isfinite(amount)
    owner, at_us, amount = owner[known], at_us[known], amount[known]
    last = np.full(count, np.iinfo(np.int64).min)
    np.maximum.at(last, owner, at_us)
    recent = at_us > last[owner] - YEAR_DAYS * DAY_US
    owner, at_us, amount = owner[recent], at_us[recent], amount[recent]
    first = last.copy()
    np.minimum.at(first, owner, at_us)
    paid = np.bincount(owner, minlength=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(owner, weights=amount, minlength=count) / paid
        spread = np.maximum(np.bincount(owner, weights=amount**2, minlength=count) / paid - mean**2, 0.0)
        between = (last - first) / DAY_US / (paid - 1)
    often = (paid >= 3) & (between >= 1)
    usual = float(np.median(between[often])) if often.any() else MONTH_DAYS
    a_year = YEAR_DAYS / np.clip(np.where(often, between, usual), 1.0, YEAR_DAYS)
    unit = np.where(paid > 0, np.maximum(mean, 0.0), np.nan) * margin_share
    return np.round(a_year * unit, 2), np.where(paid > 0, a_year * spread * margin_share**2, 0.0)


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


def lost_money(total: float, variance: float, n: int, *, doubt: float = 0.0) -> Finding:
    """Return a sum of worths of n customers with its 95 % interval (normal; not below zero).

    Customers vary independently, `variance` together; `doubt` is the standard error that all their worths share, as a part of them.
    """
    if n == 0:
        return NotEnoughEvidence(
            Wording("Нет потерянных клиентов с известными суммами заказов.", "No lost customers with known order amounts."), 1, 0
        )
    half = Z95 * math.sqrt(variance + (doubt * total) ** 2)
    point = round(total, 2)
    return Estimate(point, min(point, max(0.0, round(total - half, 2))), round(max(point, total + half), 2), n, Badge.COUNTED)
