"""One row for each person's label of a text, for each theme of the company's own, and for each theme that somebody answers for."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class TextLabel(models.Model):
    """What one person says the text of one activity says. The text itself stands in the stream.

    `polarity` is `negative`, `positive`, `neutral`; `codes` those of the taxonomy of that `taxonomy` version; `reason` one of them, the
    main one, or empty. `customer` is the history that the activity stands in, so that erasing it finds the label.
    """

    activity_id = models.CharField(max_length=200)
    customer = models.CharField(max_length=300)
    polarity = models.CharField(max_length=20)
    codes = models.JSONField(default=list)
    reason = models.CharField(max_length=60, blank=True)
    taxonomy = models.PositiveIntegerField()
    labelled_at = models.DateTimeField(auto_now=True)
    labelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity_id", "labelled_by"], name="one_label_per_person_and_text")]
        indexes = [models.Index(fields=["customer"])]
        ordering = ["activity_id", "labelled_at"]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.polarity}"


class OwnTheme(models.Model):
    """A theme that a person took up: texts that hold one of its phrases speak of it.

    `since` is the version of the taxonomy that brought it, `until` the one that took it out again, None while it stands.
    """

    title = models.CharField(max_length=120)
    phrases = models.JSONField()
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return self.title


class ThemeInCare(models.Model):
    """Who answers for doing away with what customers write of under a theme, and until when; `code`: of the taxonomy or an own theme's."""

    code = models.CharField(max_length=60, unique=True)
    carer = models.CharField(max_length=120)
    due_on = models.DateField(null=True)
    given_at = models.DateTimeField(auto_now=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.carer}"
