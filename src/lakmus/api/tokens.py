"""Who calls: the token in the header, and what it may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from lakmus.operations.accounts.permissions import TABLE
from lakmus.usecases.house.admit_program import admit_program


class Bearer(HttpBearer):
    """Opens an operation to tokens of `scope` whose user may `verb` on `page`."""

    def __init__(self, scope: str, page: str, verb: str = "view") -> None:
        if (page, verb) not in TABLE:
            raise KeyError((page, verb))
        self.scope, self.page, self.verb = scope, page, verb
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the user for whom the program acts; nothing for a token that opens nothing.

        Raises
        ------
        NotAllowed : the token or its user's role does not reach so far.
        """
        return admit_program(token, scope=self.scope, page=self.page, verb=self.verb)


def caller(request: HttpRequest) -> Any:
    """Return the user for whom the calling program acts."""
    return request.auth  # type: ignore[attr-defined]
