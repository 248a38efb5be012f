"""POST /api/activities."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.django_db
ROW = {"kind": "placed_order", "ts": "2026-03-01T12:00:00+03:00", "customer": "17850", "order": "A-1", "amount": 1200.5}


@pytest.fixture
def push(program: Any) -> Any:
    def send(body: Any, language: str = "en") -> Any:
        return program("post", "/api/activities", body, role="administrator", language=language)

    return send


def test_a_batch_is_taken_and_the_same_batch_is_known(push: Any) -> None:
    first, again = push({"activities": [ROW]}), push({"activities": [ROW]})
    assert (first.status_code, first.json()) == (200, {"received": 1, "accepted": 1, "duplicate": 0, "rejected": 0, "errors": []})
    assert (again.status_code, again.json()["duplicate"]) == (200, 1)


def test_a_batch_with_wrong_rows_answers_207_and_names_them(push: Any) -> None:
    response = push({"activities": [ROW, {**ROW, "order": "A-2", "amount": -1}, 7]})
    assert response.status_code == 207
    assert response.json()["accepted"] == 1
    assert [(row["index"], row["code"]) for row in response.json()["errors"]] == [(1, "amount_negative"), (2, "not_an_object")]


def test_reasons_come_in_the_language_asked_for(push: Any) -> None:
    bad = {"activities": [{**ROW, "amount": -1}]}
    assert "Сумма" in push(bad, "ru").json()["errors"][0]["message"]
    assert "amount" in push(bad, "en").json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "unreadable"), (b"\xff\xfe{}", 400, "unreadable"), ("[" * 100_000, 400, "unreadable"), ("", 422, "wrong_parameters"),
        ("[]", 422, "wrong_parameters"), ("{}", 422, "wrong_parameters"), ({"activities": "x"}, 422, "wrong_parameters"),
        ("null", 422, "wrong_parameters"), ({"activities": [{}] * 10_001}, 422, "wrong_parameters"),
        ({"activities": [{"features": {"x": "y" * 11_000_000}}]}, 413, "too_large"),
    ],
    ids=["cut", "utf-16", "deep", "empty", "list", "no list", "text", "null", "many", "large"],
)  # fmt: skip
def test_a_body_that_is_no_batch_is_refused_whole(push: Any, body: Any, status: int, code: str) -> None:
    response = push(body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert "Nothing was" in response.json()["message"]


def test_a_refusal_never_repeats_what_was_sent(push: Any) -> None:
    assert "anna@example.com" not in push({"activities": "anna@example.com"}).content.decode()


@pytest.mark.slow
def test_ten_thousand_rows_go_in_one_batch(push: Any) -> None:
    rows = [{**ROW, "order": f"A-{n}", "customer": str(n % 100)} for n in range(10_000)]
    assert push({"activities": rows}).json()["accepted"] == 10_000
