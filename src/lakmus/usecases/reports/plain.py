"""The report for a terminal: plain text, no wider than a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from lakmus.usecases.reports.told import Line, Told, ToldError, ToldPerson

WIDTH = 88
BAR = 24


def answer(told: Told) -> str:
    """Return the answer in one sentence, with the interval in brackets: where there is no small print, nothing else tells them apart."""
    return f"{told.headline} ({told.headline_range})" if told.headline_range else told.headline


def as_text(told: Told) -> str:
    """Return the report as text, a section after another, lines of at most 88 characters."""
    sections = [
        _wrapped(f"{told.title}. {told.as_of}"),
        [*_wrapped(answer(told)), "", *_wrapped(" ".join(told.lead))],
        _pairs(told.counts),
        [told.months_title, *_months(told), *_wrapped(told.silent_to_vocal)],
        [told.belief_title, *_wrapped(told.belief, "  ")],
        [told.errors_title, *_wrapped(told.errors_hint, "  "), *_errors(told)],
        [told.people_title, *_wrapped(told.people_hint, "  "), *_people(told)],
        _named(told.untouched_title, [f"{one.title}: {one.words}" for one in told.untouched]),
        _named(told.coverage_title, [f"{_bar(row.share)} {row.title}: {row.words}" for row in told.coverage]),
        _named(told.unknown_title, told.unknown),
        _named(told.definition_title, [f"{row.title}: {row.words}" for row in told.definition]),
    ]
    return "\n\n".join("\n".join(section).rstrip() for section in sections if section) + "\n"


def _wrapped(words: str, indent: str = "") -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _pairs(lines: Iterable[Line], indent: str = "  ") -> list[str]:
    rows = list(lines)
    width = max((len(row.title) for row in rows), default=0)
    return [f"{indent}{row.title:<{width}}  {row.words}" for row in rows]


def _named(title: str, lines: Iterable[str]) -> list[str]:
    body = [wrapped for line in lines for wrapped in _wrapped(line, "  ")]
    return [title, *body] if body else []


def _months(told: Told) -> list[str]:
    if not told.months:
        return []
    return [f"  {month:<10} {visible:>10} {silent:>10}" for month, visible, silent in (told.months_head, *told.months)]


def _errors(told: Told) -> list[str]:
    if not told.errors:
        return _wrapped(told.no_errors, "  ")
    return [line for place, error in enumerate(told.errors, 1) for line in _error(place, error)]


def _error(place: int, error: ToldError) -> list[str]:
    cost = error.figure
    if error.range:
        cost += f". {error.range}" if error.range.endswith(".") else f" ({error.range})"
    badge = [f"     {error.badge_words}"] if error.badge_words else []
    return ["", *_wrapped(f"{place}. {error.title}: {cost}", "  "), *badge, *_pairs(error.lines, "     ")]


def _people(told: Told) -> list[str]:
    if not told.people:
        return _wrapped(told.no_people, "  ")
    return [line for place, person in enumerate(told.people, 1) for line in _person(place, person)]


def _person(place: int, person: ToldPerson) -> list[str]:
    named = person.name if person.name == person.customer else f"{person.name} [{person.customer}]"
    who = f"{place}. {named}, {person.since}: {person.at_stake}, {person.chance}"
    happened = "; ".join((*person.happened, *person.reasons))
    return ["", *_wrapped(who, "  "), *_wrapped(happened, "     "), *_wrapped(f"→ {person.step}", "     ")]


def _bar(share: float | None) -> str:
    filled = round((share or 0.0) * BAR)
    return "█" * filled + "░" * (BAR - filled)
