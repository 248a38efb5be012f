"""Causes through the API: the same figures as on the pages, each with as many rows; refused to whom the pages are."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.conftest import run_lakmus

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "/api/causes", "/api/causes/broken_promise", "/api/ledger", "/api/ledger/customers", "/api/promises", "/api/promises/rows",
    "/api/automatic-messages", "/api/automatic-messages/rows", "/api/dominoes", "/api/learned", "/api/perception",
    "/api/avoidable", "/api/avoidable/contacts", "/api/avoidable/wishes", "/api/money",
    "/api/scorecard", "/api/profiles", "/api/topics", "/api/topics/all/texts",
    "/api/unsorted", "/api/unsorted/texts", "/api/dominoes/cases?cause=a&effect=b",
    "/api/causes/broken_promise/compared",
)  # fmt: skip


@pytest.mark.slow
def test_each_side_of_an_error_sums_to_its_rows(program, shop) -> None:
    told = program("get", "/api/causes/broken_promise").json()
    rows = program("get", "/api/errors?code=broken_promise&in_window=true").json()["total"]
    assert told["found"] == rows > 0
    assert sum(part["cases"] for part in told["sides"]["month"]) == rows


def test_every_kind_of_error_is_told_with_its_effect(program, shop) -> None:
    effects = program("get", "/api/causes").json()["effects"]
    assert len(effects) == 18
    assert {"code", "outcome", "exposed", "difference", "effect"} <= effects[0].keys()
    assert isinstance(effects[0]["title"], str)


def test_the_ledger_says_whether_it_sums_to_the_lost_customers(program, shop) -> None:
    told = program("get", "/api/ledger").json()
    assert told["reconciled"] in (True, None)
    if told["lines"]:
        rows = program("get", "/api/ledger/customers?page_size=500").json()["rows"]
        assert sum(row["money"] for row in rows) == pytest.approx(told["total"]["money"])


def test_money_tells_its_terms_and_marks_what_the_articles_assume(program, shop) -> None:
    told = program("get", "/api/money").json()
    assert {"margin_share", "margin_is_assumed", "acquisition_cost", "discount_rate"} == told["terms"].keys()
    assert all(cost["assumed"] == cost["code"].startswith("x") for cost in told["costs"])


@pytest.mark.slow
def test_cases_compared_are_the_same_on_the_page_through_the_api_and_at_a_terminal(program, shop, client_of) -> None:
    told = program("get", "/api/causes/broken_promise/compared?page_size=500").json()
    done = run_lakmus("causes", "compared", "broken_promise", "--limit", 500, "--format", "json", "--home", shop, folder=shop)
    said = json.loads(done.stdout)
    page = client_of("owner").get("/causes/broken_promise/compared/", headers={"accept-language": "en"}).content.decode()
    counted = re.search(r"(\d+) cases compared, <a [^>]*>(\d+)</a> left afterwards", page)
    assert counted is not None
    counts = {name: told[name] for name in ("total", "left", "used", "unit")}
    assert counts == {name: said[name] for name in counts} and counts["unit"] == "days"
    assert (told["total"], told["left"]) == (int(counted[1]), int(counted[2])) == (len(told["rows"]), sum(r["left"] for r in told["rows"]))
    assert told["rows"] == said["cases"]


@pytest.mark.slow
def test_a_message_is_checked_before_it_is_sent_by_page_api_and_terminal(program, shop, client_of) -> None:
    text = "Здравствуйте, {{name}}! Сумма заказа 2 500 ₽."
    told = program("post", "/api/automatic-messages/check", {"text": text, "order": "0-1"}).json()
    assert [one["finding"] for one in told["findings"]] == ["placeholder", "wrong_sum"] and told["customer"] == "c0"
    done = run_lakmus("causes", "draft", text, "--order", "0-1", "--format", "json", "--home", shop, folder=shop)
    assert json.loads(done.stdout)["findings"] == told["findings"]
    client = client_of("owner")
    page = client.post("/causes/messages/", {"text": text, "order": "0-1"}, headers={"accept-language": "en"}).content.decode()
    assert "unfilled placeholder" in page and "wrong sum" in page
    right = client.post("/causes/messages/", {"text": "Ваш заказ собран.", "order": "0-1"}, headers={"accept-language": "en"})
    assert "Nothing wrong was found." in right.content.decode()
    unknown = client.post("/causes/messages/", {"text": text, "order": "нет"}, headers={"accept-language": "en"}).content.decode()
    assert "There is no order" in unknown


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_agent_reads_no_causes_and_an_owner_does(program, shop, address: str) -> None:
    assert program("get", address, role="agent").status_code == 403
    assert program("get", address).status_code == 200


def test_colleagues_stand_beside_promises_only_for_whom_leads_them(program, shop) -> None:
    assert program("get", "/api/promises?by=staff", role="marketer").status_code == 403
    assert program("get", "/api/promises?by=staff").status_code == 200
    assert "staff" not in program("get", "/api/causes/slow_reply", role="marketer").json()["sides"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/topics/nothing/texts",
        "/api/causes/nothing",
        "/api/causes/nothing/compared",
        "/api/ledger?month=2026-13",
        "/api/promises?by=mood",
    ],
)
def test_what_is_not_there_is_refused_in_words(program, shop, address: str) -> None:
    assert program("get", address).status_code in (404, 422)
