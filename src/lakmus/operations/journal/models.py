"""One row for each change."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models


class AppendOnly(models.QuerySet["JournalEntry"]):
    """Rows can be added and read; every way of altering them is shut."""

    def update(self, **_: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("the journal is append-only")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TypeError("the journal is append-only")

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("the journal is append-only")


class JournalEntry(models.Model):
    """Who (`actor`, `actor_name` as it was then) did what (`verb`) to what (`object_kind`, `object_key`), and when.

    A customer stands here only by pseudonym, see `changes.pseudonym`: erasing a customer leaves no trace in the journal.
    """

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150)
    verb = models.CharField(max_length=60, db_index=True)
    object_kind = models.CharField(max_length=60)
    object_key = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[JournalEntry]] = models.Manager.from_queryset(AppendOnly)()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["object_kind", "object_key"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.object_kind} {self.object_key}".strip()
