"""Looking from a past day: the day stays while one moves between pages, the page says so, and shows what was known then."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from tests.web.shop_of_figures import shop_of_figures  # noqa: F401 - a fixture
from tests.web.test_pages import opened, said
from tests.web.test_signal_rooms import COMPUTED_ROOMS, figures  # noqa: F401 - a fixture

pytestmark = pytest.mark.slow
DAY = "2025-12-01"
TIMELESS = {
    "settings", "users", "tokens", "forgotten", "journal", "profile", "logout", "login", "import_new", "import_job", "delivery",
    "alert_rule", "results",
}  # fmt: skip
"""Pages that look from no day: the house, and what is done now."""
BACK = {"Back to the latest day", "The latest day"}


def links(html: str) -> list[tuple[str, str]]:
    """Return (address, words) of every link of a page to another."""
    found = re.findall(r'<a\b[^>]*?\shref="((?:/|\?)[^"#]*)[^"]*"[^>]*>(.*?)</a>', html, re.DOTALL)
    return [(unescape(address), re.sub(r"<[^>]+>", "", words).strip()) for address, words in found]


def forgets(address: str) -> bool:
    """Say whether a link to a page that looks from a day leads to another day."""
    parts = urlsplit(address)
    if parts.path and (parts.path.startswith("/static/") or resolve(parts.path).url_name in TIMELESS):
        return False
    return "as_of" not in parse_qs(parts.query)


@pytest.mark.django_db
@pytest.mark.parametrize("room", [room for room in COMPUTED_ROOMS if not room.startswith("/stories/")])
def test_the_day_stays_while_one_moves_between_pages(figures: Client, room: str) -> None:  # noqa: F811
    html = opened(figures, f"{room}{'&' if '?' in room else '?'}as_of={DAY}", "en")
    assert f"You are looking from {DAY}" in said(html)
    assert [(address, words) for address, words in links(html) if forgets(address) and words.split("  ")[0] not in BACK] == []


@pytest.mark.django_db
def test_a_page_of_a_past_day_shows_what_was_known_then(figures: Client) -> None:  # noqa: F811
    then, now = (said(opened(figures, f"/customers/11/{day}", "en").partition("<main")[2]) for day in (f"?as_of={DAY}", ""))
    assert f"As of {DAY}, from what was known then." in then and f"As of {DAY}, from what was known then." not in now
    # A loss that is due lies ahead of whichever day one looks from.
    later = re.compile(r"(?<!counts as lost on )(?:2025-12-(?:0[2-9]|[123]\d)|2026-\d\d-\d\d)")
    assert later.findall(then) == [] and later.findall(now) != []
