"""Reads about users and tokens."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import Q, QuerySet

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.accounts.models import ApiToken, User
from lakmus.operations.accounts.permissions import may

NO_USER = Wording(
    "Пользователя «{username}» нет. Ничего не изменилось; проверьте имя или почту.",
    "There is no user “{username}”. Nothing was changed; check the name or the e-mail.",
)


def users_visible_to(user: User) -> QuerySet[User]:
    """Return all users for those who manage them, and oneself for everybody else."""
    return User.objects.all() if may(user, "users") else User.objects.filter(pk=user.pk)


def users_let_in() -> QuerySet[User]:
    """Return the users who may log in."""
    return User.objects.filter(is_active=True)


def user_named(username: str) -> User:
    """Return the user of this name or e-mail.

    Raises
    ------
    NotFound : nobody has it.
    """
    written = username.strip().casefold()
    found = User.objects.filter(Q(username=written) | Q(email=written)).order_by("pk").first()
    if found is None:
        raise NotFound("user_unknown", NO_USER.filled(username=username[:60]))
    return found


def tokens_visible_to(user: User) -> QuerySet[ApiToken]:
    """Return everybody's tokens for those who manage users, and one's own for everybody else."""
    tokens = ApiToken.objects.select_related("user")
    return tokens if may(user, "users", "change") else tokens.filter(user=user)


def hashed(token: str) -> str:
    """Return what is stored of a token. One round of SHA-256 is enough for 256 random bits; passwords are another matter."""
    return hashlib.sha256(token.encode()).hexdigest()


def live_token(token: str, *, at: datetime) -> ApiToken | None:
    """Return the stored token for its secret text, unless revoked, expired, or its user deactivated."""
    return (
        ApiToken.objects.select_related("user")
        .filter(token_hash=hashed(token), revoked_at=None, user__is_active=True)
        .filter(Q(expires_at=None) | Q(expires_at__gt=at))
        .first()
    )
