"""Role x page x verb, against a table written independently of the one in the code."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from lakmus.history.failures import NotAllowed
from lakmus.operations.accounts.models import User
from lakmus.operations.accounts.permissions import PERMITS, TABLE, first_page, may, page, permitted, require
from lakmus.operations.accounts.roles import Role

ROLES = ("owner", "head_of_service", "marketer", "agent", "analyst", "administrator")

# Columns: owner, head of service, marketer, agent, analyst, administrator.
EXPECTED = """
verdict      view     + + + - + -
verdict      money    + + + - + -
verdict      export   + + + - + -
signals      view     + + + - + -
alerts       view     + + + - + -
alerts       change   + + - - + -
segments     view     + + + - + -
segments     change   + + + - + -
causes       view     + + + - + -
causes       money    + + + - + -
waiting      view     + + - - + -
ledger       view     + + + - + -
ledger       change   + + - - + -
ledger       export   + + + - + -
money        view     + + + - + -
money        change   + + - - + -
promises     view     + + + - + -
audit        view     + + + - + -
dominoes     view     + + + - + -
learned      view     + + + - + -
topics       view     + + + - + -
topics       change   + + - - + -
unsorted     view     + + + - + -
unsorted     change   + + - - + -
labels       view     + + + + + -
labels       change   + + + + + -
avoidable    view     + + + - + -
scorecard    view     + + + - + -
profiles     view     + + + - + -
perception   view     + + + - + -
perception   change   + + + - - -
measures     view     + + + - + -
measures     change   + + + - - -
measures     export   + + + - - -
results      view     + + + - + -
results      money    + + + - + -
definition   view     + + + + + +
definition   change   + - - - + -
customers    view     + + + + + +
customers    money    + + + - + -
customers    export   + + + - + +
customers    erase    + - - - - +
orders       view     + + + + + -
orders       export   + + + - + -
errors       view     + + + + + -
errors       money    + + + - + -
errors       export   + + + - + -
inbox        view     + + - + + -
inbox        change   + + - + - -
data         view     + + + - + +
data         export   + - - - + +
import       view     + - - - - +
import       change   + - - - - +
activities   push     + - - - - +
identity     view     + + - - + +
identity     change   + + - - - +
settings     view     + + - - + +
settings     change   + - - - - +
delivery     view     + - - - - +
delivery     change   + - - - - +
users        view     + - - - - +
users        change   + - - - - +
tokens       view     + - - - + +
tokens       change   + - - - + +
forgotten    view     + - - - - +
forgotten    change   + - - - - +
journal      view     + - - - - +
backup       change   + - - - - +
profile      view     + + + + + +
profile      change   + + + + + +
"""
ROWS = [line.split() for line in EXPECTED.strip().splitlines()]
CELLS = [(role, name, verb, sign == "+") for name, verb, *signs in ROWS for role, sign in zip(ROLES, signs, strict=True)]


@pytest.mark.parametrize(("role", "name", "verb", "allowed"), CELLS)
def test_each_cell_of_the_table_says_what_was_decided(role: str, name: str, verb: str, allowed: bool) -> None:
    assert may(User(username="x", role=role), name, verb) is allowed


def test_the_table_has_no_cell_that_was_not_decided() -> None:
    assert set(TABLE) == {(name, verb) for name, verb, *_ in ROWS}
    assert len(PERMITS) == len(TABLE)
    assert all(len(permit.reason) > 10 for permit in PERMITS)


@pytest.mark.parametrize(("name", "verb"), sorted(TABLE))
def test_nobody_without_a_live_login_may_do_anything(name: str, verb: str) -> None:
    assert not may(None, name, verb)
    assert not may(AnonymousUser(), name, verb)
    assert not any(may(User(username="x", role=role, is_active=False), name, verb) for role in ROLES)


def test_asking_for_a_cell_that_does_not_exist_is_a_mistake_not_an_answer() -> None:
    with pytest.raises(KeyError):
        may(User(role="owner"), "verdict", "viwe")
    with pytest.raises(KeyError):
        page("verdikt")


def test_whoever_may_change_a_page_may_see_it() -> None:
    for (name, verb), roles in TABLE.items():
        if (name, "view") in TABLE and verb != "view":
            assert roles <= TABLE[name, "view"], f"{name} {verb}"


@pytest.mark.parametrize(
    ("role", "first"),
    [("owner", "verdict"), ("head_of_service", "verdict"), ("marketer", "verdict"), ("analyst", "verdict"), ("agent", "customers"),
     ("administrator", "data")],
)  # fmt: skip
def test_each_role_lands_on_a_page_it_may_see(role: str, first: str) -> None:
    user = User(username="x", role=role)
    assert first_page(user) == first
    assert may(user, first_page(user))


@page("settings", post="change")
def a_view(request: object) -> HttpResponse:
    return HttpResponse("done")


@pytest.mark.parametrize(
    ("role", "method", "passes"),
    [("owner", "get", True), ("owner", "post", True), ("analyst", "get", True), ("analyst", "post", False), ("analyst", "delete", False),
     ("agent", "get", False), ("agent", "head", False)],
)  # fmt: skip
def test_a_decorated_view_asks_for_another_verb_when_it_writes(role: str, method: str, passes: bool) -> None:
    request = getattr(RequestFactory(), method)("/settings/")
    request.user = User(username="x", role=role)
    if passes:
        assert a_view(request).content == b"done"
    else:
        with pytest.raises(PermissionDenied):
            a_view(request)
    assert a_view.permit == ("settings", "view", "change")


def test_a_refusal_names_the_role_in_the_language_of_the_page() -> None:
    agent = User(username="x", role="agent")
    with pytest.raises(NotAllowed) as refused:
        require(agent, "journal")
    assert "сотрудник поддержки" in refused.value.wording.ru and "support agent" in refused.value.wording.en
    request = RequestFactory().get("/settings/")
    request.user = agent
    with translation.override("en"), pytest.raises(PermissionDenied, match="support agent"):
        a_view(request)


def test_templates_get_the_same_answers() -> None:
    answers = permitted(User(username="x", role="agent"))
    assert answers["customers"] == {"view": True, "money": False, "export": False, "erase": False}
    assert {(name, verb) for name, verbs in answers.items() for verb in verbs} == set(TABLE)


def test_every_role_has_a_name_in_both_languages() -> None:
    assert {role.value for role in Role} == set(ROLES)
    assert all(role.title.ru != role.title.en for role in Role)
