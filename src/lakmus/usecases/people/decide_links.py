"""Who is who, decided by a person: contradictions that wait, merges that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils import timezone

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.journal.changes import NOBODY, pseudonym, record
from lakmus.stream.identity import Decision
from lakmus.usecases.house.home import Home

DECISIONS: tuple[Decision, ...] = ("same", "different", "shared")
"""One person; two people; the identifier belongs to nobody in particular."""
NOBODY_TO_MERGE = Wording(
    "Клиента «{customer}» в истории нет. Ничего не изменилось; номер стоит на странице клиента под именем.",
    "There is no customer “{customer}” in the history. Nothing was changed; the number stands under the name on a customer's page.",
)


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """An identifier (`kind`, `written`) that `holder` has and `claimants` name as theirs too."""

    number: str
    kind: str
    written: str
    holder: str
    claimants: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PastMerge:
    """A merge in force: `customer` counts as `into` since `at`, decided by `actor` (or found by an import)."""

    number: str
    customer: str
    into: str
    actor: str
    at: datetime


def waiting_links(home: Home) -> list[WaitingLink]:
    """Return what waits for a decision, oldest first."""
    return [
        WaitingLink(one.conflict_id, one.identifier.kind, one.identifier.written, one.holder, one.claimants, one.at)
        for one in home.stream().identity.conflicts()
    ]


def past_merges(home: Home) -> list[PastMerge]:
    """Return the merges in force, newest first."""
    return [PastMerge(one.merge_id, one.customer, one.into, one.actor, one.at) for one in home.stream().identity.merges()]


def decide_link(home: Home, number: str, decision: str, *, actor: Any) -> None:
    """Answer a waiting link with one of `DECISIONS`.

    Raises
    ------
    NotFound : it does not wait. WrongUsage : no such decision. Busy : somebody else is writing.
    """
    home.stream().identity.resolve(number, cast("Decision", decision), actor=_name(actor), at=timezone.now())
    record(actor=actor, verb="decided_link", object_kind="link", object_key=number, details={"decision": decision})


def merge_customers(home: Home, customer: str, into: str, *, actor: Any) -> str:
    """Note that two customers are one person and return the merge's number; no activity is rewritten.

    Raises
    ------
    NotFound : nothing is known of one of them. WrongUsage : they are one already. Busy : somebody else is writing.
    """
    for named in (customer, into):
        if not home.stream().history_of(home.stream().identity.canonical(named), as_of=timezone.now()).num_rows:
            raise NotFound("nobody_to_merge", NOBODY_TO_MERGE.filled(customer=named))
    number = home.stream().identity.merge(customer, into, actor=_name(actor), at=timezone.now())
    details = {"merge": number, "into": pseudonym(into)}
    record(actor=actor, verb="merged_customers", object_kind="customer", object_key=pseudonym(customer), details=details)
    return number


def undo_merge(home: Home, number: str, *, actor: Any) -> None:
    """Take a merge back; imports do not repeat it.

    Raises
    ------
    NotFound : no such merge, or it was undone already. Busy : somebody else is writing.
    """
    home.stream().identity.undo(number, actor=_name(actor), at=timezone.now())
    record(actor=actor, verb="undid_merge", object_kind="link", object_key=number)


def _name(actor: Any) -> str:
    return str(actor.get_username()) if actor is not None else NOBODY
