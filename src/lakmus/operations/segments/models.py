"""One row for each saved segment."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedSegment(models.Model):
    """A rule by which customers are found (`rule`: what a group is of and what was asked), under a name; never a list of people."""

    name = models.CharField(max_length=120, unique=True)
    rule = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
