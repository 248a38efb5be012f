"""The answer to too many wrong passwords."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from lakmus.history.wording import Wording
from lakmus.web.page import show

MINUTES = 15
LOCKED = Wording(
    "Слишком много неудачных попыток входа. Подождите 15 минут и попробуйте снова; если пароль забыт, новый даст администратор.",
    "Too many failed attempts to log in. Wait 15 minutes and try again; if the password is forgotten, an administrator gives a new one.",
)


def locked_out(request: HttpRequest, original_response: Any = None, credentials: Any = None) -> HttpResponse:
    """Return the page that says how long to wait, status 429."""
    response = show(request, "locked_out.html", {"message": LOCKED.in_language(get_language() or "ru")}, status=429)
    response.headers["Retry-After"] = str(MINUTES * 60)
    return response
