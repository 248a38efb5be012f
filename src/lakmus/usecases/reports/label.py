"""The label card, what was seen, and what nobody can know yet."""

from __future__ import annotations

from lakmus.engine.verdict import Verdict
from lakmus.history.estimate import Estimate
from lakmus.history.wording import Wording
from lakmus.usecases import writing
from lakmus.usecases.reports import words
from lakmus.usecases.reports.told import Line, Share
from lakmus.usecases.writing import counted, day, number, percent


def definition_lines(verdict: Verdict, language: str, time_zone: str) -> tuple[Line, ...]:
    """Return the label card: what "left" means, for whom, from when to when, who is left out and why."""
    card = verdict.definition

    def said(wording: Wording) -> str:
        return wording.in_language(language)

    lines = [Line(said(words.DEFINED), said(card.text)), Line(said(words.VERSION), card.version)]
    if isinstance(card.horizon, Estimate):
        horizon = words.HORIZON_OF.filled(
            days=counted(round(card.horizon.point), writing.DAYS, language),
            low=number(card.horizon.low, language),
            high=number(card.horizon.high, language),
            n=number(card.horizon.n, language),
        )
        lines.append(Line(said(words.HORIZON), said(horizon)))
    first, last = (day(at, language, time_zone=time_zone) for at in (card.window_start_at, card.window_end_at))
    lines.append(Line(said(words.WINDOW), f"{first} – {last}"))
    lines.append(Line(said(words.ELIGIBLE), f"{number(card.eligible_count, language)}. {said(card.eligibility)}"))
    for excluded in card.excluded:
        if excluded.count:
            lines.append(Line(said(words.EXCLUDED), f"{number(excluded.count, language)}. {said(excluded.reason)}"))
    if card.censored_count:
        lines.append(Line(said(words.CENSORED), f"{number(card.censored_count, language)}. {said(card.censoring)}"))
    for group in card.groups:
        mean = "" if group.mean is None else f" {percent(group.mean, language)} ({number(group.count, language)})."
        lines.append(Line(said(group.title), f"{said(group.meaning)}{mean}"))
    lines.append(Line(said(words.MARGIN), said(verdict.margin_note)))
    return tuple(lines)


def coverage_lines(verdict: Verdict, language: str) -> tuple[Share, ...]:
    """Return how much of each sort of record is linked to a customer."""
    shares = []
    for line in verdict.coverage.lines:
        covered = words.NOTHING_TO_LINK
        if line.total:
            covered = words.COVERED.filled(
                share=percent(line.share, language), linked=number(line.linked, language), total=number(line.total, language)
            )
        shares.append(Share(line.title.in_language(language), line.share, covered.in_language(language)))
    return tuple(shares)


def unknown_lines(verdict: Verdict, language: str) -> tuple[str, ...]:
    """Return the questions that the imported files cannot answer, and the data that would."""
    lines = []
    for gap in verdict.coverage.not_measured:
        title = gap.title.in_language(language)
        filled = words.NEEDED.filled(title=title[:1].upper() + title[1:], needed=gap.needed.in_language(language))
        lines.append(filled.in_language(language))
    return tuple(lines)
