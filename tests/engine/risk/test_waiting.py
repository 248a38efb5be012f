"""Customers without a rhythm of their own: after a single purchase, and with a contract."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from scipy import special

from lakmus.engine.learning import life_reading_of, read_lives, read_rhythm, reading_of, rhythm_learned
from lakmus.engine.risk.fading_hope import fading_curve
from lakmus.engine.risk.groups import judge_lives
from lakmus.engine.risk.old_customers import ENTRIES, LATEST, old_shares
from lakmus.engine.risk.survival import (
    LAG_COUNT,
    LAG_OF,
    LEVELS,
    STEPS_A_HORIZON,
    Axis,
    LifeCounts,
    axis_of_contracts,
    axis_of_purchases,
    fit_hazards,
    no_counts,
    weighted,
)
from lakmus.engine.risk.waiting import LATE_STEPS
from tests.engine.companies import END, shop
from tests.engine.histories import COMPANY, ZONE, History, moment
from tests.engine.risk.test_known_orders import known_by, revised_shop
from tests.engine.running import run

AXIS = axis_of_purchases(80.0)
AGES = (7.0, 6.0, 5.0, 4.0, 3.0)


def steps_of(hazard: np.ndarray, people: int, seed: int = 1) -> np.ndarray:
    """Steps of people who each wait until it happens or two horizons are over; the hazard of each bin, doubled by the second class."""
    rng = np.random.default_rng(seed)
    steps = np.zeros((LAG_COUNT, AXIS.bins, *LEVELS, 2))
    for trouble in (0, 1):
        waiting = people
        for step in range(AXIS.followed):
            where = int(AXIS.bin_of(np.array(step)))
            happened = rng.binomial(waiting, hazard[where] * (1 + trouble))
            for lag in range(min(step, 7) + 1):
                steps[LAG_OF[lag], where, 0, trouble, 0, LATEST] += (waiting - happened, happened)
            waiting -= happened
    return steps


def test_hazards_give_the_chance_that_nothing_happens_within_a_horizon() -> None:
    hazard = np.linspace(0.12, 0.02, AXIS.bins)
    table = fit_hazards(steps_of(hazard, 6000), AXIS)
    assert table is not None
    for start in (0, 5, 12):
        for trouble in (0, 1):
            bins = AXIS.bin_of(np.arange(start, start + 8))
            truth = np.prod(1 - hazard[bins] * (1 + trouble))
            assert special.expit(table.logit[start, 0, trouble, 0, LATEST]) == pytest.approx(truth, abs=0.04)


@pytest.mark.slow
def test_the_interval_of_a_hazard_covers_what_is_true() -> None:
    hazard, truth, covered = np.full(AXIS.bins, 0.06), special.logit(0.94**8), 0
    for seed in range(40):
        table = fit_hazards(steps_of(hazard, 150, seed), AXIS)
        assert table is not None
        covered += abs(table.logit[4, 0, 0, 0, LATEST] - truth) <= 1.96 * np.sqrt(table.variance[4, 0, 0, 0, LATEST])
    assert covered >= 33


@pytest.mark.slow
def test_a_sign_of_life_that_fades_says_less_of_the_end_of_the_horizon_than_of_its_beginning() -> None:
    rng, people, hazard = np.random.default_rng(4), 20_000, 0.03
    alive = np.zeros((people, AXIS.followed), dtype=bool)
    alive[:, 0] = rng.random(people) < 0.5
    for step in range(1, AXIS.followed):  # whoever visited visits again in every second step, others in every tenth
        alive[:, step] = rng.random(people) < np.where(alive[:, step - 1], 0.5, 0.1)
    happens = rng.random(alive.shape) < hazard * (1 + 3 * alive)
    waits = np.cumsum(np.cumsum(happens, axis=1), axis=1) <= 1
    steps = np.zeros((LAG_COUNT, AXIS.bins, *LEVELS, 2))
    for step in range(AXIS.followed):
        here = waits[:, step]
        for lag in range(min(step, 7) + 1):
            where = (LAG_OF[lag], int(AXIS.bin_of(np.array(step))), 0, 0)
            np.add.at(steps[where], (alive[here, step - lag].astype(int), LATEST, happens[here, step].astype(int)), 1)
    table = fit_hazards(steps, AXIS)
    assert table is not None
    for life in (0, 1):
        stands = waits[:, 12] & (alive[:, 12] == bool(life))
        truth = 1 - happens[stands, 12:20].any(axis=1).mean()
        assert special.expit(table.logit[12, 0, 0, life, LATEST]) == pytest.approx(truth, abs=0.02)


def test_too_little_that_happened_gives_no_hazards() -> None:
    assert fit_hazards(steps_of(np.full(AXIS.bins, 0.001), 30), AXIS) is None


def seen_briefly(seed: int, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Steps of customers whom nobody has seen wait for more than ten, each with a rate of their own, some who never return; their waits."""
    rng, steps = np.random.default_rng(seed), np.zeros((LAG_COUNT, AXIS.bins, *LEVELS, 2))
    waited = np.where(rng.random(people) < 0.1, np.inf, rng.exponential(1 / rng.gamma(1.0, 0.1, people)))
    for step in range(10):
        where, there = int(AXIS.bin_of(np.array(step))), waited >= step
        happened = int((there & (waited < step + 1)).sum())
        for lag in range(min(step, 7) + 1):
            steps[LAG_OF[lag], where, 0, 0, 0, LATEST] += (int(there.sum()) - happened, happened)
    return steps, waited


