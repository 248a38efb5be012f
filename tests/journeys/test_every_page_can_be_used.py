"""Every page, invented or computed: axe finds nothing serious, nothing is wider than a phone, nothing leaves the machine."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from tests.journeys.conftest import NARROW, WIDE, overflow
from tests.web.shop_of_figures import shop_of_figures  # noqa: F401 - a fixture
from tests.web.test_pages import ROOMS, invented
from tests.web.test_signal_rooms import COMPUTED_ROOMS, figures  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAVE = {"serious", "critical"}
ALL_ROOMS = (*ROOMS, "/settings/delivery/")
PUSHED = "[...document.querySelectorAll('.table-wrap')].filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel)"


@pytest.fixture
def site(live_server, client_of, monkeypatch: pytest.MonkeyPatch):
    invented(monkeypatch)
    client: Client = client_of("owner")
    session = {"name": "lakmus_session", "value": client.cookies["lakmus_session"].value, "url": live_server.url}
    return live_server.url, [session]


@pytest.fixture
def shop(live_server, figures: Client):  # noqa: F811
    session = {"name": "lakmus_session", "value": figures.cookies["lakmus_session"].value, "url": live_server.url}
    return live_server.url, [session]


def grave(page) -> list[str]:
    """Return what axe finds serious or worse: the rule, and the elements."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found if rule["impact"] in GRAVE]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(site, window, look: str) -> None:
    address, cookies = site
    with window(address, look=look, cookies=cookies) as page:
        found = {}
        for room in ALL_ROOMS:
            page.goto(room)
            found[room] = grave(page)
        page.context.clear_cookies(name="lakmus_session")
        page.goto("/login/")
        found["/login/"] = grave(page)
    assert {room: rules for room, rules in found.items() if rules} == {}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_page_is_wider_than_a_phone(site, window, language: str) -> None:
    address, cookies = site
    with window(address, language=language, width=NARROW, cookies=cookies) as page:
        wider = {}
        for room in (*ALL_ROOMS, "/nowhere/"):
            page.goto(room)
            wider[room] = overflow(page)
    assert {room: by for room, by in wider.items() if by > 0} == {}


@pytest.mark.slow
@pytest.mark.parametrize(("look", "width"), [("light", WIDE), ("dark", NARROW)])
def test_axe_finds_nothing_serious_on_any_computed_page(shop, window, look: str, width: int) -> None:
    address, cookies = shop
    with window(address, look=look, width=width, cookies=cookies) as page:
        found = {}
        for room in COMPUTED_ROOMS:
            page.goto(room)
            found[room] = grave(page)
    assert {room: rules for room, rules in found.items() if rules} == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_computed_page_is_wider_than_a_phone(shop, window, language: str) -> None:
    address, cookies = shop
    with window(address, language=language, width=NARROW, cookies=cookies) as page:
        wider = {}
        for room in COMPUTED_ROOMS:
            page.goto(room)
            wider[room] = overflow(page)
    assert {room: by for room, by in wider.items() if by > 0} == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_table_has_to_be_pushed_sideways_on_a_phone(shop, window, language: str) -> None:
    address, cookies = shop
    with window(address, language=language, width=NARROW, cookies=cookies) as page:
        pushed = {}
        for room in (*COMPUTED_ROOMS, "/causes/messages/", "/causes/ledger/", "/causes/slow_reply/", "/causes/scorecard/"):
            page.goto(room)
            while page.locator(".unfold").count():
                page.locator(".unfold").first.click()
            pushed[room] = [*page.evaluate(PUSHED), overflow(page)]
    assert {room: by for room, by in pushed.items() if by != [0]} == {}


def test_the_keyboard_reaches_the_answer_the_rows_the_search_and_the_help(site, window) -> None:
    address, cookies = site
    with window(address, cookies=cookies) as page:
        page.goto("/customers/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.locator("body").click(position={"x": 5, "y": 700})
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator("[data-row]").nth(1)).to_be_focused()
        page.keyboard.press("k")
        expect(page.locator("[data-row]").nth(0)).to_be_focused()
        page.keyboard.press("/")
        expect(page.locator("#q")).to_be_focused()
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()


def test_language_and_look_stay_chosen(site, window) -> None:
    address, cookies = site
    with window(address, cookies=cookies) as page:
        page.goto("/results/")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.get_by_role("button", name="Dark look").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.goto("/measures/")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
