"""The company's terms, and the mappings of its files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lakmus.history.company import Company

THE_COMPANY = 1


def default_reply_targets() -> dict[str, int]:
    """Return the reply targets, in minutes by channel, of a company that said nothing."""
    return dict(Company().reply_target_minutes)


class CompanyTerms(models.Model):
    """One row: the terms on which the history is read; see `history.company.Company` for what each means."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_COMPANY)
    name = models.CharField(max_length=200, default="Лакмус")
    currency = models.CharField(max_length=3, default="RUB")
    time_zone = models.CharField(max_length=64, default="Europe/Moscow")
    margin_share = models.FloatField(default=0.3)
    margin_is_assumed = models.BooleanField(default=True)
    reply_target_minutes = models.JSONField(default=default_reply_targets)
    no_reply_after_minutes = models.PositiveIntegerField(default=72 * 60)
    repeat_contact_days = models.PositiveIntegerField(default=30)
    aftersales_days = models.PositiveIntegerField(default=14)
    acquisition_cost = models.FloatField(null=True, blank=True)
    discount_rate = models.FloatField(default=0.15)
    discount_is_assumed = models.BooleanField(default=True)
    loss_version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=THE_COMPANY), name="there_is_one_company"),
            models.CheckConstraint(condition=Q(margin_share__gte=0) & Q(margin_share__lte=1), name="margin_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.name


class LossDefinition(models.Model):
    """One version of what "lost" means, as a person decided it; never altered. See `history.company.LossTerms` for what each means."""

    number = models.PositiveIntegerField(unique=True)
    basis = models.CharField(max_length=20, blank=True)
    horizon_days = models.PositiveIntegerField(null=True, blank=True)
    least_purchases = models.PositiveSmallIntegerField(default=2)
    horizon_by = models.CharField(max_length=20, blank=True)
    horizons = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    author_name = models.CharField(max_length=150)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)


class MappingProfile(models.Model):
    """How files with these headers were read last time: confirmed by a person, offered again for the same headers."""

    signature = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField()
    used_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return self.name or self.signature
