"""Companies by the processes of the textbooks, not by the simulator, each with the best prediction that its own parameters allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from scipy import special

from benchmarks.drawn_companies.drawing import END, Drawn, shop_table
from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.risk.bg_nbd import BgNbd
from lakmus.engine.risk.pareto_nbd import ParetoNbd
from lakmus.engine.risk.purchase_histories import PurchaseHistories

YEAR = 365.0
STEP = 4.0
"""Days between the moments at which a customer's hidden leaving is summed up."""
RATES = 48
KINDS = ("pareto_nbd", "bg_nbd", "cohort", "regular", "season", "december", "leaving_more", "buying_less", "buying_more", "even", "fading")
CONTRACTS = ("even", "fading")


@dataclass(frozen=True)
class Bought:
    """Purchases: `owner` (0..n-1) and `day` since the files begin, sorted by both; `began` (n,): the first, or of a contract its start."""

    owner: Ints
    day: Floats
    began: Floats


@dataclass(frozen=True)
class Stand:
    """What is known of n customers at a day: `repeats` after the first purchase, days of the `first` and the `last`, all (n,)."""

    repeats: Floats
    first: Floats
    last: Floats
    now: float

    @property
    def histories(self) -> PurchaseHistories:
        """The same as x, t_x, T."""
        since = np.where(self.repeats > 0, self.last - self.first, 0.0)
        return PurchaseHistories.of(self.repeats, since, np.maximum(self.now - self.first, since))


@dataclass(frozen=True)
class Textbook:
    """A drawn company and what is best said of its customers: `best(stand, horizon)` is the probability of no purchase (or of an end)."""

    kind: str
    company: Drawn
    best: Callable[[Stand, float], Floats]
    begins_before_end: float


@dataclass(frozen=True)
class Timed:
    """Gaps are Erlang (`shape`) in a time that runs `pace(t)` as fast as the calendar; leaving has hazard `leaving` x `more(t)` a day.

    Rates are gamma (r, alpha) over customers. Season and trend are a pace; with shape 1 and a steady pace this is Pareto/NBD with one
    hazard of leaving for all.
    """

    shape: int
    r: float
    alpha: float
    leaving: float
    pace: Callable[[Floats], Floats]
    more: Callable[[Floats], Floats]
    length: float

    def __post_init__(self) -> None:
        grid = np.arange(0.0, self.length + 2 * YEAR)
        for name, along in (("_paced", self.pace), ("_left", self.more)):
            object.__setattr__(self, name, (grid, np.concatenate([[0.0], np.cumsum(along(grid[:-1] + 0.5))])))

    def paced(self, day: Floats) -> Floats:
        """Return the process's time at calendar days."""
        return np.interp(day, *self._paced)  # type: ignore[attr-defined]

    def risked(self, day: Floats) -> Floats:
        """Return the summed hazard of leaving until calendar days."""
        return self.leaving * np.interp(day, *self._left)  # type: ignore[attr-defined]

    def draw(self, began: Floats, chance: np.random.Generator) -> Bought:
        """Return purchases of customers from their first on."""
        rate = chance.gamma(self.r, 1 / self.alpha, began.size)
        left = np.interp(self.risked(began) + chance.exponential(1, began.size), self.leaving * self._left[1], self._left[0])  # type: ignore[attr-defined]
        owner, day, at, here = [np.arange(began.size)], [began], self.paced(began), np.arange(began.size)
        while here.size:
            at = at + chance.gamma(self.shape, 1 / rate[here])
            on = np.interp(at, self._paced[1], self._paced[0])  # type: ignore[attr-defined]
            kept = (on < np.minimum(left[here], self.length)) & (at < self._paced[1][-1])  # type: ignore[attr-defined]
            here, at = here[kept], at[kept]
            owner, day = [*owner, here], [*day, on[kept]]
        return in_order(np.concatenate(owner), np.concatenate(day), began)

    def best(self, stand: Stand, horizon: float) -> Floats:
        """Return P(no purchase in the horizon) given all purchases: Bayes over the rate, and over when they may have left."""
        points, weight = special.roots_genlaguerre(RATES, self.r - 1)
        rate, weight = points / self.alpha, weight / weight.sum()
        silent, step = int(np.ceil((stand.now - stand.last).max() / STEP)), np.arange(0.5, horizon / STEP)
        whole, comes = np.zeros((stand.last.size, RATES)), np.zeros((stand.last.size, RATES))
        last_paced, last_risked = self.paced(stand.last), self.risked(stand.last)

        def waited(day: Floats) -> tuple[Floats, Floats]:
            """Return (chance to have bought nothing until a day while here, for each rate; chance to be here)."""
            nothing = special.gammaincc(self.shape, np.maximum(self.paced(day) - last_paced, 0)[:, None] * rate)
            return nothing, np.exp(-(self.risked(day) - last_risked))[:, None]

        for number in range(silent):
            begin, end = (np.minimum(stand.last + STEP * edge, stand.now) for edge in (number, number + 1))
            whole += waited((begin + end) / 2)[0] * (waited(begin)[1] - waited(end)[1])
        now = waited(np.full(stand.last.size, stand.now))
        whole += now[0] * now[1]
        for middle in step:
            begin, end = stand.now + STEP * (middle - 0.5), min(stand.now + STEP * (middle + 0.5), stand.now + horizon)
            came = waited(np.full(stand.last.size, begin))[0] - waited(np.full(stand.last.size, end))[0]
            comes += came * waited(np.full(stand.last.size, (begin + end) / 2))[1]
        size = self.shape * stand.repeats[:, None] * np.log(rate) - rate * (last_paced - self.paced(stand.first))[:, None]
        likely = weight * np.exp(size - size.max(axis=1, keepdims=True))
        return 1 - (likely * comes).sum(axis=1) / (likely * whole).sum(axis=1)


