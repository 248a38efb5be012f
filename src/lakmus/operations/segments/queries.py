"""Reads of saved segments."""

from __future__ import annotations

from django.db.models import QuerySet

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.segments.models import SavedSegment

NO_SEGMENT = Wording(
    "Такой сохранённой группы нет: возможно, её удалили. Ничего не изменилось; откройте список групп.",
    "There is no such saved group: perhaps it was deleted. Nothing was changed; open the list of groups.",
)


def saved_segments() -> QuerySet[SavedSegment]:
    """Return all saved segments by name, with who saved each."""
    return SavedSegment.objects.select_related("created_by")


def saved_segment(number: int) -> SavedSegment:
    """Return one saved segment.

    Raises
    ------
    NotFound : there is none of this number.
    """
    found = saved_segments().filter(pk=number).first()
    if found is None:
        raise NotFound("segment_unknown", NO_SEGMENT)
    return found
