"""Writes of saved segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.journal.changes import record
from lakmus.operations.segments.models import SavedSegment

LONGEST_NAME = 120
NEEDS_NAME = Wording(
    "Назовите группу: от 1 до {most} знаков. Ничего не сохранено.", "Name the group: 1 to {most} characters. Nothing was saved."
)
TAKEN = Wording(
    "Группа «{name}» уже есть. Ничего не сохранено; возьмите другое название или удалите прежнюю группу.",
    "There is a group “{name}” already. Nothing was saved; take another name, or delete the earlier group.",
)


@transaction.atomic
def save_segment(*, name: str, rule: Mapping[str, str], actor: Any) -> SavedSegment:
    """Save a rule under a name.

    Raises
    ------
    BadInput : the name is empty, too long, or taken.
    """
    written = " ".join(name.split())
    if not 0 < len(written) <= LONGEST_NAME:
        raise BadInput("segment_name", NEEDS_NAME.filled(most=LONGEST_NAME))
    try:
        with transaction.atomic():
            segment = SavedSegment.objects.create(name=written, rule=dict(rule), created_by=actor)
    except IntegrityError as problem:
        raise BadInput("segment_taken", TAKEN.filled(name=written)) from problem
    record(actor=actor, verb="saved_segment", object_kind="segment", object_key=segment.pk, details={"of": rule.get("of", "")})
    return segment


@transaction.atomic
def drop_segment(*, segment: SavedSegment, actor: Any) -> None:
    """Delete a saved segment; its customers are untouched."""
    number = segment.pk
    segment.delete()
    record(actor=actor, verb="dropped_segment", object_kind="segment", object_key=number)