def in_order(owner: Ints, day: Floats, began: Floats) -> Bought:
    """Return purchases sorted by customer and day."""
    order = np.lexsort((day, owner))
    return Bought(owner[order], day[order], began)


def textbook(number: int, seed: int) -> Textbook:
    """Return the company of a number; kinds take turns."""
    chance = np.random.default_rng([seed, number, 77])
    kind, customers, length = KINDS[number % len(KINDS)], int(chance.integers(1_000, 3_001)), 30.4 * int(chance.integers(24, 37))
    if kind in CONTRACTS:
        return contracts(kind, number, customers, length, chance)
    began = chance.uniform(0, 90.0, customers) if kind == "cohort" else first_days(customers, length, chance)
    every = float(chance.uniform(20, 60))
    if kind in ("pareto_nbd", "cohort"):
        bought, best = by_pareto(began, length, every, chance)
    elif kind == "bg_nbd":
        bought, best = by_bg(began, length, every, chance)
    else:
        timed = timed_of(kind, length, every, chance)
        bought, best = timed.draw(began, chance), timed.best
    return Textbook(kind, drawn_of(kind, number, bought, length, chance), best, length)


def first_days(customers: int, length: float, chance: np.random.Generator) -> Floats:
    """Return when customers come for the first time: a share in the first two months, the others evenly."""
    at_once = chance.random(customers) < chance.uniform(0.2, 0.6)
    return np.where(at_once, chance.uniform(0, 60, customers), chance.uniform(0, length - 1, customers))


def by_pareto(began: Floats, length: float, every: float, chance: np.random.Generator) -> tuple[Bought, Callable[[Stand, float], Floats]]:
    """Draw Pareto/NBD customers (Schmittlein, Morrison and Colombo, 1987)."""
    r, s, beta = chance.uniform(0.6, 2.5), chance.uniform(0.4, 1.2), chance.uniform(150, 500)
    process = ParetoNbd(r, r * every, s, beta, 0.0, (0.0,) * 4, began.size)
    rate, leaves = chance.gamma(r, 1 / (r * every), began.size), chance.gamma(s, 1 / beta, began.size)
    until = np.minimum(length, began + chance.exponential(1 / np.maximum(leaves, 1e-9)))
    count = chance.poisson(rate * np.maximum(until - began, 0))
    owner = np.repeat(np.arange(began.size), count)
    day = chance.uniform(began[owner], until[owner])
    bought = in_order(np.concatenate([np.arange(began.size), owner]), np.concatenate([began, day]), began)
    return bought, lambda stand, horizon: 1 - process.purchase_probability(stand.histories, horizon)


