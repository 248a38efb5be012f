# ruff: noqa: E501
"""Invented answers in the shape of `lakmus.web.answers`: names are figures, so that each page can be held to one language."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from lakmus.history.estimate import Badge, Estimate
from lakmus.history.wording import Wording
from lakmus.usecases.people.risk_change import RiskChange
from lakmus.usecases.prepare_pages import pages_are_ready
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.list_answers import ListAnswer, ListCondition
from lakmus.web.lists import Pager
from tests.web.invented import AS_OF, TOO_FEW, invented_verdict
from tests.web.invented_tables import ACTIVITY, write_tables

LATE = Wording("невыполненное обещание", "broken promise")
SUMMARY = Wording("Обещали 22.10, привезли 28.10: опоздание на 6 дней", "Promised 22.10, came 28.10: 6 days late")
STATES = ("lost", "cold", "cooling", "warm", "one_time", "new", "no_orders")
FOLDER = TemporaryDirectory(prefix="lakmus-invented-")
ANALYSIS = Shown(invented_verdict(), None, AS_OF, Path(FOLDER.name), "invented")


def ask(request: Any) -> Any:
    if not pages_are_ready(ANALYSIS):
        write_tables(ANALYSIS.folder)
    return ANALYSIS


def home() -> Any:
    history = pa.table({"activity_id": [ACTIVITY], "_text": ["12345"]})
    return SimpleNamespace(stream=lambda: SimpleNamespace(count=1, history_of=lambda key, as_of: history))


def heard(verdict: Any) -> bool:
    return True


def carried(analysis: Any) -> dict[str, Any]:
    return {"verdict": analysis.verdict, "heard": True, "as_of_day": analysis.verdict.as_of, "last_day": analysis.verdict.as_of.date()}


def signals_overview(analysis: Any) -> dict[str, Any]:
    gap = Wording("дольше обычного без покупки", "longer than usual without a purchase")
    sign = {"code": "purchase_gap", "title": gap, "count": 951, "share": 0.11}
    return {"counts": {state: 100 + place for place, state in enumerate(STATES)}, "signs": [sign], "catalogue": [], "at_stake": 9.4e6}


def customer_row(number: int) -> SimpleNamespace:
    state = STATES[number % len(STATES)]
    known = state in STATES[:4]
    return SimpleNamespace(
        customer=str(1000 + number), name=None, place=None, orders_count=34 - number, state=state, state_since=AS_OF - timedelta(days=30),
        lost_at=AS_OF - timedelta(days=90), lost_silently=True, churn_probability=0.78 if known else None, churn_low=0.66, churn_high=0.87,
        horizon_days=94, complaints_count=0, negative_reviews_count=0, errors_count=2, last_order_at=AS_OF - timedelta(days=41), days_since_last_order=41.2,
        gap_median_days=19.0, value_at_risk=84300.0, lost_value=22000.0, revenue=412600.0, known_since=AS_OF - timedelta(days=1700),
        exclusion=None if known else "one_time", risk_group="regular", chips=[{"sort": "error", "title": LATE}],
    )  # fmt: skip


def error_row(number: int) -> SimpleNamespace:
    promise = Wording("получил обещание доставки", "was promised delivery")
    proof = SimpleNamespace(activity_id="0" * 32, at=AS_OF, title=promise, amount=12400.0, details="22.10.2026", text="12345")
    return SimpleNamespace(
        error_id=str(number), customer=None if number == 2 else "1001", name=None, code="broken_promise", title=LATE,
        at=AS_OF - timedelta(days=number), order="10482", case="77", channel=None, staff=None, summary=SUMMARY, left=True,
        left_silently=number == 1, complained=number == 2, confidence=1.0, open=True, rule=SUMMARY, proofs=[proof],
        anonymous_customer_id="case:77" if number == 2 else None, evidence=["0" * 32],
    )  # fmt: skip


def customers(shown: Any, filters: Any, query: str = "", sort: str = "", page: int = 1, size: int = 50) -> dict[str, Any]:
    return {"rows": [customer_row(number) for number in range(7)], "pager": Pager(1284, page, size)}


def errors(request: Any, filters: Any, page: int = 1, size: int = 50) -> dict[str, Any]:
    return {"rows": [error_row(number) for number in range(3)], "pager": Pager(2310, page, size), "distinct_customers": 2100}


def orders(request: Any, filters: Any, page: int = 1) -> dict[str, Any]:
    rows = [
        SimpleNamespace(
            order=str(number), customer=None if number == 2 else "1001", ts=AS_OF, amount=12400.5, promised_at=AS_OF, received_at=AS_OF,
            late_days=late, cancelled=number == 3, stars=1.0, evidence=["0" * 32],
        )
        for number, late in enumerate((2.0, 0.3, -1.0, None))
    ]  # fmt: skip
    stars = [
        SimpleNamespace(late=late, orders=400, reviews=343, mean_stars=mean, one_star_share=0.5)
        for late, mean in ((False, 4.27), (True, 2.18))
    ]
    return {"rows": rows, "pager": Pager(343, page), "stars_summary": stars}


def error_choices(analysis: Any) -> list[dict[str, Any]]:
    return [{"code": error.code, "title": error.title} for error in analysis.verdict.errors]


def title_of_reason(code: str) -> str:
    return "7"


def title_of_exclusion(shown: Any, code: str) -> str:
    return "7"


def customer_page(shown: Any, key: str, *, family: str = "", around: str = "", page: int = 1) -> dict[str, Any]:
    months = [date(2024 + (11 + place) // 12, (11 + place) % 12 + 1, 1) for place in range(24)]
    cells = ["none"] * 2 + ["lit"] * 16 + ["dim"] * 2 + ["out"] * 4
    lamp = {"title": Wording("Заказы", "Orders"), "months": cells, "went_out_at": months[20]}
    activity = SimpleNamespace(
        activity_id="0" * 32, at=AS_OF, title=Wording("оформил заказ", "placed an order"), amount=12400.0, details="10482", text="12345",
        errors=[error_row(0)], tone="ours",
    )  # fmt: skip
    return {
        "row": customer_row(1), "exclusion_words": "", "lamps": [lamp], "lamp_months": [{"title": str(month.year), "shown": True} for month in months],
        "errors": [error_row(0)], "errors_in_all": 9, "more_errors": True, "timeline": [activity], "pager": Pager(120, 1), "family": "",
        "families": [{"code": "orders", "title": "1", "count": 34}], "next_step": LATE, "draft": SUMMARY, "do_not_touch": SUMMARY,
        "identifiers": [{"title": "7", "written": "79001234567"}], "contributions": [{"title": LATE, "points": 0.19}], "reasons": [], "signals": [{"title": LATE, "words": SUMMARY}],
        "lists": [ListAnswer("cooling", LATE, False, (ListCondition(LATE, SUMMARY, True), ListCondition(SUMMARY, LATE, False)))], "loss_days": 60,
        "change": {"told": RiskChange(AS_OF, "warm", 0.2, 0.4, 0.2, (), False), "parts": [{"title": LATE, "points": 0.2}]},
    }  # fmt: skip


def story_page(shown: Any, key: str, *, page: int = 1) -> dict[str, Any]:
    told = customer_page(shown, key)
    return {"customer": None, "title": "7", "errors": [error_row(2)], "timeline": told["timeline"], "pager": Pager(3, 1)}


def waiting_page(shown: Any, *, by: str = "", sort: str = "", page: int = 1) -> dict[str, Any]:
    half, share = Estimate(35.0, 15.0, 55.0, 13, Badge.COUNTED), Estimate(0.86, 0.6, 0.96, 14, Badge.COUNTED)
    group = {
        "title": "7", "key": "7", "group": "7", "cases": 14, "replied": 13, "linked": 3, "linked_share": 0.2, "within": 12, "late": 1,
        "unanswered": 1, "waiting": 0, "unclear": 0, "median_minutes": half, "p90_minutes": TOO_FEW, "within_share": share,
    }  # fmt: skip
    thin = group | {"title": "8", "key": "8", "median_minutes": TOO_FEW, "within_share": TOO_FEW}
    tabs = [{"code": "staff", "title": "1", "current": True}]
    known = {"by": by or "shift", "by_known": True, "by_staff": by == "staff", "sort": sort, "tabs": tabs}
    return {"everything": group, "groups": [group, thin], "pager": Pager(30, page), **known}


def cases_page(shown: Any, *, by: str, group: str, outcome: str, page: int = 1) -> dict[str, Any]:
    row = {
        "case": "77", "order": "10482", "customer": None, "anonymous_customer_id": "case:77", "open_id": "0" * 32, "opened_at": AS_OF,
        "waited": 300.0, "target": 60.0, "outcome": "late", "outcome_title": "7", "channel": "chat", "topic": None, "staff": None, "shift": "7",
    }  # fmt: skip
    choices = [{"code": "late", "title": "7"}]
    return {
        "rows": [row, row | {"customer": "1001"}],
        "pager": Pager(126, page),
        "group_title": group,
        "outcome": outcome,
        "outcome_choices": choices,
    }


class Computing:
    share: float | None = 0.4
    idle = False


NO_DATA = object()


def coverage() -> dict[str, Any]:
    found = ANALYSIS.verdict.coverage
    kind = SimpleNamespace(title=SUMMARY, count=61200, share=0.97, first_at=found.first_at, last_at=found.last_at)
    conflict = SimpleNamespace(number="1", written="79001234567", holder="1001", claimants=("1002",))
    merge = SimpleNamespace(number="2", customer="1003", into="1004", at=AS_OF)
    known = {"count": 512000, "first_at": found.first_at, "last_at": found.last_at}
    return {"coverage": found, "kinds": [kind], "conflicts": [conflict], "merges": [merge], "forgotten": 2, **known}


def deliveries(shown: Any) -> list[dict[str, Any]]:
    stars = Estimate(4.27, 4.2, 4.3, 4893, Badge.COUNTED)
    return [{"title": LATE, "orders": 345, "reviewed_orders": 343, "reviews": 345, "stars": stars, "one_star": TOO_FEW, "late": "1"}]
