"""Users, their passwords, and the tokens of their programs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory
from django.utils import timezone

from lakmus.history.failures import BadInput, NotAllowed, NotFound
from lakmus.operations.accounts import changes, queries
from lakmus.operations.accounts.models import ApiToken, User
from lakmus.operations.journal.models import JournalEntry

pytestmark = pytest.mark.django_db
PASSWORD = "зимний-лакмус-42"


def made(username: str = "anna", role: str = "owner", **more: str) -> User:
    return changes.create_user(username=username, role=role, password=PASSWORD, actor=None, **more)


def login(written: str, password: str = PASSWORD) -> User | None:
    return authenticate(RequestFactory().post("/login/"), username=written, password=password)


def test_a_user_logs_in_by_name_or_address_in_any_case_of_letters() -> None:
    user = made("Анна", email="Anna@Example.com")
    assert login("АННА") == login("анна") == login("anna@example.COM ") == user
    assert login("анна", "не тот пароль") is None
    assert login("никто") is None


def test_a_name_that_is_somebodys_address_is_refused() -> None:
    made("anna", email="anna@example.com")
    with pytest.raises(BadInput) as refused:
        made("anna@example.com", "agent")
    assert refused.value.code == "name_taken"
    assert User.objects.count() == 1


@pytest.mark.parametrize("username", ["", "   ", "два слова", "x" * 151])
def test_an_unusable_login_name_is_refused(username: str) -> None:
    with pytest.raises(BadInput) as refused:
        made(username)
    assert refused.value.code == "bad_username"


@pytest.mark.parametrize("password", ["короткий", "1234567890123", "password123", "anna-anna-1"])
def test_a_weak_password_is_refused_in_both_languages(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        changes.create_user(username="anna-anna", role="owner", password=password, actor=None)
    assert refused.value.code == "weak_password"
    assert refused.value.wording.ru != refused.value.wording.en
    assert not User.objects.exists()


def test_each_change_of_a_user_leaves_one_row_in_the_journal() -> None:
    boss = made("boss")
    user = changes.create_user(username="oleg", role="agent", password=PASSWORD, actor=boss)
    changes.change_user(user=user, role="marketer", email="oleg@example.com", actor=boss)
    changes.set_password(user=user, password="другой-лакмус-43", actor=boss)
    changes.change_profile(user=user, language="en", theme="dark", actor=user)
    changes.deactivate_user(user=user, actor=boss)
    changes.activate_user(user=user, actor=boss)
    verbs = list(JournalEntry.objects.filter(object_key="oleg").order_by("id").values_list("verb", "actor_name"))
    assert verbs == [
        ("created_user", "boss"),
        ("changed_user", "boss"),
        ("set_password", "boss"),
        ("changed_profile", "oleg"),
        ("deactivated_user", "boss"),
        ("activated_user", "boss"),
    ]
    assert JournalEntry.objects.get(verb="changed_user").details == {"changed": ["role", "email"], "role": ["agent", "marketer"]}


def test_the_journal_never_holds_a_password_or_an_address() -> None:
    user = made("anna", email="anna@example.com")
    changes.change_user(user=user, email="new@example.com", actor=user)
    changes.set_password(user=user, password="другой-лакмус-43", actor=user)
    written = "".join(f"{entry.details}{entry.object_key}" for entry in JournalEntry.objects.all())
    assert "example.com" not in written
    assert "лакмус" not in written


def test_the_last_user_who_may_manage_users_stays_one() -> None:
    owner = made("anna", "owner")
    made("oleg", "analyst")
    with pytest.raises(NotAllowed):
        changes.deactivate_user(user=owner, actor=owner)
    with pytest.raises(NotAllowed):
        changes.change_user(user=owner, role="analyst", actor=owner)
    made("root", "administrator")
    assert changes.change_user(user=owner, role="analyst", actor=owner).role == "analyst"


def test_a_deactivated_user_cannot_log_in_and_is_out_of_open_sessions() -> None:
    made("root", "administrator")
    user = made("oleg", "agent")
    assert login("oleg") == user
    changes.deactivate_user(user=user, actor=None)
    assert login("oleg") is None
    from lakmus.operations.accounts.backends import UsernameOrEmail

    assert UsernameOrEmail().get_user(user.pk) is None


def test_the_first_users_are_one_for_each_role_and_are_made_once() -> None:
    first = changes.create_first_users()
    assert [user.username for user in first] == ["owner", "head_of_service", "marketer", "agent", "analyst", "administrator"]
    assert len({user.password for user in first}) == 6
    assert all(login(user.username, user.password) for user in first)
    assert changes.create_first_users() == []
    assert User.objects.count() == 6


def test_a_token_is_stored_only_as_its_hash() -> None:
    token, secret = changes.issue_token(user=made(), name="CRM", scopes=["push"], actor=None)
    row = ApiToken.objects.values().get(pk=token.pk)
    assert secret not in str(row)
    assert secret.startswith(row["prefix"]) and len(row["prefix"]) < 16
    assert secret not in "".join(str(entry.details) + entry.object_key for entry in JournalEntry.objects.all())
    assert queries.live_token(secret, at=timezone.now()) == token


@pytest.mark.parametrize("end", ["revoked", "expired", "user deactivated", "wrong"])
def test_a_token_that_ended_opens_nothing(end: str) -> None:
    made("root", "administrator")
    user = made()
    now = timezone.now()
    expires = now - timedelta(seconds=1) if end == "expired" else None
    token, secret = changes.issue_token(user=user, name="CRM", scopes=["read"], actor=None, expires_at=expires)
    if end == "revoked":
        changes.revoke_token(token=token, actor=None)
    if end == "user deactivated":
        changes.deactivate_user(user=user, actor=None)
    assert queries.live_token(secret + ("x" if end == "wrong" else ""), at=now) is None


def test_revoking_a_token_twice_is_written_down_once() -> None:
    token, _ = changes.issue_token(user=made(), name="CRM", scopes=["read"], actor=None)
    first = changes.revoke_token(token=token, actor=None)
    assert changes.revoke_token(token=token, actor=None).revoked_at == first.revoked_at
    assert JournalEntry.objects.filter(verb="revoked_token").count() == 1


@pytest.mark.parametrize(("name", "scopes"), [("", ["read"]), ("CRM", []), ("CRM", ["erase"])])
def test_a_token_without_name_or_with_an_unknown_scope_is_refused(name: str, scopes: list[str]) -> None:
    with pytest.raises(BadInput):
        changes.issue_token(user=made(), name=name, scopes=scopes, actor=None)


def test_one_sees_ones_own_tokens_and_whoever_manages_users_sees_all() -> None:
    analyst, owner = made("oleg", "analyst"), made("anna", "owner")
    for user in (analyst, owner):
        changes.issue_token(user=user, name="CRM", scopes=["read"], actor=user)
    assert [token.user for token in queries.tokens_visible_to(analyst)] == [analyst]
    assert queries.tokens_visible_to(owner).count() == 2


def test_the_use_of_a_token_is_noted_to_the_minute() -> None:
    token, _ = changes.issue_token(user=made(), name="CRM", scopes=["read"], actor=None)
    now = timezone.now()
    for seconds, noted in ((0, 0), (30, 0), (61, 61)):
        token.refresh_from_db()
        changes.note_token_use(token=token, at=now + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == now + timedelta(seconds=noted)


def test_an_unknown_user_is_said_to_be_unknown() -> None:
    with pytest.raises(NotFound) as missing:
        queries.user_named("никто")
    assert "никто" in missing.value.wording.ru
