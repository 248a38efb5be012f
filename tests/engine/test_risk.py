"""The definition of loss, states, past snapshots, probability, back-test."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from lakmus.engine.feeds import Feed, Feeds
from lakmus.engine.risk.backtest import _chosen, _figures, backtest, drift_of
from lakmus.engine.risk.definition import NEEDED_CUSTOMERS, define_loss
from lakmus.engine.risk.known_orders import KnownOrders
from lakmus.engine.risk.probability import FALL_RULE, GAP_RULE, MODEL, in_doubt, learn_risk
from lakmus.engine.risk.snapshots import EXPERIENCE_COUNT, SHAPE, SILENCE_COUNT, Snapshot, cut_moments, empty_snapshot, snapshot
from lakmus.engine.risk.states import NEVER, loss_shapes, states
from lakmus.engine.signals.rhythm import CompanyRhythm, Purchases, completed_gaps, personal_rhythm
from lakmus.history.estimate import Estimate, NotEnoughEvidence
from tests.engine.histories import moment
from tests.engine.test_rhythm import DAY, purchases_of

AS_OF = moment("2025-06-01")
COMPANY_RHYTHM = CompanyRhythm(median_days=20, p90_days=40, p90_low=38, p90_high=43, customers_count=500, gaps_count=3000)
NO_FEEDS = Feeds({})


def at_day(day: float) -> datetime:
    return datetime.fromtimestamp(day * 86_400, tz=AS_OF.tzinfo)


@pytest.mark.parametrize(("found", "horizon"), [(40, 40), (3, 14), (800, 365)])
def test_the_horizon_is_the_rhythm_within_its_bounds(found: int, horizon: int) -> None:
    definition = define_loss(CompanyRhythm(2, found, found, found, 500, 900), feeds=NO_FEEDS, as_of=AS_OF)
    assert definition.horizon_days == horizon and isinstance(definition.horizon, Estimate)
    assert str(horizon) in definition.text.ru and str(horizon) in definition.text.en


def test_too_few_customers_with_gaps_define_nothing() -> None:
    definition = define_loss(CompanyRhythm(2, 40, 30, 50, NEEDED_CUSTOMERS - 1, 900), feeds=NO_FEEDS, as_of=AS_OF)
    assert (definition.basis, definition.horizon_days) == ("unknown", None)
    assert isinstance(definition.horizon, NotEnoughEvidence) and definition.horizon.available == NEEDED_CUSTOMERS - 1


@pytest.mark.parametrize(("orders", "linked", "said"), [(0, 0, "нет покупок"), (90, 0, "не указан клиент"), (90, 80, "хотя бы дважды")])
def test_where_no_rhythm_is_seen_the_card_says_what_is_missing(orders: int, linked: int, said: str) -> None:
    feeds = Feeds({"placed_order": Feed(orders, linked, AS_OF, AS_OF)}) if orders else NO_FEEDS
    shortage = define_loss(None, feeds=feeds, as_of=AS_OF).horizon
    assert isinstance(shortage, NotEnoughEvidence) and said in shortage.reason.ru


def test_contracts_define_loss_where_purchases_cannot() -> None:
    feeds = Feeds({"ended_contract": Feed(3, 3, AS_OF, AS_OF)})
    assert define_loss(None, feeds=feeds, as_of=AS_OF).basis == "contract"


def states_of(gaps: list[list[int]], silent_days: float, lamps: int = NEVER):
    purchases = purchases_of(*gaps)
    now = int(purchases.last_us.max() + silent_days * DAY)
    done = completed_gaps(purchases)
    rhythm = personal_rhythm(purchases, done, COMPANY_RHYTHM)
    n = purchases.count
    return states(purchases, done, rhythm, np.full(n, lamps), known_since_us=np.full(n, 7), horizon_days=100, now_us=now), rhythm, purchases


@pytest.mark.parametrize(
    ("silent", "state"), [(1, "warm"), (39.9, "warm"), (40.1, "cooling"), (69.9, "cooling"), (70.1, "cold"), (100, "lost")]
)
def test_a_state_follows_from_silence_by_the_rule(silent: float, state: str) -> None:
    placed, rhythm, purchases = states_of([[40] * 50], silent)
    assert rhythm.p90_days[0] == pytest.approx(40)
    assert placed.name.tolist() == [state]
    since = {"cooling": 40, "cold": 70, "lost": 100}
    if state in since:
        assert placed.since_us[0] - purchases.last_us[-1] == pytest.approx(since[state] * DAY, abs=DAY)


def test_one_purchase_is_new_and_then_one_time() -> None:
    assert states_of([[]], 10)[0].name.tolist() == ["new"]
    assert states_of([[]], 150)[0].name.tolist() == ["one_time"]


def test_two_lamps_out_cool_a_warm_customer_down() -> None:
    purchases = purchases_of([40] * 50)
    placed, _, _ = states_of([[40] * 50], 10, lamps=int(purchases.last_us[-1] - 5 * DAY))
    assert placed.name.tolist() == ["cooling"]


def test_warm_dates_from_the_return_after_the_last_long_gap() -> None:
    placed, _, purchases = states_of([[40] * 20 + [90] + [40] * 3], 1)
    assert placed.since_us[0] == purchases.last_us[21]


def test_a_loss_is_gradual_when_the_last_gaps_grew() -> None:
    gaps = completed_gaps(purchases_of([10, 10, 10, 20, 30], [10, 10, 10, 10], [10, 30]))
    assert loss_shapes(gaps, 3).tolist() == ["gradual", "abrupt", None]


def test_cuts_lie_one_horizon_apart_and_leave_history_before_them() -> None:
    cuts = cut_moments(as_of=AS_OF, horizon_days=100, first_order_at=AS_OF - timedelta(days=450))
    assert cuts == [AS_OF - timedelta(days=100), AS_OF - timedelta(days=200)]
    assert cut_moments(as_of=AS_OF, horizon_days=100, first_order_at=None) == []


def at(bought: Purchases, cut: datetime) -> Purchases:
    """The purchases as they were known at a cut."""
    never = np.full(bought.owner.size, np.iinfo(np.int64).max)
    at_us, paid = bought.first_us, np.full(bought.owner.size, np.nan)
    return KnownOrders(bought.customers, bought.owner, bought.day, at_us, at_us, never, paid).at(round(cut.timestamp() * 1e6))[0]


def test_a_snapshot_counts_who_was_there_and_who_came_back() -> None:
    purchases = purchases_of([10, 10, 60], [10, 10], [10, 10, 10, 200], [200])
    counted = snapshot(at(purchases, at_day(130.5)), purchases, COMPANY_RHYTHM, cut=at_day(130.5), horizon_days=100)
    assert counted.cells.sum() == 3  # the fourth had one purchase by then
    assert counted.cells[..., 1].sum() == 2  # the second never came, the third came after the horizon
    assert counted.ahead_days.sum() == pytest.approx((100 - 10.5) + (100 - 0.5))


def test_nothing_after_the_cut_enters_its_cells() -> None:
    short, long = purchases_of([10, 10], [12, 9]), purchases_of([10, 10, 20, 5], [12, 9, 33])
    cut = at_day(125)
    then, later = (snapshot(at(part, cut), part, COMPANY_RHYTHM, cut=cut, horizon_days=60).cells.sum(axis=-1) for part in (short, long))
    assert np.array_equal(then, later)


def counts(*cells: tuple[int, int, int, int]) -> Snapshot:
    """(silence, experience, lost, kept) ..., nobody named by a rule."""
    made = empty_snapshot().cells
    for silence, experience, lost, kept in cells:
        made[silence, experience, 0, 0] = (kept, lost)
    return Snapshot(made, np.ones((SILENCE_COUNT, EXPERIENCE_COUNT)))


def test_probability_is_the_share_of_the_cell_pulled_to_its_neighbours() -> None:
    table = learn_risk(counts((0, 0, 10, 90), (3, 0, 60, 40)))
    p = 71 / 202
    first = (60 + 20 * p) / 120
    assert table.probability[3, 0, 0, 0] == pytest.approx((60 + 20 * first) / 120)
    assert table.silence_only[3, 0, 0, 0] == pytest.approx(first)
    assert (table.low < table.probability).all() and (table.probability < table.high).all()
    assert table.n[3, 0, 0, 0] == 100 and table.n[5, 2, 0, 0] == 0


def test_an_interval_in_doubt_about_the_level_is_wider_on_both_sides() -> None:
    table = learn_risk(counts((0, 0, 10, 90), (3, 0, 60, 40)))
    doubted = in_doubt(table, 0.3)
    assert (doubted.low < table.low).all() and (doubted.high > table.high).all() and (doubted.probability == table.probability).all()
    assert drift_of([counts((0, 0, 60, 40)), counts((0, 0, 40, 60))] * 2, MODEL) > drift_of([counts((0, 0, 50, 50))] * 4, MODEL)


def test_a_rule_has_two_probabilities_only() -> None:
    made = empty_snapshot().cells
    made[1, 1, 1, 0] = (10, 30)
    made[1, 1, 0, 0] = (80, 20)
    table = learn_risk(Snapshot(made, np.zeros((SILENCE_COUNT, EXPERIENCE_COUNT))), GAP_RULE)
    assert len(np.unique(np.round(table.probability, 9))) == 2
    assert table.probability[4, 2, 1, 1] > table.probability[4, 2, 0, 1]


def test_figures_agree_with_counting_pairs() -> None:
    rng = np.random.default_rng(3)
    probability = rng.choice([0.1, 0.4, 0.8], size=SHAPE[:4])
    cells = rng.integers(0, 2, size=SHAPE)
    said = np.repeat(np.stack([probability] * 2, axis=-1).ravel(), cells.ravel())
    lost = np.repeat(np.stack([np.zeros(SHAPE[:4]), np.ones(SHAPE[:4])], axis=-1).ravel(), cells.ravel())
    pairs = np.sign(said[lost == 1][:, None] - said[lost == 0][None, :])
    found = _figures(probability, cells, probability > 0.5)
    assert found.auc == pytest.approx((pairs + 1).mean() / 2)
    assert found.brier == pytest.approx(((said - lost) ** 2).mean())
    assert (found.named, found.named_and_lost) == (int((said > 0.5).sum()), int(lost[said > 0.5].sum()))


def test_the_model_is_used_when_it_beats_the_rules_and_its_words_hold_its_figures() -> None:
    good = counts((0, 0, 10, 290), (9, 0, 90, 10))
    judged = backtest([AS_OF, AS_OF - timedelta(days=60)], [good, good], horizon_days=60)
    assert judged.used == MODEL and len(judged.cuts) == 1
    cut = judged.cuts[0]
    assert (cut.n, cut.churned, cut.model.named, cut.model.named_and_lost) == (400, 100, 100, 90)
    assert "90 из 100" in judged.words.ru and "10 оказались" in judged.words.ru
    assert set(cut.rules) == {GAP_RULE, FALL_RULE}


def test_a_lead_that_chance_gives_is_no_reason_to_use_the_model() -> None:
    good = counts((0, 0, 10, 290), (9, 0, 90, 10))
    cut = backtest([AS_OF, AS_OF - timedelta(days=60)], [good, good], horizon_days=60).cuts[0]
    rules = {rule: replace(figures, auc=0.5, brier=0.21) for rule, figures in cut.rules.items()}
    near = replace(cut, model=replace(cut.model, auc=0.56, brier=0.2), rules=rules)
    assert _chosen([near]) in rules  # 400 customers: a standard error of .03
    assert _chosen([near] * 4) == MODEL == _chosen([replace(near, n=4000, churned=1000)])


def test_a_rule_stays_in_use_while_the_past_is_too_short() -> None:
    judged = backtest([AS_OF], [counts((0, 0, 50, 50))], horizon_days=60)
    assert judged.used == GAP_RULE and judged.cuts == () and judged.shortage is not None
    assert backtest([], [], horizon_days=None).shortage is not None
