"""What the back-test tells an owner: which way is used and why, counted on a past made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from lakmus.engine.backtest import Backtest, BacktestCut, RuleFigures
from lakmus.engine.risk.probability import FALL_RULE, GAP_RULE, MODEL
from lakmus.history.wording import Wording
from lakmus.usecases.risk.show_backtest import cut_asked, told_at, ways_of, why_used


def figures(auc: float, brier: float, *, named: int = 0, hit: int = 0) -> RuleFigures:
    return RuleFigures(auc, 0.4, brier, 0.02, 2.0, named, hit)


def past(used: str) -> Backtest:
    cuts = tuple(
        BacktestCut(
            datetime(2025, month, 1, tzinfo=UTC), 400, 50, figures(auc, brier, named=80, hit=30),
            {GAP_RULE: figures(0.6, 0.12, named=40, hit=10), FALL_RULE: figures(0.7, 0.11)}, 40.0, 0.6,
        )
        for month, auc, brier in ((9, 0.8, 0.1), (3, 0.7, 0.12))
    )  # fmt: skip
    return Backtest(cuts, used, Wording("Слова", "Words"))


def test_the_ways_stand_side_by_side_with_their_means_over_the_cuts() -> None:
    ways = {way.code: way for way in ways_of(past(MODEL))}
    assert (ways[MODEL].auc, ways[MODEL].brier, ways[MODEL].used) == (0.75, 0.11, True)
    assert (ways[FALL_RULE].auc, ways[FALL_RULE].used) == (0.7, False)


def test_the_reason_names_the_way_in_use_and_the_figures_that_decided() -> None:
    by_model, by_rule = why_used(past(MODEL)), why_used(past(FALL_RULE))
    assert by_model is not None and by_rule is not None
    assert "0.750 against 0.700" in by_model.en and "0,750 против 0,700" in by_model.ru
    assert by_rule.en.startswith("In use is the rule “fell by 20%”")
    assert why_used(Backtest((), GAP_RULE, Wording("", ""))) is None


def test_of_100_leavers_and_of_100_alarms_is_counted_from_customers() -> None:
    rows = told_at(past(GAP_RULE).cuts[0], GAP_RULE)
    assert [row.code for row in rows] == [GAP_RULE, MODEL, FALL_RULE]
    assert (rows[0].found_of_100, rows[0].false_of_100) == (20, 75)
    assert (rows[1].found_of_100, rows[1].false_of_100) == (60, 62)
    assert (rows[2].found_of_100, rows[2].false_of_100) == (None, None)


def test_a_cut_is_named_by_its_day_and_the_latest_is_meant_otherwise() -> None:
    judged = past(MODEL)
    assert cut_asked(judged, "2025-03-01") is judged.cuts[1]
    assert cut_asked(judged, "yesterday") is judged.cuts[0]
