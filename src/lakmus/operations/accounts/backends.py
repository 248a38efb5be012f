"""Logging in by name or by e-mail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from lakmus.operations.accounts.models import User


class UsernameOrEmail(BaseBackend):
    """Accepts the name or the e-mail of an active user with the right password."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any) -> User | None:
        """Return the user, or nothing; an unknown name takes as long as a wrong password, so that names cannot be told."""
        if username is None or password is None:
            return None
        written = username.strip().casefold()
        user = User.objects.filter(username=written).first() or User.objects.filter(email=written).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """Return the user of a session, unless deactivated since."""
        return User.objects.filter(pk=user_id, is_active=True).first()
