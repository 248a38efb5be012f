"""The first users of an installation, made from the command line by whoever owns the machine."""

from __future__ import annotations

import secrets
from typing import Any

from lakmus.operations.accounts.changes import FirstUser, create_first_users, create_user
from lakmus.operations.accounts.models import User

PASSWORD_BYTES = 12


def add_first_users(*, actor: Any = None) -> list[FirstUser]:
    """Add a user for each role that nobody has yet; passwords are told now and never again."""
    return create_first_users(actor=actor)


def add_user_with_password(*, username: str, role: str, password: str = "", email: str = "", name: str = "", actor: Any = None) -> str:
    """Add a user and return the password, made here when none was given.

    Raises
    ------
    BadInput : the name is taken or unusable, the role unknown, or the password too weak.
    """
    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    create_user(username=username, role=role, password=chosen, email=email, name=name, actor=actor)
    return chosen


def anybody_may_log_in() -> bool:
    """Say whether there is a user who is let in."""
    return User.objects.filter(is_active=True).exists()
