"""The report as one HTML file."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from lakmus.usecases.reports.told import Line, Share, Told, ToldError, ToldPerson

STYLE = Path(__file__).with_name("verdict.css")


def as_html(told: Told) -> str:
    """Return the page; every text is escaped, pictures stand inline."""
    sections = "".join(
        [
            f'<section><h1>{escape(told.headline)} <span class="range">{escape(told.headline_range)}</span></h1>',
            f'<p class="lead">{escape(" ".join(told.lead))}</p>{_lines(told.counts, "counts")}</section>',
            _months(told),
            f"<section><h2>{escape(told.belief_title)}</h2><blockquote>{escape(told.belief)}</blockquote></section>",
            _errors(told),
            _people(told),
            _untouched(told),
            _coverage(told.coverage_title, told.coverage),
            _list(told.unknown_title, told.unknown),
            f"<section><h2>{escape(told.definition_title)}</h2>{_lines(told.definition, 'card-lines')}</section>",
        ]
    )
    head = f'<header><span class="mark"><i></i>{escape(told.title)}</span><span>{escape(told.as_of)}</span></header>'
    return (
        f'<!doctype html><html lang="{told.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(told.title)}. {escape(told.as_of)}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body>{head}<main>{sections}</main></body></html>\n"
    )


def _lines(lines: Iterable[Line], class_: str) -> str:
    pairs = "".join(f"<div><dt>{escape(line.title)}</dt><dd>{escape(line.words)}</dd></div>" for line in lines)
    return f'<dl class="{class_}">{pairs}</dl>'


def _months(told: Told) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in told.months_head)
    rows = "".join(f'<tr><th scope="row">{escape(row[0])}</th><td>{row[1]}</td><td>{row[2]}</td></tr>' for row in told.months)
    table = f'<table class="months"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>' if rows else ""
    return (
        f'<section><h2>{escape(told.months_title)}</h2><p class="hint">{escape(told.months_hint)}</p>'
        f'<div class="chart">{told.months_picture}{table}</div><p>{escape(told.silent_to_vocal)}</p></section>'
    )


def _errors(told: Told) -> str:
    cards = "".join(_error(error) for error in told.errors) or f"<p>{escape(told.no_errors)}</p>"
    return (
        f'<section><h2>{escape(told.errors_title)}</h2><p class="hint">{escape(told.errors_hint)}</p>'
        f'<div class="errors">{cards}</div></section>'
    )


def _error(error: ToldError) -> str:
    badge = f'<p><span class="badge {error.badge}">{escape(error.badge_words)}</span></p>' if error.badge_words else ""
    return (
        f'<article><h3>{escape(error.title)}</h3><p class="money">{escape(error.figure)}</p>{error.picture or ""}'
        f'<p class="hint">{escape(error.range)}</p>{badge}{_lines(error.lines, "pairs")}</article>'
    )


def _people(told: Told) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in told.people_head)
    rows = "".join(_person(person, told.people_head) for person in told.people)
    body = f"<p>{escape(told.no_people)}</p>"
    if rows:
        body = f'<table class="people"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<section><h2>{escape(told.people_title)}</h2><p class="hint">{escape(told.people_hint)}</p>{body}</section>'


def _person(person: ToldPerson, head: tuple[str, ...]) -> str:
    happened = "".join(f'<span class="chip">{escape(chip)}</span>' for chip in person.happened)
    reasons = f'<div class="sub">{escape("; ".join(person.reasons))}</div>' if person.reasons else ""
    draft = f'<div class="sub">{escape(person.draft)}</div>' if person.draft else ""
    who = escape(person.name) + (f" ({escape(person.customer)})" if person.name != person.customer else "")
    cells = (
        f'<b>{who}</b><div class="sub">{escape(person.since)}</div>',
        f'{person.strip}<div class="sub">{escape(person.chance)}</div>',
        f"{happened}{reasons}",
        escape(person.at_stake),
        f"<b>{escape(person.step)}</b>{draft}",
    )
    labelled = zip(head, cells, strict=True)
    return "<tr>" + "".join(f'<td data-label="{escape(label, quote=True)}"><div>{cell}</div></td>' for label, cell in labelled) + "</tr>"


def _untouched(told: Told) -> str:
    if not told.untouched:
        return ""
    return f"<section><h2>{escape(told.untouched_title)}</h2>{_lines(told.untouched, 'card-lines')}</section>"


def _coverage(title: str, shares: Iterable[Share]) -> str:
    rows = "".join(f"<div><dt>{escape(row.title)}</dt><dd>{escape(row.words)}</dd>{_bar(row)}</div>" for row in shares)
    return f'<section><h2>{escape(title)}</h2><dl class="shares">{rows}</dl></section>'


def _bar(row: Share) -> str:
    label = escape(row.title, quote=True)
    return f'<dd class="bar"><progress value="{row.share or 0:.4f}" max="1" aria-label="{label}"></progress></dd>'


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<section><h2>{escape(title)}</h2><ul>{items}</ul></section>" if items else ""
