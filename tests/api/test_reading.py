"""GET: customers, their histories, errors, the verdict, imports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lakmus.api.asked import moment_asked
from lakmus.api.shown import MONEY, plain, without_money
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.imports.changes import open_import, refuse_import
from lakmus.usecases.house.home import open_home
from lakmus.usecases.show_verdict import show_verdict

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
WHY = Wording("мало данных", "too few")


@dataclass(frozen=True)
class Answer:
    """A use case's answer with everything that an answer can hold."""

    worth: Estimate
    at: datetime
    title: Wording
    churn: NotEnoughEvidence
    orders: tuple[dict[str, Any], ...] = ({"order": "A-1", "amount": 100.0, "late_days": float("nan")},)


def test_every_sort_of_answer_becomes_plain_json_in_one_language() -> None:
    answer = Answer(Estimate(5, 4, 6, 30, Badge.COUNTED), AT, WHY, NotEnoughEvidence(WHY, 30, 4))
    shown = plain({"answer": answer}, "ru")
    assert json.loads(json.dumps(shown, allow_nan=False)) == {
        "answer": {
            "worth": {"point": 5, "low": 4, "high": 6, "n": 30, "badge": "counted"},
            "at": "2026-03-01T09:00:00+00:00",
            "title": "мало данных",
            "churn": {"status": "not_enough_evidence", "reason": "мало данных", "needed": 30, "available": 4},
            "orders": [{"order": "A-1", "amount": 100.0, "late_days": None}],
        }
    }


def test_what_a_customer_is_worth_is_left_out_however_deep() -> None:
    assert without_money({"a": [{"value_at_risk": 5, "amount": 3}], "money": 1}) == {"a": [{"amount": 3}]}


def test_the_verdict_is_the_one_that_every_face_shows(program: Any, shop: Path) -> None:
    response = program("get", "/api/verdict?as_of=2025-12-31", language="ru")
    assert response.status_code == 200
    said = response.json()
    shown = show_verdict(open_home(shop), as_of=moment_asked("2025-12-31")).verdict
    assert said == json.loads(json.dumps(plain(shown.as_json("ru"), "ru")))
    assert (said["customers"]["known"], said["customers"]["lost"]) == (60, 20)


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("analyst", 200), ("agent", 403), ("administrator", 403)])
def test_the_verdict_is_for_its_readers(program: Any, shop: Path, role: str, status: int) -> None:
    assert program("get", "/api/verdict", role=role).status_code == status


def test_customers_are_found_sorted_and_paged(program: Any, shop: Path) -> None:
    lost = program("get", "/api/customers?state=lost&lost_in_window=true&sort=customer&page=2&page_size=15").json()
    assert (lost["total"], lost["page"], lost["page_size"]) == (20, 2, 15)
    assert [row["customer"] for row in lost["rows"]] == ["c5", "c6", "c7", "c8", "c9"]
    assert {row["state"] for row in lost["rows"]} == {"lost"}
    assert program("get", "/api/customers?state=lost&state=warm&state=cooling&state=cold").json()["total"] == 60
    assert program("get", "/api/customers?query=c17").json()["rows"][0]["customer"] == "c17"
    assert program("get", "/api/customers?error=broken_promise").json()["total"] == 20


def test_a_customer_is_shown_with_orders_and_errors(program: Any, shop: Path) -> None:
    one = program("get", "/api/customers/c3").json()
    assert (one["customer"], len(one["orders"]), one["row"]["orders_count"]) == ("c3", 50, 50)
    assert [error["code"] for error in one["errors"] if error["code"] == "broken_promise"] == ["broken_promise"]
    assert "timeline" not in one and len(one["lamps"]) > 0
    assert {"code", "title", "unit", "definition"} <= set(one["signals"][0]["signal"])
    assert program("get", "/api/customers/nobody").json()["code"] == "customer_unknown"


def test_errors_come_with_their_evidence(program: Any, shop: Path) -> None:
    found = program("get", "/api/errors?code=broken_promise&customer=c3").json()
    assert found["total"] == 1
    evidence = set(found["rows"][0]["evidence"])
    history = program("get", "/api/customers/c3/activities?page_size=500").json()["rows"]
    assert {row["kind"] for row in history if row["activity_id"] in evidence} >= {"was_promised_delivery", "received_order"}
    assert program("get", "/api/errors?code=broken_promise").json()["total"] == 20


@pytest.mark.parametrize("path", ["/api/customers?sort=customer", "/api/customers/c3", "/api/errors"])
def test_an_agent_sees_orders_and_not_what_a_customer_is_worth(program: Any, shop: Path, path: str) -> None:
    seen, whole = (program("get", path, role=role).json() for role in ("agent", "owner"))
    assert seen == without_money(whole)
    assert not any(f'"{name}"' in json.dumps(seen) for name in MONEY)


