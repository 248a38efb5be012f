"""Send what is due: letters and webhooks, each attempt written down, each message once in effect however often a worker is killed.

A worker takes a message before it sends and closes it afterwards. Killed in between, the message is taken anew under the same id
(`webhook-id`, `Message-ID`), by which a receiver that has it already knows the repetition.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import smtplib
from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from lakmus.connectors.webhook import CONTENT_TYPE, checked_address, secret_text, send, signed_headers
from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording
from lakmus.operations.alerts import changes
from lakmus.operations.alerts.models import Channel, DeliveryTerms, Dispatch
from lakmus.operations.alerts.queries import delivery_terms, dispatches_due
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.alerts.alert_messages import digest, test_event, test_letter
from lakmus.usecases.writing import local_day

GONE = 410
NOT_ON = Wording(
    "Канал не включён, проверять нечего. Ничего не отправлено; сначала включите и сохраните.",
    "The channel is not switched on, there is nothing to test. Nothing was sent; switch it on and save first.",
)
OUTCOMES = {
    "sent": Wording("доставлено", "delivered"),
    "status": Wording("приёмник не принял", "the receiver did not take it"),
    "moved": Wording("приёмник переехал; исправьте адрес", "the receiver has moved; correct the address"),
    "gone": Wording("приёмник закрыт навсегда; уведомления выключены", "the receiver is gone for good; notices were switched off"),
    "refused": Wording("приёмник не слушает", "nobody listens there"),
    "timeout": Wording("приёмник не ответил вовремя", "the receiver did not answer in time"),
    "tls": Wording("сертификат приёмника не подходит", "the receiver's certificate will not do"),
    "cut_off": Wording("связь оборвалась", "the connection broke off"),
    "webhook_no_host": Wording("узел не найден", "the host was not found"),
    "webhook_inner_address": Wording("адрес ведёт во внутреннюю сеть", "the address leads into an inner network"),
    "webhook_plain_http": Wording("нужен https", "https is needed"),
    "webhook_address": Wording("адрес не подходит", "the address will not do"),
    "mail_not_set": Wording("почтовый сервер не задан (LAKMUS_MAIL)", "no mail server is set (LAKMUS_MAIL)"),
    "mail_refused": Wording("почтовый сервер отказал адресу", "the mail server refused the address"),
    "mail_login": Wording("почтовый сервер не принял пароль", "the mail server did not take the password"),
    "mail_unreachable": Wording("почтовый сервер не отвечает", "the mail server does not answer"),
    "switched_off": Wording("канал выключили раньше", "the channel was switched off before"),
}
"""What can come of an attempt, for people."""


def change_delivery(*, actor: Any, **terms: Any) -> DeliveryTerms:
    """Change to whom alerts go.

    Raises
    ------
    BadInput : no e-mail address, no address for notices, or one that leads inside.
    """
    if terms.get("webhook_address"):
        checked_address(terms["webhook_address"], inner_hosts=settings.LAKMUS_WEBHOOK_HOSTS)
    return changes.set_delivery(actor=actor, **terms)


def renew_secret(*, actor: Any) -> str:
    """Make a new secret for the webhook and return it as the receiver needs it; the former one signs beside it for a week."""
    changes.renew_secret(actor=actor)
    return webhook_secret()


def webhook_secret() -> str:
    """Return the secret that signs webhooks, as the receiver needs it; empty before there is one."""
    keys = _keys(delivery_terms(), timezone.now())
    return secret_text(keys[0]) if keys else ""


def mail_is_set() -> bool:
    """Say whether the person who runs the machine has named a mail server."""
    return bool(settings.LAKMUS_MAIL_IS_SET)


def queue_digest(*, at: datetime) -> list[Dispatch]:
    """Queue the day's letter, one message for each recipient, if its hour has come and there is something new."""
    terms = delivery_terms()
    local = timezone.localtime(at, timezone=_zone())
    if not terms.mail_is_on or local.hour < terms.mail_hour:
        return []
    today = local_day(at, company_terms().time_zone)
    if terms.digest_on is not None and terms.digest_on >= today:
        return []
    with transaction.atomic():
        alerts = changes.note_digest(on=today)
        if not alerts:
            return []
        subject, body = digest(alerts, language=terms.mail_language, site=terms.site_address)
        return [
            changes.note_dispatch(
                channel=Channel.MAIL, message_id=f"digest_{today}_{_short(to)}", body=body, at=at, receiver=to, subject=subject[:200]
            )
            for to in dict.fromkeys(terms.recipients)
        ]


