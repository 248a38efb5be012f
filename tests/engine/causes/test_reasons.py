"""Reasons of lost customers, the money they part, the delay that breaks, and the article's figure."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakmus.engine.causes.domino import domino_sums, edges_of
from lakmus.engine.causes.dose import breaking_dose, needed_for_difference
from lakmus.engine.causes.doubly_robust import Effect
from lakmus.engine.causes.evidence import EVIDENCE_SCHEMA, loss_evidence
from lakmus.engine.causes.findings import Harm, unmeasured
from lakmus.engine.causes.learned import PRIOR_WEIGHT, learning_of
from lakmus.engine.causes.reasons import BEFORE_LAST_ORDER, UNKNOWN, _weight, driving, leaving_otherwise, parted, reasons_of
from lakmus.engine.tables import CUSTOMERS, ERRORS, TEXTS
from lakmus.history.estimate import Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording
from tests.engine.causes.made import rows
from tests.engine.histories import moment

LAST = moment("2025-06-01")


def evidence(*pieces: tuple[str | None, int, str], money: int = 10_001, customer: str = "c") -> pl.DataFrame:
    """(code, days after the last order, kind) of one customer who used to order every 30 days."""
    made = [
        {
            "customer": customer, "lost_at": LAST + timedelta(days=90), "last_order_at": LAST, "month": "2025-08", "money": money,
            "money_variance": 4.0, "silent": True, "gap_days": 30.0,
            "code": code, "at": LAST + timedelta(days=days), "kind": kind, "evidence": [f"{code}-{days}"],
        }
        for code, days, kind in pieces or [(None, 0, "fact")]
    ]  # fmt: skip
    return pl.DataFrame(made, schema=EVIDENCE_SCHEMA)


def why(frame: pl.DataFrame, **more) -> dict[str, float]:
    found = reasons_of(
        frame, share=lambda code, delay: {"slow_reply": 0.2, "no_reply": 0.5}.get(code, 0.0), otherwise=lambda gap: 0.1, **more
    )
    assert found["probability"].sum() == pytest.approx(1) and found["money"].sum() == frame["money"][0]
    assert found["money_variance"].sum() == pytest.approx(4.0)
    return dict(found.select("code", "probability").iter_rows())


def test_errors_compete_in_the_order_of_time() -> None:
    found = why(evidence(("slow_reply", 2, "fact"), ("no_reply", 5, "fact")))
    slow, none = (share * 30 / 37 for share in (0.2, 0.5))  # of those driven away 7 in 37 order once more
    parts = {"slow_reply": slow, "no_reply": (1 - slow) * none, UNKNOWN: (1 - slow) * (1 - none) * 0.1}
    assert found == {code: pytest.approx(part / sum(parts.values())) for code, part in parts.items()}


def test_what_happens_anyway_is_read_where_nothing_went_wrong() -> None:
    n = 4000
    exposed, spoilt = np.arange(n) % 4 == 0, np.arange(n) % 2 == 1
    moments = rows(exposed, (np.arange(n) % 10 == 0) | spoilt | exposed)
    moments.before[:, 1] = spoilt & (np.arange(n) % 3 == 0)
    moments.undisturbed[:] = ~spoilt | moments.before[:, 1].astype(bool)
    clean = float(moments.left[~exposed & ~spoilt].mean())
    assert (
        leaving_otherwise({"slow_reply": moments}, horizon_days=60)(30.0) == pytest.approx(clean, abs=0.02) == pytest.approx(0.2, abs=0.02)
    )
    assert leaving_otherwise({}, horizon_days=60)(30.0) == 0.1


def test_an_error_too_rare_to_be_estimated_counts_as_the_mean_of_all() -> None:
    def harm(passing: float, variance: float) -> Harm:
        fit = Effect(passing, variance, 0.0, passing, 9, 9, 9, *(np.zeros(0),) * 5)
        return Harm(few, few, None, None, None, fit)

    few = NotEnoughEvidence(Wording("мало", "few"), 1, 0)
    drives = driving({"slow_reply": harm(0.2, 1e-6), "no_reply": harm(0.1, 1e-6), "rudeness": harm(0.0, 1.0), "x": unmeasured(few)})
    assert drives.share("slow_reply", None) == pytest.approx(0.2, abs=0.001)
    assert drives.share("rudeness", None) == pytest.approx(0.15, abs=0.01) == pytest.approx(drives.share("x", None), abs=0.01)
    lone = driving({"slow_reply": harm(0.2, 0.01), "x": unmeasured(few)})
    assert lone.share("slow_reply", None) == pytest.approx(0.15) and lone.share("x", None) == 0.0


def test_of_whom_nothing_is_known_the_reason_is_unknown() -> None:
    assert why(evidence()) == {UNKNOWN: 1.0}


def test_an_error_before_the_last_order_or_long_after_the_silence_began_counts_less() -> None:
    after, before, late = (why(evidence(("no_reply", days, "fact")))["no_reply"] for days in (3, -10, 80))
    assert before < after and late < after


def test_a_last_word_outweighs_words_in_passing() -> None:
    passing, last = (why(evidence(("no_reply", 3, "fact"), ("price", 4, kind)))["price"] for kind in ("words", "survey"))
    assert (passing, last) == (pytest.approx(0.4), pytest.approx(0.8))


def test_thanks_and_praise_are_no_reasons_to_leave() -> None:
    lost = {"customer": "c", "lost_in_window": True, "lost_at": LAST + timedelta(days=90), "last_order_at": LAST, "lost_value": 100.0}
    customers = pl.from_arrow(pa.Table.from_pylist([dict.fromkeys(CUSTOMERS.names) | lost], CUSTOMERS)).with_columns(worth_variance=9.0)
    wrote = {
        "customer": "c",
        "at": LAST + timedelta(days=3),
        "activity": "sent_message",
        "activity_id": "1",
        "codes": ["thanks", "price", "praise"],
    }
    said = pl.from_arrow(pa.Table.from_pylist([dict.fromkeys(TEXTS.names) | wrote], TEXTS))
    found = loss_evidence(customers, pl.from_arrow(ERRORS.empty_table()), said, time_zone="Europe/Moscow")
    assert found["code"].to_list() == ["price"] and found["money_variance"].to_list() == [9.0]


def test_paying_on_by_contract_clears_no_error_of_the_ninety_days_before_its_end() -> None:
    lost = {"customer": "c", "lost_in_window": True, "lost_at": LAST, "last_order_at": LAST - timedelta(days=1), "lost_value": 100.0}
    customers = pl.from_arrow(pa.Table.from_pylist([dict.fromkeys(CUSTOMERS.names) | lost], CUSTOMERS)).with_columns(worth_variance=9.0)
    slow = [{"customer": "c", "code": "slow_reply", "at": LAST - timedelta(days=days)} for days in (80, 100)]
    errors = pl.from_arrow(pa.Table.from_pylist([dict.fromkeys(ERRORS.names) | row for row in slow], ERRORS))
    said = pl.from_arrow(TEXTS.empty_table())
    found = loss_evidence(customers, errors, said, time_zone="Europe/Moscow", contracts=True)
    assert found["at"].to_list() == [slow[0]["at"]] and found["last_order_at"].to_list() == [None]


def test_people_confirm_and_reject() -> None:
    pieces = evidence(("no_reply", 3, "fact"), ("slow_reply", 4, "fact"))
    assert why(pieces, decided={"c": {"slow_reply": "confirmed"}})["slow_reply"] == 1.0
    assert why(pieces, decided={"c": {"no_reply": "rejected"}})["no_reply"] == 0.0


@given(st.integers(0, 10**9), st.lists(st.floats(0.001, 1), min_size=1, max_size=8))
def test_parts_sum_to_the_whole_to_the_hundredth(whole: int, weights: list[float]) -> None:
    shares = np.array(weights) / sum(weights)
    parts = parted(whole, shares)
    assert sum(parts) == whole and all(abs(part - whole * share) <= 1 for part, share in zip(parts, shares, strict=True))


def test_the_breaking_day_is_found_with_its_interval() -> None:
    rng = np.random.default_rng(4)
    dose = rng.integers(1, 13, 3000).astype(float)
    left = (rng.random(3000) < np.where(dose >= 6, 0.4, 0.1)).astype(float)
    found = breaking_dose(dose, left, np.arange(3000))
    assert isinstance(found, Estimate) and (found.point, found.low, found.high) == (6, 6, 6)
    stars = breaking_dose(dose, 5 - 3 * left, np.arange(3000), rising=False)
    assert isinstance(stars, Estimate) and stars.point == 6
    assert isinstance(breaking_dose(dose[:30], left[:30], np.arange(30)), NotEnoughEvidence)
    few = breaking_dose(np.repeat([1.0, 2.0], [60, 8]), left[:68], np.arange(68))
    assert isinstance(few, NotEnoughEvidence) and (few.needed, few.available) == (20, 8)


def test_no_day_breaks_customers_who_leave_alike_after_every_delay() -> None:
    rng = np.random.default_rng(4)
    dose = rng.integers(1, 13, 3000).astype(float)
    found = breaking_dose(dose, (rng.random(3000) < 0.2).astype(float), np.arange(3000))
    assert isinstance(found, NotEnoughEvidence) and found.needed > found.available == 3000


def test_a_difference_of_ten_points_needs_the_textbook_number() -> None:
    assert needed_for_difference(0.3, 0.1) == pytest.approx(354, abs=2)


def test_the_article_gives_way_to_customers() -> None:
    met = rows(np.ones(400, bool), np.arange(400) < 40)
    told = learning_of(met, 0.6, horizon_days=100)
    assert isinstance(told.posterior, Estimate)
    assert told.posterior.point == pytest.approx((PRIOR_WEIGHT * 0.6 + 40) / (PRIOR_WEIGHT + 400))
    assert told.weight_of_data == pytest.approx(400 / 420)
    assert told.article_ended_on == date(1970, 1, 1) + timedelta(days=20_000 + 21 + 100)
    assert learning_of(met.only(np.arange(100)), 0.6, horizon_days=100).article_ended_on is None


def test_one_error_follows_another_beyond_chance_only_where_it_does() -> None:
    rng = np.random.default_rng(6)
    n = 4000
    met, hit, idle = rng.random(n) < 0.3, rng.random(n), rng.random(n) < 0.1
    follows = hit < np.where(met, 0.3, 0.1)
    names = [f"c{i:04}" for i in range(n)]
    seen = pl.DataFrame({"customer": names, "owner": np.arange(n), "at": [LAST] * n, "exposed": met, "stratum": 0}).with_columns(
        pl.lit("a").alias("code"), pl.lit(True).alias("observed")
    )
    parts = [
        pl.DataFrame({"customer": np.array(names)[rows_], "code": code, "at": LAST + timedelta(days=days)})
        for code, rows_, days in (("a", met, 0), ("b", follows, 3), ("c", idle, 3))
    ]
    edges = edges_of(domino_sums(seen, pl.concat(parts), ("a", "b", "c")), ("a", "b", "c"))
    assert [(edge.cause_code, edge.effect_code) for edge in edges] == [("a", "b")]
    assert edges[0].lift.low < 3 < edges[0].lift.high and edges[0].extra_share.low < 0.2 < edges[0].extra_share.high


def test_an_order_before_an_error_was_felt_speaks_less_against_it_the_more_often_the_customer_orders() -> None:
    weights = [_weight(-10.0, gap) for gap in (6.0, 58.0, 400.0)]
    assert weights == pytest.approx([7 / 13 / (1 - math.exp(-3.5)), 7 / 65 / (1 - math.exp(-21 / 58)), 7 / 407 / (1 - math.exp(-21 / 400))])
    assert weights[0] > weights[1] > weights[2] > BEFORE_LAST_ORDER == _weight(-22.0, 6.0)
    assert (_weight(0.0, 30.0), _weight(60.0, 30.0)) == pytest.approx((30 / 37, 30 / 37 * math.exp(-1)))
