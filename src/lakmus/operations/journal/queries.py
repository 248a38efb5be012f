"""Reads of the journal."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lakmus.operations.journal.models import JournalEntry


def entries(*, actor: str = "", verb: str = "", object_kind: str = "", object_key: str = "", text: str = "") -> QuerySet[JournalEntry]:
    """Return the rows, newest first, narrowed by whatever is given."""
    wanted: dict[str, Any] = {"actor_name": actor, "verb": verb, "object_kind": object_kind, "object_key": object_key}
    found = JournalEntry.objects.filter(**{column: written for column, written in wanted.items() if written})
    if text:
        found = found.filter(Q(verb__icontains=text) | Q(actor_name__icontains=text) | Q(object_key__icontains=text))
    return found