def queue_test(channel: str, *, actor: Any) -> list[Dispatch]:
    """Queue a test: a letter to each recipient, or a message to the webhook.

    Raises
    ------
    BadInput : the channel is not on.
    """
    terms, now = delivery_terms(), timezone.now()
    fields: dict[str, Any] = {"at": now, "is_test": True}
    if channel == Channel.WEBHOOK and terms.webhook_is_on:
        message_id = f"test_{secrets.token_hex(8)}"
        body = test_event(message_id=message_id, at=now, site=terms.site_address)
        queued = [changes.note_dispatch(channel=Channel.WEBHOOK, message_id=message_id, body=body, subject="test", **fields)]
    elif channel == Channel.MAIL and terms.mail_is_on:
        subject, body = test_letter(language=terms.mail_language, site=terms.site_address)
        queued = [
            changes.note_dispatch(
                channel=Channel.MAIL, message_id=f"test_{secrets.token_hex(8)}", body=body, receiver=to, subject=subject[:200], **fields
            )
            for to in dict.fromkeys(terms.recipients)
        ]
    else:
        raise BadInput("channel_is_off", NOT_ON)
    changes.note_old_dispatches()
    return queued


def deliver_now(dispatches: Sequence[Dispatch]) -> list[Dispatch]:
    """Make one attempt at each of these in this process, and return how they stand."""
    ended = [deliver(row.pk, runner=f"here-{secrets.token_hex(8)}") for row in dispatches]
    return [row for row in ended if row is not None]


def deliver_due() -> list[Dispatch]:
    """Make the day's letter if its hour has come, make one attempt at everything that is due, and return how it stands."""
    now = timezone.now()
    queue_digest(at=now)
    return deliver_now(list(dispatches_due(at=now)))


def send_again(number: int, *, actor: Any) -> bool:
    """Let a message that was given up have all its attempts once more."""
    return changes.send_again(number=number, actor=actor)


def deliver(number: int, *, runner: str, at: datetime | None = None) -> Dispatch | None:
    """Make one attempt at a message, if it is due and `runner` gets it; return how it stands then."""
    moment = at or timezone.now()
    dispatch = changes.take_dispatch(number=number, runner=runner, at=moment)
    if dispatch is None:
        return None
    terms = delivery_terms()
    is_on = terms.mail_is_on if dispatch.channel == Channel.MAIL else terms.webhook_is_on
    if not is_on:
        changes.drop_dispatch(dispatch=dispatch, runner=runner, outcome="switched_off")
        return dispatch
    attempt = _mail(dispatch) if dispatch.channel == Channel.MAIL else _post(dispatch, terms, moment)
    if attempt["outcome"] == "gone":
        changes.switch_webhook_off(runner=runner)
    return changes.end_attempt(dispatch=dispatch, runner=runner, at=timezone.now() if at is None else at, **attempt)


def _post(dispatch: Dispatch, terms: DeliveryTerms, at: datetime) -> dict[str, Any]:
    body = dispatch.body.encode()
    signed = signed_headers(body, message_id=dispatch.message_id, timestamp=int(at.timestamp()), keys=_keys(terms, at))
    headers = {**signed, "Content-Type": CONTENT_TYPE, "User-Agent": "Lakmus"}
    try:
        answer = send(terms.webhook_address, body, headers, inner_hosts=settings.LAKMUS_WEBHOOK_HOSTS)
    except BadInput as failure:
        return {"outcome": failure.code, "is_taken": False, "is_final": True}
    except LakmusError as failure:
        return {"outcome": failure.code, "is_taken": False}
    outcome = "sent" if answer.is_taken else answer.trouble or {3: "moved"}.get((answer.status or 0) // 100, "status")
    if answer.status == GONE:
        outcome = "gone"
    told = {"status": answer.status, "retry_after_seconds": answer.retry_after_seconds}
    return {"outcome": outcome, "is_taken": answer.is_taken, "is_final": outcome == "gone", **told}


def _mail(dispatch: Dispatch) -> dict[str, Any]:
    if not mail_is_set():
        return {"outcome": "mail_not_set", "is_taken": False}
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "lakmus.invalid"
    headers = {"Message-ID": f"<{dispatch.message_id}@{host}>", "Auto-Submitted": "auto-generated"}
    letter = EmailMessage(dispatch.subject, dispatch.body, to=[dispatch.receiver], headers=headers)
    try:
        letter.send()
    except smtplib.SMTPAuthenticationError:
        return {"outcome": "mail_login", "is_taken": False}
    except smtplib.SMTPRecipientsRefused as refusal:
        for_good = all(500 <= code < 600 for code, _ in refusal.recipients.values())
        return {"outcome": "mail_refused", "is_taken": False, "is_final": for_good}
    except (OSError, smtplib.SMTPException):
        return {"outcome": "mail_unreachable", "is_taken": False}
    return {"outcome": "sent", "is_taken": True}


def _keys(terms: DeliveryTerms, at: datetime) -> list[bytes]:
    """The keys that sign: the present one, and the former while it is still honoured. Neither is written anywhere."""
    marks = [terms.secret_mark]
    if terms.former_mark and terms.former_until is not None and terms.former_until > at:
        marks.append(terms.former_mark)
    return [hmac.digest(settings.SECRET_KEY.encode(), f"webhook of alerts {mark}".encode(), hashlib.sha256) for mark in marks if mark]


def _zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(company_terms().time_zone)


def _short(receiver: str) -> str:
    return hashlib.sha256(receiver.lower().encode()).hexdigest()[:12]
