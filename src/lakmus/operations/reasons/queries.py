"""Reads of decisions on reasons and of colleagues' own estimates."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from lakmus.operations.reasons.models import OwnEstimate, ReasonDecision, RepairEffort


def decided_reasons() -> dict[str, dict[str, str]]:
    """Return what was decided, by customer and code: `confirmed` or `rejected`."""
    decided: dict[str, dict[str, str]] = defaultdict(dict)
    for customer, code, status in ReasonDecision.objects.values_list("customer", "code", "status"):
        decided[customer][code] = status
    return dict(decided)


def own_estimates(user: Any) -> dict[str, float]:
    """Return one colleague's estimates by code of error, 0..1."""
    return dict(OwnEstimate.objects.filter(made_by=user).values_list("code", "share"))


def all_estimates() -> dict[str, list[float]]:
    """Return all colleagues' estimates by code of error, 0..1."""
    found: dict[str, list[float]] = defaultdict(list)
    for code, share in OwnEstimate.objects.filter(made_by__is_active=True).values_list("code", "share"):
        found[code].append(share)
    return dict(found)


def weeks_of_repair() -> dict[str, float]:
    """Return how many weeks of work it takes to be rid of each error of which somebody said it."""
    return dict(RepairEffort.objects.values_list("code", "weeks"))
