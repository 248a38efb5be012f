"""Writes: decisions on reasons, colleagues' own estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.journal.changes import pseudonym, record
from lakmus.operations.reasons.models import OwnEstimate, ReasonDecision, RepairEffort

STATUSES = ("confirmed", "rejected", "hypothesis")
NO_STATUS = Wording(
    "Такого решения нет: «{status}». Ничего не изменилось; можно подтвердить, отклонить или вернуть в предположения.",
    "There is no such decision: “{status}”. Nothing was changed; a reason can be confirmed, rejected, or taken back to a hypothesis.",
)
MOST_WEEKS = 520
NO_WEEKS = Wording(
    "Укажите число недель: больше нуля, не больше 520. Ничего не сохранено.",
    "Write a number of weeks: more than none, 520 at most. Nothing was saved.",
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


@transaction.atomic
def say_weeks(*, weeks: Mapping[str, float | None], actor: Any) -> None:
    """Keep how many weeks of work it takes to be rid of errors, by code; None takes a word back.

    Raises
    ------
    BadInput : a number is not above 0 and at most `MOST_WEEKS`.
    """
    if any(given is not None and not 0 < given <= MOST_WEEKS for given in weeks.values()):
        raise BadInput("weeks_of_repair", NO_WEEKS)
    before = dict(RepairEffort.objects.values_list("code", "weeks"))
    changed = {code: [before.get(code), given] for code, given in weeks.items() if before.get(code) != given}
    for code, (_, given) in changed.items():
        if given is None:
            RepairEffort.objects.filter(code=code).delete()
        else:
            RepairEffort.objects.update_or_create(code=code, defaults={"weeks": given, "said_by": actor})
    record(actor=actor, verb="said_weeks", object_kind="repair_effort", details=changed)
