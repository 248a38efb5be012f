"""Contacts that we caused: as many as the engine counts on the same stream, each figure with its rows; wishes that were not kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from lakmus.engine.bucket import facts_until
from lakmus.engine.errors.failure_demand import caused_contacts
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.usecases.causes.avoidable import contacts_of, list_contacts, list_wishes, wishes_of
from lakmus.usecases.causes.pages import cause_page
from tests.web.invented_tables import write_tables

AS_OF, SINCE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)
COLUMNS = "activity_id activity ts customer _order _case _channel _topic _text".split()
ROWS = [
    ("a1", "opened_case", datetime(2026, 1, 5, tzinfo=UTC), "1", "o1", None, "phone", None, None),
    ("a2", "called", datetime(2026, 1, 9, tzinfo=UTC), "1", None, "c1", "phone", None, None),
    ("a3", "opened_case", datetime(2026, 2, 20, tzinfo=UTC), "1", "o1", None, "phone", None, None),
    ("a4", "complained", datetime(2026, 1, 5, tzinfo=UTC), "2", "o1", None, "chat", None, None),
    ("a5", "complained", datetime(2024, 1, 5, tzinfo=UTC), "1", "o1", None, "chat", None, None),
    ("w1", "stated_preference", datetime(2026, 1, 5, tzinfo=UTC), "1", None, None, None, "channel", "do not call me"),
    ("w2", "stated_preference", datetime(2026, 1, 5, tzinfo=UTC), "2", None, None, None, "channel", "only e-mail"),
    ("s1", "was_contacted", datetime(2026, 1, 9, tzinfo=UTC), "1", None, None, "phone", None, None),
]
ERRORS = [
    ("e1", "broken_promise", "delivery", datetime(2026, 1, 1, tzinfo=UTC), "o1", None),
    ("e2", "slow_reply", "reply_late", datetime(2026, 1, 9, tzinfo=UTC), None, "c1"),
    ("e3", "rudeness", "rudeness_in_words", datetime(2026, 1, 4, tzinfo=UTC), "o1", None),
]


@pytest.fixture
def facts() -> pl.DataFrame:
    rows = pl.DataFrame(ROWS, schema=COLUMNS, orient="row")
    return rows.with_columns(pl.lit(None, pl.String).alias("anonymous_customer_id"), pl.col("ts").alias("_known_at"))


@pytest.fixture
def errors() -> pl.DataFrame:
    rows = pl.DataFrame(ERRORS, schema=["error_id", "code", "detector", "at", "order", "case"], orient="row")
    return rows.with_columns(pl.lit("1").alias("customer"), pl.lit(None, pl.String).alias("anonymous_customer_id"))


@pytest.fixture
def told(tmp_path: Path, facts: pl.DataFrame, errors: pl.DataFrame, settings: Any) -> tuple[Any, Any]:
    """Return a home and a verdict that hold these rows."""
    settings.LAKMUS_HOME = tmp_path
    write_tables(tmp_path)
    facts.write_parquet(tmp_path / "facts.parquet")
    errors.write_parquet(tmp_path / "errors.parquet")
    tables = {"errors": str(tmp_path / "errors.parquet")}
    home = SimpleNamespace(stream=lambda: SimpleNamespace(files=lambda: [str(tmp_path / "facts.parquet")]))
    verdict = SimpleNamespace(definition=SimpleNamespace(window_start_at=SINCE))
    people = str(tmp_path / "people" / "*.parquet")
    shown = SimpleNamespace(as_of=AS_OF, verdict=verdict, folder=tmp_path, table=lambda name: tables.get(name, people))
    return home, shown


def test_a_contact_is_ours_as_the_engine_says_and_each_figure_opens_to_its_rows(
    told: tuple[Any, Any], facts: pl.DataFrame, errors: pl.DataFrame
) -> None:
    found = contacts_of(*told)
    keyed = errors.with_columns(pl.col("customer").alias("key"))
    counted = caused_contacts(facts_until(facts.to_arrow(), as_of=AS_OF), keyed).filter(pl.col("at") > SINCE)
    assert (found.total, found.caused) == (counted.height, counted["code"].count()) == (4, 2)
    for code, n in found.by_code.items():
        rows = list_contacts(*told, code=code)
        assert (rows.total, len(rows.rows)) == (n, n)
    assert isinstance(found.share, NotEnoughEvidence)


def test_wishes_that_were_not_kept_stand_with_the_customers_words(told: tuple[Any, Any]) -> None:
    assert wishes_of(*told) == (2, 1)
    (broken,) = list_wishes(*told, broken=True).rows
    assert (broken["said"], broken["violation_id"]) == ("do not call me", "s1")
    assert list_wishes(*told, broken=False).total == 2


def test_programs_are_told_what_the_page_shows(told: tuple[Any, Any]) -> None:
    answer = cause_page(*told, "avoidable", {}, language="en")
    assert (answer["contacts"], answer["caused"], answer["wishes"]) == (4, 2, {"stated": 2, "not_kept": 1})
    assert {row["code"]: row["contacts"] for row in answer["by_code"]} == contacts_of(*told).by_code
    assert answer["share_caused"]["status"] == "not_enough_evidence"
