"""Decisions on reasons count from when they are taken over: one click computes anew, a decision alone does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakmus.operations.reasons.changes import decide_reason
from lakmus.usecases.causes.ledger import list_reasons, not_taken_over
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.taken_decisions import take_over_decisions, taken_at
from tests.usecases.conftest import bring_in


@pytest.mark.slow
def test_what_was_decided_is_in_the_shares_once_it_was_taken_over(new_home: Home, company_files: Path, user_of) -> None:
    bring_in(new_home, *(company_files / f"{name}.csv" for name in ("orders", "deliveries", "customers")))
    before = show_verdict(new_home)
    row = next(row for row in list_reasons(before, {"errors": True}).rows if row["probability"] < 0.95)
    reason = {"customer": row["customer"], "code": row["code"]}
    decide_reason(**reason, status="confirmed", actor=user_of("owner"))
    assert not_taken_over(show_verdict(new_home)) == 1 and show_verdict(new_home).key == before.key
    take_over_decisions(new_home, actor=user_of("owner"))
    after = show_verdict(new_home)
    assert after.key != before.key and taken_at(new_home) is not None
    assert list_reasons(after, reason).rows[0]["probability"] > row["probability"]
    assert not_taken_over(after) == 0
    decide_reason(**reason, status="hypothesis", actor=user_of("owner"))
    assert not_taken_over(after) == 1