def test_an_agent_cannot_sort_by_what_is_not_shown(program: Any, shop: Path) -> None:
    assert program("get", "/api/customers?sort=-value_at_risk", role="agent").status_code == 403
    assert program("get", "/api/customers?sort=-value_at_risk", role="owner").status_code == 200


def test_a_large_history_is_computed_by_the_worker(program: Any, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("lakmus.api.asked.MOST_ACTIVITIES_AT_ONCE", 10)
    monkeypatch.setattr("lakmus.api.asked.ask_for_verdict", lambda place, as_of: asked.append(as_of))
    response = program("get", "/api/verdict?as_of=2025-06-30")
    assert (response.status_code, response.json()["status"], response.headers["Retry-After"]) == (202, "computing", "5")
    assert asked == [moment_asked("2025-06-30")]


@pytest.mark.parametrize("path", ["/api/verdict", "/api/customers", "/api/errors", "/api/customers/1"])
def test_before_anything_was_imported_the_answer_says_how_to_begin(program: Any, path: str) -> None:
    response = program("get", path)
    assert (response.status_code, response.json()["code"]) == (404, "no_data")
    assert "lakmus import" in response.json()["message"]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-31", datetime(2026, 3, 31, 20, 59, 59, 999999, tzinfo=UTC)),
        ("2026-03-31T12:00:00+03:00", datetime(2026, 3, 31, 9, tzinfo=UTC)),
        ("2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        ("  ", None),
        (None, None),
    ],
)
def test_a_day_reads_as_its_end_in_the_companys_zone(written: str | None, moment: datetime | None) -> None:
    assert moment_asked(written) == moment


@pytest.mark.parametrize("written", ["вчера", "31.03.2026", "2026-03-31T12:00:00", "2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31"])
def test_a_day_that_cannot_be_read_is_refused_in_words(written: str) -> None:
    with pytest.raises(BadInput) as refused:
        moment_asked(written)
    assert refused.value.code == "bad_as_of" and written in refused.value.wording.ru


def test_a_wrong_day_is_answered_with_422(program: Any, shop: Path) -> None:
    assert program("get", "/api/verdict?as_of=31.03.2026").json()["code"] == "bad_as_of"


@pytest.mark.parametrize("query", ["page=0", "page_size=501", "page=x", "state=gone", "sort=churn"])
def test_parameters_out_of_range_are_refused(program: Any, query: str) -> None:
    response = program("get", f"/api/customers?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "wrong_parameters")
    assert query.split("=")[0] in response.json()["fields"][0]["at"]


def test_an_error_of_ours_is_json_and_tells_nothing_of_its_insides(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr("lakmus.api.verdict.verdict_asked", broken)
    response = program("get", "/api/verdict")
    assert (response.status_code, response.json()["code"]) == (500, "our_error")
    assert "secret" not in response.content.decode()


def test_what_was_pushed_is_read_back_in_the_form_in_which_it_was_pushed(program: Any) -> None:
    rows = [
        {"kind": "placed_order", "ts": f"2026-03-0{day}T12:00:00+03:00", "customer": "a/b c", "order": f"A-{day}", "amount": 10.5 * day,
         "features": {"promo": "весна"}}
        for day in (1, 2, 3)
    ]  # fmt: skip
    assert program("post", "/api/activities", {"activities": rows}).json()["accepted"] == 3
    found = program("get", "/api/customers/a%2Fb c/activities?page_size=2").json()
    assert (found["total"], [row["order"] for row in found["rows"]]) == (3, ["A-3", "A-2"])
    latest = found["rows"][0]
    assert (latest["ts"], latest["amount"], latest["features"]) == ("2026-03-03T09:00:00+00:00", 31.5, {"promo": "весна"})
    again = program("post", "/api/activities", {"activities": found["rows"]}).json()
    assert (again["duplicate"], again["rejected"]) == (2, 0), again


def test_a_history_is_read_as_of_a_moment(program: Any) -> None:
    row = {"kind": "placed_order", "ts": "2026-03-01T12:00:00+03:00", "customer": "1", "order": "A-1"}
    program("post", "/api/activities", {"activities": [row]})
    assert program("get", "/api/customers/1/activities?as_of=2026-03-01").json()["total"] == 1
    assert program("get", "/api/customers/1/activities?as_of=2026-02-28").status_code == 404
    assert program("get", "/api/customers/1/activities?kind=left_review").json()["rows"] == []


def test_an_import_says_where_it_stands(program: Any) -> None:
    job = open_import(file_names=["orders.csv"], actor=None)
    assert program("get", f"/api/imports/{job.pk}").json()["state"] == "waiting"
    refuse_import(job=job, code="empty_file", wording=WHY)
    assert program("get", f"/api/imports/{job.pk}", language="ru").json()["error"] == {"code": "empty_file", "message": "мало данных"}
    assert program("get", f"/api/imports/{job.pk + 1}").json()["code"] == "import_unknown"
    assert program("get", "/api/imports/99999999999999999999").status_code == 422
