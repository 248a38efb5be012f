"""The catalogue of activity kinds is whole and speaks one language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from lakmus.history.activity import ACTIVITY_SCHEMA, TYPED_COLUMNS
from lakmus.history.catalogue import ActivityKind, Family
from lakmus.history.kinds import FEATURES, KINDS

PROMISED = {
    Family.ORDERS: "placed_order paid_order was_promised_delivery received_order cancelled_order returned_item was_refunded was_charged",
    Family.CONTRACTS: "started_contract renewed_contract paid_invoice gave_notice ended_contract",
    Family.CONVERSATIONS: ("opened_case sent_message received_reply case_resolved case_reopened called missed_call abandoned_queue"),
    Family.VOICE: "left_review review_answered was_surveyed answered_survey complained recommended_us",
    Family.OUTBOUND: "received_automatic_message received_offer opened_message unsubscribed",
    Family.BEHAVIOUR: (
        "visited_site visited_store viewed_product started_checkout abandoned_checkout logged_in used_service searched_help read_article"
    ),
    Family.LOYALTY: "joined_programme earned_points redeemed_points points_expired referred_friend",
    Family.CARE: "was_contacted received_gesture stated_preference preference_violated was_notified_of_change",
}
"""What the product promises to hold, family by family."""

IRREGULAR = {"gave", "left", "paid", "read", "sent", "was"}


def breaking(rule: Callable[[ActivityKind], object]) -> list[str]:
    """The kinds that break a rule, by name."""
    return [kind.name for kind in KINDS.values() if not rule(kind)]


@pytest.mark.parametrize("family", PROMISED, ids=str)
def test_every_promised_kind_stands_in_its_family(family: Family) -> None:
    held = {kind.name for kind in KINDS.values() if kind.family is family}
    assert set(PROMISED[family].split()) <= held


def test_a_kind_fills_only_declared_columns_and_each_once() -> None:
    assert breaking(lambda kind: set(kind.columns) <= set(TYPED_COLUMNS) and len(set(kind.columns)) == len(kind.columns)) == []


def test_a_kind_is_known_by_columns_that_exist() -> None:
    assert breaking(lambda kind: kind.identity and set(kind.identity) <= {*ACTIVITY_SCHEMA.names, "repeat"}) == []


def test_what_identifies_a_kind_it_also_holds() -> None:
    assert breaking(lambda kind: {part for part in kind.identity if part.startswith("_")} <= set(kind.columns)) == []


def test_a_kind_is_named_verb_noun_in_the_past_tense() -> None:
    assert breaking(lambda kind: re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.name)) == []
    assert breaking(lambda kind: any(verb.endswith("ed") or verb in IRREGULAR for verb in kind.name.split("_"))) == []


def test_a_kind_is_titled_in_both_languages() -> None:
    assert breaking(lambda kind: re.search("[а-яё]", kind.title.ru) and not re.search("[a-z]", kind.title.ru)) == []
    assert breaking(lambda kind: re.search("[a-z]", kind.title.en) and not re.search("[а-яё]", kind.title.en)) == []


def test_money_that_moves_revenue_has_an_amount() -> None:
    assert {kind.revenue_sign for kind in KINDS.values()} == {-1, 0, 1}
    assert breaking(lambda kind: not kind.revenue_sign or {"_amount", "_currency"} <= set(kind.columns)) == []


def test_an_amount_never_comes_without_its_currency() -> None:
    assert [kind.name for kind in KINDS.values() if ("_amount" in kind.columns) != ("_currency" in kind.columns)] == []


def test_every_feature_is_used_by_some_kind_and_declared_in_the_schema() -> None:
    used = {column for kind in KINDS.values() for column in kind.columns}
    assert used == set(FEATURES)
    assert set(TYPED_COLUMNS) - set(FEATURES) == {"_known_at", "_source"}


def test_an_order_counts_as_revenue_once() -> None:
    signs = {name: KINDS[name].revenue_sign for name in ("placed_order", "ordered_item", "paid_order", "was_charged", "was_refunded")}
    assert signs == {"placed_order": 1, "ordered_item": 0, "paid_order": 0, "was_charged": 0, "was_refunded": 0}
    assert {name for name, kind in KINDS.items() if kind.revenue_sign < 0} == {"cancelled_order", "returned_item"}
