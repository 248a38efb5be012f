"""Is the site alive?"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest
from ninja import Router, Schema

from lakmus import __version__

router = Router(tags=["health"])


class Health(Schema):
    """Says nothing about the company: whoever watches the machine may ask without a token."""

    status: str
    version: str


@router.get("/health", response=Health, auth=None, summary="Whether the site and its database answer")
def health(request: HttpRequest) -> Health:
    """Ask the database for nothing in particular."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Health(status="ok", version=__version__)
