"""The Django application of `company`."""

from django.apps import AppConfig


class CompanyConfig(AppConfig):
    """What the company told us about itself, and how its files are read."""

    name = "lakmus.operations.company"
    label = "company"