def by_bg(began: Floats, length: float, every: float, chance: np.random.Generator) -> tuple[Bought, Callable[[Stand, float], Floats]]:
    """Draw BG/NBD customers (Fader, Hardie and Lee, 2005)."""
    r, a, b = chance.uniform(0.6, 2.5), chance.uniform(0.4, 1.0), chance.uniform(2, 6)
    process = BgNbd(r, r * every, a, b, 0.0, (0.0,) * 4, began.size)
    rate, leaves = chance.gamma(r, 1 / (r * every), began.size), chance.beta(a, b, began.size)
    owner, day, at, here = [np.arange(began.size)], [began], began, np.arange(began.size)
    while here.size:
        at = at + chance.exponential(1 / rate[here])
        # Nobody leaves after the first purchase in this model, only after a repeated one.
        came = at < length
        here, at = here[came], at[came]
        owner, day = [*owner, here], [*day, at]
        stays = chance.random(here.size) >= leaves[here]
        here, at = here[stays], at[stays]
    bought = in_order(np.concatenate(owner), np.concatenate(day), began)
    return bought, lambda stand, horizon: 1 - process.purchase_probability(stand.histories, horizon)


def timed_of(kind: str, length: float, every: float, chance: np.random.Generator) -> Timed:
    """Return the process of a kind with Erlang gaps, a season or a trend."""
    shape = {"regular": 4, "season": 1, "december": 2}.get(kind, int(chance.integers(1, 4)))
    r, leaving, lag = chance.uniform(1.0, 4.0), chance.uniform(0.1, 0.5) / YEAR, chance.uniform(0, YEAR)
    end = length - 200.0

    def even(day: Floats) -> Floats:
        return np.ones(day.size)

    def wave(day: Floats) -> Floats:
        return 1 + 0.5 * np.sin(2 * np.pi * (day + lag) / YEAR)

    def december(day: Floats) -> Floats:
        return np.where((day + lag) % YEAR < 45, 2.0, 1.0)

    def faster(day: Floats) -> Floats:
        return 1 + 3 * np.clip(day / end, 0, 1.3)

    def less(day: Floats) -> Floats:
        return 0.6 ** (day / YEAR)

    def more(day: Floats) -> Floats:
        return 1.5 ** (day / YEAR)

    pace = {"season": wave, "december": december, "buying_less": less, "buying_more": more}.get(kind, even)
    return Timed(shape, r, r * every / shape, leaving, pace, faster if kind == "leaving_more" else even, length)


def drawn_of(kind: str, number: int, bought: Bought, length: float, chance: np.random.Generator) -> Drawn:
    """Return purchases as a company's activities."""
    usual = np.exp(chance.normal(7, 0.5, bought.began.size))
    amount = np.round(usual[bought.owner] * np.exp(chance.normal(0, 0.3, bought.owner.size)), 2)
    frame = pl.DataFrame({"owner": bought.owner, "day": bought.day, "activity": "placed_order", "amount": amount})
    table = shop_table(frame, END - timedelta(days=length))
    return Drawn(number, kind, kind in ("season", "december"), bought.began.size, table, END, {})


def contracts(kind: str, number: int, customers: int, length: float, chance: np.random.Generator) -> Textbook:
    """Return contracts that end at one hazard for all, or at a customer's own (Lomax, 1954), so that the hazard falls with age."""
    began, r, scale = first_days(customers, length, chance), chance.uniform(0.6, 1.5), chance.uniform(100, 400)
    hazard = np.full(customers, chance.uniform(0.01, 0.04) / 30) if kind == "even" else chance.gamma(r, 1 / scale, customers)
    left = began + chance.exponential(1 / np.maximum(hazard, 1e-9))
    months = np.arange(int(length / 30) + 1)
    owner, month = np.repeat(np.arange(customers), months.size), np.tile(months, customers)
    paid = began[owner] + 30.0 * month + chance.uniform(0, 3, owner.size)
    kept, gone = (paid < np.minimum(left[owner], length)), np.flatnonzero(left < length)
    parts = [
        pl.DataFrame({"owner": who, "day": day}).with_columns(activity=pl.lit(code))
        for code, who, day in (
            ("started_contract", np.arange(customers), began),
            ("paid_invoice", owner[kept], paid[kept]),
            ("gave_notice", gone, left[gone]),
        )
    ]
    table = shop_table(pl.concat(parts), END - timedelta(days=length))

    def best(stand: Stand, horizon: float) -> Floats:
        age = stand.now - stand.first
        return 1 - (np.exp(-hazard[0] * horizon) + 0 * age if kind == "even" else ((scale + age) / (scale + age + horizon)) ** r)

    return Textbook(kind, Drawn(number, kind, False, customers, table, END, {}), best, length)
