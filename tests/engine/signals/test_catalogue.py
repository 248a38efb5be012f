"""Each signal of the catalogue by a small history, and all of them together against chance, season and missing feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from lakmus.engine.bucket import facts_until
from lakmus.engine.feeds import Feed, Feeds, feeds_of
from lakmus.engine.signals.catalogue import BY_CODE, SIGNALS
from lakmus.engine.signals.readings import Sides, rose_beyond_noise, smaller_mean
from lakmus.engine.signals.season import GROUPS, season_sums, seasons
from lakmus.engine.signals.sight import SignalReading
from lakmus.history.kinds import KINDS
from tests.engine.histories import History, moment
from tests.engine.seeing import seen_of

AS_OF = moment("2025-06-01")


def before(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


def often(kind: str, every: float, since: float, until: float = 0.0, history: History | None = None, **columns: object) -> History:
    history = (history or History()).customer("anna")
    for age in np.arange(since, until, -every):
        history.fact(kind, before(float(age)), **columns)
    return history


def read(history: History, **more: object) -> dict[str, SignalReading]:
    readings = seen_of(history.table(), as_of=AS_OF, **more).signals
    return {reading.signal.code: reading for reading in readings}


def test_every_signal_is_read_and_counts_kinds_that_exist() -> None:
    assert list(read(often("placed_order", 10, 400))) == [signal.code for signal in SIGNALS]
    for signal in SIGNALS:
        assert signal.needs and set(signal.needs) <= set(KINDS), signal.code
        assert (signal.window_days is None) or signal.parts, signal.code


def test_a_signal_without_its_feed_says_so_rather_than_zero() -> None:
    history = often("placed_order", 10, 400)
    found = read(history, feeds=feeds_of(facts_until(history.table(), as_of=AS_OF)))
    assert found["purchase_frequency"].measured and found["purchase_frequency"].now == 8
    silent = found["visits"]
    assert (silent.measured, silent.now, silent.usual, silent.warns) == (False, None, None, False)
    others = Feeds({"visited_site": Feed(7, 7, AS_OF, AS_OF)})
    assert read(history, feeds=others)["visits"].now == 0


def test_the_same_window_a_year_ago_stands_beside() -> None:
    history = often("placed_order", 15, 455, 365, history=often("placed_order", 30, 89))
    reading = read(history)["purchase_frequency"]
    assert (reading.now, reading.previous, reading.year_ago) == (3, 0, 5)


def test_a_low_season_is_no_fall() -> None:
    history = often("visited_site", 6, 700, 90, history=often("visited_site", 12, 89))
    assert read(history)["visits"].warns
    assert not read(history, season={"visits": 0.5})["visits"].warns


def test_notice_and_cries_for_help_warn_at_once() -> None:
    history = (
        often("placed_order", 30, 400)
        .fact("gave_notice", before(20), contract="1")
        .case("1", "2025-05-20", text="Последний раз обращаюсь, ухожу")
    )
    found = read(history)
    assert found["contract_notice"].warns and found["cry_for_help"].warns
    assert found["critical_cases"].now == 1 and found["critical_cases"].warns
    assert not read(history.reply("1", "2025-05-21"))["critical_cases"].warns


def test_a_question_without_a_good_answer_is_late_unanswered_or_asked_again() -> None:
    history = often("placed_order", 30, 400)
    history.case("good", "2025-05-01 10:00").reply("good", "2025-05-01 12:00").resolve("good", "2025-05-01 13:00")
    history.case("late", "2025-05-02").reply("late", "2025-05-07").case("silent", "2025-05-03").case("fresh", "2025-05-31")
    history.case("again", "2025-05-04").reply("again", "2025-05-04 10:00").reopen("again", "2025-05-06")
    reading = read(history)["unanswered_questions"]
    assert (reading.now, reading.warns) == (3, True)


def test_standard_requests_that_take_longer_warn() -> None:
    history = often("placed_order", 30, 700)
    for n in range(6):
        opened, hours = before(500 - 90 * n), 2 if n < 3 else 20
        history.fact("opened_case", opened, case=str(n)).fact("case_resolved", opened + timedelta(hours=hours), case=str(n))
    reading = read(history)["time_to_resolve"]
    assert (reading.now, reading.usual, reading.warns) == (1200.0, (3 * 120 + 1200) / 4, True)


def test_points_that_lie_idle_are_told_with_their_balance() -> None:
    history = often("earned_points", 10, 400, 380, points=50.0).fact("redeemed_points", before(300), points=30.0)
    assert (read(history)["dormant_points"].now, read(history)["dormant_points"].warns) == (70.0, True)
    assert read(history.fact("earned_points", before(3), points=5.0))["dormant_points"].now == 0


def test_a_promoter_who_became_a_detractor_warns() -> None:
    history = often("answered_survey", 90, 500, 200, survey="nps", score=10.0).fact("answered_survey", before(30), survey="nps", score=4.0)
    history.fact("answered_survey", before(20), survey="csat", score=5.0)
    reading = read(history)["promoter_drift"]
    assert (reading.now, reading.usual, reading.warns) == (4.0, 10.0, True)


def test_survey_silence_and_unopened_messages_are_against_what_was_sent() -> None:
    history = often("answered_survey", 30, 520, 180, history=often("was_surveyed", 30, 520), survey="csat", score=5.0)
    history = often("opened_message", 10, 455, 95, history=often("received_offer", 10, 455, history=history))
    found = read(history)
    assert found["survey_silence"].now == 0 and found["survey_silence"].warns
    assert found["messages_opened"].now == 0 and found["messages_opened"].warns
    quiet = often("opened_message", 10, 455, 95, history=often("received_offer", 10, 455, 90))
    assert not read(quiet)["messages_opened"].warns  # nothing was sent, so nothing could be opened


def test_praise_with_falling_use_and_no_question_is_a_sign() -> None:
    history = often("used_service", 3, 700, 100).review("2025-05-01", 5, "Всё отлично")
    assert read(history)["praise_only"].warns and read(history)["account_use"].warns
    assert not read(history.case("1", "2025-05-02"))["praise_only"].warns


def test_several_dark_dimensions_are_counted() -> None:
    history = often("visited_site", 5, 700, 200, history=often("placed_order", 10, 700, 200))
    reading = read(history)["lamps_dark"]
    assert (reading.now, reading.warns) == (2, True)


def test_rising_counts_are_judged_against_the_usual() -> None:
    now, usual = np.array([1.0, 1, 5, 0]), np.array([np.nan, 1.5, 1.5, 0.1])
    assert rose_beyond_noise(now, usual).tolist() == [True, False, True, False]


def test_a_smaller_mean_is_welchs_test() -> None:
    from scipy import stats

    draw = np.random.default_rng(5)
    for one, other in ((draw.normal(80, 20, 5), draw.normal(100, 20, 12)), (draw.normal(99, 30, 4), draw.normal(100, 30, 9))):
        now, past = (
            {"n": np.array([float(len(part))]), "s": np.array([part.sum()]), "q": np.array([(part**2).sum()])} for part in (one, other)
        )
        exact = stats.ttest_ind(one, other, equal_var=False, alternative="less").pvalue < 0.05
        assert smaller_mean(now, past, "n", "s", "q").tolist() == [exact]


@pytest.mark.parametrize("code", ["purchase_frequency", "visits", "loyalty_activity"])
def test_in_customers_whose_habit_did_not_change_few_warn(code: str) -> None:
    draw = np.random.default_rng(7)
    rates = draw.gamma(2, 4, 20_000)  # activities in 90 days
    now, past = draw.poisson(rates).astype(float), draw.poisson(rates * 365 / 90).astype(float)
    side = {"n": now}
    reading = BY_CODE[code].read(Sides(side, side, side, {"n": past * 90 / 365}, {"n": past}, {"any": now}))
    # The usual is itself a count, so a little more than the level that holds for a known rate.
    assert 0.01 < reading.warns.mean() < 0.06


def test_season_compares_the_window_with_the_rest_of_the_year_for_those_who_stay() -> None:
    history = History()
    for number in range(20):
        history.customer(f"c{number}")
        for age in [*np.arange(460, 365, -2.0), *np.arange(360, 0, -8.0)]:
            history.fact("visited_site", before(float(age)))
    for number in range(50):  # those who left after the high season prove none
        history.customer(f"gone{number}").fact("visited_site", before(460)).fact("visited_site", before(400))
    index = seasons([season_sums(facts_until(history.table(), as_of=AS_OF), as_of=AS_OF)])
    high, rest = 45 * 20, (45 + 34) * 20
    assert index["visits"] == pytest.approx((high + 100) / (rest * 90 / 365 + 100), rel=0.02)
    assert set(index) == set(GROUPS) and index["orders"] == 1.0
