"""The pages of signals over a small invented shop: each opens in both languages, and its figures open to as many customers."""

from __future__ import annotations

import csv
import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from tests.web.shop_of_figures import shop_of_figures  # noqa: F401 - a fixture
from tests.web.test_pages import DATA_WORDS, opened, said
from tests.web.test_real_answers import total

pytestmark = pytest.mark.slow
ROOMS = (
    "/signals/alerts/", "/signals/alerts/?rule=regulars_down_a_fifth", "/signals/retention/", "/signals/retention/?by=place",
    "/signals/survival/", "/signals/survival/?curve=gap&by=channel", "/signals/map/", "/signals/moves/", "/signals/groups/",
    "/signals/backtest/", "/signals/alerts/rule/",
)  # fmt: skip
COMPUTED_ROOMS = (
    *ROOMS,
    "/signals/", "/signals/customers/?of=rfm&recency=0&frequency=0", "/signals/retention/?by=product", "/signals/survival/?by=place",
    "/definition/", "/definition/change/", "/definition/change/?basis=&horizon_days=45&least_purchases=3&horizon_by=place",
    "/causes/waiting/", "/causes/waiting/cases/", "/causes/avoidable/", "/causes/avoidable/?about=wishes&all=1",
    "/stories/case:93/", "/customers/10/", "/customers/", "/",
)  # fmt: skip
UNSAFE = re.compile(r'\sstyle="|\son[a-z]+="|<style|<script(?![^>]*\ssrc=)|javascript:|(?:src|href|action|hx-get)="(?:https?:)?//')


@pytest.fixture
def figures(shop_of_figures: Path, settings, client_of) -> Client:  # noqa: F811
    """Return the owner's browser over the shop of figures, with a saved group."""
    settings.LAKMUS_HOME = shop_of_figures
    owner = client_of("owner")
    assert owner.post("/signals/groups/", {"of": "rfm", "recency": "0", "frequency": "0", "name": "7"}).status_code == 302
    return owner


@pytest.mark.parametrize("room", COMPUTED_ROOMS)
def test_a_computed_page_keeps_to_one_language_and_to_this_machine(figures: Client, room: str) -> None:
    russian, english = (opened(figures, room, language) for language in ("ru", "en"))
    assert {word.lower() for word in re.findall(r"[A-Za-z]+", said(russian))} <= DATA_WORDS
    assert re.findall(r"[А-Яа-яЁё]+", said(english)) == []
    assert UNSAFE.findall(russian) == []
    ids = re.findall(r'\sid="([^"]+)"', russian)
    assert (russian.count("<h1"), sorted(set(ids))) == (1, sorted(ids))


def test_who_is_cooling_can_be_narrowed_saved_and_downloaded_as_it_is_shown(figures: Client) -> None:
    page = opened(figures, "/signals/?sort=-state_since", "en")
    links = dict(re.findall(r'<a href="([^"]+)"[^>]*>(Download what is shown|Save this selection|More filters)', page))
    asked = {words: unescape(address) for address, words in links.items()}
    count = total(opened(figures, asked["More filters"], "en"))
    assert 0 < count == total(opened(figures, asked["Save this selection"], "en"))
    sent = b"".join(figures.get(asked["Download what is shown"]).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(sent.splitlines()))
    assert len(rows) == count and {row["state"] for row in rows} <= {"cooling", "cold"}


def test_what_is_at_risk_is_the_sum_of_what_stands_at_risk_beside_each_of_the_list(figures: Client) -> None:
    page = opened(figures, "/signals/", "en")
    said_sum = re.search(r'#list">₽([\d.,]+)( million)?</a> is at risk with them', page)
    file = unescape(re.search(r'href="([^"]+)" download', page)[1])
    sent = b"".join(figures.get(file).streaming_content).decode("utf-8-sig")
    stakes = [float(row["value_at_risk"] or 0) * float(row["churn_probability"] or 0) for row in csv.DictReader(sent.splitlines())]
    assert float(said_sum[1].replace(",", "")) * (1e6 if said_sum[2] else 1) == pytest.approx(sum(stakes), rel=0.05)
    beside = [float(each.replace(",", "")) for each in re.findall(r'data-label="At risk"><span>₽([\d,]+)</span>', page)]
    assert beside and beside == sorted(beside, reverse=True) and beside[0] == pytest.approx(max(stakes), rel=0.05)


def test_those_soonest_lost_can_stand_first_with_the_day(figures: Client) -> None:
    page = opened(figures, "/signals/?sort=loss_due_at", "en")
    days = re.findall(r"lost on (\d{4}-\d\d-\d\d)<", page)
    assert len(days) > 3 and days == sorted(days)


@pytest.fixture
def shop(home: Path, tmp_path: Path, db: None) -> Path:
    simulate_company(tmp_path, customers=150, months=24, seed=11, scenario=load_scenario())
    run_import(open_home(home), plan_import(open_home(home), [tmp_path / f"{name}.csv" for name in ("customers", "orders")]), actor=None)
    return home


def test_pages_of_signals_open_in_both_languages_and_their_figures_open_to_their_customers(shop: Path, client_of) -> None:
    owner = client_of("owner")
    pages = {(room, language): opened(owner, room, language) for room in ROOMS for language in ("ru", "en")}
    pages |= {("past", "ru"): opened(owner, "/signals/map/?as_of=2025-10-01", "ru")}
    for html in pages.values():
        links = re.findall(r'<a(?: class="who")? href="(/signals/customers/\?[^"]+)"[^>]*>([\d\u00a0,]+)</a>', html)
        for address, figure in links[:: max(1, len(links) // 3)]:
            assert total(opened(owner, unescape(address), "ru")) == int(re.sub(r"\D", "", figure))
    assert sum(len(re.findall(r"/signals/customers/", html)) for html in pages.values()) > 100


def test_a_group_is_saved_opened_downloaded_and_deleted_by_those_who_may(shop: Path, client_of) -> None:
    owner: Client = client_of("owner")
    field = next(iter(re.findall(r"/signals/customers/\?(of=rfm[^\"]+)", opened(owner, "/signals/map/", "ru"))))
    rule = dict(part.split("=") for part in unescape(field).split("&"))
    assert owner.post("/signals/groups/", rule | {"name": "Частые"}).status_code == 302
    kept = opened(owner, "/signals/groups/", "ru")
    assert "Частые" in kept
    rows = owner.get("/signals/customers/file/", rule).getvalue().decode().splitlines()
    assert len(rows) - 1 == total(opened(owner, f"/signals/customers/?{unescape(field)}", "ru"))
    assert client_of("agent").get("/signals/groups/").status_code == 403
    (number,) = re.findall(r"/signals/groups/(\d+)/delete/", kept)
    assert owner.post(f"/signals/groups/{number}/delete/").status_code == 302
    assert "Частые" not in opened(owner, "/signals/groups/", "ru")


def test_a_group_that_no_page_names_says_so(shop: Path, client_of) -> None:
    answer = client_of("owner").get("/signals/customers/", {"of": "cohort", "by": "secret"})
    assert answer.status_code == 422 and "Такой группы клиентов нет" in answer.content.decode()
