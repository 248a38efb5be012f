"""The RFM map: how long ago and how often customers bought, in fifths of the company, with their money and who of them is leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.kept_beside import kept_json
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.show_cohorts import NO_GROUP

FIFTHS = (0.2, 0.4, 0.6, 0.8)
AXES = {"days_since_last_order": "days_since_last_order", "purchases": "purchase_days_count"}
TOLD = Wording("последняя покупка {days} дн. назад, покупок {purchases}", "last purchase {days} days ago, {purchases} purchases")


@dataclass(frozen=True, slots=True)
class Band:
    """One part of an axis: above `low` (None: from the start) up to and with `high` (None: without end)."""

    low: float | None
    high: float | None

    def written(self, *, whole: bool = False) -> Wording:
        """Return the band in figures: `0–23`, `24–61`, `больше 61`; of whole numbers the lower end is counted in."""
        low = 0 if self.low is None else int(self.low) + 1
        if whole and self.low is None:
            low = 1
        if self.high is None:
            return Wording("любая" if self.low is None else f"{low} и больше", "any" if self.low is None else f"{low} and more")
        high = int(self.high)
        written = str(high) if low >= high else f"{low}\N{EN DASH}{high}"
        return Wording(written, written)


@dataclass(frozen=True, slots=True)
class RfmCell:
    """Customers of one field: their number, revenue so far, margin at risk, and how many are cooling or cold, and how many lost.

    A single purchase longer ago than the horizon counts as lost here.
    """

    customers: int
    revenue: float
    value_at_risk: float
    leaving: int
    lost: int


@dataclass(frozen=True, slots=True)
class RfmShown:
    """The map: `cells[r][f]` by the bands of days since the last order (the freshest first) and of purchases (the rarest first)."""

    customers: int
    recency: tuple[Band, ...]
    frequency: tuple[Band, ...]
    cells: tuple[tuple[RfmCell, ...], ...]


def show_rfm(shown: Shown) -> RfmShown:
    """Return the map over all customers with a purchase; where many have the same figure, there are fewer parts than five."""
    kept = kept_json(shown, "rfm", lambda: _counted(shown))
    recency, frequency = (_bands(kept[axis]) for axis in AXES)
    cells = {(row["r"], row["f"]): row for row in kept["cells"]}
    grid = tuple(
        tuple(_cell(cells.get((place, column))) for column in range(len(frequency)))
        for place in range(len(recency) if kept["cells"] else 0)
    )
    return RfmShown(sum(cell.customers for line in grid for cell in line), recency, frequency, grid)


def rfm_conditions(shown: Shown, asked: Mapping[str, str]) -> Conditions:
    """Return which customers stand in a field: `recency` and `frequency` are its numbers from 0.

    Raises
    ------
    BadInput : there is no such field.
    """
    conditions = Conditions()
    for axis, band in zip(AXES.values(), _asked_bands(shown, asked), strict=True):
        conditions.add(f"{axis} IS NOT NULL AND purchase_days_count > 0")
        if band.low is not None:
            conditions.add(f"{axis} > ?", band.low)
        if band.high is not None:
            conditions.add(f"{axis} <= ?", band.high)
    return conditions


def rfm_told(shown: Shown, asked: Mapping[str, str]) -> Wording:
    """Say in words which customers stand in a field.

    Raises
    ------
    BadInput : there is no such field.
    """
    days, purchases = _asked_bands(shown, asked)
    written, often = days.written(), purchases.written(whole=True)
    return Wording(TOLD.ru.format(days=written.ru, purchases=often.ru), TOLD.en.format(days=written.en, purchases=often.en))


def _asked_bands(shown: Shown, asked: Mapping[str, str]) -> tuple[Band, Band]:
    found = show_rfm(shown)
    try:
        places = int(asked.get("recency", "")), int(asked.get("frequency", ""))
        if min(places) < 0:
            raise IndexError(places)
        return found.recency[places[0]], found.frequency[places[1]]
    except (ValueError, IndexError) as problem:
        raise BadInput("no_such_group", NO_GROUP) from problem


def _bands(ends: list[float]) -> tuple[Band, ...]:
    return tuple(Band(low, high) for low, high in zip([None, *ends], [*ends, None], strict=True))


def _cell(row: dict[str, Any] | None) -> RfmCell:
    if row is None:
        return RfmCell(0, 0.0, 0.0, 0, 0)
    return RfmCell(row["customers"], row["revenue"], row["value_at_risk"], row["leaving"], row["lost"])


def _counted(shown: Shown) -> dict[str, Any]:
    table = shown.table("customers")
    bought = "purchase_days_count > 0 AND days_since_last_order IS NOT NULL"
    ends = {}
    for axis, column in AXES.items():
        sql = f"SELECT quantile_disc({column}, {list(FIFTHS)}) AS ends, max({column}) AS most FROM read_parquet(?) WHERE {bought}"  # noqa: S608
        found = ask(sql, [table])
        whole = {float(int(end)) for end in found[0]["ends"] or ()}
        ends[axis] = sorted(end for end in whole if end < float(found[0]["most"]))
    places = [f"list_sum(list_transform({list(ends[axis])}::DOUBLE[], lambda e: ({column} > e)::INTEGER))" for axis, column in AXES.items()]
    r, f = (f"coalesce({place}, 0)::INTEGER" for place in places)
    cells = ask(
        f"""SELECT {r} AS r, {f} AS f, count(*) AS customers, coalesce(sum(revenue), 0) AS revenue,
                   coalesce(sum(value_at_risk), 0) AS value_at_risk, count(*) FILTER (state IN ('cooling', 'cold')) AS leaving,
                   count(*) FILTER (state IN ('lost', 'one_time')) AS lost
            FROM read_parquet(?) WHERE {bought} GROUP BY ALL ORDER BY r, f""",  # noqa: S608 - only our own columns and figures
        [table],
    )
    return {**ends, "cells": cells}
