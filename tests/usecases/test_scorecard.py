"""Five sides of service and profiles at risk: each figure is the count or the sum of the rows it opens to."""

from __future__ import annotations

from collections import Counter

import pytest

from lakmus.cli.cause_pages import written
from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.history.estimate import Estimate
from lakmus.history.failures import BadInput
from lakmus.usecases.causes.ledger import list_reasons
from lakmus.usecases.causes.pages import cause_page
from lakmus.usecases.causes.profiles import RULES, show_profiles
from lakmus.usecases.causes.scorecard import MEANINGS, TITLES, show_scorecard
from lakmus.usecases.causes.sides import FIVE_SIDES
from lakmus.usecases.results import list_errors
from lakmus.usecases.signals.customer_groups import Group, count_group, list_group

ALL = 10_000


def test_every_error_of_the_catalogue_belongs_to_one_side() -> None:
    told = Counter(code for codes in FIVE_SIDES.values() for code in codes)
    assert set(told.values()) == {1} and set(ERROR_CODES) <= set(told) <= {*ERROR_CODES, *OTHER_REASONS}
    assert set(FIVE_SIDES) == set(TITLES) == set(MEANINGS)


def test_each_figure_of_a_side_is_that_of_the_facts_it_opens_to(shown) -> None:
    sides = show_scorecard(shown)
    assert sum(side.hit for side in sides) > 100
    for side in sides:
        asked = {"in_window": True, "side": side.code}
        assert list_errors(shown, filters=asked, size=1).customers == side.hit
        assert list_errors(shown, filters=asked | {"bought": True}, size=1).customers == side.buyers
        assert list_errors(shown, filters=asked | {"quarter": "last"}, size=1).customers == side.lately
        assert list_errors(shown, filters=asked | {"quarter": "before"}, size=1).customers == side.before
        assert isinstance(side.money, Estimate) and side.money.low <= side.money.point <= side.money.high
        assert list_reasons(shown, {"side": side.code}).money == pytest.approx(side.money.point)
        for reason in side.reasons:
            assert reason.error is None or reason.met == reason.error.exposed


def test_money_of_the_sides_is_within_what_was_lost(shown) -> None:
    costs = [side.money.point for side in show_scorecard(shown)]
    assert 0 < sum(costs) <= list_reasons(shown, {}).money + 0.01


def test_each_profile_opens_to_as_many_customers_with_the_money_that_is_told(shown, company_home) -> None:
    found = show_profiles(company_home, shown)
    assert {row.code for row in found.rows} == set(RULES) and sum(row.customers > 0 for row in found.rows) >= 3
    for row in found.rows:
        group = Group("profile", {"profile": row.code})
        people = list_group(company_home, shown, group, size=ALL).rows
        assert count_group(company_home, shown, group) == row.customers == len(people) <= found.whole.customers
        assert sum(person["value_at_risk"] or 0 for person in people) == pytest.approx(row.value, abs=0.01)
        assert not {person["state"] for person in people} & {"lost", "no_orders"}
    assert [row.expected for row in found.rows] == sorted((row.expected for row in found.rows), reverse=True)
    with pytest.raises(BadInput):
        count_group(company_home, shown, Group("profile", {"profile": "x' OR true --"}))


def test_terminals_say_what_the_pages_say(shown, company_home) -> None:
    sides = written(cause_page(company_home, shown, "scorecard", {}, language="ru"), "RUB", "ru")
    assert all(title.ru in sides for title in TITLES.values())
    profiles = written(cause_page(company_home, shown, "profiles", {}, language="ru"), "RUB", "ru")
    assert all(rule.title.ru in profiles for rule in RULES.values())
