"""Errors ranked by what they cost: harm that is seen, harm that is not known, no harm seen; and those that nobody hears of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lakmus.engine.verdict import ErrorFinding
from lakmus.history.estimate import Estimate, Finding
from lakmus.usecases.reports.findings import by_harm, harm_seen


@dataclass(frozen=True, slots=True)
class Ranked:
    """Errors of a verdict by what is known of their harm, each part ranked.

    `absent`: could be checked, none found; `unmeasured`: cannot be checked.
    """

    harmful: tuple[ErrorFinding, ...]
    unknown: tuple[ErrorFinding, ...]
    harmless: tuple[ErrorFinding, ...]
    absent: tuple[ErrorFinding, ...]
    unmeasured: tuple[ErrorFinding, ...]

    @property
    def measured(self) -> tuple[ErrorFinding, ...]:
        """All that could be checked, those that visibly cost most first."""
        return (*self.harmful, *self.unknown, *self.harmless, *self.absent)


@dataclass(frozen=True, slots=True)
class Controls:
    """Made-up errors that went through the same comparison: `checked` of them, `showing` an effect where there is none."""

    checked: int
    showing: tuple[ErrorFinding, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """An error by how many of those who met with it complained; `deadly`: it visibly costs money and few complain."""

    error: ErrorFinding
    complained_share: float
    deadly: bool


@dataclass(frozen=True, slots=True)
class QuietErrors:
    """Errors whose cost is estimated, the dearest first; `usual_share`: of all who met with any of them, so many complained (0..1)."""

    usual_share: float
    rows: tuple[Quiet, ...]


def rank_causes(errors: Iterable[ErrorFinding]) -> Ranked:
    """Return the errors parted by what is known of their harm."""
    everything = tuple(errors)
    parts: dict[int, list[ErrorFinding]] = {0: [], 1: [], 2: []}
    for error in sorted((error for error in everything if error.measured and error.found), key=by_harm):
        parts[by_harm(error)[0]].append(error)
    absent = tuple(error for error in everything if error.measured and not error.found)
    return Ranked(tuple(parts[0]), tuple(parts[1]), tuple(parts[2]), absent, tuple(error for error in everything if not error.measured))


def check_controls(errors: Iterable[ErrorFinding]) -> Controls:
    """Return what the made-up errors showed; one "shows" an effect where its whole interval lies off zero."""
    checked = [(error, control) for error in errors if isinstance(control := told(error, "negative_control"), Estimate)]
    return Controls(len(checked), tuple(error for error, control in checked if control.low > 0 or control.high < 0))


def quiet_errors(errors: Iterable[ErrorFinding]) -> QuietErrors:
    """Return errors by how many complain of them; "quiet" is below the share of complaints over all errors together."""
    known = sorted((error for error in errors if error.measured and error.exposed and isinstance(error.money, Estimate)), key=by_harm)
    met, complained = sum(error.exposed for error in known), sum(error.complained for error in known)
    usual = complained / met if met else 0.0
    rows = [
        Quiet(error, share := error.complained / error.exposed, harm_seen(error.money) and (share < usual or share == 0)) for error in known
    ]
    return QuietErrors(usual, tuple(rows))


def told(thing: Any, name: str) -> Any:
    """Return a part of a verdict that older verdicts do not hold; None where it is not there."""
    return getattr(thing, name, None)


def effect_of(error: ErrorFinding) -> Finding | None:
    """Return how much more often the exposed leave, compared with similar customers (-1..1)."""
    return error.effect if told(error, "customers_lost") is not None else None


def customers_lost(error: ErrorFinding) -> Finding:
    """Return how many customers left because of an error."""
    counted: Finding | None = told(error, "customers_lost")
    return error.effect if counted is None else counted