@pytest.mark.slow
def test_beyond_the_waits_that_were_seen_customers_return_ever_less_often() -> None:
    _, waited = seen_briefly(0, 200_000)
    for start in (12, 20):
        truth, told = (waited >= start + 8).sum() / (waited >= start).sum(), []
        for seed in range(20):
            table = fit_hazards(seen_briefly(seed, 500)[0], AXIS)
            assert table is not None
            told.append(special.expit(table.logit[start, 0, 0, 0, LATEST]))
            assert table.logit[60, 0, 0, 0, LATEST] > table.logit[32, 0, 0, 0, LATEST]  # after six horizons less often than after four
        assert np.mean(np.abs(np.array(told) - truth)) < 0.06


def test_how_fast_hope_fades_is_the_companys_own() -> None:
    for rate_shape in (1.0, 4.0):
        at = np.arange(73.0)
        stays = 0.3 + 0.7 * (8 / (8 + at)) ** rate_shape
        hazard = 1 - stays[1:] / stays[:-1]
        place = AXIS.bin_of(np.arange(72))
        waited = np.bincount(place, weights=1e5 * stays[:-1])
        happened = np.bincount(place, weights=1e5 * stays[:-1] * hazard)
        told = special.expit(fading_curve(happened, waited, AXIS.edges, followed=72))
        assert told[8:64] == pytest.approx(hazard[8:64], rel=0.15)


def test_how_many_old_customers_came_with_the_new_ones_is_seen_by_how_soon_after_the_files_begin() -> None:
    rng, people = np.random.default_rng(2), 40_000
    seen = (np.append(((1 - rng.random(people)) ** (-1 / 3) - 1) / 2, rng.uniform(0, 6, people)), np.repeat([1.0, 0.0], people))
    place = np.searchsorted([0.25, 0.5, 1, 2], seen[0], side="right")[seen[0] < 6]
    truth = np.bincount(place, weights=seen[1][seen[0] < 6]) / np.bincount(place)
    assert old_shares(np.bincount(place).astype(float), 6.0) == pytest.approx(truth, abs=0.02)


def test_old_customers_who_are_taken_for_new_ones_do_not_teach_that_new_ones_return() -> None:
    steps, old = np.zeros((LAG_COUNT, AXIS.bins, *LEVELS, 2)), np.zeros(ENTRIES)
    old[0] = 0.8
    waits = np.diff([0, *AXIS.edges, AXIS.followed]) * 200.0
    for entered, hazard, first in ((0, 0.06, 8), (LATEST, 0.02, 0)):
        told = np.arange(AXIS.bins) >= AXIS.bin_of(np.array(first))
        told &= (np.append(0, AXIS.edges) < 24) | (entered == 0)  # nobody new has been seen to wait for longer
        steps[:, told, 0, 0, 0, entered] = (
            np.stack([waits * (1 - hazard), waits * hazard], axis=-1)[told] * np.bincount(LAG_OF)[:, None, None]
        )
    apart, together = fit_hazards(steps, AXIS, old), fit_hazards(steps, AXIS)
    assert apart is not None and together is not None
    said, naive = (1 - special.expit(table.logit[24, 0, 0, 0, LATEST]) for table in (apart, together))
    assert said < 0.22 < 0.3 < naive  # 0.15 would be right


