"""From a bucket's facts to who waits for what: customers after a single purchase, and customers with a contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.bucket import Facts, of_kind
from lakmus.engine.risk.contracts import CONTRACT_KINDS, ENDING_KINDS, RUNNING_KINDS
from lakmus.engine.risk.features import Happenings
from lakmus.engine.risk.known_orders import NEVER, KnownOrders
from lakmus.engine.risk.old_customers import ENTERED, ENTRIES, LATEST, STRANGER_CLASSES
from lakmus.engine.risk.survival import ERAS, LAG_OF, STEPS_A_HORIZON, Axis, LifeCounts, no_counts

SECOND_US = 1_000_000
RECENT_DAYS, ALIVE_DAYS = 90, 30
LATELY_PAID_DAYS, OVERDUE_DAYS = 45, 100
"""Paid within the first: on time; last paid between the two: overdue; longer ago or never: does not pay month by month."""
LOW_AMOUNT, HIGH_AMOUNT = 0.5, 2.0
LATE_STEPS = STEPS_A_HORIZON
"""Of customers who may be old ones nothing is learned of the steps before: theirs are those of people with a rhythm."""
TROUBLES = ("returns", "late_deliveries", "complaints_answered", "complaints_open", "bad_reviews")
LIFE = ("visits", "messages_opened", "loyalty", "good_reviews")


@dataclass(frozen=True)
class LifeReading:
    """How waiting is read, the same for every bucket: on which axes, at which past cuts, which sorts of happenings.

    `first_us`: see `Waiting`. `share`: part of the customers drawn by lot. `horizons`: from where the files begin to now and to each cut.
    """

    axes: tuple[Axis, ...]
    horizon_days: int
    cuts: tuple[datetime, ...]
    sorts: tuple[str, ...]
    usual_amount: float
    first_us: int
    share: float
    horizons: tuple[float, ...]


@dataclass(frozen=True)
class Spells:
    """Times of waiting, arrays (s,): `owner`, `start_us`, `end_us` (when what was waited for happened; NEVER while it has not)."""

    owner: Ints
    start_us: Ints
    end_us: Ints
    amount: Floats


@dataclass(frozen=True)
class Marks:
    """Moments of things that happened to customers, ready to be asked what lies in a window: one sorted key of owner and second each."""

    keys: Ints

    @classmethod
    def of(cls, *parts: Happenings) -> Marks:
        """Return the moments from which each happening was known."""
        keys = [part.owner * 2**32 + np.maximum(part.at_us, part.known_us) // SECOND_US for part in parts]
        return cls(np.sort(np.concatenate(keys)) if keys else np.zeros(0, np.int64))

    def within(self, owner: Ints, moment_us: Ints, days: float) -> Flags:
        """Say whose marks lie in the days before each moment; all of one shape."""
        until = owner * 2**32 + moment_us // SECOND_US
        newest = np.searchsorted(self.keys, until, side="right")
        oldest = np.searchsorted(self.keys, until - round(days * 86_400), side="right")
        return np.asarray(newest > oldest)


@dataclass(frozen=True)
class Waiting:
    """One bucket's customers who wait, and what shifts their chances.

    `known`: their orders. `keeps`, `ends`: what keeps and what ends contracts. `has_contract` (n,). `first_us`: when
    the files begin; spells that begin soon after it may have begun before (`old_customers`).
    """

    known: KnownOrders
    keeps: Happenings
    ends: Happenings
    paid: Marks
    trouble: Marks
    life: Marks
    has_contract: Flags
    usual_amount: float
    first_us: int


def waiting_of(facts: Facts, known: KnownOrders, others: Mapping[str, Happenings], reading: LifeReading) -> Waiting:
    """Return who waits in a bucket.

    Parameters
    ----------
    facts, known, others : `facts_until`, `known_orders`, `Lives.others` of the same customers.
    """
    has = np.zeros(len(known.customers), bool)
    has[_happenings(facts, known, *CONTRACT_KINDS).owner] = True
    trouble, life = (Marks.of(*(others[sort] for sort in sorts if sort in others)) for sorts in (TROUBLES, LIFE))
    paid = Marks.of(_happenings(facts, known, "paid_invoice"))
    keeps, ends = (_happenings(facts, known, *kinds) for kinds in (RUNNING_KINDS, ENDING_KINDS))
    return Waiting(known, keeps, ends, paid, trouble, life, has, reading.usual_amount, reading.first_us)


def _happenings(facts: Facts, known: KnownOrders, *kinds: str) -> Happenings:
    codes = pl.DataFrame({"customer": known.customers}).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    rows = of_kind(facts, *kinds).select("customer", "ts", "_known_at").join(codes, on="customer", how="inner")
    at, since = (rows[name].to_physical().cast(pl.Int64).to_numpy() for name in ("ts", "_known_at"))
    return Happenings(rows["place"].to_numpy(), at, since)


def single_purchases(waiting: Waiting, moment_us: int) -> Spells:
    """Return, as known at a moment, the time from the first purchase of each customer without a contract to the second."""
    bought, amount = waiting.known.at(moment_us)
    if not bought.owner.size:
        nobody = np.zeros(0, np.int64)
        return Spells(nobody, nobody, nobody, np.zeros(0))
    first = np.flatnonzero(np.append(True, np.diff(bought.owner) != 0))
    follows = np.append(first[1:], bought.owner.size) > first + 1
    second = bought.first_us[np.minimum(first + 1, bought.owner.size - 1)]
    whole = Spells(bought.owner[first], bought.first_us[first], np.where(follows, second, NEVER), amount[first])
    return _only(whole, ~waiting.has_contract[whole.owner])


def contract_spells(waiting: Waiting, moment_us: int) -> Spells:
    """Return, as known at a moment, the times under contract: from what keeps one while none runs to the next notice or end."""
    parts = [_known(waiting.keeps, moment_us), _known(waiting.ends, moment_us)]
    owner = np.concatenate([part.owner for part in parts])
    at = np.concatenate([part.at_us for part in parts])
    ending = np.repeat([False, True], [part.owner.size for part in parts])
    order = np.lexsort((ending, at, owner))
    owner, at, ending = owner[order], at[order], ending[order]
    new = np.append(True, np.diff(owner) != 0)[: owner.size]
    turned = np.append(True, ending[1:] != ending[:-1])[: owner.size] | new
    starts = np.flatnonzero(turned & ~ending)
    turns = np.flatnonzero(turned)
    following = np.append(turns, owner.size)[np.searchsorted(turns, starts) + 1]
    inside = np.minimum(following, max(owner.size - 1, 0))
    ended = (following < owner.size) & ending[inside] & (owner[inside] == owner[starts])
    whole = Spells(owner[starts], at[starts], np.where(ended, at[inside], NEVER), np.full(starts.size, np.nan))
    return _only(whole, waiting.has_contract[whole.owner])


def _known(part: Happenings, moment_us: int) -> Happenings:
    seen = (part.at_us <= moment_us) & (part.known_us <= moment_us)
    return Happenings(part.owner[seen], part.at_us[seen], part.known_us[seen])


def _only(spells: Spells, kept: Flags) -> Spells:
    return Spells(spells.owner[kept], spells.start_us[kept], spells.end_us[kept], spells.amount[kept])


@dataclass(frozen=True)
class Standing:
    """Who waits at a moment: `owner` (s,), `place`: where they stand in the arrays of `survival` (step and classes), each (s,)."""

    owner: Ints
    place: tuple[Ints, Ints, Ints, Ints, Ints]


def standing_at(waiting: Waiting, spells: Spells, axis: Axis, moment_us: int) -> Standing:
    """Return where those stand at a moment who wait then; `spells` as known at that moment."""
    running = _only(spells, (spells.start_us <= moment_us) & (spells.end_us > moment_us))
    step = np.minimum((moment_us - running.start_us) / DAY_US // axis.step_days, axis.followed).astype(np.int64)
    return Standing(running.owner, (step, *_classes(waiting, running, axis, np.full(step.size, moment_us))))


def standing_now(waiting: Waiting, axis: Axis, moment_us: int) -> Standing:
    """Return where those stand at a moment who wait then, as known at that moment."""
    waits = contract_spells if axis.happening_is_loss else single_purchases
    return standing_at(waiting, waits(waiting, moment_us), axis, moment_us)


def _entered(waiting: Waiting, spells: Spells, axis: Axis) -> Ints:
    """Return when each spell's customer was first seen, as a class (`old_customers.ENTERED`); of contracts always the last."""
    if axis.happening_is_loss:
        return np.full(spells.start_us.size, LATEST)
    horizons = (spells.start_us - waiting.first_us) / (STEPS_A_HORIZON * axis.step_days * DAY_US)
    return np.asarray(np.searchsorted(ENTERED, horizons, side="right"), dtype=np.int64)


