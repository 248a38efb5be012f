"""The journal: added to, read, never altered."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from lakmus.operations.accounts.changes import create_user
from lakmus.operations.journal.changes import pseudonym, record
from lakmus.operations.journal.models import JournalEntry
from lakmus.operations.journal.queries import entries

pytestmark = pytest.mark.django_db


def test_a_row_keeps_the_name_its_actor_had() -> None:
    user = create_user(username="anna", role="owner", password="зимний-лакмус-42", actor=None)
    entry = record(actor=user, verb="set_terms", object_kind="company", details={"name": ["а", "б"]})
    assert (entry.actor_name, entry.actor, entry.details) == ("anna", user, {"name": ["а", "б"]})
    assert record(actor=None, verb="compacted", object_kind="stream").actor_name == "lakmus"


@pytest.mark.parametrize(
    "alter", [lambda rows: rows.update(verb="x"), lambda rows: rows.delete(), lambda rows: rows.bulk_update([], ["verb"])]
)
def test_rows_cannot_be_altered_or_removed(alter: object) -> None:
    record(actor=None, verb="set_terms", object_kind="company")
    with pytest.raises(TypeError, match="append-only"):
        alter(JournalEntry.objects.all())
    assert JournalEntry.objects.get().verb == "set_terms"


def test_a_user_with_rows_in_the_journal_cannot_be_deleted() -> None:
    user = create_user(username="anna", role="owner", password="зимний-лакмус-42", actor=None)
    record(actor=user, verb="set_terms", object_kind="company")
    with pytest.raises(ProtectedError):
        user.delete()


def test_a_change_that_fails_leaves_no_row() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(actor=None, verb="set_terms", object_kind="company")
        _ = 1 / 0
    assert not JournalEntry.objects.exists()


def test_a_customer_stands_in_the_journal_under_a_stable_pseudonym(settings: object) -> None:
    one = pseudonym("17850")
    assert one == pseudonym("17850") != pseudonym("17851")
    assert "17850" not in one and len(one) == 24
    settings.SECRET_KEY = "another home"
    assert pseudonym("17850") != one


def test_rows_are_found_by_what_they_say_newest_first() -> None:
    for verb in ("set_terms", "kept_mapping", "set_terms"):
        record(actor=None, verb=verb, object_kind="company", object_key=verb)
    found = entries(verb="set_terms")
    assert found.count() == 2 and found[0].pk > found[1].pk
    assert entries(text="mapping").get().verb == "kept_mapping"
    assert entries(actor="nobody").count() == 0
