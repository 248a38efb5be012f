"""Which contacts we caused ourselves."""

from __future__ import annotations

from lakmus.engine.bucket import facts_until
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.failure_demand import caused_contacts
from lakmus.engine.errors.search import find_errors
from lakmus.engine.feeds import feeds_of
from tests.engine.histories import COMPANY, History, moment

AS_OF = moment("2025-06-01")


def test_a_case_about_a_late_order_is_our_own_doing_and_one_before_is_not() -> None:
    history = (
        History().customer("anna").order("1", "2025-03-01").promise("1", "2025-03-05", at="2025-03-01").receive("1", "2025-03-09 12:00")
    )
    history.case("before", "2025-03-04", order="1").case("after", "2025-03-07", order="1").case("other", "2025-03-07", order="2")
    history.case("long after", "2025-05-01", order="1")
    facts = facts_until(history.table(), as_of=AS_OF)
    errors = find_errors(Scene(facts, feeds_of(facts), COMPANY, AS_OF)).errors
    contacts = caused_contacts(facts, errors)
    assert dict(contacts.select("case", "code").iter_rows()) == {
        "before": None,
        "after": "broken_promise",
        "other": None,
        "long after": None,
    }


def test_nobody_who_turned_to_us_means_no_failure_demand() -> None:
    facts = facts_until(History().customer("anna").order("1", "2025-03-01").table(), as_of=AS_OF)
    errors = find_errors(Scene(facts, feeds_of(facts), COMPANY, AS_OF)).errors
    assert caused_contacts(facts, errors).is_empty()
