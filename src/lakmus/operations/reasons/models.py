"""One row for each decision on a reason for a customer's loss, and one for each colleague's estimate of an error."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ReasonDecision(models.Model):
    """What a person who knows decided on one reason for one customer's loss: `status` is `confirmed` or `rejected`."""

    customer = models.CharField(max_length=300)
    code = models.CharField(max_length=60)
    status = models.CharField(max_length=20)
    decided_at = models.DateTimeField(auto_now=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "code"], name="one_decision_per_reason")]
        ordering = ["customer", "code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.status}"


class OwnEstimate(models.Model):
    """How many of a hundred customers, a colleague believes, meet with an error within a year: `share` is 0..1."""

    code = models.CharField(max_length=60)
    share = models.FloatField()
    made_at = models.DateTimeField(auto_now=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "made_by"], name="one_estimate_per_colleague")]
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.share:.2f}"


class RepairEffort(models.Model):
    """How many weeks of work it takes to be rid of an error, as somebody of the company says: one word for all."""

    code = models.CharField(max_length=60, unique=True)
    weeks = models.FloatField()
    said_at = models.DateTimeField(auto_now=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.weeks:g}"
