"""The Django application of `reasons`."""

from django.apps import AppConfig


class ReasonsConfig(AppConfig):
    """Decisions on reasons for losses, and colleagues' own estimates."""

    name = "lakmus.operations.reasons"
    label = "reasons"
