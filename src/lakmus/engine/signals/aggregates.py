"""What signals are made of: aggregates of a customer's activities over windows that end before or at as_of.

An aggregate only says what it wants; `prefix_sums` computes all the aggregates of all signals together, each activity placed once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What is taken of the activities in a window."""

    COUNT = "count"
    SUM = "sum"
    SQUARES = "squares"
    FIRST = "first"
    LAST = "last"
    DAYS = "days"
    GAPS = "gaps"
    GAP_SQUARES = "gap_squares"


class Test(StrEnum):
    """How a typed column is compared; a null meets `ABSENT` and `AMONG_OR_ABSENT` only."""

    __test__ = False

    AT_MOST = "<="
    AT_LEAST = ">="
    AMONG = "in"
    AMONG_OR_ABSENT = "in or null"
    ABSENT = "null"
    PRESENT = "not null"


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a typed column: `column` of the stream, the test, and what it is compared with (a number, or a tuple of texts)."""

    column: str
    test: Test
    than: float | tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Some activities: of these kinds, all conditions met."""

    kinds: tuple[str, ...]
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """The time (as_of - `oldest_days`, as_of - `newest_days`], in days of 24 hours; `oldest_days` None begins with the history."""

    newest_days: float = 0.0
    oldest_days: float | None = None


ALWAYS = Window()
"""The whole history until as_of."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One figure of each customer.

    `COUNT` of activities; `SUM` and `SQUARES` of `column` (null counts as 0; sums are exact to `PLACES` decimals, squares to whole
    numbers); `FIRST` and `LAST` moment (microseconds since the epoch, -1 where there is none); `DAYS`: distinct local days; `GAPS`
    and `GAP_SQUARES`: sum of days, and of squared days, from the previous activity of the same selection, over the activities of the
    window that have a previous one (which may lie before the window).
    """

    measure: Measure
    of: Selection
    window: Window = ALWAYS
    column: str | None = None


PLACES = 6
"""Decimals to which sums are kept. In whole millionths no order of summing changes a sum."""


def selected(*kinds: str, where: Iterable[Where] = ()) -> Selection:
    """Return the activities of these kinds that meet every condition."""
    return Selection(kinds, tuple(where))


def count(of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the number of activities."""
    return Aggregate(Measure.COUNT, of, window)


def total(column: str, of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the sum of a typed column."""
    return Aggregate(Measure.SUM, of, window, column)


def squares(column: str, of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the sum of squares of a typed column."""
    return Aggregate(Measure.SQUARES, of, window, column)


def first(of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the moment of the first activity."""
    return Aggregate(Measure.FIRST, of, window)


def last(of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the moment of the last activity."""
    return Aggregate(Measure.LAST, of, window)


def days(of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the number of local days with such an activity."""
    return Aggregate(Measure.DAYS, of, window)


def gaps(of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the sum of the gaps that ended in the window, in days."""
    return Aggregate(Measure.GAPS, of, window)


def gap_squares(of: Selection, window: Window = ALWAYS) -> Aggregate:
    """Return the sum of the squares of the gaps that ended in the window, in days squared."""
    return Aggregate(Measure.GAP_SQUARES, of, window)
