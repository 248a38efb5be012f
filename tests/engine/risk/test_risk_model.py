"""The risk model: what it reads, what it learns, what it says, and when it is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy import special

from lakmus.engine.arrays import DAY_US
from lakmus.engine.backtest import Backtest
from lakmus.engine.risk.additive import fit_linear, fit_steps
from lakmus.engine.risk.backtest import JudgedRows, judge
from lakmus.engine.risk.blend import NEEDED_EACH, PROCESS, Picture, blend_weights, fit_model, in_season
from lakmus.engine.risk.features import SIGNS, SORTS, Happenings, Lives, Usual, feature_titles, features_at
from lakmus.engine.risk.lives import histories_of
from tests.engine.histories import moment
from tests.engine.test_risk import counts

USUAL = Usual(20.0, 1000.0)


def lives(count: int, rows: list[tuple[int, float]], others: dict | None = None) -> Lives:
    """Purchases as (owner, day), 500 roubles each."""
    owner, day = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    at = (day * DAY_US).astype(np.int64)
    return Lives(count, Happenings(owner, at, at), np.full(owner.size, 500.0), others or {})


def read(one: Lives, day: float) -> dict[str, np.ndarray]:
    columns = features_at(one, moment_us=int(day * DAY_US), horizon_days=60, company=USUAL)
    return dict(zip(feature_titles(one.others), columns.T, strict=True))


def test_features_are_what_their_names_say() -> None:
    found = read(lives(2, [(0, 0), (0, 20), (0, 100), (1, 150)]), 160)
    assert np.expm1(found["silence"]) == pytest.approx([60, 10]) and np.expm1(found["purchases"]) == pytest.approx([3, 1])
    assert np.expm1(found["purchases_90"]) == pytest.approx([1, 1]) and np.expm1(found["age"]) == pytest.approx([160, 10])
    usual = (np.log(20) + np.log(80) + 2 * np.log(20)) / 4
    assert found["last_gap"][0] == pytest.approx(np.log(80) - usual) and found["last_gap"][1] == pytest.approx(0)


def test_nothing_that_came_or_became_known_later_is_read() -> None:
    seen = Happenings(np.array([0]), np.array([90 * DAY_US]), np.array([90 * DAY_US]))
    late = Happenings(np.array([0, 0]), np.array([90, 95]) * DAY_US, np.array([90, 300]) * DAY_US)
    now = read(lives(1, [(0, 0), (0, 50)], {"returns": seen}), 100)
    later = read(lives(1, [(0, 0), (0, 50), (0, 101)], {"returns": late}), 100)
    assert all((now[code] == later[code]).all() for code in now)


def test_an_open_case_counts_until_it_is_solved() -> None:
    case = Happenings(np.array([0]), np.array([90 * DAY_US]), np.array([90 * DAY_US]), np.array([97 * DAY_US]))
    one = lives(1, [(0, 0)], {"complaints_open": case})
    assert read(one, 95)["complaints_open_90"][0] > 0 == read(one, 98)["complaints_open_90"][0]


def test_one_customer_is_read_alone_as_among_others() -> None:
    rows = [(0, 0.0), (0, 30.0), (1, 3.0), (1, 80.0), (1, 90.0)]
    among = features_at(lives(2, rows), moment_us=100 * DAY_US, horizon_days=60, company=USUAL)
    alone = features_at(lives(1, [(0, day) for owner, day in rows if owner]), moment_us=100 * DAY_US, horizon_days=60, company=USUAL)
    assert among[1] == pytest.approx(alone[0], abs=1e-12)


def test_every_feature_stands_under_one_sign() -> None:
    parts = [part for _, features in SIGNS.values() for part in features]
    assert sorted(parts) == sorted([*feature_titles(dict.fromkeys(SORTS)), PROCESS])
    assert all(title.ru and title.en for title, _ in SIGNS.values())


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 4))
    return features, (rng.random(n) < special.expit(features[:, 0] - 0.8 * (features[:, 1] > 0.5))).astype(float)


@pytest.mark.slow
def test_both_parts_find_what_drives_the_outcome() -> None:
    features, lost = drawn(6000, 1)
    weight = np.ones(6000)
    linear, steps = fit_linear(features, lost, weight), fit_steps(features, lost, weight)
    assert linear.slopes[0] == pytest.approx(1.0, abs=0.12) and abs(linear.slopes[3]) < 0.12
    jump = steps.tables[1][-1] - steps.tables[1][0]
    assert jump == pytest.approx(-0.8, abs=0.25) and np.ptp(steps.tables[3]) < 0.3
    for part in (linear, steps):
        assert special.expit(part.intercept + part.parts(features).sum(axis=1)).mean() == pytest.approx(lost.mean(), abs=0.02)


def picture(n: int, days_ago: float, seed: int) -> Picture:
    rng = np.random.default_rng(seed + 100)
    features, lost = drawn(n, seed)
    age = rng.integers(100, 600, n).astype(float)
    x = rng.integers(1, 9, n).astype(float)
    return Picture(days_ago, np.stack([x, np.rint(age * rng.random(n)), age]), np.ones(n, bool), features, lost)


@pytest.mark.slow
def test_contributions_add_up_to_the_logit_and_the_interval_holds_it() -> None:
    pictures = [picture(900, days, seed) for seed, days in enumerate((60.0, 120.0, 180.0))]
    model = fit_model(pictures, pictures[0].everybody, horizon_days=60)
    assert model is not None
    said = model.of(pictures[0].features, histories_of(pictures[0].everybody))
    assert said.contributions.sum(axis=1) + model.mean_logit == pytest.approx(said.logit)
    assert (said.low < said.logit).all() and (said.logit < said.high).all() and all(weight >= 0 for weight in model.weights)
    linear = model.linear.intercept + model.linear.parts(pictures[0].features).sum(axis=1)
    assert np.corrcoef(said.logit, linear)[0, 1] > 0.9


def busier(one: Picture, share: float) -> Picture:
    """The same picture in a season in which this share of those who would be lost comes back."""
    back = np.random.default_rng(9).random(one.lost.size) < share
    return replace(one, lost=np.where(back, 0.0, one.lost))


@pytest.mark.slow
def test_over_all_pictures_as_many_losses_are_said_as_came() -> None:
    pictures = [picture(600, days, seed) for seed, days in enumerate((60.0, 120.0, 180.0))]
    model = fit_model(pictures, pictures[0].everybody, horizon_days=60)
    assert model is not None
    said = [model.of(one.features, histories_of(one.everybody)).probability for one in pictures]
    assert np.concatenate(said).mean() == pytest.approx(np.concatenate([one.lost for one in pictures]).mean(), abs=0.005)


@pytest.mark.slow
def test_the_level_moves_to_that_of_the_same_season_a_year_ago_where_pictures_tell_of_seasons() -> None:
    even = [picture(900, days, seed) for seed, days in enumerate((60.0, 120.0, 180.0, 240.0))]
    seasonal = [busier(one, 0.5 * (place % 2)) for place, one in enumerate(even)]
    year_ago = busier(picture(900, 365.0, 7), 0.5)
    moved = []
    for pictures in (even, seasonal):
        model = fit_model(pictures, pictures[0].everybody, horizon_days=60)
        assert model is not None
        moved.append(in_season(model, year_ago).mean_logit - model.mean_logit)
    assert moved[1] < -0.25 and abs(moved[0]) < 0.5 * abs(moved[1])


def test_too_few_losses_teach_nothing() -> None:
    few = picture(400, 60.0, 3)
    few.lost[:] = 0
    few.lost[: NEEDED_EACH - 1] = 1
    assert fit_model([few], few.everybody, horizon_days=60) is None


def test_a_part_that_says_nothing_loses_its_weight() -> None:
    rng = np.random.default_rng(1)
    logit = rng.normal(size=5000)
    lost = (rng.random(5000) < special.expit(logit)).astype(float)
    weights, level = blend_weights(np.stack([logit, rng.normal(size=5000), -logit], axis=1), lost)
    assert weights[0] > 0.7 and weights[1] < 0.15 and weights[2] < 0.15 and abs(level) < 0.2


def judged_with(said: np.ndarray, lost: np.ndarray) -> Backtest:
    cuts = [moment("2025-06-01") - timedelta(days=60 * place) for place in range(2)]
    table = counts((0, 0, 30, 170), (3, 0, 60, 40))
    rows = JudgedRows(said, lost, np.zeros(lost.size), np.full(lost.size, 2.0), 0.3, 0.2)
    return judge(cuts, [table, table], [rows, None], horizon_days=60)


def test_the_blend_is_used_only_where_it_beats_the_table_and_the_rules() -> None:
    lost = np.concatenate([np.ones(90), np.zeros(210)])
    better = judged_with(np.where(lost > 0, 0.8, 0.1), lost)
    assert better.blended and better.used == "model" and better.cuts[0].model.auc == 1 and better.cuts[0].model.named == 90
    worse = judged_with(np.where(lost > 0, 0.1, 0.8), lost)
    assert not worse.blended and worse.cuts[0].model.auc > 0.5


def test_moments_of_pictures_hold_the_cuts() -> None:
    from lakmus.engine.risk.snapshots import PICTURES_A_HORIZON, cut_moments, picture_moments

    as_of: datetime = moment("2025-06-01")
    span = {"as_of": as_of, "horizon_days": 90, "first_order_at": as_of - timedelta(days=900)}
    assert picture_moments(**span)[::PICTURES_A_HORIZON] == cut_moments(**span)
    assert all(one <= as_of - timedelta(days=90) for one in picture_moments(**span))
