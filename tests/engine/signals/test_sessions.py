"""Sessions are what a visitor did without a pause of half an hour."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from lakmus.engine.signals.sessions import CHECKOUT, LOOKED, ORDERED, SESSIONS, VIEWED, sessions_of
from tests.engine.histories import History, moment

AS_OF = moment("2025-06-01")
SINCE = moment("2025-01-01")


def sessions(history: History) -> list[dict[str, object]]:
    return pl.DataFrame(pl.from_arrow(sessions_of(history.table(), since=SINCE, as_of=AS_OF))).to_dicts()


def visits(*moments: str, **columns: object) -> History:
    history = History().customer("anna")
    for at in moments:
        history.fact("visited_site", at, **columns)
    return history


def test_half_an_hour_without_anything_begins_another_session() -> None:
    first, second = sessions(visits("2025-05-01 10:00", "2025-05-01 10:30", "2025-05-01 11:01"))
    assert first["minutes"] == 30 and second["minutes"] == 0
    assert first["next_visit_days"] == 31 / 24 / 60 and second["next_visit_days"] is None


def test_a_session_is_as_deep_as_its_deepest_step() -> None:
    history = History().customer("anna").fact("visited_site", "2025-05-01 10:00", page="/")
    history.fact("visited_site", "2025-05-02 10:00", page="/tovar/7").fact("viewed_product", "2025-05-03 10:00", product="7")
    history.fact("visited_site", "2025-05-04 10:00", page="/Korzina").fact("started_checkout", "2025-05-05 10:00")
    history.fact("started_checkout", "2025-05-06 10:00").order("1", "2025-05-06 10:05")
    assert [row["deepest"] for row in sessions(history)] == [LOOKED, VIEWED, VIEWED, CHECKOUT, CHECKOUT, ORDERED]


def test_an_order_by_telephone_is_no_session_but_what_came_next() -> None:
    history = History().customer("anna").fact("started_checkout", "2025-05-01 10:00").order("1", "2025-05-03 10:00")
    (only,) = sessions(history)
    assert only["deepest"] == CHECKOUT and only["next_order_days"] == 2


def test_what_a_visitor_typed_into_an_address_is_not_kept_and_repeats_are_left_out_of_the_path() -> None:
    pages = ["/a?email=anna@mail.ru", "/a", "/b#x", "/c", "/d", "/e", "/f"]
    history = History().customer("anna")
    for minute, page in enumerate(pages):
        history.fact("visited_site", moment("2025-05-01") + timedelta(minutes=minute), page=page)
    (only,) = sessions(history)
    assert only["path"] == "/a → /b → /c → /d → /e" and only["entry_page"] == "/a" and only["exit_page"] == "/f"


def test_visitors_whom_nobody_knows_are_told_apart() -> None:
    history = History().customer(None).fact("visited_site", "2025-05-01 10:00", anonymous="site:1")
    history.fact("visited_site", "2025-05-01 10:01", anonymous="site:2")
    assert [(row["customer"], row["visitor"]) for row in sessions(history)] == [(None, "site:1"), (None, "site:2")]


def test_nothing_later_changes_a_session_and_nothing_gives_none() -> None:
    told = sessions(visits("2025-05-01 10:00"))
    assert sessions(visits("2025-05-01 10:00", "2025-06-02 10:00")) == told
    assert sessions_of(History().table(), since=SINCE, as_of=AS_OF).schema == SESSIONS
    assert sessions(visits("2024-05-01 10:00")) == []
