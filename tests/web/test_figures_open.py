"""Each figure of these pages that can be opened is the count or the sum that stands over the rows it opens to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from lakmus.usecases.house.home import Home
from tests.usecases.conftest import company_files, company_home  # noqa: F401 - fixtures
from tests.web.test_pages import opened

LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
FIGURE = re.compile(r"^[−-]?\d[\d,]*(?:\.\d+)?")
ROWS = re.compile(r'id="(?:rows|priced)".*?<h2>(.*?)</h2>', re.DOTALL)
TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
PAGES = {
    "signals": "/signals/",
    "causes": "/causes/",
    "one error": "/causes/slow_reply/",
    "an error of deliveries": "/causes/broken_promise/",
    "ledger": "/causes/ledger/",
    "money": "/causes/money/",
    "promises": "/causes/promises/",
    "promises by staff": "/causes/promises/?by=staff",
    "automatic messages": "/causes/messages/",
    "needless contacts": "/causes/avoidable/",
    "topics": "/causes/topics/",
    "five sides": "/causes/scorecard/",
    "profiles": "/causes/profiles/",
    "perception": "/causes/perception/",
    "waiting": "/causes/waiting/",
}
LEAST = {"money": 3, "profiles": 4, "needless contacts": 4}
"""So many different figures open on a page at least; on the others ten."""


@pytest.fixture
def analyst(company_home: Home, settings: object, client_of) -> Client:  # noqa: F811 - the fixture
    """Return an analyst's browser: they are shown the facts without being asked for a belief first."""
    settings.LAKMUS_HOME = Path(company_home.path)
    return client_of("analyst")


def plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).replace("₽", " ").split())


def figures(page: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses behind links that are figures, each with the figure."""
    main = page[page.index("<main") :]
    for address, markup in LINK.findall(main):
        found = FIGURE.match(plain(markup))
        # A share opens to what it is a share of; a customer without a name is called by a number; `#list` only orders the rows below.
        if found and "%" not in markup and not address.endswith("#list") and not re.match(r"/customers/\d", address):
            yield html.unescape(address), found[0] + "₽" * ("₽" in markup)


def heading(page: str, address: str) -> str:
    """Return what stands over the rows that an address opens to."""
    part = ROWS if "#" in address else TITLE
    found = part.search(page)
    assert found, address
    return plain(found[1])


def says(title: str, figure: str) -> bool:
    """Whether a figure stands in a title; what is rounded (sums of a map to three digits) may differ by half of its last digit."""
    wanted = float(figure.replace(",", "").replace("−", "-").replace("₽", ""))
    said = [float(each.replace(",", "").replace("−", "-")) for each in re.findall(r"[−-]?\d[\d,]*(?:\.\d+)?", title)]
    within = 0.051 if "." in figure else max(0.5, 0.005 * abs(wanted)) if "₽" in figure else 0.0
    return any(abs(each - wanted) <= within for each in said)


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_that_opens_is_said_again_over_its_rows(analyst: Client, name: str) -> None:
    address = PAGES[name]
    found = set(figures(opened(analyst, address, "en")))
    assert len(found) >= LEAST.get(name, 10), sorted(found)
    wrong = []
    for target, figure in sorted(found):
        whole = address.split("?")[0] + target if target[:1] in "?#" else target
        title = heading(opened(analyst, whole.split("#")[0], "en"), target)
        if not says(title, figure):
            wrong.append((target, figure, title))
    assert not wrong, wrong
