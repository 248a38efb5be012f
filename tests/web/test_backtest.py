"""The page of the check on the past over a shop whose past can judge: each count opens to as many customers."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from tests.usecases.leaving_shop import write_orders
from tests.web.test_pages import opened
from tests.web.test_real_answers import total

pytestmark = pytest.mark.slow


@pytest.fixture
def owner(home: Path, tmp_path: Path, client_of) -> Client:
    place = open_home(home)
    write_orders(tmp_path / "orders.csv")
    run_import(place, plan_import(place, [tmp_path / "orders.csv"]), actor=None)
    return client_of("owner")


def test_each_count_of_the_page_opens_to_as_many_customers_with_what_was_said_then(owner: Client) -> None:
    page = opened(owner, "/signals/backtest/", "ru")
    links = re.findall(r'<a href="([^"]*of=check[^"]*)">([\d\u00a0]+)</a>', page)
    assert len(links) > 15
    for address, said in {unescape(address): said for address, said in links}.items():
        listed = opened(owner, address, "ru")
        assert total(listed) == int(re.sub(r"\D", "", said))
        assert ("тогда сказали бы" in listed) == (total(listed) > 0)
