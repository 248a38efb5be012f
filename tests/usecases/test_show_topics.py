"""Themes open to as many texts as they count; a theme of the company's own takes its texts out of those that no code fits."""

from __future__ import annotations

import pytest

from lakmus.cli.cause_pages import written
from lakmus.history.failures import NotFound
from lakmus.usecases.causes.pages import cause_page
from lakmus.usecases.causes.perception import show_perception
from lakmus.usecases.causes.quotes import quotes_of
from lakmus.usecases.texts.label_texts import asked_text, keep_label, keep_theme, next_text
from lakmus.usecases.texts.show_topics import ALL, TextsAsked, show_topics, show_unsorted, texts_of_topic


def test_each_theme_opens_to_as_many_texts_as_it_counts(shown, company_home) -> None:
    found = show_topics(company_home, shown)
    assert found.rows and found.texts >= max(topic.texts for topic in found.rows)
    for topic in found.rows:
        texts = texts_of_topic(company_home, shown, topic.code, size=10_000)
        assert texts.total == len(texts.rows) == topic.texts == sum(topic.weeks)
        assert len({row.key for row in texts.rows}) == topic.customers and all(row.text for row in texts.rows)
        assert texts_of_topic(company_home, shown, topic.code, TextsAsked(negative=True)).total == topic.negative
        if topic.burst:
            lately = TextsAsked(days=topic.burst["days"], back=topic.burst["back"])
            assert texts_of_topic(company_home, shown, topic.code, lately).total == topic.burst["observed"]
    assert texts_of_topic(company_home, shown, ALL).total == found.texts
    with pytest.raises(NotFound):
        texts_of_topic(company_home, shown, "no_such_theme")


def test_texts_of_a_year_are_those_that_quotes_and_the_voice_of_customers_count(shown, company_home) -> None:
    year = TextsAsked(year=True)
    for row in show_perception(shown, None):
        texts = texts_of_topic(company_home, shown, row.error.code, year)
        assert texts.total == row.named == quotes_of(company_home, shown, row.error.code, size=1).total
    assert texts_of_topic(company_home, shown, ALL, year).total == row.voices.n


def test_programs_and_terminals_are_told_what_the_pages_show(shown, company_home) -> None:
    page, told = show_topics(company_home, shown), cause_page(company_home, shown, "topics", {}, language="en")
    counted = [(one["code"], one["texts"], one["negative"]) for one in told["topics"]]
    assert counted == [(one.code, one.texts, one.negative) for one in page.rows]
    unsorted = cause_page(company_home, shown, "unsorted", {}, language="en")
    assert (told["texts"], told["unsorted"], unsorted["texts"]) == (page.texts, page.unsorted, show_unsorted(company_home, shown).total)
    printed = written(told, "RUB", "en")
    assert all(one["title"] in printed for one in told["topics"]) and str(page.rows[0].texts) in printed
    assert unsorted["latest"][0]["text"][:20] in written(unsorted, "RUB", "en")


def test_the_queue_of_texts_without_a_code_can_be_read_to_its_end(shown, company_home) -> None:
    found = show_unsorted(company_home, shown, size=4)
    pages = [show_unsorted(company_home, shown, page=page, size=4).rows for page in range(1, -(-found.total // 4) + 1)]
    names = [row.activity_id for page in pages for row in page]
    assert len(names) == len(set(names)) == found.total == found.listed > 4
    for theme in found.proposed:
        having = show_unsorted(company_home, shown, phrase=theme.phrase)
        assert (having.listed, having.total) == (theme.texts, found.total)


def test_a_theme_of_ones_own_takes_its_texts_out_of_the_queue(shown, company_home, user_of) -> None:
    before = show_unsorted(company_home, shown)
    assert before.total == show_topics(company_home, shown).unsorted
    words = before.rows[0].text.split()[:2]
    keep_theme(title="Своя тема", phrases=[" ".join(words)], actor=user_of("owner"))
    after = show_topics(company_home, shown)
    own = next(topic for topic in after.rows if topic.code.startswith("own_"))
    assert own.title.ru == "Своя тема" and own.texts >= 1
    assert after.unsorted < before.total


def test_labelled_texts_are_not_asked_again_and_a_colleagues_text_is_asked_as_every_third(shown, company_home, user_of) -> None:
    owner, head = user_of("owner"), user_of("head_of_service")
    asked = []
    for _ in range(3):
        text = next_text(company_home, shown, owner)
        name = text.activity_id
        keep_label(company_home, shown, activity_id=name, polarity="neutral", codes=["price", "x"], reason="price", actor=owner)
        asked.append(text.activity_id)
    assert len(set(asked)) == 3
    assert asked_text(company_home, shown, asked[0], owner).mine.codes == ("price",)
    theirs = []
    for _ in range(3):
        text = next_text(company_home, shown, head)
        keep_label(company_home, shown, activity_id=text.activity_id, polarity="neutral", codes=[], reason="", actor=head)
        theirs.append(text.activity_id)
    assert [name in asked for name in theirs] == [False, False, True]
    with pytest.raises(NotFound):
        keep_label(company_home, shown, activity_id="none", polarity="neutral", codes=[], reason="", actor=owner)
