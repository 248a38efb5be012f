"""The Django application of `labels`."""

from django.apps import AppConfig


class LabelsConfig(AppConfig):
    """Labels of texts by people, and the company's own themes."""

    name = "lakmus.operations.labels"
    label = "labels"
