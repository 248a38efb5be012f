"""The ledger of losses: reasons by month and code, and what would be lost without one error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse, special

from lakmus.engine.arrays import Floats
from lakmus.engine.causes.difference import Z95
from lakmus.engine.causes.findings import Harm
from lakmus.engine.causes.learned import learning_of
from lakmus.engine.causes.reasons import UNKNOWN, Decided, Driving, driving, leaving_otherwise, reasons_of
from lakmus.engine.causes.rows import Rows
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.harm import Learning, LedgerRow, Removal
from lakmus.history.estimate import Badge, Estimate

Met = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True)
class Causes:
    """Effects by code, reasons of each lost customer, and the ledger made of them."""

    harms: Mapping[str, Harm]
    reasons: pl.DataFrame
    ledger: tuple[LedgerRow, ...]
    removal: tuple[Removal, ...]
    learned: Mapping[str, Learning]
    ledger_year: tuple[LedgerRow, ...] = ()


def causes_of(
    harms: Mapping[str, Harm],
    rows: Mapping[str, Rows],
    losses: pl.DataFrame,
    met: Met,
    *,
    horizon_days: int | None,
    decided: Decided | None = None,
    doubt_money: float = 0.0,
) -> Causes:
    """Return reasons and ledger of the customers lost in the window.

    Parameters
    ----------
    harms, rows : by code, of all customers. losses : `evidence.loss_evidence` of all buckets. met : `evidence.exposures_by_month`.
    decided : what people confirmed or rejected: customer -> code -> `confirmed` or `rejected`. doubt_money : the standard error that the
        money of all the lost shares, as a part of it.
    """
    if horizon_days is None:
        return Causes(harms, reasons_of(losses.clear(), share=lambda code, delay: 0.0, otherwise=lambda gap: 1.0), (), (), {})
    drives, otherwise = driving(harms), leaving_otherwise(rows, horizon_days=horizon_days)
    reasons = reasons_of(losses.sort("customer", "at", "code", "kind"), share=drives.share, otherwise=otherwise, decided=decided)
    learned = {
        code: learning_of(own, article, horizon_days=horizon_days)
        for code, own in rows.items()
        if (article := ERROR_CODES[code].article_share) is not None and own.exposed.any()
    }
    year = ledger_year(reasons, drives, doubt_otherwise=otherwise.doubt, doubt_money=doubt_money)
    ledger, removal = _ledger(reasons, drives, met, doubt_money), _removal(reasons, harms, drives, doubt_money)
    return Causes(harms, reasons, ledger, removal, learned, year)


def _sums() -> list[pl.Expr]:
    p, money = pl.col("probability"), pl.col("money") / 100
    whole = pl.when(p > 0).then(money / p).otherwise(0.0)
    return [
        p.sum().alias("left"),
        pl.when(pl.col("silent").is_null().all()).then(None).otherwise(p.filter("silent").sum()).alias("left_silently"),
        pl.col("money").sum().alias("hundredths"),
        (p * (1 - p) * whole**2 + pl.col("money_variance")).sum().alias("variance"),
        ((1 - p) * money).sum().alias("open_money"),
        (p * (1 - p)).sum().alias("open_left"),
        (p > 0).sum().alias("n"),
    ]


def _ledger(reasons: pl.DataFrame, drives: Driving, met: Met, doubt_money: float) -> tuple[LedgerRow, ...]:
    """Return months x codes. Variance of a cell: reasons are drawn customer by customer, p (1 - p) w^2, and so is what each would have
    spent, p Var(w); and the effect itself is uncertain, and how customers go on."""
    cells = {(row["month"], row["code"]): row for row in reasons.group_by("month", "code").agg(_sums()).iter_rows(named=True)}
    shown = []
    for month, code in sorted({*cells, *met}):
        exposed, complained = met.get((month, code), (0, 0))
        cell = cells.get((month, code))
        if cell is None:
            shown.append(LedgerRow(month, code, exposed, complained, 0.0, 0.0, Estimate(0.0, 0.0, 0.0, 0, Badge.ADJUSTED)))
            continue
        money = _cell_money(cell, _doubt(drives, code), doubt_money)
        shown.append(LedgerRow(month, code, exposed, complained, cell["left"], cell["left_silently"], money))
    return tuple(shown)


def ledger_year(reasons: pl.DataFrame, drives: Driving, *, doubt_otherwise: float, doubt_money: float = 0.0) -> tuple[LedgerRow, ...]:
    """Return the ledger of all months together: a row for each reason, and one (code "") for all service errors.

    The interval is no sum of those of months: a customer is lost in one month, but the effect of an error is one and the same in every
    month (`year_covariance`). Service errors carry the places by money that the data leave open (`open_ranks`). Rows count no exposures:
    those of months would count a customer twice.
    """
    cells = reasons.group_by("code").agg(_sums()).sort("code").rows(named=True)
    if not cells:
        return ()
    codes = [cell["code"] for cell in cells]
    covariance = year_covariance(reasons, codes, drives, doubt_otherwise=doubt_otherwise, doubt_money=doubt_money)
    errors = [place for place, code in enumerate(codes) if code in ERROR_CODES and cells[place]["n"]]
    money = np.array([cells[place]["hundredths"] / 100 for place in errors])
    ranks = dict(zip(errors, open_ranks(money, covariance[np.ix_(errors, errors)]), strict=True))
    rows = tuple(
        LedgerRow(
            "", code, 0, 0, cell["left"], cell["left_silently"], _money(cell["hundredths"] / 100, covariance[place, place], cell["n"]),
            *ranks.get(place, (None, None)),
        )
        for place, (code, cell) in enumerate(zip(codes, cells, strict=True))
    )  # fmt: skip
    if not errors:
        return rows
    of_errors = reasons.filter(pl.col("code").is_in(list(ERROR_CODES)) & (pl.col("probability") > 0))
    left, silently = of_errors.select(_sums()).select("left", "left_silently").row(0)
    whole = _money(float(money.sum()), float(covariance[np.ix_(errors, errors)].sum()), of_errors["customer"].n_unique())
    return (*rows, LedgerRow("", "", 0, 0, left, silently, whole))


def year_covariance(
    reasons: pl.DataFrame, codes: Sequence[str], drives: Driving, *, doubt_otherwise: float, doubt_money: float = 0.0
) -> Floats:
    """Return the covariance of the money laid to each code in all months together, (codes, codes).

    A customer of worth w leaves for one reason, drawn by the probabilities p: w^2 (p_a [a = b] - p_a p_b), summed over customers. What a
    customer would have spent is drawn, too, with the variance that the forecast gives it. And the effect of an error errs by one part for
    all customers, which moves p_c by p_c (1 - p_c) and every other p_a by -p_a p_c; effects of two errors err apart from each other, but
    for the mean to which they are drawn, which errs for all alike. So does the share lost anyway (`doubt_otherwise`, a part of it), which
    moves the unknown; and what part of a year customers go on for (`doubt_money`, a part of it), which moves all money alike.
    """
    seen = reasons.filter(pl.col("probability") > 0)
    worth = seen.group_by("customer").agg((pl.col("money").sum() / 100 / pl.col("probability").sum()).alias("worth")).with_row_index("row")
    cells = seen.select("customer", "code", "probability", "money_variance").join(worth, on="customer")
    column = cells["code"].replace_strict({code: place for place, code in enumerate(codes)}, return_dtype=pl.Int64).to_numpy()
    p = sparse.csr_matrix((cells["probability"].to_numpy(), (cells["row"].to_numpy(), column)), shape=(worth.height, len(codes)))
    w = worth["worth"].to_numpy()
    drawn, moved = (np.diag(p.T @ part) - (p.T @ p.multiply(part[:, None])).toarray() for part in (w**2, w))
    forecast = np.bincount(column, weights=cells["money_variance"].to_numpy(), minlength=len(codes))
    doubt = np.array([doubt_otherwise if code == UNKNOWN else _doubt(drives, code) for code in codes])
    shared = moved @ np.array([drives.shared_doubt(code) if code in ERROR_CODES else 0.0 for code in codes])
    money = doubt_money * (p.T @ w)
    return np.asarray(drawn + np.diag(forecast) + (moved * doubt**2) @ moved.T + np.outer(shared, shared) + np.outer(money, money))


def open_ranks(money: Floats, covariance: Floats) -> list[tuple[int, int]]:
    """Return the first and the last place by money that each may truly have, (1, n) where nothing is known.

    Another stands before it for sure where the difference is above zero beyond chance, over all others at 95 % together (Bonferroni; ranks
    from differences: Goldstein and Spiegelhalter, 1996; Mogstad, Romano, Shaikh and Wilhelm, 2024).
    """
    n = len(money)
    beyond = float(special.ndtri(1 - 0.05 / max(n - 1, 1)))
    spread = np.sqrt(np.maximum(np.diag(covariance)[:, None] + np.diag(covariance)[None, :] - 2 * covariance, 0.0))
    more = money[None, :] - money[:, None] > beyond * spread
    return [(1 + int(more[place].sum()), n - int(more[:, place].sum())) for place in range(n)]


def _cell_money(cell: Mapping[str, Any], doubt: float, doubt_money: float) -> Estimate:
    money = cell["hundredths"] / 100
    return _money(money, cell["variance"] + (doubt * cell["open_money"]) ** 2 + (doubt_money * money) ** 2, cell["n"])


def _removal(reasons: pl.DataFrame, harms: Mapping[str, Harm], drives: Driving, doubt_money: float) -> tuple[Removal, ...]:
    """Return, by service error, customers and money that would still be lost in 12 months without it.

    Who was driven away by the error and would have been lost within the horizon anyway is still lost: kept = probability x share that
    would have stayed.
    """
    lost, total = reasons["customer"].n_unique(), int(reasons["money"].sum()) / 100
    shown = []
    for row in reasons.group_by("code").agg(_sums()).sort("code").iter_rows(named=True):
        code, harm = row["code"], harms.get(row["code"])
        if code not in ERROR_CODES or harm is None or harm.fit is None or not row["left"]:
            continue
        stay, doubt = 1 - harm.fit.otherwise, _doubt(drives, code)
        kept, money = row["left"] * stay, row["hundredths"] / 100 * stay
        half = Z95 * math.sqrt(row["open_left"] + (doubt * row["open_left"]) ** 2) * stay
        customers = Estimate(lost - kept, max(0.0, lost - kept - half), min(float(lost), lost - kept + half), row["n"], Badge.ADJUSTED)
        variance = (row["variance"] + (doubt * row["open_money"]) ** 2) * stay**2 + (doubt_money * money) ** 2
        loss = _money(total - money, variance, row["n"])
        shown.append(Removal(code, ERROR_CODES[code].title, customers, loss))
    return tuple(shown)


def _doubt(drives: Driving, code: str) -> float:
    return drives.doubt(code) if code in ERROR_CODES else 0.0


def _money(point: float, variance: float, n: int) -> Estimate:
    half = Z95 * math.sqrt(variance)
    return Estimate(round(point, 2), min(round(point, 2), max(0.0, round(point - half, 2))), round(point + half, 2), n, Badge.ADJUSTED)
