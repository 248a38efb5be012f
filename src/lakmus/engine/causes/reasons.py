"""Why each lost customer left: probabilities over errors and other reasons, with an honest unknown, as hypotheses until confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import numpy as np
import polars as pl

from lakmus.engine.causes.findings import Harm
from lakmus.engine.causes.rows import Rows, unscaled
from lakmus.engine.signals.rhythm import Floats

UNKNOWN = "unknown"
CONFIRMED, REJECTED, HYPOTHESIS = "confirmed", "rejected", "hypothesis"
BEFORE_LAST_ORDER = 0.15
"""Who ordered after an error was seldom driven away by it: such errors count for so much (who cools still orders, ever less)."""
WORDS_WEIGHT, LAST_WORD_WEIGHT = 0.4, 0.8
"""How much of the probability goes to what a customer said: in passing, and in a survey or on leaving."""
BINS = 8

Decided = Mapping[str, Mapping[str, str]]
Piece = tuple[str, datetime, str, float | None, list[str]]


def leaving_otherwise(harms: Mapping[str, Harm], rows: Mapping[str, Rows], *, horizon_days: int) -> Callable[[float], float]:
    """Return a function: personal gap in days -> probability of being lost within a horizon without the error.

    Means of the counterfactual share over eighths of the moments of the most frequent error by mean gap; the company's mean where no
    error could be estimated.
    """
    known = [code for code, harm in harms.items() if harm.fit is not None]
    if not known:
        return lambda gap_days: 0.1
    code = max(known, key=lambda name: rows[name].count)
    fit = harms[code].fit
    assert fit is not None
    gap = unscaled(rows[code], "mean_gap") * horizon_days
    edges = np.quantile(gap, np.arange(1, BINS) / BINS)
    place = np.searchsorted(edges, gap, side="right")
    sums = np.bincount(place, weights=np.clip(fit.counterfactual, 0.001, 0.999), minlength=BINS)
    means = sums / np.maximum(np.bincount(place, minlength=BINS), 1)
    return lambda gap_days: float(means[np.searchsorted(edges, gap_days, side="right")])


def driving_share(harms: Mapping[str, Harm]) -> Callable[[str, float | None], float]:
    """Return a function: (code, days of delay) -> probability that the error alone drives a customer away, 0..1.

    The multiplicative effect, shrunk by its own doubt: q max(0, 1 - variance / effect^2) (James and Stein, 1961), never below zero.
    """
    shares = {}
    for code, harm in harms.items():
        if harm.fit is not None and harm.fit.point > 0:
            shares[code] = max(harm.fit.passing, 0.0) * max(0.0, 1 - harm.fit.variance / harm.fit.point**2)

    def share(code: str, delay: float | None) -> float:
        curve = harms[code].curve if code in harms else None
        if curve is not None and delay is not None and shares.get(code, 0.0) > 0:
            return curve(delay)
        return min(shares.get(code, 0.0), 0.95)

    return share


def reasons_of(
    evidence: pl.DataFrame,
    *,
    share: Callable[[str, float | None], float],
    otherwise: Callable[[float], float],
    decided: Decided | None = None,
) -> pl.DataFrame:
    """Return one row per lost customer and reason: customer, lost_at, month, code, probability, money, silent, kinds, evidence, status.

    Probability of causation (Robins and Greenland, 1989): of the share P1 lost after the error, (P1 - P0) / P1 left because of it. Several
    errors compete in the order of time, each for those whom the ones before it left: error j takes q_j prod_{i<j} (1 - q_i), no error at
    all P0 prod (1 - q_i); these are divided by their sum. Before the last order an error counts for `BEFORE_LAST_ORDER`; after it the less,
    the longer the customer was silent already beyond the usual gap. Words move `WORDS_WEIGHT` of the probability to the codes that they
    name, a last word `LAST_WORD_WEIGHT`. A confirmed reason has probability 1, a rejected one 0. Money is parted in whole hundredths by
    largest remainders, so that a customer's rows sum to the lost value exactly.
    """
    out: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    for (customer, *_), own in evidence.group_by(["customer"], maintain_order=True):
        first = own.row(0, named=True)
        pieces = [piece for piece in own.select("code", "at", "kind", "delay", "evidence").iter_rows() if piece[0] is not None]
        chances = _chances(pieces, first, share, otherwise(first["gap_days"] or 30.0))
        verdicts = (decided or {}).get(str(customer), {})
        chances = _decided(chances, verdicts)
        for code, money in zip(chances, parted(first["money"], np.array(list(chances.values()))), strict=True):
            named = [piece for piece in pieces if piece[0] == code]
            row = (
                customer, first["lost_at"], first["month"], code, chances[code], money, first["silent"],
                sorted({piece[2] for piece in named} or {"behaviour"}), list(dict.fromkeys(i for piece in named for i in piece[4] or [])),
                verdicts.get(code, HYPOTHESIS),
            )  # fmt: skip
            for name, cell in zip(_COLUMNS, row, strict=True):
                out[name].append(cell)
    return pl.DataFrame(out, schema=_COLUMNS)


_COLUMNS: dict[str, pl.DataType] = {
    "customer": pl.String(),
    "lost_at": pl.Datetime("us", "UTC"),
    "month": pl.String(),
    "code": pl.String(),
    "probability": pl.Float64(),
    "money": pl.Int64(),
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
            silent = (at - last).total_seconds() / 86_400
            weight = BEFORE_LAST_ORDER if silent < 0 else float(np.exp(-max(0.0, silent - gap) / gap))
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
