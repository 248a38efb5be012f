"""Letters and webhooks: signed, tried again, given up, once in effect; nothing personal leaves the house."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core import mail

from lakmus.connectors.webhook import Answer, verified
from lakmus.history.failures import BadInput
from lakmus.operations.alerts import changes
from lakmus.operations.alerts.models import DeliveryTerms, Dispatch
from lakmus.operations.alerts.queries import dispatches_due
from lakmus.operations.journal.models import JournalEntry
from lakmus.usecases.alerts import deliver_alerts
from lakmus.usecases.alerts.deliver_alerts import (
    change_delivery,
    deliver,
    queue_digest,
    queue_test,
    renew_secret,
    send_again,
    webhook_secret,
)
from lakmus.usecases.alerts.tell_alerts import tell_alerts
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.signals.customer_groups import group_of, list_group

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ADDRESS = "https://outside.example/hook"
Sent = list[tuple[str, bytes, dict[str, str]]]


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sent]:
    """Return a function that says what the receiver will answer, one after another, and returns what it was sent."""

    def answer(*answers: Answer) -> Sent:
        sent: Sent = []
        coming = iter(answers)

        def send(address: str, body: bytes, headers: dict[str, str], **_: Any) -> Answer:
            sent.append((address, body, headers))
            return next(coming)

        monkeypatch.setattr(deliver_alerts, "send", send)
        return sent

    return answer


def one_message() -> Dispatch:
    """Switch the webhook on and queue one message."""
    change_delivery(actor=None, webhook_is_on=True, webhook_address=ADDRESS)
    return changes.note_dispatch(channel="webhook", message_id="alert_1", body='{"id":"alert_1"}', at=NOW)


def test_a_message_is_signed_so_that_its_receiver_knows_it(posted) -> None:
    sent, message = posted(Answer(204)), one_message()
    assert deliver(message.pk, runner="a", at=NOW).state == "sent"
    ((address, body, headers),) = sent
    assert (address, body, headers["webhook-id"]) == (ADDRESS, b'{"id":"alert_1"}', "alert_1")
    assert headers["Content-Type"].startswith("application/cloudevents+json")
    assert verified(body, headers, secret=webhook_secret(), now=int(NOW.timestamp()))


def test_after_a_change_of_secret_the_former_one_verifies_for_a_week(posted) -> None:
    sent, message = posted(*[Answer(500)] * 2), one_message()
    former = webhook_secret()
    fresh = renew_secret(actor=None)
    changed = DeliveryTerms.objects.get().former_until - changes.OVERLAP
    for at in (changed + timedelta(days=6), changed + timedelta(days=8)):
        deliver(message.pk, runner="a", at=at)
    good = [
        [verified(body, headers, secret=each, now=int(headers["webhook-timestamp"])) for each in (former, fresh)]
        for _, body, headers in sent
    ]
    assert good == [[True, True], [False, True]]
    assert former not in str(list(DeliveryTerms.objects.values()) + list(JournalEntry.objects.values()))


def test_what_fails_is_tried_again_ever_later_under_the_same_id_and_then_given_up(posted) -> None:
    tries = len(changes.BACK_OFF_SECONDS) + 1
    sent, message, at, waits = posted(*[Answer(503)] * tries), one_message(), NOW, []
    for _ in range(tries):
        attempt = deliver(message.pk, runner="a", at=at)
        waits.append((attempt.due_at - at).total_seconds())
        assert deliver(message.pk, runner="b", at=at) is None
        at = max(at, attempt.due_at)
    assert attempt.state == "given_up" and (attempt.outcome, attempt.status) == ("status", 503)
    assert all(wanted <= wait <= wanted * 1.1 for wanted, wait in zip(changes.BACK_OFF_SECONDS, waits[:-1], strict=True))
    assert {(body, headers["webhook-id"]) for _, body, headers in sent} == {(b'{"id":"alert_1"}', "alert_1")} and len(sent) == tries
    assert len({headers["webhook-timestamp"] for *_, headers in sent}) == tries
    assert send_again(message.pk, actor=None) and not send_again(message.pk, actor=None)


def test_a_receiver_that_asks_for_time_gets_it(posted) -> None:
    posted(Answer(429, retry_after_seconds=3600))
    attempt = deliver(one_message().pk, runner="a", at=NOW)
    assert attempt.state == "waiting" and attempt.due_at >= NOW + timedelta(hours=1)


def test_a_receiver_that_is_gone_for_good_is_left_alone(posted) -> None:
    posted(Answer(410))
    assert deliver(one_message().pk, runner="a", at=NOW).state == "given_up"
    assert not DeliveryTerms.objects.get().webhook_is_on
    later = changes.note_dispatch(channel="webhook", message_id="alert_2", body="{}", at=NOW)
    deliver(later.pk, runner="a", at=NOW)
    later.refresh_from_db()
    assert (later.state, later.outcome) == ("dropped", "switched_off")


def test_of_two_workers_one_sends_and_a_dead_one_is_followed_under_the_same_id(posted) -> None:
    sent, message = posted(Answer(200)), one_message()
    assert changes.take_dispatch(number=message.pk, runner="dead", at=NOW) is not None
    assert deliver(message.pk, runner="b", at=NOW + timedelta(minutes=1)) is None and sent == []
    later = NOW + timedelta(minutes=3)
    assert [row.pk for row in dispatches_due(at=later)] == [message.pk]
    assert deliver(message.pk, runner="b", at=later).state == "sent"
    late = changes.end_attempt(dispatch=message, runner="dead", at=later, outcome="timeout", is_taken=False)
    assert (late.state, late.outcome) == ("sent", "sent")


def test_an_address_that_turned_inwards_is_refused_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 443))])
    attempt = deliver(one_message().pk, runner="a", at=NOW)
    assert (attempt.state, attempt.outcome) == ("given_up", "webhook_inner_address")


@pytest.mark.parametrize("address", ["https://127.0.0.1/", "http://outside.example/", "https://localhost:8000/x"])
def test_an_inner_address_is_refused_before_it_is_kept_unless_the_machines_keeper_named_it(address: str, settings) -> None:
    with pytest.raises(BadInput):
        change_delivery(actor=None, webhook_is_on=True, webhook_address=address)
    assert not DeliveryTerms.objects.exists()
    settings.LAKMUS_WEBHOOK_HOSTS = frozenset({urlsplit(address).hostname})
    assert change_delivery(actor=None, webhook_is_on=True, webhook_address=address).webhook_is_on


def told_by_mail(home: Home, settings: Any, **terms: Any) -> None:
    settings.LAKMUS_MAIL_IS_SET = True
    everything = {
        "mail_is_on": True,
        "recipients": ["a@example.org", "b@example.org"],
        "site_address": "https://lakmus.example.org",
    } | terms
    change_delivery(actor=None, **everything)
    tell_alerts(home, show_verdict(home), at=NOW)


def test_a_digest_comes_once_a_day_at_its_hour_to_each_recipient_and_opens_to_the_customers(failing_city: Home, settings) -> None:
    told_by_mail(failing_city, settings)
    assert queue_digest(at=NOW - timedelta(hours=4)) == []  # eight in the morning in Moscow
    queued = queue_digest(at=NOW)
    assert queue_digest(at=NOW) == [] and queue_digest(at=NOW + timedelta(days=1)) == []
    assert [deliver(row.pk, runner="a", at=NOW).state for row in queued] == ["sent", "sent"]
    assert [letter.to for letter in mail.outbox] == [["a@example.org"], ["b@example.org"]]
    letter = mail.outbox[0]
    assert letter.subject == "Лакмус: 1\N{NO-BREAK SPACE}изменение сверх сезона и случая" and letter.body.count("Тверь") == 1
    link = next(word for word in letter.body.split() if "of=alert" in word)
    assert link.startswith("https://lakmus.example.org/signals/customers/?")
    shown = show_verdict(failing_city)
    behind = list_group(failing_city, shown, group_of(dict(parse_qsl(urlsplit(link).query))))
    assert behind.total > 10


def test_nothing_of_any_customer_leaves_the_house(failing_city: Home, settings) -> None:
    told_by_mail(failing_city, settings, webhook_is_on=True, webhook_address=ADDRESS)
    queue_digest(at=NOW)
    shown = show_verdict(failing_city)
    people = {row["customer"] for row in list_group(failing_city, shown, group_of({"of": "list"}), size=500).rows}
    assert len(people) == 200
    written = [row.body + row.subject for row in Dispatch.objects.all()]
    assert len(written) == 4 and not [name for name in people for text in written if name in text.replace("\n", " ").split()]
    told = json.loads(Dispatch.objects.filter(channel="webhook").first().body)
    assert told["type"] == "lakmus.alert.raised" and "customer" not in told["data"] and told["data"]["segment"] == "Тверь"


def test_a_letter_keeps_its_message_id_over_attempts_and_a_refused_recipient_holds_up_nobody(
    failing_city: Home, settings, monkeypatch
) -> None:
    told_by_mail(failing_city, settings)
    first, second = queue_digest(at=NOW)
    ids = []

    def refusing(letter: Any, **_: Any) -> int:
        ids.append(letter.message()["Message-ID"])
        if letter.to == ["a@example.org"]:
            raise smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user")})
        if len(ids) < 3:
            raise TimeoutError
        return 1

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refusing)
    assert deliver(first.pk, runner="a", at=NOW).state == "given_up"
    again = deliver(second.pk, runner="a", at=NOW)
    assert (again.state, again.outcome) == ("waiting", "mail_unreachable")
    assert deliver(second.pk, runner="a", at=again.due_at).state == "sent"
    assert ids[1] == ids[2] != ids[0]


def test_without_a_mail_server_letters_wait_and_say_so(failing_city: Home, settings) -> None:
    told_by_mail(failing_city, settings)
    settings.LAKMUS_MAIL_IS_SET = False
    attempt = deliver(queue_digest(at=NOW)[0].pk, runner="a", at=NOW)
    assert (attempt.state, attempt.outcome) == ("waiting", "mail_not_set") and mail.outbox == []


def test_a_test_is_sent_once_and_only_where_the_channel_is_on(posted) -> None:
    with pytest.raises(BadInput):
        queue_test("webhook", actor=None)
    change_delivery(actor=None, webhook_is_on=True, webhook_address=ADDRESS)
    sent = posted(Answer(None, "refused"))
    (message,) = queue_test("webhook", actor=None)
    attempt = deliver(message.pk, runner="a")
    assert (attempt.state, attempt.outcome) == ("given_up", "refused")
    assert json.loads(sent[0][1])["type"] == "lakmus.alert.test"


def test_every_outcome_has_its_words() -> None:
    told = {"sent", "status", "moved", "gone", "refused", "timeout", "tls", "cut_off", "switched_off"}
    told |= {"webhook_no_host", "webhook_inner_address", "webhook_plain_http", "webhook_address"}
    assert told | {"mail_not_set", "mail_refused", "mail_login", "mail_unreachable"} == set(deliver_alerts.OUTCOMES)
