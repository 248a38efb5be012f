"""Alerts told, read and delivered. No row here speaks of a single customer: a segment is a city, a channel, a product or a topic."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

THE_DELIVERY = 1


class Channel(models.TextChoices):
    """The ways in which an alert leaves the house."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class State(models.TextChoices):
    """Where a dispatch stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


class EditedRule(models.Model):
    """What somebody changed of a rule that ships ready; see `lakmus.engine.signals.alerts.AlertRule` for what each means."""

    code = models.CharField(max_length=60, unique=True)
    least_change = models.FloatField()
    least_count = models.FloatField()
    cool_down_weeks = models.PositiveSmallIntegerField()
    direction = models.CharField(max_length=4)
    dimensions = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.code


class DeliveryTerms(models.Model):
    """One row: to whom alerts go. Secrets are not here: a key is made of the home's own key and `secret_mark`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_DELIVERY)
    site_address = models.CharField(max_length=300, blank=True)
    mail_is_on = models.BooleanField(default=False)
    recipients = models.JSONField(default=list)
    mail_language = models.CharField(max_length=2, default="ru")
    mail_hour = models.PositiveSmallIntegerField(default=9)
    webhook_is_on = models.BooleanField(default=False)
    webhook_address = models.CharField(max_length=500, blank=True)
    secret_mark = models.CharField(max_length=32, blank=True)
    former_mark = models.CharField(max_length=32, blank=True)
    former_until = models.DateTimeField(null=True)
    looked_on = models.DateField(null=True)
    digest_on = models.DateField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=THE_DELIVERY), name="there_is_one_delivery")]

    def __str__(self) -> str:
        return self.site_address or "delivery"


class ToldAlert(models.Model):
    """An alert as it was found first; `until` ends the window judged. `is_fresh`: found soon enough after that to be sent out."""

    mark = models.CharField(max_length=32, unique=True)
    rule = models.CharField(max_length=60)
    measure = models.CharField(max_length=30)
    dimension = models.CharField(max_length=30)
    segment = models.CharField(max_length=200)
    direction = models.CharField(max_length=4)
    until = models.DateTimeField()
    window_days = models.PositiveSmallIntegerField()
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    change = models.FloatField()
    p_value = models.FloatField()
    is_fresh = models.BooleanField(default=True)
    found_at = models.DateTimeField()
    mailed_on = models.DateField(null=True)

    class Meta:
        ordering = ["-until", "-pk"]
        indexes = [models.Index(fields=["rule", "measure", "dimension", "until"])]

    def __str__(self) -> str:
        return f"{self.rule} {self.measure} {self.dimension} {self.until:%Y-%m-%d}"


class ReadAlert(models.Model):
    """That a user has read an alert."""

    alert = models.ForeignKey(ToldAlert, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "user"], name="an_alert_is_read_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.alert_id}"


class Dispatch(models.Model):
    """One message to one receiver. `message_id` is the same over all attempts; `body` is what is sent, to the byte."""

    channel = models.CharField(max_length=10, choices=Channel)
    message_id = models.CharField(max_length=80)
    receiver = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    is_test = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    runner = models.CharField(max_length=100, blank=True)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "message_id"], name="a_message_is_queued_once")]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.message_id}"