def test_contracts_that_end_at_one_rate_are_not_in_doubt_about_a_year_that_nobody_has_seen() -> None:
    axis = axis_of_contracts(90.0)
    steps = np.zeros((LAG_COUNT, axis.bins, *LEVELS, 2))
    steps[:, :3, 0, 0, 0, LATEST] = (9_900.0, 100.0)
    steps[:, 3:5, 0, 0, 0, LATEST] = (4_950.0, 50.0)
    table = fit_hazards(steps, axis)
    assert table is not None
    assert np.sqrt(table.variance[-1, 0, 0, 0, LATEST]) < 0.3


def test_the_weeks_about_the_first_year_of_a_contract_have_a_hazard_of_their_own() -> None:
    axis = axis_of_contracts(90)
    around, before = (int(axis.bin_of(np.array(int(day / axis.step_days)))) for day in (365, 300))
    assert around != before and axis.happening_is_loss


def counted(axis: Axis, *cells: tuple[int, int, int, int]) -> LifeCounts:
    """(step, trouble, kept, lost) at each of four cuts, with the steps that make them likely."""
    counts = no_counts(axis)
    for step, trouble, kept, lost in cells:
        counts.standing[:, step, 0, trouble, 0, LATEST] += (kept, lost)
        chance = 1 - (lost / (kept + lost)) ** (1 / 8)
        counts.steps[:, 0, :, axis.bin_of(np.array(step)), 0, trouble, 0, LATEST] += (round(8e3 * (1 - chance)), round(8e3 * chance))
    return counts


def test_hazards_give_way_where_one_share_for_everybody_did_better() -> None:
    cuts = [END - timedelta(days=80 * place) for place in range(1, 5)]
    apart = judge_lives(counted(AXIS, (3, 0, 80, 20), (3, 1, 10, 90)), AXIS, cuts, AGES)
    assert [group.used for group in apart.groups] == ["survival", "survival"]
    assert [group.shortage is None for group in apart.groups] == [True, False]  # nobody stood in the second group: unjudged
    wrong = counted(AXIS, (3, 0, 80, 20), (3, 1, 10, 90))
    wrong.standing[...] = wrong.standing[..., ::-1]
    assert judge_lives(wrong, AXIS, cuts, AGES).groups[0].used == "share"
    assert judge_lives(no_counts(AXIS), AXIS, cuts, AGES).risk is None


@pytest.mark.slow
def test_counts_of_the_past_hold_what_was_known_then() -> None:
    table = revised_shop()
    rhythm = read_rhythm(table, 0, as_of=END, time_zone=ZONE)
    learned = rhythm_learned([rhythm], as_of=END)
    reading = life_reading_of([rhythm], learned, reading_of([rhythm], learned, as_of=END), as_of=END)
    assert reading is not None and len(reading.cuts) >= 2
    (whole,) = read_lives(table, 0, lives=reading, company=COMPANY, as_of=END)
    for place, cut in enumerate(reading.cuts):
        (then,) = read_lives(known_by(table, cut), 0, lives=reading, company=COMPANY, as_of=END)
        assert np.array_equal(whole.steps[place + 1], then.steps[place + 1])
        assert np.array_equal(whole.standing[place].sum(axis=-1), then.standing[place].sum(axis=-1))


@pytest.mark.slow
def test_of_those_who_may_have_come_before_the_files_only_late_waits_teach() -> None:
    table = newcomers().table()
    rhythm = read_rhythm(table, 0, as_of=END, time_zone=ZONE)
    learned = rhythm_learned([rhythm], as_of=END)
    reading = life_reading_of([rhythm], learned, reading_of([rhythm], learned, as_of=END), as_of=END)
    assert reading is not None
    early = replace(reading, first_us=round(END.timestamp() * 1_000_000))  # as though the files had begun only now
    (known,), (unknown,) = (read_lives(table, 0, lives=one, company=COMPANY, as_of=END) for one in (reading, early))
    late = reading.axes[0].bin_of(np.array(LATE_STEPS))
    assert known.steps[0][:, :, :late].sum() > 0 and unknown.steps[0][:, :, :late].sum() == 0
    assert unknown.steps[0][:, :, late:].sum() >= known.steps[0][:, :, late:].sum() > 0
    assert unknown.standing[0, :STEPS_A_HORIZON].sum() == 0
    assert unknown.standing[0, STEPS_A_HORIZON:].sum() == known.standing[0, STEPS_A_HORIZON:].sum() > 0


