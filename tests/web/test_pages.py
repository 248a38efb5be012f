"""Every page opens, keeps to one language, and holds nothing that the content security policy would refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client

from lakmus.web import causes as causes_told
from lakmus.web import needing
from lakmus.web.views import causes, definition, losses, money, people, rooms, sources, waits
from tests.web import invented_answers

ROOMS = (
    "/", "/signals/", "/signals/?state=cold", "/causes/", "/causes/broken_promise/", "/causes/no_reply/", "/causes/waiting/",
    "/causes/no_reply/compared/",
    "/causes/ledger/", "/causes/ledger/customers/?code=broken_promise", "/causes/promises/", "/causes/promises/?by=staff&status=late",
    "/causes/money/", "/causes/scorecard/", "/causes/staff/?staff=12",
    "/causes/messages/", "/causes/messages/?finding=at_night", "/causes/dominoes/", "/causes/learned/", "/causes/perception/",
    "/errors/?code=broken_promise&moment=3-4&worth=most",
    "/causes/waiting/?by=staff", "/causes/waiting/cases/?by=shift&outcome=late", "/stories/case:77/",
    "/measures/", "/results/", "/definition/",
    "/customers/", "/customers/?state=lost&lost=window&silent=1", "/customers/1001/", "/orders/", "/orders/?late=1", "/errors/",
    "/errors/?code=broken_promise&left=1", "/data/", "/data/import/", "/settings/", "/users/", "/journal/", "/tokens/", "/profile/",
    "/forgotten/",
)  # fmt: skip
DATA_WORDS = {
    "owner",
    "lakmus",
    "csv",
    "xlsx",
    "parquet",
    "json",
    "lines",
    "zip",
    "utf",
    "cp",
    "koi",
    "r",
    "j",
    "k",
    "enter",
    "esc",
    "ru",
    "en",
    "n",
}
DRAWN: dict[tuple[str, str], str] = {}
DATA_WORDS |= {"nps", "auc", "pr", "ece", "pdf", "rub", "usd", "eur", "gbp", "brl", "kzt", "byn", "uah", "br"}


class Words(HTMLParser):
    """Gathers what a reader of the page sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style", "code", "kbd"}
        given = dict(attrs)
        self.words += [
            given[name] or "" for name in ("aria-label", "title", "alt", "placeholder", "data-label", "data-done") if name in given
        ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "code", "kbd"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def said(html: str) -> str:
    reader = Words()
    # The switch names each language in itself, and time zones are the data of the machine.
    reader.feed(re.sub(r'<select name="time_zone".*?</select>|<form[^>]*action="/language/".*?</form>', "", html, flags=re.S))
    return " ".join(reader.words)


def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the pages invented answers instead of computed ones."""
    for module in (causes, causes_told, definition, losses, money, needing, people, rooms, sources, waits):
        monkeypatch.setattr(module, "answers", invented_answers)
    monkeypatch.setattr(people, "one_customer", invented_answers)
    monkeypatch.setattr(waits, "first_waits", invented_answers)


@pytest.fixture
def owner(client_of, monkeypatch: pytest.MonkeyPatch) -> Client:
    invented(monkeypatch)
    return client_of("owner")


def opened(client: Client, address: str, language: str) -> str:
    client.cookies["lakmus_language"] = language
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


@pytest.fixture
def read(request: pytest.FixtureRequest, db: None) -> Callable[[str, str], str]:
    """Return a function that gives a room's page in a language; what several tests look at is drawn once in a process.

    The database is asked for by name: made are those of which a test tells before it runs.
    """

    def page(address: str, language: str) -> str:
        if (address, language) not in DRAWN:
            DRAWN[address, language] = opened(request.getfixturevalue("owner"), address, language)
        return DRAWN[address, language]

    return page


# The Russian pages first, then the English: each of two processes takes one half of the tests, and draws each page once.
@pytest.mark.parametrize("address", ROOMS)
def test_a_russian_page_holds_no_english_words(read: Callable[[str, str], str], address: str) -> None:
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", said(read(address, "ru")))}
    assert words <= DATA_WORDS


@pytest.mark.parametrize("address", ROOMS)
def test_a_page_obeys_the_content_security_policy(read: Callable[[str, str], str], address: str) -> None:
    assert re.findall(r'\sstyle="|\son[a-z]+="|<style|<script(?![^>]*\ssrc=)|javascript:', read(address, "ru")) == []


@pytest.mark.parametrize("address", ROOMS)
def test_a_page_has_one_first_heading_and_unique_ids(read: Callable[[str, str], str], address: str) -> None:
    html = read(address, "ru")
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert html.count("<h1") == 1
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("address", ROOMS)
def test_an_english_page_holds_no_russian_words(read: Callable[[str, str], str], address: str) -> None:
    assert re.findall(r"[А-Яа-яЁё]+", said(read(address, "en"))) == []


@pytest.mark.parametrize("address", ROOMS)
def test_a_page_asks_nothing_of_other_machines(read: Callable[[str, str], str], address: str) -> None:
    assert re.findall(r'(?:src|href|action|hx-get|hx-post)="(?:https?:)?//([^/"]+)', read(address, "en")) == []


@pytest.mark.parametrize(("language", "said"), [("ru", "Вердикт считается"), ("en", "The verdict is being computed")])
def test_while_the_verdict_is_computed_the_page_waits_and_asks_again(
    owner: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr(invented_answers, "ask", lambda request: invented_answers.Computing())
    owner.cookies["lakmus_language"] = language
    response = owner.get("/causes/?as_of=2026-03-03")
    assert response.status_code == 202
    assert said in response.content.decode()
    assert 'hx-get="/causes/?as_of=2026-03-03"' in response.content.decode()


def test_where_nobody_computes_the_page_says_how_to_start_the_worker(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invented_answers.Computing, "idle", True)
    monkeypatch.setattr(invented_answers, "ask", lambda request: invented_answers.Computing())
    assert "lakmus worker" in owner.get("/causes/").content.decode()


def test_once_the_verdict_is_there_the_waiting_page_loads_itself_anew(owner: Client) -> None:
    assert owner.get("/causes/", headers={"X-Waiting": "1"}).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(("language", "said"), [("ru", "Данных пока нет"), ("en", "There are no data yet")])
def test_without_data_the_page_says_what_to_bring(owner: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: str) -> None:
    monkeypatch.setattr(invented_answers, "ask", lambda request: invented_answers.NO_DATA)
    page = opened(owner, "/", language)
    assert said in page
    assert "/data/import/" in page
