"""The pages of causes over invented tables: cells open to their sums, decisions, own estimates before the facts, roles."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from lakmus.operations.journal.models import JournalEntry
from lakmus.operations.reasons.queries import decided_reasons
from lakmus.usecases.house.home import Home
from lakmus.usecases.taken_decisions import taken_at
from tests.web import invented_answers
from tests.web.test_pages import invented, opened

REASON = {"customer": "1001", "code": "broken_promise", "status": "confirmed"}


@pytest.fixture
def someone(client_of, monkeypatch: pytest.MonkeyPatch):
    invented(monkeypatch)
    return client_of


def amount(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_each_cell_of_the_ledger_opens_to_customers_who_sum_to_it(someone) -> None:
    owner: Client = someone("owner")
    page = opened(owner, "/causes/ledger/", "ru")
    cells = re.findall(r'<a href="(/causes/ledger/customers/\?[^"]+)">(?:<b>)?([\d\u00a0]+\u00a0₽)', page)
    assert len(cells) > 5
    for address, said in cells:
        listed = re.search(r"<h1[^>]*>(.*?)</h1>", opened(owner, unescape(address), "ru"), re.S)
        assert listed is not None and amount(listed.group(1).partition("<span")[0].rsplit(",", 1)[1]) == amount(said), address


def test_whoever_leads_or_measures_decides_on_a_reason_and_comes_back_to_this_site_only(someone) -> None:
    back = someone("analyst").post("/causes/ledger/decide/", REASON | {"next": "https://elsewhere.example/"})
    assert (back.status_code, back.headers["Location"]) == (302, "/causes/ledger/")
    assert decided_reasons() == {"1001": {"broken_promise": "confirmed"}}
    assert someone("marketer").post("/causes/ledger/decide/", REASON | {"status": "rejected"}).status_code == 403
    assert decided_reasons() == {"1001": {"broken_promise": "confirmed"}}


def test_the_ledger_says_how_many_decisions_it_does_not_know_and_offers_to_compute_again(someone, home, monkeypatch) -> None:
    owner: Client = someone("owner")
    assert 'id="decisions"' not in opened(owner, "/causes/ledger/", "en")
    owner.post("/causes/ledger/decide/", REASON)
    page = opened(owner, "/causes/ledger/", "en")
    assert "1 decision on a reason is not in these figures yet." in page and "/causes/ledger/take-over/" in page
    monkeypatch.setattr(invented_answers, "home", lambda: Home(home))
    assert someone("marketer").post("/causes/ledger/take-over/").status_code == 403 and taken_at(Home(home)) is None
    assert owner.post("/causes/ledger/take-over/").headers["Location"] == "/causes/ledger/"
    assert taken_at(Home(home)) is not None
    assert JournalEntry.objects.get(verb="took_over_decisions").details == {"decisions": 1}


def test_the_ledger_goes_away_as_a_file_with_whoever_may_see_it(someone) -> None:
    sent = someone("owner").get("/causes/ledger/file/")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="ledger.csv"'
    assert "broken_promise" in sent.content.decode("utf-8-sig")
    assert someone("agent").get("/causes/ledger/file/").status_code == 403


def test_a_colleague_writes_an_estimate_before_the_facts_are_shown(someone) -> None:
    head = someone("head_of_service")
    assert "By the facts" not in opened(head, "/causes/perception/", "en")
    assert head.post("/causes/perception/", {"e-broken_promise": "12,5", "e-no_reply": ""}).status_code == 302
    told = opened(head, "/causes/perception/", "en")
    assert "By the facts" in told and 'value="12.5"' in told
    refused = head.post("/causes/perception/", {"e-broken_promise": "many"})
    assert refused.status_code >= 400 and "many" in refused.content.decode()


def test_colleagues_names_stand_only_before_those_who_lead_or_measure_them(someone) -> None:
    assert "by member of staff" in opened(someone("head_of_service"), "/causes/promises/", "en")
    assert "by member of staff" not in opened(someone("marketer"), "/causes/promises/?by=staff", "en")