def _classes(waiting: Waiting, spells: Spells, axis: Axis, moment_us: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the classes of each spell at its moment: amount (or payment, of contracts), trouble, signs of life, when first seen."""
    owner = spells.owner
    if axis.happening_is_loss:
        lately = waiting.paid.within(owner, moment_us, LATELY_PAID_DAYS)
        first = np.where(lately, 1, np.where(waiting.paid.within(owner, moment_us, OVERDUE_DAYS), 2, 0))
    else:
        paid = np.nan_to_num(spells.amount / waiting.usual_amount, nan=1.0)
        first = np.where(paid < LOW_AMOUNT, 1, np.where(paid > HIGH_AMOUNT, 2, 0))
    trouble, life = waiting.trouble.within(owner, moment_us, RECENT_DAYS), waiting.life.within(owner, moment_us, ALIVE_DAYS)
    return first.astype(np.int64), trouble.astype(np.int64), life.astype(np.int64), _entered(waiting, spells, axis)


def life_counts(waiting: Waiting, axis: Axis, reading: LifeReading, *, as_of: datetime) -> LifeCounts:
    """Return one bucket's counts, each as it was known at as_of and at the past cuts."""
    counts, horizon_days = no_counts(axis), reading.horizon_days
    views_us = [round(moment.timestamp() * 1_000_000) for moment in (as_of, *reading.cuts)]
    waits = contract_spells if axis.happening_is_loss else single_purchases
    now = waits(waiting, views_us[0])
    for view, moment_us in enumerate(views_us):
        spells = now if view == 0 else waits(waiting, moment_us)
        counts.arrived[view] = np.bincount(_entered(waiting, spells, axis), minlength=ENTRIES)
        _count_steps(counts.steps[view], waiting, spells, axis, moment_us=moment_us, horizon_us=round(horizon_days * DAY_US))
        if view:
            stands, lost = _stood(waiting, spells, now, axis, reading, moment_us=moment_us, now_us=views_us[0])
            np.add.at(counts.standing[view - 1], (*stands.place, lost.astype(np.int64)), 1)
    return counts


def stood_at(waiting: Waiting, axis: Axis, reading: LifeReading, *, moment_us: int, now_us: int) -> tuple[Standing, Flags]:
    """Return whom `life_counts` counts at a past cut, and who of them was lost in the horizon after it, as known now."""
    waits = contract_spells if axis.happening_is_loss else single_purchases
    return _stood(waiting, waits(waiting, moment_us), waits(waiting, now_us), axis, reading, moment_us=moment_us, now_us=now_us)


def _stood(
    waiting: Waiting, spells: Spells, now: Spells, axis: Axis, reading: LifeReading, *, moment_us: int, now_us: int
) -> tuple[Standing, Flags]:
    until = moment_us + reading.horizon_days * DAY_US
    if axis.happening_is_loss:
        stands = standing_at(waiting, spells, axis, moment_us)
        return stands, _happened(now, stands.owner, moment_us, until)
    # Whoever may have come before the files began is no new customer, but one of those who bought once as long as nothing follows.
    waited = moment_us - spells.start_us >= STEPS_A_HORIZON * axis.step_days * DAY_US
    stands = standing_at(waiting, _only(spells, waited | (_entered(waiting, spells, axis) >= STRANGER_CLASSES)), axis, moment_us)
    return stands, np.asarray(~_bought(waiting, stands.owner, now_us, moment_us, until))


def _happened(spells: Spells, owner: Ints, after_us: float, until_us: float) -> Flags:
    return np.isin(owner, spells.owner[(spells.end_us > after_us) & (spells.end_us <= until_us)])


def _bought(waiting: Waiting, owner: Ints, now_us: int, after_us: float, until_us: float) -> Flags:
    bought, _ = waiting.known.at(now_us)
    return np.isin(owner, bought.owner[(bought.last_us > after_us) & (bought.first_us <= until_us)])


def _count_steps(steps: npt.NDArray[np.int32], waiting: Waiting, spells: Spells, axis: Axis, *, moment_us: int, horizon_us: int) -> None:
    """Add every whole step that ended by the moment, and whether what is waited for happened in it, to `steps` (ERAS, lags, bins, ...);
    of customers who may be old ones only late ones."""
    step_us = round(axis.step_days * DAY_US)
    whole = (moment_us - spells.start_us) // step_us
    happened_in = np.where(spells.end_us < NEVER, (np.minimum(spells.end_us, moment_us) - spells.start_us) // step_us, NEVER)
    number = np.clip(np.minimum(whole, np.where(happened_in < NEVER, happened_in + 1, NEVER)), 0, axis.followed)
    row = np.repeat(np.arange(number.size), number)
    step = np.arange(row.size) - np.repeat(np.cumsum(number) - number, number)
    expanded = Spells(spells.owner[row], spells.start_us[row], spells.end_us[row], spells.amount[row])
    begins = expanded.start_us + step * step_us
    era = np.minimum((moment_us - begins - step_us) // horizon_us, ERAS - 1)
    happens = (happened_in[row] == step).astype(np.int64)
    shape, kinds = steps.shape, _classes(waiting, expanded, axis, begins)
    teaches = (kinds[-1] >= STRANGER_CLASSES) | (step >= LATE_STEPS)
    for lag in range(STEPS_A_HORIZON):
        # A spell's steps stand in a row: what was seen so many steps before stands so much before.
        since = np.flatnonzero((step >= lag) & teaches)
        seen = (part[since - lag] for part in kinds)
        where = (era[since], np.full(since.size, LAG_OF[lag]), axis.bin_of(step[since]), *seen, happens[since])
        steps += np.bincount(np.ravel_multi_index(where, shape), minlength=steps.size).reshape(shape)
