"""A verdict told in one language: sentences and written figures, ready for text, HTML and PDF alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its name: `Столкнулись – 747`."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class ToldError:
    """One service error. `figure` is its cost or what stands in its place; `picture` its interval as SVG, if it has one."""

    title: str
    figure: str
    range: str
    picture: str | None
    badge: str
    badge_words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """One customer of Monday's list; `strip` is their place on the litmus scale as SVG."""

    customer: str
    name: str
    since: str
    strip: str
    chance: str
    happened: tuple[str, ...]
    reasons: tuple[str, ...]
    at_stake: str
    step: str
    draft: str


@dataclass(frozen=True, slots=True)
class Share:
    """A bar of coverage: 0..1, or None where there is nothing to link."""

    title: str
    share: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """The whole report, top to bottom; every text is in `language`."""

    language: str
    title: str
    as_of: str
    headline: str
    headline_range: str
    lead: tuple[str, ...]
    counts: tuple[Line, ...]
    months_title: str
    months_hint: str
    months_picture: str
    months: tuple[tuple[str, str, str], ...]
    months_head: tuple[str, str, str]
    silent_to_vocal: str
    belief_title: str
    belief: str
    errors_title: str
    errors_hint: str
    errors: tuple[ToldError, ...]
    no_errors: str
    people_title: str
    people_hint: str
    people: tuple[ToldPerson, ...]
    no_people: str
    people_head: tuple[str, str, str, str, str]
    untouched_title: str
    untouched: tuple[Line, ...]
    coverage_title: str
    coverage: tuple[Share, ...]
    unknown_title: str
    unknown: tuple[str, ...]
    definition_title: str
    definition: tuple[Line, ...]
