"""The verdict as text, HTML and PDF says what the JSON says."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.usecases import writing
from lakmus.usecases.reports import verdict_html, verdict_pdf, verdict_text
from lakmus.usecases.reports.findings import dearest, more_often, written_cost

ZONE = "Europe/Moscow"


def bare(page: str) -> str:
    """Return what a reader sees of a page or a text, on one line."""
    seen = unescape(re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", page, flags=re.S))
    return " ".join(seen.split())


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("told", [verdict_text, verdict_html])
def test_text_and_html_hold_the_figures_of_the_verdict(shown, told, language) -> None:
    verdict = shown.verdict
    page = bare(told(verdict, time_zone=ZONE, language=language))
    lost, loss = verdict.customers.lost, verdict.loss
    assert isinstance(loss, Estimate)
    expected = [
        writing.counted(lost, writing.CUSTOMERS, language),
        writing.number(verdict.customers.eligible, language),
        *writing.estimated_money(loss.point, loss.low, loss.high, verdict.currency, language),
        writing.money(verdict.orders.revenue, verdict.currency, language, digits=2),
        *(person.name or person.customer for person in verdict.people),
        *(" ".join(gap.needed.in_language(language).split()) for gap in verdict.coverage.not_measured),
    ]
    assert [figure for figure in expected if " ".join(figure.split()) not in page] == []


def test_every_measured_error_shows_its_counts(shown) -> None:
    text = bare(verdict_text(shown.verdict, time_zone=ZONE))
    for error in dearest(shown.verdict.errors)[:3]:
        title = error.title.ru[:1].upper() + error.title.ru[1:]
        block = text[text.index(title) :]
        assert f"Столкнулись {writing.number(error.exposed)}" in block.replace("\N{NO-BREAK SPACE}", " ") or not error.exposed


def test_how_much_more_often_they_leave_is_the_compared_figure_where_there_is_one(shown) -> None:
    error = replace(dearest(shown.verdict.errors)[0], difference=Estimate(0.3, 0.2, 0.4, 90, Badge.DIFFERENCE))
    effect = Estimate(0.1, 0.05, 0.15, 90, Badge.ADJUSTED)
    assert more_often(replace(error, effect=effect, customers_lost=effect)) == effect
    few = NotEnoughEvidence(Wording("мало", "few"), 50, 3)
    assert more_often(replace(error, effect=few, customers_lost=few)) == error.difference


def test_text_tells_the_loss_from_its_interval_by_brackets(shown) -> None:
    loss = shown.verdict.loss
    point, span = writing.estimated_money(loss.point, loss.low, loss.high, shown.verdict.currency, "en")
    text = bare(verdict_text(shown.verdict, time_zone=ZONE, language="en"))
    assert " ".join(f"That is {point} ({span})".split()) in text


def test_no_line_of_the_text_is_wider_than_a_terminal(shown) -> None:
    assert max(map(len, verdict_text(shown.verdict, time_zone=ZONE).splitlines())) <= 100


def test_the_html_needs_nothing_from_elsewhere_and_no_script(shown) -> None:
    page = verdict_html(shown.verdict, time_zone=ZONE).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|<script|<link|<img|@import|url\(", page)


def test_what_a_customer_is_called_is_text_in_every_form(shown) -> None:
    wicked = '<script>alert(1)</script> #eval("1") *x* $y$ @label \\'
    people = tuple(replace(person, name=wicked) for person in shown.verdict.people[:1])
    verdict = replace(shown.verdict, people=people, company=wicked)
    assert "<script>" not in verdict_html(verdict, time_zone=ZONE)
    assert verdict_pdf(verdict, time_zone=ZONE).startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_same_verdict_gives_the_same_pdf(shown, language) -> None:
    first = verdict_pdf(shown.verdict, time_zone=ZONE, language=language)
    assert first.startswith(b"%PDF-") and len(first) > 10_000
    assert verdict_pdf(shown.verdict, time_zone=ZONE, language=language) == first


@pytest.mark.parametrize(
    ("point", "low", "high", "expected"),
    [
        (100.0, 50.0, 150.0, ("100 ₽", "от 50 до 150 ₽")),
        (100.0, -50.0, 250.0, ("вреда не видно", "от нуля до 250 ₽")),
        (-100.0, -150.0, 20.0, ("вреда не видно", "от нуля до 20 ₽")),
        (-100.0, -150.0, -50.0, ("вреда не видно", "после неё уходят не чаще")),
    ],
)
def test_harm_that_is_not_seen_is_words_and_never_a_sum_of_money(point, low, high, expected) -> None:
    written = written_cost(Estimate(point, low, high, 90, Badge.DIFFERENCE), "RUB", "ru")
    assert tuple(part.replace("\N{NO-BREAK SPACE}", " ") for part in written) == expected


def test_too_little_data_stands_in_the_place_of_the_figure() -> None:
    short = NotEnoughEvidence(Wording("Мало случаев.", "Too few cases."), needed=50, available=7)
    assert written_cost(short, "RUB", "ru") == ("мало данных", "Мало случаев. Нужно 50, есть 7.")
    assert written_cost(short, "RUB", "en") == ("too little data", "Too few cases. 50 are needed, there are 7.")


def test_why_costs_are_not_known_is_said_once(shown) -> None:
    short = NotEnoughEvidence(Wording("Мало случаев такого рода.", "Too few such cases."), needed=50, available=7)
    verdict = replace(shown.verdict, errors=tuple(replace(error, money=short) for error in shown.verdict.errors))
    text = bare(verdict_text(verdict, time_zone=ZONE))
    assert text.count("Мало случаев такого рода") == 1
    assert text.count("мало данных") >= len(dearest(verdict.errors)[:5])


def test_while_nobody_can_be_called_lost_nobody_is_counted_as_left(shown) -> None:
    unknown = replace(next(error for error in shown.verdict.errors if error.found), outcome_known=False, left=0, left_silently=0)
    text = bare(verdict_text(replace(shown.verdict, errors=(unknown,)), time_zone=ZONE))
    assert "Ушли после этого мало данных" in text
