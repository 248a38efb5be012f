"""The Django application of `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may log in, in which role, and which programs hold a token."""

    name = "lakmus.operations.accounts"
    label = "accounts"
