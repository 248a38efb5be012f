"""Lamps against a plain walk over one customer's activities, at many dates at once, and blind to the future."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.special import pdtr

from lakmus.engine.signals.lamps import CELLS, DIM_SHARE, lamps_out
from lakmus.engine.signals.trails import trails_of
from tests.engine.histories import History, moment
from tests.engine.seeing import seen_of

CELL = timedelta(days=30)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
DATES = [moment("2025-06-01") + timedelta(days=days, hours=5) for days in (0, 1, 29, 30, 200)]


def drawn(seed: int) -> list[datetime]:
    """Visits of one customer whose rate changes a few times."""
    draw = random.Random(seed)
    at, ts = [], moment("2022-03-01")
    while ts < moment("2026-03-01"):
        rate = draw.choice([0.3, 2, 4, 8, 15])
        until = ts + timedelta(days=draw.choice([100, 300, 500]))
        while (ts := ts + timedelta(days=draw.expovariate(rate / 90))) < until:
            at.append(ts)
    return at


def history_of(visits: list[datetime]) -> History:
    history = History().customer("anna")
    for ts in visits:
        history.fact("visited_site", ts)
    return history


def walked(visits: list[datetime], as_of: datetime) -> datetime | None:
    """The definition, word by word."""
    visits = [ts for ts in visits if ts <= as_of]
    if not visits:
        return None
    end = EPOCH + CELL * -(-(visits[0] - EPOCH) // CELL)
    ends = [end + CELL * number for number in range(200) if end + CELL * number < as_of] + [as_of]
    first, out = end - CELL, None
    for number, end in enumerate(ends):
        recent = sum(end - 3 * CELL < ts <= end for ts in visits)
        past = sum(end - 15 * CELL < ts <= end - 3 * CELL for ts in visits)
        observed = min(12, -((first - (end - 3 * CELL)) // CELL))
        falls = observed >= 3 and pdtr(recent, past * 3 / observed) < 0.05
        if out is None and falls:
            usual = past * 3 / observed
            enough = next(k for k in range(1000) if pdtr(k, usual) >= 0.05)
            seen = [ts for ts in visits if ts <= end]
            fell = seen[-enough] + 3 * CELL if len(seen) >= enough else end
            begin = first + CELL * number
            out = (number, usual, min(max(fell, begin), end))
        elif out is not None and (recent >= DIM_SHARE * out[1] or number - out[0] >= CELLS):
            out = None
    return None if out is None else out[2]


@pytest.mark.parametrize("seed", range(12))
def test_lamps_are_those_of_a_plain_walk(seed: int) -> None:
    visits = drawn(seed)
    found = lamps_out(trails_of(history_of(visits).table()), as_of=DATES)["visits"][:, 0]
    for date, us in zip(DATES, found.tolist(), strict=True):
        expected = walked(visits, date)
        assert us == (-1 if expected is None else round(expected.timestamp() * 1_000_000)), date


def test_some_of_them_are_out_and_some_are_not() -> None:
    states = [walked(drawn(seed), date) is None for seed in range(12) for date in DATES]
    assert 10 < sum(states) < 50


def test_a_date_looks_the_same_alone_and_among_others_and_other_customers() -> None:
    history = history_of(drawn(1))
    alone = [lamps_out(trails_of(history.table()), as_of=[date])["visits"][0, 0] for date in DATES]
    history.customer("boris").fact("visited_site", "2001-05-05")
    both = lamps_out(trails_of(history.table()), as_of=DATES[::-1])["visits"][::-1]
    assert both[:, 0].tolist() == alone and both[:, 1].tolist() == [-1] * len(DATES)


def test_a_lamp_that_went_out_in_a_whole_cell_keeps_its_moment_however_late_one_looks() -> None:
    visits = [moment("2023-01-01") + timedelta(days=5 * number) for number in range(100)]
    dates = [visits[-1] + timedelta(days=days) for days in (130, 140, 200, 365)]
    found = lamps_out(trails_of(history_of(visits).table()), as_of=dates)["visits"][:, 0]
    assert len(set(found.tolist())) == 1 and found[0] > 0


def test_what_was_not_known_yet_lights_no_lamp() -> None:
    visits = [moment("2023-01-01") + timedelta(days=5 * number) for number in range(150)]
    history = history_of([ts for ts in visits if ts < moment("2024-06-01")])
    for ts in visits:
        if ts >= moment("2024-06-01"):
            history.fact("visited_site", ts, known_at="2025-02-01")
    before, after = lamps_out(trails_of(history.table()), as_of=[moment("2024-12-31"), moment("2025-02-02")])["visits"][:, 0]
    assert before > 0 and after == -1


def test_after_two_years_without_a_dimension_its_lamp_counts_as_out_no_more() -> None:
    visits = [moment("2021-01-01") + timedelta(days=5 * number) for number in range(100)]
    trails = trails_of(history_of(visits).table())
    found = lamps_out(trails, as_of=[visits[-1] + timedelta(days=days) for days in (600, 900)])["visits"][:, 0]
    assert found[0] > 0 and found[1] == -1


def test_the_page_of_one_customer_shows_the_same_moment() -> None:
    visits = drawn(3)
    for date in DATES:
        shown = {lamp.dimension: lamp for lamp in seen_of(history_of(visits).table(), as_of=date).lamps}["visits"]
        expected = walked(visits, date)
        assert shown.went_out_at == expected and (shown.cells[-1] == "out") == (expected is not None)
        assert len(shown.ends_at) == CELLS and shown.ends_at[-1] == date and np.all(np.diff(np.array(shown.ends_at)) > timedelta(0))


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_a_lamp_is_lit_only_where_something_happened_in_its_ninety_days(count: int) -> None:
    visits = [moment("2023-01-10") + timedelta(days=12 * number) for number in range(count)]
    (lamp,) = (
        one for one in seen_of(history_of(visits).table(), as_of=visits[-1] + timedelta(days=600)).lamps if one.dimension == "visits"
    )
    happened = [any(end - 3 * CELL < ts <= end for ts in visits) for end in lamp.ends_at]
    assert "lit" not in {cell for cell, some in zip(lamp.cells, happened, strict=True) if not some}
    assert lamp.cells[-1] in ("none", "out")
