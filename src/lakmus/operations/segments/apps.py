"""The Django application of `segments`."""

from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    """Saved segments: groups of customers that somebody gave a name."""

    name = "lakmus.operations.segments"
    label = "segments"
