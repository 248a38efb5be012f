"""The editable rule: checked, kept with its author, and tried on the past before it is taken."""

from __future__ import annotations

import pytest

from lakmus.history.failures import BadInput
from lakmus.operations.journal.models import JournalEntry
from lakmus.usecases.alerts.alert_rules import EDITABLE, change_rule, preview_rule, proposed_rule, restore_rule, standing_rule, watches
from lakmus.usecases.alerts.show_alerts import SHIPPED, show_alerts
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import show_verdict

pytestmark = pytest.mark.django_db
STRICT = {"least_change": 0.6, "least_count": 5, "cool_down_weeks": 8, "direction": "both", "dimensions": ["channel", "place"]}


def test_a_changed_rule_is_in_force_and_the_journal_knows_by_whom(user_of) -> None:
    watch = change_rule(actor=user_of("analyst"), **STRICT)
    assert watches()[EDITABLE] == watch and watch.dimensions == ("place", "channel")
    assert (watch.rule.least_change, watch.rule.cool_down_weeks, watch.rule.direction) == (0.6, 8, "both")
    assert "60" in watch.rule.title.en and "изменились" in watch.rule.title.ru
    assert (standing_rule().changed_by, standing_rule().is_shipped) == ("analyst", False)
    entry = JournalEntry.objects.get(verb="edited_alert_rule")
    assert (entry.actor_name, entry.details["before"], entry.details["now"]["least_change"]) == ("analyst", None, 0.6)
    restore_rule(actor=user_of("owner"))
    assert watches() == SHIPPED and JournalEntry.objects.filter(verb="restored_alert_rule").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"least_change": 0}, {"least_change": 0.99}, {"least_change": float("nan")}, {"least_count": 0}, {"cool_down_weeks": 0},
     {"direction": "sideways"}, {"dimensions": []}, {"dimensions": ["moon"]}],
)  # fmt: skip
def test_a_rule_that_cannot_be_changes_nothing(wrong) -> None:
    with pytest.raises(BadInput):
        change_rule(actor=None, **STRICT | wrong)
    with pytest.raises(BadInput):
        proposed_rule(**STRICT | wrong)
    assert standing_rule().is_shipped


def test_a_preview_counts_what_the_rule_would_have_told_and_changes_nothing(failing_city: Home) -> None:
    shown = show_verdict(failing_city)
    told = show_alerts(failing_city, shown, watch=SHIPPED[EDITABLE])
    same = preview_rule(failing_city, shown, SHIPPED[EDITABLE])
    assert same.in_force == same.would_be >= len(told.alerts) == 1
    strict = preview_rule(failing_city, shown, proposed_rule(**STRICT))
    elsewhere = preview_rule(failing_city, shown, proposed_rule(**STRICT | {"least_change": 0.2, "dimensions": ["channel"]}))
    assert (strict.in_force, strict.would_be, elsewhere.would_be) == (same.in_force, 0, 0)
    assert sum(now for _, now, _ in strict.months) == strict.in_force and standing_rule().is_shipped


def test_the_page_is_read_by_the_rule_in_force(failing_city: Home) -> None:
    shown = show_verdict(failing_city)
    change_rule(actor=None, **STRICT)
    assert show_alerts(failing_city, shown, watch=watches()[EDITABLE]).alerts == ()
    restore_rule(actor=None)
    assert len(show_alerts(failing_city, shown, watch=watches()[EDITABLE]).alerts) == 1
