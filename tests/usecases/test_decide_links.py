"""A person decides who is who; each decision leaves a row in the journal, without the customer's name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lakmus.history.failures import NotFound
from lakmus.operations.journal.models import JournalEntry
from lakmus.stream.identity import Identifier
from lakmus.usecases.house.home import Home
from lakmus.usecases.people.decide_links import decide_link, merge_customers, past_merges, undo_merge, waiting_links
from tests.usecases.conftest import bring_in

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHARED_MAIL = Identifier("email", "family@example.org")


@pytest.fixture
def disputed(new_home: Home) -> Home:
    """Return a home in which two customers name one address."""
    new_home.stream().identity.link([(SHARED_MAIL, "К1"), (SHARED_MAIL, "К2")], source="test", at=NOW)
    return new_home


def test_two_customers_with_one_address_wait_and_are_not_merged(disputed: Home) -> None:
    (waiting,) = waiting_links(disputed)
    assert (waiting.kind, waiting.holder, waiting.claimants) == ("email", "К1", ("К2",))
    assert past_merges(disputed) == []


def test_same_merges_them_and_the_merge_can_be_taken_back(disputed: Home, user_of) -> None:
    owner = user_of("owner")
    decide_link(disputed, waiting_links(disputed)[0].number, "same", actor=owner)
    (merge,) = past_merges(disputed)
    identity = disputed.stream().identity
    assert (merge.actor, identity.canonical("К2"), waiting_links(disputed)) == ("owner", "К1", [])
    undo_merge(disputed, merge.number, actor=owner)
    assert disputed.stream().identity.canonical("К2") == "К2"
    assert [entry.verb for entry in JournalEntry.objects.filter(verb__in=["decided_link", "undid_merge"]).order_by("pk")] == [
        "decided_link",
        "undid_merge",
    ]


def test_a_merge_by_hand_is_journalled_under_pseudonyms(new_home: Home, tmp_path: Path, user_of) -> None:
    (tmp_path / "orders.csv").write_text("Номер заказа;Дата заказа;ID клиента\n1;01.02.2026;Иван Петров\n2;02.02.2026;Пётр Иванов\n")
    bring_in(new_home, tmp_path / "orders.csv")
    merge_customers(new_home, "Иван Петров", "Пётр Иванов", actor=user_of("owner"))
    entry = JournalEntry.objects.get(verb="merged_customers")
    assert "Иван" not in entry.object_key + str(entry.details)
    assert new_home.stream().identity.canonical("Иван Петров") == "Пётр Иванов"
    with pytest.raises(NotFound):
        merge_customers(new_home, "Иван Петров", "Никто", actor=None)


def test_an_answered_question_cannot_be_answered_again(disputed: Home) -> None:
    number = waiting_links(disputed)[0].number
    decide_link(disputed, number, "different", actor=None)
    with pytest.raises(NotFound):
        decide_link(disputed, number, "same", actor=None)
