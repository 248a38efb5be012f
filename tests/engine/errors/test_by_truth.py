"""All detectors against a simulated company whose errors are planted by independent code, through its files and the import."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC
from pathlib import Path

import polars as pl
import pytest

from benchmarks.detectors import found_in, judged, planted_in

FROM_FACTS = {
    "reply_later_than_target", "never_answered", "reopened_or_came_back", "wrong_thing_came", "preference_not_kept",
    "message_against_order", "no_contact_after_delivery", "offer_against_history", "delivered_after_promise", "charged_above_order",
    "call_did_not_get_through", "checkout_failed", "comment_never_taken_up", "promise_in_message",
}  # fmt: skip
IN_WORDS = {"formal_script", "inflexibility", "misunderstanding", "rudeness", "untrained_staff", "indifference"}


@pytest.mark.slow
def test_planted_errors_are_found_from_facts_and_nothing_else_is(tmp_path: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    lakmus = [sys.executable, "-m", "lakmus"]
    subprocess.run(
        [*lakmus, "simulate", str(files), "--customers", "1500", "--months", "24", "--seed", "7"], check=True, capture_output=True
    )
    tables = [str(path) for path in sorted(files.glob("*.csv"))]
    subprocess.run([*lakmus, "import", *tables, "--yes", "--home", str(home)], check=True, capture_output=True)
    planted, end = planted_in(files)
    planted, found = judged(planted, found_in(home, as_of=end.astimezone(UTC))[0])
    facts = found.filter(pl.col("detector").is_in(FROM_FACTS))
    precision = facts.group_by("detector").agg(pl.col("met").mean())
    assert set(precision["detector"]) == FROM_FACTS
    assert precision["met"].min() >= 0.95, precision  # type: ignore[operator]
    told = pl.col("code").is_in(IN_WORDS)
    recall = planted.filter(~told).group_by("code", "finding").agg(pl.col("met").mean())
    assert recall["met"].min() >= 0.95, recall  # type: ignore[operator]
    audit = planted.filter(pl.col("code") == "automatic_message_error")
    assert audit["met"].all() and facts.filter(pl.col("detector") == "message_against_order")["met"].mean() >= 0.99  # type: ignore[operator]
