"""Chromium, and a window on the site in one language, one look and one width."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()
LOCAL = {"127.0.0.1", "localhost"}
WIDE, NARROW = 1440, 390


def chromium() -> str | None:
    """Return where a Chromium of this machine is; None lets Playwright use its own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        if chromium() is None and not own.exists():
            pytest.skip("there is no Chromium on this machine")
        with playwright.chromium.launch(executable_path=chromium(), args=QUIET) as launched:
            yield launched


Window = Callable[..., Any]


@pytest.fixture
def window(browser: Browser) -> Window:
    """Return a function that opens a window; whatever it asks of another machine fails the test when it closes."""

    @contextmanager
    def opened(address: str, *, language: str = "ru", look: str = "light", width: int = WIDE, cookies: Any = ()) -> Iterator[Page]:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=look, locale=language, base_url=address)
        context.add_cookies([{"name": "lakmus_language", "value": language, "url": address}, *cookies])
        page = context.new_page()
        page.set_default_timeout(20_000)
        abroad: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: abroad.append(request.url) if is_abroad(request.url) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        try:
            yield page
        finally:
            context.close()
        assert abroad == []
        assert wrong == []

    return opened


def is_abroad(address: str) -> bool:
    """Say whether an address leads to another machine."""
    parts = urlsplit(address)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOCAL


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
