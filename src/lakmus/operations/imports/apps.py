"""The Django application of `imports`."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The jobs of bringing files in, and where each of them stands."""

    name = "lakmus.operations.imports"
    label = "imports"
