"""Writes: decisions on reasons, colleagues' own estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.journal.changes import pseudonym, record
from lakmus.operations.reasons.models import OwnEstimate, ReasonDecision

STATUSES = ("confirmed", "rejected", "hypothesis")
NO_STATUS = Wording(
    "Такого решения нет: «{status}». Ничего не изменилось; можно подтвердить, отклонить или вернуть в предположения.",
    "There is no such decision: “{status}”. Nothing was changed; a reason can be confirmed, rejected, or taken back to a hypothesis.",
)
NO_SHARE = Wording(
    "Укажите число от 0 до 100: у скольких из ста клиентов за год это случается. Ничего не сохранено.",
    "Write a number from 0 to 100: with how many customers of a hundred it happens in a year. Nothing was saved.",
)


@transaction.atomic
def decide_reason(*, customer: str, code: str, status: str, actor: Any) -> None:
    """Confirm or reject a reason for a customer's loss; `hypothesis` takes an earlier decision back.

    Raises
    ------
    BadInput : there is no such decision.
    """
    if status not in STATUSES:
        raise BadInput("reason_status", NO_STATUS.filled(status=status[:20]))
    if status == "hypothesis":
        ReasonDecision.objects.filter(customer=customer, code=code).delete()
    else:
        ReasonDecision.objects.update_or_create(customer=customer, code=code, defaults={"status": status, "decided_by": actor})
    details = {"code": code, "status": status}
    record(actor=actor, verb="decided_reason", object_kind="customer", object_key=pseudonym(customer), details=details)


@transaction.atomic
def forget_decisions(*, customers: Iterable[str], actor: Any) -> int:
    """Delete what was decided about these customers, and return how many decisions that were; the journal never held their names."""
    wanted = list(customers)
    count, _ = ReasonDecision.objects.filter(customer__in=wanted).delete()
    if count:
        record(actor=actor, verb="forgot_decisions", object_kind="customer", object_key="", details={"count": count})
    return count


@transaction.atomic
def estimate_errors(*, shares: Mapping[str, float | None], actor: Any) -> None:
    """Keep a colleague's own estimates (0..1 by code of error); None takes one back.

    Raises
    ------
    BadInput : an estimate is not within 0..1.
    """
    if any(share is not None and not 0 <= share <= 1 for share in shares.values()):
        raise BadInput("own_estimate", NO_SHARE)
    for code, share in shares.items():
        if share is None:
            OwnEstimate.objects.filter(code=code, made_by=actor).delete()
        else:
            OwnEstimate.objects.update_or_create(code=code, made_by=actor, defaults={"share": share})
    record(actor=actor, verb="estimated_errors", object_kind="own_estimates", details={"codes": sorted(shares)})