def newcomers() -> History:
    """A shop to which somebody new comes every day; half of them never again."""
    history, rng = shop(200, seed=5), random.Random(7)
    for number in range(500):
        at = moment("2024-03-01") + timedelta(days=number * 1.3)
        history.customer(f"n{number:03}").order(f"n{number}-0", at)
        if rng.random() < 0.5 and (again := at + timedelta(days=rng.expovariate(1 / 20))) < END:
            history.order(f"n{number}-1", again)
    return history


@pytest.mark.slow
def test_everybody_who_can_be_lost_has_a_probability_with_its_interval_and_reasons() -> None:
    analysis = run(newcomers().table(), as_of=END)
    rows = pl.DataFrame(pl.from_arrow(analysis.tables["customers"]))
    assert set(rows.filter(pl.col("risk_group").is_null())["state"]) <= {"lost", "no_orders"}
    assert set(rows["risk_group"].drop_nulls()) == {"regular", "new", "one_time"}
    said = rows.filter(pl.col("risk_group").is_not_null())
    assert said["churn_probability"].null_count() == 0
    assert said.filter(~pl.col("churn_probability").is_between("churn_low", "churn_high")).is_empty()
    groups = {group.code: group for group in analysis.verdict.definition.groups}
    for code, own in said.partition_by("risk_group", as_dict=True).items():
        assert groups[code[0]].count == own.height and groups[code[0]].mean == pytest.approx(own["churn_probability"].mean(), abs=1e-5)
    assert groups["new"].mean < groups["one_time"].mean  # whoever came lately may well come again
    one = said.filter(pl.col("risk_group") == "new").row(0, named=True)
    mean = one["churn_probability"] - sum(part["points"] for part in one["contributions"])
    assert 0 < mean < 1


def subscribers() -> History:
    """Contracts paid every month; who complains is three times as likely to end theirs."""
    history, rng = History(), random.Random(3)
    for number in range(400):
        at, unhappy = moment("2024-01-01") + timedelta(days=rng.random() * 500), rng.random() < 0.3
        history.customer(f"s{number:03}").fact("started_contract", at, contract=f"k{number}")
        while at < END - timedelta(days=1):
            history.fact("paid_invoice", at, contract=f"k{number}", amount=500.0)
            if unhappy and rng.random() < 0.5:
                history.review((at + timedelta(days=3)).date().isoformat(), 1)
            at += timedelta(days=30)
            if rng.random() < (0.12 if unhappy else 0.02) and at < END:
                history.fact("gave_notice", at, contract=f"k{number}")
                break
    return history


@pytest.mark.slow
def test_customers_with_a_contract_are_told_how_likely_its_end_is() -> None:
    analysis = run(subscribers().table(), as_of=END)
    rows = pl.DataFrame(pl.from_arrow(analysis.tables["customers"]))
    running = rows.filter(pl.col("risk_group") == "contract")
    assert running.height == rows.filter(pl.col("state") != "lost").height > 100
    assert running["churn_probability"].null_count() == 0 and set(running["horizon_days"]) == {90}
    unhappy = running.filter(pl.col("negative_reviews_count") > 2)["churn_probability"].mean()
    content = running.filter(pl.col("negative_reviews_count") == 0)["churn_probability"].mean()
    assert unhappy > 2 * content and content == pytest.approx(1 - 0.98**3, abs=0.05)
    (group,) = analysis.verdict.definition.groups
    assert (group.code, group.method, group.count) == ("contract", "survival", running.height)


def test_weights_of_eras_fall_with_age() -> None:
    counts = no_counts(AXIS).steps[0]
    counts[:, 0, 0, 0, 0, 0, 0, 0] = 1
    assert 1 < weighted(counts)[0, 0, 0, 0, 0, 0, 0] < counts.shape[0]
