"""Why each lost customer left: probabilities over errors and other reasons, with an honest unknown, as hypotheses until confirmed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import numpy as np
import polars as pl

from lakmus.engine.arrays import Floats
from lakmus.engine.causes.findings import Harm
from lakmus.engine.causes.links import STAGE
from lakmus.engine.causes.moments import FELT_DAYS
from lakmus.engine.causes.rows import Rows, unscaled

UNKNOWN = "unknown"
CONFIRMED, REJECTED, HYPOTHESIS = "confirmed", "rejected", "hypothesis"
BEFORE_LAST_ORDER = 0.15
"""Who ordered after an error was felt was seldom driven away by it: such errors count for so much (who cools still orders, ever less)."""
WORDS_WEIGHT, LAST_WORD_WEIGHT = 0.4, 0.8
"""How much of the probability goes to what a customer said: in passing, and in a survey or on leaving."""
BINS, LEAST_CLEAN, LEAST_ESTIMATED, LAST_DAYS = 8, 200, 3, 365

Decided = Mapping[str, Mapping[str, str]]
Piece = tuple[str, datetime, str, float | None, list[str]]


@dataclass(frozen=True)
class Otherwise:
    """The share lost when no error happens, by personal gap in days (`means` between `edges`), and its standard error as a part of it."""

    edges: Floats
    means: Floats
    doubt: float

    def __call__(self, gap_days: float) -> float:
        """Return the probability of being lost, and not seen again since, when no error happens."""
        return float(self.means[np.searchsorted(self.edges, gap_days, side="right")])


def leaving_otherwise(rows: Mapping[str, Rows], *, horizon_days: int) -> Otherwise:
    """Return how likely who meets no error is lost, and not seen again since.

    Share of customers gone among the moments of the last year whose horizon is over and at which nothing is known to have gone wrong: not
    exposed, no error since the last purchase, none later in the same matter, nor any other until the next purchase; over eighths of them by
    mean gap. Who came back after a horizon is not among the lost whose reasons are asked for. Whatever another error did would otherwise
    count against this one twice: as a competing reason and as what would have happened anyway. Moments of orders go before those of
    conversations, since who writes is not everybody; .1, known to its order of magnitude, where there are fewer than `LEAST_CLEAN` such
    moments. A customer's moments count as one for the standard error.
    """
    newest = max((int(own.at_day.max()) for own in rows.values() if own.count), default=0)
    clean = {
        code: own.undisturbed
        & ~own.exposed
        & (own.before.sum(axis=1) == 0)
        & (own.bred.sum(axis=1) == 0)
        & (own.at_day > newest - LAST_DAYS)
        for code, own in rows.items()
    }
    enough = [code for code, kept in clean.items() if kept.sum() >= LEAST_CLEAN]
    if not enough:
        return Otherwise(np.zeros(0), np.array([0.1]), 1.0)
    code = min(enough, key=lambda name: (STAGE.get(name, 3) != 0, -int(clean[name].sum()), name))
    gap = unscaled(rows[code], "mean_gap")[clean[code]] * horizon_days
    edges = np.quantile(gap, np.arange(1, BINS) / BINS)
    place = np.searchsorted(edges, gap, side="right")
    gone = rows[code].gone[clean[code]].astype(np.float64)
    lost = np.bincount(place, weights=gone, minlength=BINS)
    means = (lost + 0.5) / (np.bincount(place, minlength=BINS) + 5)
    beside = np.bincount(np.unique(rows[code].owner[clean[code]], return_inverse=True)[1], weights=gone - gone.mean())
    return Otherwise(edges, means, min(1.0, float(np.sqrt((beside**2).sum()) / max(gone.sum(), 1.0))))


@dataclass(frozen=True)
class Driving:
    """How likely each error alone drives a customer away: `shares` and the variances of what is known of them by code, those of an error
    too rare to be estimated (`usual`, `between`), and the curves by days of delay. `leanings`: how far the share of a code follows the mean
    of all errors (0..1), `usual_variance`: of that mean."""

    shares: Mapping[str, float]
    variances: Mapping[str, float]
    curves: Mapping[str, Callable[[float], float]]
    usual: float = 0.0
    between: float = 0.0
    usual_variance: float = 0.0
    leanings: Mapping[str, float] = field(default_factory=dict)

    def share(self, code: str, delay: float | None) -> float:
        """Return the probability that the error, so many days of delay long, drives a customer away, 0..1."""
        own = self.shares.get(code, self.usual)
        curve = self.curves.get(code)
        return curve(delay) if curve is not None and delay is not None and own > 0 else min(own, 0.95)

    def doubt(self, code: str) -> float:
        """Return the standard error of a share as a part of it, were the mean of all errors known; 0 where the share is 0."""
        own = self.shares.get(code, self.usual)
        return math.sqrt(self.variances.get(code, self.between)) / own if own > 0 else 0.0

    def shared_doubt(self, code: str) -> float:
        """Return by what part of it a share moves when the mean of all errors is off by one standard error; 0 where the share is 0."""
        own = self.shares.get(code, self.usual)
        return self.leanings.get(code, 1.0) * math.sqrt(self.usual_variance) / own if own > 0 else 0.0


def driving(harms: Mapping[str, Harm]) -> Driving:
    """Return how likely each error alone drives a customer away.

    The multiplicative effect q of each error, drawn to the mean of all errors by its own doubt v: (q / v + mean / between) / (1 / v + 1 /
    between), with the variance 1 / (1 / v + 1 / between), mean and variance between errors by moments (DerSimonian and Laird, 1986); never
    below zero. An error too rare to be estimated counts as the mean of all. The mean itself errs, for all errors alike (Morris, 1983). With
    fewer than `LEAST_ESTIMATED` errors estimated q is drawn to zero instead: q (1 - v / q^2) (James and Stein, 1961).
    """
    fits = {code: harm.fit for code, harm in harms.items() if harm.fit is not None}
    q = {code: fit.passing for code, fit in fits.items()}
    v = {code: fit.variance / max(1 - fit.otherwise, 0.05) ** 2 for code, fit in fits.items()}
    curves = {code: harm.curve for code, harm in harms.items() if harm.curve is not None}
    if len(fits) < LEAST_ESTIMATED:
        return Driving({code: max(q[code] - v[code] / q[code], 0.0) if q[code] > 0 else 0.0 for code in fits}, v, curves)
    usual, usual_variance, between = _usual_effect(np.array(list(q.values())), np.array(list(v.values())))
    leanings = {code: v[code] / (between + v[code]) for code in fits}
    shares = {code: max(q[code] * (1 - leanings[code]) + usual * leanings[code], 0.0) for code in fits}
    return Driving(shares, {code: between * leanings[code] for code in fits}, curves, usual, between, usual_variance, leanings)


def _usual_effect(q: Floats, v: Floats) -> tuple[float, float, float]:
    """Return mean (at least 0), its variance, and variance between errors of their true effects (DerSimonian and Laird, 1986)."""
    w = 1 / v
    fixed = float((w * q).sum() / w.sum())
    spread = float((w * (q - fixed) ** 2).sum()) - (len(q) - 1)
    between = max(spread / float(w.sum() - (w**2).sum() / w.sum()), 1e-6)
    w = 1 / (v + between)
    return max(float((w * q).sum() / w.sum()), 0.0), 1 / float(w.sum()), between


def reasons_of(
    evidence: pl.DataFrame,
    *,
    share: Callable[[str, float | None], float],
    otherwise: Callable[[float], float],
    decided: Decided | None = None,
) -> pl.DataFrame:
    """Return one row per lost customer and reason: customer, lost_at, month, code, probability, money, money_variance, silent, kinds,
    evidence, status.

    Probability of causation (Robins and Greenland, 1989): of the share P1 lost after the error, (P1 - P0) / P1 left because of it. Several
    errors compete in the order of time, each for those whom the ones before it left: error j takes q_j prod_{i<j} (1 - q_i), no error at
    all P0 prod (1 - q_i); these are divided by their sum. Long before the last order an error counts for `BEFORE_LAST_ORDER`, for more
    where the order came before it was felt (`_weight`); after it the less, the longer the customer was silent already beyond the usual
    gap. Words move `WORDS_WEIGHT` of the probability to the codes that they name, a last word `LAST_WORD_WEIGHT`. A confirmed reason has
    probability 1, a rejected one 0. Money is parted in whole hundredths by
    largest remainders, so that a customer's rows sum to the lost value exactly.
    """
    out: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    # Row by row: a frame for each customer would cost ten times as much as all the rest.
    for customer, rows in groupby(evidence.sort("customer", maintain_order=True).iter_rows(named=True), key=itemgetter("customer")):
        own = list(rows)
        first = own[0]
        pieces = [(row["code"], row["at"], row["kind"], row["delay"], row["evidence"]) for row in own if row["code"] is not None]
        chances = _chances(pieces, first, share, otherwise(first["gap_days"] or 30.0))
        verdicts = (decided or {}).get(customer, {})
        chances = _decided(chances, verdicts)
        for code, money in zip(chances, parted(first["money"], np.array(list(chances.values()))), strict=True):
            named = [piece for piece in pieces if piece[0] == code]
            cells = (
                customer, first["lost_at"], first["month"], code, chances[code], money, chances[code] * first["money_variance"],
                first["silent"], sorted({piece[2] for piece in named} or {"behaviour"}),
                list(dict.fromkeys(i for piece in named for i in piece[4] or [])), verdicts.get(code, HYPOTHESIS),
            )  # fmt: skip
            for name, cell in zip(_COLUMNS, cells, strict=True):
                out[name].append(cell)
    return pl.DataFrame(out, schema=_COLUMNS)


_COLUMNS: dict[str, pl.DataType] = {
    "customer": pl.String(),
    "lost_at": pl.Datetime("us", "UTC"),
    "month": pl.String(),
    "code": pl.String(),
    "probability": pl.Float64(),
    "money": pl.Int64(),
    "money_variance": pl.Float64(),
    "silent": pl.Boolean(),
    "kinds": pl.List(pl.String()),
    "evidence": pl.List(pl.String()),
    "status": pl.String(),
}


def _chances(
    pieces: list[Piece], first: Mapping[str, object], share: Callable[[str, float | None], float], otherwise: float
) -> dict[str, float]:
    """Return probabilities by code, unknown last; they sum to 1."""
    gap = max(float(first["gap_days"] or 30.0), 1.0)  # type: ignore[arg-type]
    last = first["last_order_at"]
    staying = 1.0
    found: dict[str, float] = {}
    for code, at, kind, delay, _ in pieces:
        if kind != "fact":
            continue
        weight = 1.0
        if isinstance(last, datetime):
            weight = _weight((at - last).total_seconds() / 86_400, gap)
        q = share(code, delay) * weight
        if q > 0:
            found[code] = found.get(code, 0.0) + staying * q
            staying *= 1 - q
    found[UNKNOWN] = staying * max(otherwise, 1e-3)
    total = sum(found.values())
    chances = {code: part / total for code, part in found.items()}
    for kind, weight in (("words", WORDS_WEIGHT), ("survey", LAST_WORD_WEIGHT)):
        told = sorted({piece[0] for piece in pieces if piece[2] == kind})
        if told:
            chances = {code: part * (1 - weight) for code, part in chances.items()}
            for code in told:
                chances[code] = chances.get(code, 0.0) + weight / len(told)
    unknown = chances.pop(UNKNOWN, 0.0)
    return {**dict(sorted(chances.items(), key=lambda item: (-item[1], item[0]))), UNKNOWN: unknown}


def _weight(silent: float, gap: float) -> float:
    """Return for how much an error counts so many days after the last order (before it: below zero), `gap` being the usual days between.

    An order between an error and its being felt comes from who is driven away, too. Felt after an exponential time, by 95 % within
    FELT_DAYS, so after a third of them in the mean; orders come at the rate 1 / gap: of those driven away f / (f + gap) order before it is
    felt, of the others 1 - exp(-FELT_DAYS / gap) within FELT_DAYS, and the ratio of the two is what such an order leaves of the error. The
    other gap / (f + gap) of those driven away order no more: for so much an error after the last order counts.
    """
    felt = FELT_DAYS / 3
    if silent >= 0:
        return gap / (felt + gap) * math.exp(-max(0.0, silent - gap) / gap)
    return felt / (felt + gap) / -math.expm1(-FELT_DAYS / gap) if silent >= -FELT_DAYS else BEFORE_LAST_ORDER


def _decided(chances: dict[str, float], verdicts: Mapping[str, str]) -> dict[str, float]:
    """Return the probabilities after people's decisions."""
    sure = sorted(code for code, verdict in verdicts.items() if verdict == CONFIRMED)
    if sure:
        return {**{code: 1 / len(sure) for code in sure}, **{code: 0.0 for code in chances if code not in sure}}
    left = {code: 0.0 if verdicts.get(code) == REJECTED else part for code, part in chances.items()}
    total = sum(left.values())
    return {code: part / total for code, part in left.items()} if total > 0 else {**left, UNKNOWN: 1.0}


def parted(whole: int, shares: Floats) -> list[int]:
    """Part a whole number by shares that sum to 1, so that the parts sum to it: largest remainders first (Hamilton)."""
    exact = whole * shares
    parts = np.floor(exact).astype(np.int64)
    rest = int(whole - parts.sum())
    parts[np.argsort(-(exact - parts), kind="stable")[:rest]] += 1
    return [int(part) for part in parts]
