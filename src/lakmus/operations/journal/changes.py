"""Writing a row of the journal: the only way anything gets in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from lakmus.operations.journal.models import JournalEntry

NOBODY = "lakmus"


def record(*, actor: Any, verb: str, object_kind: str, object_key: object = "", details: Mapping[str, Any] | None = None) -> JournalEntry:
    """Add one row, inside the transaction of the change it speaks of.

    Parameters
    ----------
    actor : the user; None for what the product does by itself.
    verb : past tense, snake_case (`created_user`).
    object_kind, object_key : what was changed; a customer only by `pseudonym`.
    details : JSON, old and new figures say; never a password, a token, or a customer's name.
    """
    return JournalEntry.objects.create(
        at=timezone.now(),
        actor=actor,
        actor_name=actor.get_username() if actor is not None else NOBODY,
        verb=verb,
        object_kind=object_kind,
        object_key=str(object_key),
        details=dict(details or {}),
    )


def pseudonym(customer: str) -> str:
    """Return what stands for a customer in the journal: the same each time, and of no use without the home's key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"customer:{customer}".encode(), hashlib.sha256).hexdigest()[:24]
