"""Writes of alerts told, of readings, of edited rules and of the terms of delivery."""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.alerts.models import THE_DELIVERY, Channel, DeliveryTerms, Dispatch, EditedRule, ReadAlert, State, ToldAlert
from lakmus.operations.alerts.queries import alerts_to_mail, dispatches_due
from lakmus.operations.journal.changes import record

MOST_RECIPIENTS = 20
OVERLAP = timedelta(days=7)
"""How long a replaced secret still signs beside the new one."""
MARK_BYTES = 12
BACK_OFF_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""How long to wait after each failed attempt, some three days in all, as Standard Webhooks recommends; then it is given up."""
JITTER = 0.1
LONGEST_WAIT_SECONDS = 86_400
KEPT_DISPATCHES = 500
DIRECTIONS = ("down", "up", "both")
RULE_FIELDS = ("least_change", "least_count", "cool_down_weeks", "direction", "dimensions")
TERMS = ("site_address", "mail_is_on", "recipients", "mail_language", "mail_hour", "webhook_is_on", "webhook_address")

BAD_RULE = Wording(
    "Правило так не задать: порог от 1 до 95 %, не меньше одной покупки, молчание от 1 до 52 недель, направление и хотя бы одна группа. "
    "Ничего не изменилось.",
    "There can be no such rule: a threshold of 1 to 95%, one purchase at least, a silence of 1 to 52 weeks, a direction and one group "
    "at least. Nothing was changed.",
)
BAD_RECIPIENT = Wording(
    "«{written}» не адрес электронной почты. Ничего не изменилось.", "“{written}” is no e-mail address. Nothing was changed."
)
TOO_MANY = Wording(
    "Получателей не больше {most}: заведите список рассылки. Ничего не изменилось.",
    "At most {most} recipients: make a mailing list. Nothing was changed.",
)
NO_RECIPIENT = Wording(
    "Почту некому слать: назовите хотя бы один адрес. Ничего не изменилось.",
    "There is nobody to mail to: name one address at least. Nothing was changed.",
)
NO_ADDRESS = Wording(
    "Уведомлять некуда: назовите адрес приёмника. Ничего не изменилось.",
    "There is nowhere to notify: name an address. Nothing was changed.",
)
BAD_HOUR = Wording("Час рассылки: от 0 до 23. Ничего не изменилось.", "The hour of the digest: 0 to 23. Nothing was changed.")
BAD_SITE = Wording(
    "«{written}» не адрес сайта: нужен вид https://lakmus.example.ru. Ничего не изменилось.",
    "“{written}” is no address of a site: it takes the form https://lakmus.example.com. Nothing was changed.",
)


def checked_rule(*, dimensions: Sequence[str], known: Sequence[str], **figures: Any) -> dict[str, Any]:
    """Return the figures of a rule as they are kept, groups in the order in which they are `known`.

    Raises
    ------
    BadInput : there can be no such rule.
    """
    change, count, weeks = float(figures["least_change"]), float(figures["least_count"]), int(figures["cool_down_weeks"])
    direction = str(figures["direction"])
    sound = math.isfinite(change) and math.isfinite(count) and 0.01 <= change <= 0.95 and 1 <= count <= 1e6 and 1 <= weeks <= 52
    chosen = [each for each in known if each in dimensions]
    if not sound or direction not in DIRECTIONS or not chosen:
        raise BadInput("bad_alert_rule", BAD_RULE)
    return {
        "least_change": change, "least_count": count, "cool_down_weeks": weeks, "direction": direction, "dimensions": chosen
    }  # fmt: skip


@transaction.atomic
def edit_rule(*, code: str, dimensions: Sequence[str], known: Sequence[str], actor: Any, **figures: Any) -> EditedRule:
    """Change a rule that ships ready; the journal keeps who, the old and the new.

    Raises
    ------
    BadInput : there can be no such rule.
    """
    fields = checked_rule(dimensions=dimensions, known=known, **figures)
    before = EditedRule.objects.select_for_update().filter(code=code).first()
    told = None if before is None else {name: getattr(before, name) for name in RULE_FIELDS}
    row, _ = EditedRule.objects.update_or_create(code=code, defaults=fields | {"changed_by": actor})
    record(actor=actor, verb="edited_alert_rule", object_kind="alert_rule", object_key=code, details={"before": told, "now": fields})
    return row


@transaction.atomic
def restore_rule(*, code: str, actor: Any) -> None:
    """Let a rule be again as it ships."""
    if EditedRule.objects.filter(code=code).delete()[0]:
        record(actor=actor, verb="restored_alert_rule", object_kind="alert_rule", object_key=code)


@transaction.atomic
def set_delivery(*, actor: Any, **terms: Any) -> DeliveryTerms:
    """Change the terms of delivery that are given; the first webhook gets a secret.

    Raises
    ------
    BadInput : no e-mail address, no site, no hour, or a channel switched on without a receiver.
    """
    row = _terms()
    changed = {name: given for name, given in terms.items() if getattr(row, name) != given}
    for name in TERMS:
        if name in terms:
            setattr(row, name, terms[name])
    _check(row)
    if row.webhook_is_on and not row.secret_mark:
        row.secret_mark = secrets.token_hex(MARK_BYTES)
    row.save()
    # Addresses of colleagues stay out of the journal: how many is enough.
    told = {name: len(given) if name == "recipients" else given for name, given in changed.items()}
    record(actor=actor, verb="set_alert_delivery", object_kind="delivery", object_key=THE_DELIVERY, details=told)
    return row


@transaction.atomic
def renew_secret(*, actor: Any) -> DeliveryTerms:
    """Make a new secret; the former one signs beside it for `OVERLAP`."""
    row = _terms()
    row.former_mark, row.former_until = row.secret_mark, timezone.now() + OVERLAP
    row.secret_mark = secrets.token_hex(MARK_BYTES)
    row.save()
    record(actor=actor, verb="renewed_webhook_secret", object_kind="delivery", object_key=THE_DELIVERY)
    return row


@transaction.atomic
def note_alerts(
    *, found: Sequence[Mapping[str, Any]], at: datetime, cool_down: Mapping[str, timedelta], fresh_since: datetime
) -> list[ToldAlert]:
    """Write down the alerts that were not told before, and return those; the same segment and direction within the cool-down is no news.

    Each of `found` holds the fields of `ToldAlert` down to `p_value`, without `mark`.
    """
    _terms()  # whoever comes second waits here and then sees what the first has told
    told = []
    for fields in sorted(found, key=lambda fields: fields["until"]):
        where = {name: fields[name] for name in ("rule", "measure", "dimension", "segment", "direction")}
        quiet = cool_down[fields["rule"]]
        near = {"until__gt": fields["until"] - quiet, "until__lt": fields["until"] + quiet}
        if ToldAlert.objects.filter(**where, **near).exists():
            continue
        named = "|".join([*where.values(), fields["until"].isoformat()])
        mark = hashlib.sha256(named.encode()).hexdigest()[:32]
        told.append(ToldAlert.objects.create(mark=mark, found_at=at, is_fresh=fields["until"] > fresh_since, **fields))
    return told


def note_reading(*, user: Any, alerts: Sequence[ToldAlert], is_read: bool = True) -> None:
    """Note that a user has read alerts, or wants them unread again; one's own mark, no change of the company's."""
    if is_read:
        ReadAlert.objects.bulk_create([ReadAlert(alert=alert, user=user) for alert in alerts], ignore_conflicts=True)
    else:
        ReadAlert.objects.filter(user=user, alert__in=list(alerts)).delete()


@transaction.atomic
def note_look(*, on: date) -> bool:
    """Say whether nobody has looked for alerts on this day yet, and note that somebody does now."""
    row = _terms()
    if row.looked_on == on:
        return False
    DeliveryTerms.objects.filter(pk=THE_DELIVERY).update(looked_on=on)
    return True


def note_dispatch(*, channel: Channel, message_id: str, body: str, at: datetime, **fields: Any) -> Dispatch:
    """Queue a message; one that is queued already under this name stays as it is."""
    return Dispatch.objects.get_or_create(channel=channel, message_id=message_id, defaults={"body": body, "due_at": at, **fields})[0]


@transaction.atomic
def note_digest(*, on: date) -> list[ToldAlert]:
    """Return the alerts of this day's digest and note that they are in it; none where the day had its digest, or nothing is new.

    The caller queues the digest in the same transaction.
    """
    row = _terms()
    if row.digest_on is not None and row.digest_on >= on:
        return []
    alerts = list(alerts_to_mail())
    if alerts:
        ToldAlert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(mailed_on=on)
        DeliveryTerms.objects.filter(pk=THE_DELIVERY).update(digest_on=on)
    return alerts


@transaction.atomic
def take_dispatch(*, number: int, runner: str, at: datetime) -> Dispatch | None:
    """Let `runner` (a name no other call has) send a message, if it is due; of all who ask at once one gets it."""
    held = dispatches_due(at=at).select_for_update().filter(pk=number).first()
    if held is None:
        return None
    held.state, held.runner, held.taken_at = State.SENDING, runner, at
    held.attempt_count += 1
    held.save()
    return held


@transaction.atomic
def end_attempt(
    *, dispatch: Dispatch, runner: str, at: datetime, outcome: str, is_taken: bool, is_final: bool = False, **answer: int | None
) -> Dispatch:
    """Write down what came of an attempt; what failed waits for its next, or is given up. Another runner's message stays untouched.

    `answer` may hold the `status` of the receiver's answer and the `retry_after_seconds` it asked for.
    """
    held = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if held.state != State.SENDING or held.runner != runner:
        return held
    held.outcome, held.status, held.ended_at = outcome, answer.get("status"), at
    tries = held.attempt_count - 1
    if is_taken:
        held.state = State.SENT
    elif is_final or held.is_test or tries >= len(BACK_OFF_SECONDS):
        held.state = State.GIVEN_UP
    else:
        asked = min(answer.get("retry_after_seconds") or 0, LONGEST_WAIT_SECONDS)
        wait = max(BACK_OFF_SECONDS[tries], asked)
        held.state = State.WAITING
        held.due_at = at + timedelta(seconds=wait * (1 + JITTER * secrets.randbelow(1000) / 1000))
    held.save()
    return held


@transaction.atomic
def drop_dispatch(*, dispatch: Dispatch, runner: str, outcome: str) -> None:
    """Close a message that nobody wants any more: its channel was switched off meanwhile."""
    Dispatch.objects.filter(pk=dispatch.pk, runner=runner).update(state=State.DROPPED, outcome=outcome, ended_at=timezone.now())


@transaction.atomic
def send_again(*, number: int, actor: Any) -> bool:
    """Let a message that was given up have all its attempts once more; say whether there was such a one."""
    closed = Dispatch.objects.filter(pk=number, state=State.GIVEN_UP, is_test=False)
    if not closed.update(state=State.WAITING, attempt_count=0, due_at=timezone.now()):
        return False
    record(actor=actor, verb="sent_alert_again", object_kind="dispatch", object_key=number)
    return True


@transaction.atomic
def switch_webhook_off(*, runner: str) -> None:
    """Switch the webhook off by ourselves: its receiver said 410, that it is gone for good."""
    if DeliveryTerms.objects.filter(pk=THE_DELIVERY, webhook_is_on=True).update(webhook_is_on=False):
        record(actor=None, verb="switched_webhook_off", object_kind="delivery", object_key=THE_DELIVERY)


def note_old_dispatches() -> None:
    """Forget the eldest closed messages beyond `KEPT_DISPATCHES`."""
    kept = Dispatch.objects.order_by("-pk").values_list("pk", flat=True)[KEPT_DISPATCHES : KEPT_DISPATCHES + 1].first()
    if kept is not None:
        Dispatch.objects.filter(pk__lte=kept).exclude(state__in=[State.WAITING, State.SENDING]).delete()


def _terms() -> DeliveryTerms:
    DeliveryTerms.objects.get_or_create(pk=THE_DELIVERY)
    return DeliveryTerms.objects.select_for_update().get(pk=THE_DELIVERY)


def _check(row: DeliveryTerms) -> None:
    for written in row.recipients:
        try:
            validate_email(written)
        except ValidationError as problem:
            raise BadInput("bad_recipient", BAD_RECIPIENT.filled(written=str(written)[:80])) from problem
    if len(row.recipients) > MOST_RECIPIENTS:
        raise BadInput("too_many_recipients", TOO_MANY.filled(most=MOST_RECIPIENTS))
    if row.mail_is_on and not row.recipients:
        raise BadInput("no_recipient", NO_RECIPIENT)
    if row.webhook_is_on and not row.webhook_address:
        raise BadInput("no_webhook_address", NO_ADDRESS)
    if not isinstance(row.mail_hour, int) or not 0 <= row.mail_hour <= 23:
        raise BadInput("bad_mail_hour", BAD_HOUR)
    site = row.site_address
    if site and (not site.startswith(("http://", "https://")) or not site.isprintable() or " " in site or "@" in site):
        raise BadInput("bad_site_address", BAD_SITE.filled(written=site[:80]))
