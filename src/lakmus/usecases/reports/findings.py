"""Errors, intervals and states of too little data, written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lakmus.engine.verdict import ErrorFinding
from lakmus.history.estimate import Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.usecases.charts import interval_bar
from lakmus.usecases.reports import words
from lakmus.usecases.reports.told import Line, ToldError
from lakmus.usecases.writing import between, estimated_money, number, points, short_money, supported_step

SHOWN_ERRORS = 5


def shortage(finding: NotEnoughEvidence, language: str) -> str:
    """Say what is missing: the reason, how much is needed, how much there is."""
    reason = finding.reason.in_language(language).rstrip(".")
    if not finding.needed:  # nothing is missing: it is not asked for
        return f"{reason}."
    counts = words.SHORT_OF.filled(needed=number(finding.needed, language), available=number(finding.available, language))
    return f"{reason}. {counts.in_language(language)}"


def dearest(errors: Iterable[ErrorFinding]) -> list[ErrorFinding]:
    """Return the errors that happened: those that cost most, then those whose cost is not known, then those without visible harm."""
    happened = [error for error in errors if error.measured and error.found]
    return sorted(happened, key=by_harm)


def by_harm(error: ErrorFinding) -> tuple[int, float, int, str]:
    """Return what errors are ranked by: harm seen, unknown, not seen; then money, customers who met with it, and the code."""
    place = 0 if harm_seen(error.money) else 1 if isinstance(error.money, NotEnoughEvidence) else 2
    return place, -_point(error.money), -error.exposed, error.code


def told_errors(errors: Iterable[ErrorFinding], currency: str, language: str, *, already: Iterable[str] = ()) -> tuple[ToldError, ...]:
    """Tell the errors that cost most; their intervals share one scale. Why a cost is not known is said once, and not if `already` said."""
    shown = dearest(errors)[:SHOWN_ERRORS]
    ends = [end for error in shown if isinstance(error.money, Estimate) for end in (error.money.low, error.money.high)]
    scale = (min([0.0, *ends]), max([1.0, *ends]))
    said = set(already)
    told = []
    for error in shown:
        one = _told(error, currency, language, scale)
        told.append(replace(one, range="") if one.range in said else one)
        said |= {one.range} if isinstance(error.money, NotEnoughEvidence) else set()
    return tuple(told)


def _told(error: ErrorFinding, currency: str, language: str, scale: tuple[float, float]) -> ToldError:
    title = error.title.in_language(language)
    figure, interval = written_cost(error.money, currency, language)
    picture = None
    badge = error.money if isinstance(error.money, Estimate) else error.difference
    if isinstance(error.money, Estimate):
        picture = interval_bar(
            error.money.point,
            error.money.low,
            error.money.high,
            scale_low=scale[0],
            scale_high=scale[1],
            words=f"{title}: {figure} {interval}".strip(),
        )
    return ToldError(
        title[:1].upper() + title[1:],
        figure,
        interval,
        picture,
        badge.badge.value if isinstance(badge, Estimate) else "",
        words.BADGES[badge.badge].in_language(language) if isinstance(badge, Estimate) else "",
        _lines(error, language),
    )


def written_cost(money: Finding, currency: str, language: str) -> tuple[str, str]:
    """Return what an error costs and the interval beside it; harm that is not seen is said so, never as a sum of money."""
    if isinstance(money, NotEnoughEvidence):
        return words.THIN.in_language(language), shortage(money, language)
    if harm_seen(money):
        return estimated_money(money.point, money.low, money.high, currency, language)
    if money.high <= 0:
        return words.NO_HARM.in_language(language), words.NOT_MORE_OFTEN.in_language(language)
    step = supported_step(money.point, money.low, money.high)
    high = short_money(max(1, round(money.high / step)) * step, currency, language)
    return words.NO_HARM.in_language(language), words.UP_TO.filled(high=high).in_language(language)


def harm_seen(money: Finding) -> bool:
    """Say whether the whole interval of a cost lies above zero."""
    return isinstance(money, Estimate) and money.low > 0


def _lines(error: ErrorFinding, language: str) -> tuple[Line, ...]:
    left: list[tuple[Wording, int | None]] = [(words.LEFT_AFTER, error.left), (words.LOST_SILENTLY, error.left_silently)]
    if not error.outcome_known:
        left = [(words.LEFT_AFTER, None)]
    counted = [(words.FOUND, error.found), (words.EXPOSED, error.exposed), (words.COMPLAINED, error.complained), *left]
    thin = words.THIN.in_language(language)
    lines = [Line(title.in_language(language), thin if count is None else number(count, language)) for title, count in counted]
    harm = more_often(error)
    if isinstance(harm, Estimate):
        span = between(number(harm.low * 100, language, digits=1), points(harm.high, language), language)
        said = words.CASES.filled(n=number(harm.n, language)).in_language(language)
        lines.append(Line(words.MORE_OFTEN.in_language(language), f"{points(harm.point, language)} ({span}; {said})"))
    return tuple(lines)


def more_often(error: ErrorFinding) -> Finding:
    """Return how much more often those who met an error leave: like compared with like where that is known, else the plain difference."""
    alike = error.effect if error.customers_lost is not None else None
    return alike if isinstance(alike, Estimate) else error.difference


def _point(finding: Finding) -> float:
    return finding.point if isinstance(finding, Estimate) else 0.0
