"""An owner's walk: what costs me most? → the page of the error → the people → one person's evidence → what a customer wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import expect

from lakmus.operations.labels.queries import all_labels
from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from lakmus.usecases.prepare_pages import prepare_pages
from lakmus.usecases.show_verdict import show_verdict
from tests.journeys.conftest import NARROW, WIDE, overflow
from tests.journeys.test_every_page_can_be_used import grave
from tests.once import made_once

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PAGES = ("causes", "ledger", "promises", "messages", "dominoes", "learned", "avoidable", "perception", "topics", "unsorted", "labels")
PROOF = {"ru": "Чем доказано", "en": "What proves it"}


@pytest.fixture(scope="module")
def costly_shop(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> Path:
    """Return the home of a simulated shop, imported and computed once."""

    def bring_in(folder: Path) -> None:
        simulate_company(folder / "files", customers=500, months=24, seed=7, scenario=load_scenario())
        with django_db_blocker.unblock(), transaction.atomic():
            place = open_home(folder / "home")
            run_import(place, plan_import(place, sorted((folder / "files").glob("*.csv"))), actor=None)
            prepare_pages(place, show_verdict(place))
            transaction.set_rollback(True)

    return made_once(tmp_path_factory, "costly-shop", bring_in) / "home"


@pytest.fixture
def site(live_server, client_of, costly_shop: Path, settings):
    settings.LAKMUS_HOME = costly_shop
    session = {"name": "lakmus_session", "value": client_of("owner").cookies["lakmus_session"].value, "url": live_server.url}
    return live_server.url, [session]


def figure(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_from_what_costs_most_to_one_persons_evidence_and_a_quote(site, window, language: str) -> None:
    address, cookies = site
    with window(address, language=language, cookies=cookies) as page:
        page.goto("/causes/")
        page.locator("h1.answer a, table [data-row]").first.click()
        expect(page).to_have_url(re.compile(r"/causes/[a-z_]+/"))
        error = page.url

        met = page.locator("h1.answer a").first
        said = figure(met.inner_text())
        met.click()
        expect(page).to_have_url(re.compile(r"/errors/\?code="))
        assert figure(page.locator("h1 .range").inner_text()) == said

        row = page.locator(".rows-list > li").first
        row.get_by_text(PROOF[language]).click()
        row.locator(".evidence li a").first.click()
        expect(page.locator("li:target")).to_be_visible()

        page.goto(error)
        quote = page.locator("#quotes .rows-list > li").first
        words = quote.locator("blockquote").inner_text()[:60]
        quote.locator("a").click()
        expect(page).to_have_url(re.compile(r"/(customers|stories)/.+#a-[0-9a-f]{32}"))
        expect(page.locator("li:target")).to_contain_text(words)


def test_a_month_a_place_and_an_hour_of_an_error_open_to_as_many_rows(site, window) -> None:
    address, cookies = site
    with window(address, cookies=cookies) as page:
        for section in ("#trend", "#who", "#where", "#when"):
            page.goto("/causes/broken_promise/")
            link = page.locator(f"{section} td a").first
            said = figure(link.inner_text())
            link.click()
            expect(page.locator(".tabs .tab")).to_have_count(1)
            whom = page.locator("h1 .range").inner_text()
            counted = whom if section == "#trend" else page.locator("h1").inner_text().replace(whom, "")
            assert said == figure(counted), section


@pytest.mark.parametrize(("language", "width"), [("ru", NARROW), ("en", NARROW), ("ru", WIDE)])
def test_the_pages_of_causes_fit_their_window_and_can_be_used_by_everybody(site, window, language: str, width: int) -> None:
    address, cookies = site
    with window(address, language=language, width=width, cookies=cookies) as page:
        wider, found = {}, {}
        for room in [*(f"/causes/{name}/".replace("/causes/causes/", "/causes/") for name in PAGES), "/causes/broken_promise/"]:
            page.goto(room)
            wider[room], found[room] = overflow(page), grave(page)
    assert {room: by for room, by in wider.items() if by > 0} == {}
    assert {room: rules for room, rules in found.items() if rules} == {}


def test_on_a_phone_what_is_not_the_answer_is_folded_until_somebody_asks_for_it(site, window) -> None:
    address, cookies = site
    with window(address, width=NARROW, cookies=cookies) as page:
        page.goto("/causes/broken_promise/")
        expect(page.locator("#who table").first).to_be_hidden()
        page.locator("#who .unfold").click()
        expect(page.locator("#who table").first).to_be_visible()
        page.goto("/causes/broken_promise/#when")
        expect(page.locator("#when table")).to_be_visible()
        page.goto("/causes/")
        hidden = page.locator("tbody.folded tr.row").first
        expect(hidden).to_be_hidden()
    with window(address, cookies=cookies) as page:
        page.goto("/causes/broken_promise/")
        expect(page.locator("#who table").first).to_be_visible()


def test_texts_are_labelled_by_keyboard_alone(site, window) -> None:
    address, cookies = site
    with window(address, cookies=cookies) as page:
        page.goto("/causes/labels/")
        text, first = page.locator(".label-text"), page.locator("[name=activity_id]").input_value()
        expect(text).to_be_focused()
        page.keyboard.press("1")
        page.keyboard.press("q")
        expect(page.locator("[name=polarity][value=negative]")).to_be_checked()
        expect(page.locator("[name=codes][data-key=KeyQ]")).to_be_checked()
        expect(page.locator("#reason")).not_to_have_value("")
        page.keyboard.press("Enter")
        expect(page.locator("[name=activity_id]")).not_to_have_value(first)
        (kept,) = all_labels()
        assert (kept.activity_id, kept.polarity, len(kept.codes)) == (first, "negative", 1)
        second = page.locator("[name=activity_id]").input_value()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("[name=activity_id]")).to_have_value(first)
        expect(page.locator("[name=polarity][value=negative]")).to_be_checked()
        page.goto("/causes/labels/")
        page.keyboard.press("ArrowRight")
        expect(page.locator("[name=activity_id]")).not_to_have_value(second)
