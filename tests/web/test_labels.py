"""The pages of texts: who may label, what a form keeps, and that each page opens in both languages without a script of others."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client

from lakmus.operations.labels.queries import Care, all_labels, own_phrases, themes_in_care
from tests.web.shop_of_figures import shop_of_figures  # noqa: F401 - a fixture

pytestmark = pytest.mark.slow
ROOMS = ("/causes/topics/", "/causes/unsorted/", "/causes/labels/")


@pytest.fixture
def owner(shop_of_figures: Path, settings, client_of) -> Client:  # noqa: F811
    """Return the owner's browser over the shop of figures."""
    settings.LAKMUS_HOME = shop_of_figures
    return client_of("owner")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("room", ROOMS)
def test_each_room_opens_in_both_languages(owner: Client, room: str, language: str) -> None:
    owner.post("/language/", {"language": language})
    answer = owner.get(room)
    assert answer.status_code == 200
    said = re.sub(r"<script[^>]*>.*?</script>|<[^>]+>", " ", unescape(answer.content.decode()), flags=re.S)
    if language == "ru":
        assert not re.search(r"\b(?:label|theme|texts|pleased)\b", said)


def test_a_text_that_is_not_there_keeps_no_label_and_an_administrator_keeps_none_at_all(owner: Client, client_of) -> None:
    asked = {"activity_id": "none", "polarity": "negative"}
    assert owner.post("/causes/labels/keep/", asked).status_code == 404
    assert client_of("administrator").post("/causes/labels/keep/", asked).status_code == 403
    assert owner.get("/causes/labels/keep/").status_code == 405 and all_labels() == []


def test_a_theme_is_taken_up_and_out_by_those_who_may(owner: Client, client_of) -> None:
    assert client_of("marketer").post("/causes/unsorted/", {"title": "Тема", "phrases": "пункт выдачи"}).status_code == 403
    assert owner.post("/causes/unsorted/", {"title": "Тема", "phrases": "пункт выдачи"}).status_code == 302
    ((code, _),) = own_phrases().items()
    assert owner.get(f"/causes/topics/{code}/").status_code == 200
    assert owner.post("/causes/unsorted/", {"out": code.removeprefix("own_")}).status_code == 302 and own_phrases() == {}


def test_labels_are_taken_over_by_the_worker_when_somebody_who_may_label_asks(owner: Client, client_of) -> None:
    with mock.patch("django_q.tasks.async_task") as asked:
        assert client_of("administrator").post("/causes/labels/take-over/").status_code == 403 and not asked.called
        assert owner.get("/causes/labels/take-over/").status_code == 405 and not asked.called
        assert owner.post("/causes/labels/take-over/").status_code == 302
    assert asked.call_args.args == ("lakmus.jobs.tasks.take_over_labels",)


def test_a_theme_gets_somebody_who_answers_for_it_until_a_day(owner: Client, client_of) -> None:
    given = {"carer": "Анна Ким", "due_on": "2026-03-31"}
    assert client_of("marketer").post("/causes/topics/slow_reply/", given).status_code == 403
    assert owner.post("/causes/topics/slow_reply/", given).status_code == 302
    assert themes_in_care() == {"slow_reply": Care("Анна Ким", date(2026, 3, 31))}
    page = owner.get("/causes/topics/slow_reply/").content.decode()
    assert "Анна Ким" in page and 'value="2026-03-31"' in page
    assert owner.post("/causes/topics/slow_reply/", given | {"carer": " "}).status_code == 302 and themes_in_care() == {}


def test_neither_an_unknown_theme_nor_a_day_that_is_none_is_written_down(owner: Client) -> None:
    assert owner.post("/causes/topics/nothing/", {"carer": "Анна", "due_on": ""}).status_code == 404
    assert owner.post("/causes/topics/slow_reply/", {"carer": "Анна", "due_on": "31.03"}).status_code == 422
    assert themes_in_care() == {}
