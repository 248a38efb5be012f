"""The Django application of `alerts`."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Alerts that were told, who has read them, and how they are delivered."""

    name = "lakmus.operations.alerts"
    label = "alerts"
