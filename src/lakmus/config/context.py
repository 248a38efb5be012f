"""What every template may read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lakmus.operations.accounts.permissions import permitted


def permissions(request: HttpRequest) -> dict[str, Any]:
    """Return `permitted`, the table's answers for this user: `{% if permitted.causes.money %}`."""
    user = getattr(request, "user", None)
    return {"permitted": permitted(user)}
