"""The Django application of `journal`."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Who did what and when: one row for each change, never altered."""

    name = "lakmus.operations.journal"
    label = "journal"
