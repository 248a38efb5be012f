"""GET: the pages of signals and the customers behind their figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lakmus.usecases.risk.show_backtest import WAYS
from lakmus.usecases.signals.signal_pages import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_every_page_answers_in_one_language_and_only_to_those_who_read_signals(program: Any, shop: Path) -> None:
    for name, page in PAGES.items():
        told = program("get", f"/api/signals/{name}", language="ru")
        assert told.status_code == 200 and told.json()["title"] == page.title.ru
        assert {choice: told.json()[choice]["code"] if choice == "rule" else told.json()[choice] for choice in page.choices} == {
            choice: offered[0] for choice, offered in page.choices.items()
        }
    refused = {program("get", f"/api/signals/{name}", role=role).status_code for name in PAGES for role in ("agent", "administrator")}
    assert refused == {403}


def test_the_figures_of_a_page_open_to_as_many_customers(program: Any, shop: Path) -> None:
    row = program("get", "/api/signals/retention").json()["rows"][0]
    cell = row["cells"][-1]
    asked = f"of=cohort&by=cohort&segment={row['key']}&month={cell['month']}&outcome=bought"
    assert program("get", f"/api/signals/customers?{asked}").json()["total"] == cell["bought"]
    for place, line in enumerate(program("get", "/api/signals/map").json()["cells"]):
        for column, field in enumerate(line):
            behind = program("get", f"/api/signals/customers?of=rfm&recency={place}&frequency={column}").json()
            assert behind["total"] == len(behind["rows"]) == field["customers"]
    move = program("get", "/api/signals/moves").json()["moves"][-1]
    asked = "&".join(f"{end}={move[end]}" for end in ("at", "old", "new"))
    assert program("get", f"/api/signals/customers?of=flow&{asked}").json()["total"] == move["customers"]


def test_the_check_on_the_past_says_what_the_verdict_says(program: Any, shop: Path) -> None:
    told = program("get", "/api/signals/backtest", language="en").json()
    judged = program("get", "/api/verdict", language="en").json()["backtest"]
    assert {name: told[name] for name in ("used", "words", "cuts", "shortage")} == {
        name: judged[name] for name in ("used", "words", "cuts", "shortage")
    }
    assert told["used_title"] == WAYS[told["used"]].en and bool(told["why"]) == bool(told["cuts"])
    assert program("get", "/api/signals/backtest", role="agent").status_code == 403


def test_a_choice_that_a_page_does_not_offer_is_refused(program: Any, shop: Path) -> None:
    said = program("get", "/api/signals/survival?by=cohort")
    assert (said.status_code, said.json()["code"]) == (422, "no_such_choice")
    assert program("get", "/api/signals/customers?of=cohort&by=secret").json()["code"] == "no_such_group"
    assert program("get", "/api/signals/nothing").status_code == 422


def test_the_catalogue_of_signals_says_how_many_customers_show_each(program: Any, shop: Path) -> None:
    signals = program("get", "/api/signals?state=lost&state=warm").json()["signals"]
    told = {signal["code"]: signal["customers"] for signal in signals if signal["measured"]}
    code, count = max(told.items(), key=lambda item: item[1])
    assert count == program("get", f"/api/customers?signal={code}&state=lost&state=warm").json()["total"] > 0


def test_pages_of_a_large_history_are_prepared_by_the_worker(program: Any, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakmus.api.asked.pages_are_ready", lambda shown: False)
    program("get", "/api/verdict")
    monkeypatch.setattr("lakmus.api.asked.MOST_ACTIVITIES_AT_ONCE", 1)
    said = program("get", "/api/signals/moves")
    assert (said.status_code, said.json()["status"]) == (202, "computing")
