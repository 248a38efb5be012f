"""Who calls: the token in the header, and what it may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from lakmus.api.wordings import WRONG_SCOPE
from lakmus.history.failures import NotAllowed
from lakmus.operations.accounts.changes import note_token_use
from lakmus.operations.accounts.models import User
from lakmus.operations.accounts.permissions import TABLE, require
from lakmus.operations.accounts.queries import live_token


class Bearer(HttpBearer):
    """Opens an operation to tokens of `scope` whose user may `verb` on `page`."""

    def __init__(self, scope: str, page: str, verb: str = "view") -> None:
        if (page, verb) not in TABLE:
            raise KeyError((page, verb))
        self.scope, self.page, self.verb = scope, page, verb
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the stored token; nothing for one that opens nothing.

        Raises
        ------
        NotAllowed : the token or its user's role does not reach so far.
        """
        now = timezone.now()
        held = live_token(token, at=now)
        if held is None:
            return None
        if self.scope not in held.scopes:
            raise NotAllowed("wrong_scope", WRONG_SCOPE.filled(scope=self.scope))
        require(held.user, self.page, self.verb)
        note_token_use(token=held, at=now)
        return held


def caller(request: HttpRequest) -> User:
    """Return the user whose token this is."""
    return request.auth.user  # type: ignore[attr-defined]
