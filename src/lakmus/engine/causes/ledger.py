"""The ledger of losses: reasons by month and code, and what would be lost without one error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from lakmus.engine.causes.difference import Z95
from lakmus.engine.causes.findings import Harm
from lakmus.engine.causes.learned import learning_of
from lakmus.engine.causes.reasons import Decided, Driving, driving, leaving_otherwise, reasons_of
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
) -> Causes:
    """Return reasons and ledger of the customers lost in the window.

    Parameters
    ----------
    harms, rows : by code, of all customers. losses : `evidence.loss_evidence` of all buckets. met : `evidence.exposures_by_month`.
    decided : what people confirmed or rejected: customer -> code -> `confirmed` or `rejected`.
    """
    if horizon_days is None:
        return Causes(harms, reasons_of(losses.clear(), share=lambda code, delay: 0.0, otherwise=lambda gap: 1.0), (), (), {})
    drives = driving(harms)
    reasons = reasons_of(
        losses.sort("customer", "at", "code", "kind"),
        share=drives.share,
        otherwise=leaving_otherwise(rows, horizon_days=horizon_days),
        decided=decided,
    )
    learned = {
        code: learning_of(own, article, horizon_days=horizon_days)
        for code, own in rows.items()
        if (article := ERROR_CODES[code].article_share) is not None and own.exposed.any()
    }
    year = ledger_year(reasons, drives)
    return Causes(harms, reasons, _ledger(reasons, drives, met), _removal(reasons, harms, drives), learned, year)


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


def _ledger(reasons: pl.DataFrame, drives: Driving, met: Met) -> tuple[LedgerRow, ...]:
    """Return months x codes. Variance of a cell: reasons are drawn customer by customer, p (1 - p) w^2, and so is what each would have
    spent, p Var(w); and the effect itself is uncertain."""
    cells = {(row["month"], row["code"]): row for row in reasons.group_by("month", "code").agg(_sums()).iter_rows(named=True)}
    shown = []
    for month, code in sorted({*cells, *met}):
        exposed, complained = met.get((month, code), (0, 0))
        cell = cells.get((month, code))
        if cell is None:
            shown.append(LedgerRow(month, code, exposed, complained, 0.0, 0.0, Estimate(0.0, 0.0, 0.0, 0, Badge.ADJUSTED)))
            continue
        money = _cell_money(cell, _doubt(drives, code))
        shown.append(LedgerRow(month, code, exposed, complained, cell["left"], cell["left_silently"], money))
    return tuple(shown)


def ledger_year(reasons: pl.DataFrame, drives: Driving) -> tuple[LedgerRow, ...]:
    """Return the ledger of all months together: a row for each reason, and one (code "") for all service errors.

    The interval is no sum of those of months. A customer is lost in one month, so what is drawn customer by customer adds up in variance;
    but the effect of an error is one and the same in every month, so what its doubt moves adds up itself. In the sum over errors the share
    P of a customer laid to any of them is drawn once, P (1 - P); an effect that is larger than thought by a part takes that part of
    p_code (1 - P) from what is laid to nothing or to other reasons. Effects of two errors err apart from each other. What a customer would
    have spent is drawn, too, with the variance that the forecast gives it. Rows count no exposures: those of months would count a customer
    twice.
    """
    rows = [
        LedgerRow("", cell["code"], 0, 0, cell["left"], cell["left_silently"], _cell_money(cell, _doubt(drives, cell["code"])))
        for cell in reasons.group_by("code").agg(_sums()).sort("code").iter_rows(named=True)
    ]
    of_errors = reasons.filter(pl.col("code").is_in(list(ERROR_CODES)) & (pl.col("probability") > 0))
    if of_errors.is_empty():
        return tuple(rows)
    whole = of_errors.with_columns((pl.col("money") / 100 / pl.col("probability")).alias("worth"))
    customers = whole.group_by("customer").agg(pl.col("probability").sum().clip(0, 1).alias("share"), pl.col("worth").mean())
    drawn = float(customers.select((pl.col("share") * (1 - pl.col("share")) * pl.col("worth") ** 2).sum()).item())
    drawn += float(of_errors["money_variance"].sum())
    moved = whole.join(customers.select("customer", "share"), on="customer").with_columns(
        (pl.col("probability") * (1 - pl.col("share")) * pl.col("worth")).alias("moved")
    )
    doubts = [(_doubt(drives, code) * money) ** 2 for code, money in moved.group_by("code").agg(pl.col("moved").sum()).iter_rows()]
    left, silently = of_errors.select(_sums()).select("left", "left_silently").row(0)
    money = _money(int(of_errors["money"].sum()) / 100, drawn + math.fsum(doubts), customers.height)
    return (*rows, LedgerRow("", "", 0, 0, left, silently, money))


def _cell_money(cell: Mapping[str, Any], doubt: float) -> Estimate:
    return _money(cell["hundredths"] / 100, cell["variance"] + (doubt * cell["open_money"]) ** 2, cell["n"])


def _removal(reasons: pl.DataFrame, harms: Mapping[str, Harm], drives: Driving) -> tuple[Removal, ...]:
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
        loss = _money(total - money, (row["variance"] + (doubt * row["open_money"]) ** 2) * stay**2, row["n"])
        shown.append(Removal(code, ERROR_CODES[code].title, customers, loss))
    return tuple(shown)


def _doubt(drives: Driving, code: str) -> float:
    return drives.doubt(code) if code in ERROR_CODES else 0.0


def _money(point: float, variance: float, n: int) -> Estimate:
    half = Z95 * math.sqrt(variance)
    return Estimate(round(point, 2), min(round(point, 2), max(0.0, round(point - half, 2))), round(point + half, 2), n, Badge.ADJUSTED)
