"""Loss by contract: a customer who gave notice or whose contract ended, and who did not come back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from lakmus.engine.arrays import Flags, Ints
from lakmus.engine.backtest import Backtest
from lakmus.engine.bucket import Facts, of_kind
from lakmus.engine.signals.rhythm import Purchases, purchase_days
from lakmus.engine.verdict import Definition
from lakmus.history.wording import Wording

ENDING_KINDS = ("gave_notice", "ended_contract")
CONTRACT_HORIZON_DAYS = 90
"""Within so many days the end of a contract is foretold, where purchases give no horizon: a quarter, in which something can be done."""
CONTRACT_KINDS = ("started_contract", "renewed_contract", *ENDING_KINDS)
"""Who has one of these has, or had, a contract."""
RUNNING_KINDS = ("started_contract", "renewed_contract", "paid_invoice")
KEEPING_KINDS = (*RUNNING_KINDS, "placed_order")


JUDGED = Wording(
    "Из {n} клиентов, у которых {day} действовал договор, за {days} дн. ушли {lost}. Сказанная вероятность отличалась от того, что вышло, "
    "в среднем на {off} п. п.",
    "Of {n} customers whose contract ran on {day}, {lost} left within {days} days. What was said differed from what came by {off} "
    "percentage points on average.",
)


def past_of_contracts(judged: Backtest, definition: Definition) -> Backtest:
    """Return the check on the past; where contracts alone say who is lost, that of the customers who have one."""
    own = next((group for group in judged.groups if group.code == "contract" and group.cuts), None)
    if definition.basis != "contract" or own is None:
        return judged
    last = own.cuts[0]
    off = f"{100 * (last.model.ece or 0.0):.1f}"
    day = Wording(f"{last.as_of:%d.%m.%Y}", f"{last.as_of:%Y-%m-%d}")
    words = JUDGED.filled(n=last.n, lost=last.churned, day=day, days=CONTRACT_HORIZON_DAYS, off=Wording(off.replace(".", ","), off))
    return replace(judged, used=own.used, words=words, shortage=None)


def followed_days(definition: Definition) -> int | None:
    """Return within how many days after a moment a loss is looked for; None while nobody can be called lost."""
    return CONTRACT_HORIZON_DAYS if definition.basis == "contract" else definition.horizon_days


def contract_days(facts: Facts, *, time_zone: str) -> Purchases:
    """Return the days on which contracts began, were renewed or paid: where contracts say who is lost, they stand for purchases."""
    day = pl.col("ts").dt.convert_time_zone(time_zone).dt.date().cast(pl.Int32).alias("day")
    kept = of_kind(facts, *KEEPING_KINDS).filter(pl.col("customer").is_not_null())
    return purchase_days(kept.select("customer", "ts", day), facts.customers)


def contract_ends(facts: Facts) -> tuple[Flags, Ints]:
    """Return (has a contract, moment of loss in microseconds or -1) of each known customer; shape (n,) each.

    The loss is the first notice or end that no start, renewal, payment or order followed.
    """
    n = len(facts.customers)
    has = np.zeros(n, bool)
    for kind in CONTRACT_KINDS:
        has[of_kind(facts, kind)["owner"].drop_nulls().to_numpy()] = True
    kept = np.full(n, -1, np.int64)
    rows = of_kind(facts, *KEEPING_KINDS).filter(pl.col("owner").is_not_null())
    np.maximum.at(kept, rows["owner"].to_numpy(), rows["ts"].to_physical().cast(pl.Int64).to_numpy())
    never = np.iinfo(np.int64).max
    ended = np.full(n, never, np.int64)
    rows = of_kind(facts, *ENDING_KINDS).filter(pl.col("owner").is_not_null())
    owner, moment = rows["owner"].to_numpy(), rows["ts"].to_physical().cast(pl.Int64).to_numpy()
    final = moment >= kept[owner]
    np.minimum.at(ended, owner[final], moment[final])
    return has, np.where(ended == never, -1, ended)
