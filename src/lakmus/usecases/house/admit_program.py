"""Let a program in that holds a token, as far as the token's scope and its user's role reach."""

from __future__ import annotations

from django.utils import timezone

from lakmus.history.failures import NotAllowed
from lakmus.history.wording import Wording
from lakmus.operations.accounts.changes import note_token_use
from lakmus.operations.accounts.models import User
from lakmus.operations.accounts.permissions import require
from lakmus.operations.accounts.queries import live_token

WRONG_SCOPE = Wording(
    "Этот ключ выпущен не для такого действия (нужно: {scope}). Ничего не изменилось; выпустите ключ с этим правом.",
    "This token was not issued for this (needed: {scope}). Nothing was changed; issue a token with that scope.",
)


def admit_program(token: str, *, scope: str, page: str, verb: str) -> User | None:
    """Return the user for whom the program acts, None for a token that opens nothing.

    Raises
    ------
    NotAllowed : the token is good, but its scope or its user's role does not reach so far.
    """
    now = timezone.now()
    held = live_token(token, at=now)
    if held is None:
        return None
    if scope not in held.scopes:
        raise NotAllowed("wrong_scope", WRONG_SCOPE.filled(scope=scope))
    require(held.user, page, verb)
    note_token_use(token=held, at=now)
    return held.user
