"""The page of money: bars open to customers who sum to them, weeks put repairs in order, roles."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from lakmus.operations.company.changes import set_terms
from lakmus.operations.reasons.queries import weeks_of_repair
from tests.web import invented_answers
from tests.web.shop_of_money import shop_of_money
from tests.web.test_pages import invented, opened, said


@pytest.fixture
def someone(client_of, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    invented(monkeypatch)
    shown = shop_of_money(tmp_path)
    monkeypatch.setattr(invented_answers, "ANALYSIS", shown)
    (shown.folder / "pages.done").touch()
    return client_of


def test_the_page_keeps_to_one_language_with_everything_on_it(someone) -> None:
    owner: Client = someone("owner")
    set_terms(actor=None, acquisition_cost=100)
    address = "/causes/money/?cost=x5_25&bar=new"
    russian = said(opened(owner, address, "ru"))
    assert {word.lower() for word in re.findall(r"[A-Za-z]+", russian)} <= {"owner", "clv", "rub", "ru", "en", "j", "k", "csv"}
    english = said(opened(owner, address, "en"))
    assert re.findall(r"[А-Яа-яЁё]+", english) == []
    assert "assumption of the articles" in english and "Cost" not in english


def test_each_bar_opens_to_its_customers(someone) -> None:
    owner: Client = someone("owner")
    page = opened(owner, "/causes/money/", "en")
    bars = re.findall(r'<a href="(/causes/money/\?bar=[^"]+)">(\d+)</a>', page)
    assert len(bars) >= 4
    for address, customers in bars:
        listed = opened(owner, unescape(address).split("#")[0], "en")
        assert listed.count('class="who" href="/customers/') == int(customers)


def test_weeks_are_kept_by_whoever_may_and_a_word_that_is_no_number_is_refused(someone) -> None:
    sent = someone("analyst").post("/causes/money/weeks/", {"weeks-broken_promise": "2,5", "weeks-no_reply": ""})
    assert (sent.status_code, weeks_of_repair()) == (302, {"broken_promise": 2.5})
    assert someone("marketer").post("/causes/money/weeks/", {"weeks-broken_promise": "9"}).status_code == 403
    assert someone("analyst").post("/causes/money/weeks/", {"weeks-broken_promise": "soon"}).status_code >= 400
    assert weeks_of_repair() == {"broken_promise": 2.5}
