"""Reading what a request asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from lakmus.api.wordings import BAD_AS_OF
from lakmus.history.failures import BadInput
from lakmus.history.period import end_of_day
from lakmus.operations.company.queries import company_terms

if TYPE_CHECKING:
    from lakmus.usecases.home import Home


def home() -> Home:
    """Return the home folder of this installation."""
    from lakmus.usecases.home import open_home

    return open_home(Path(settings.LAKMUS_HOME))


def moment_asked(written: str | None) -> datetime | None:
    """Return the moment that `as_of` names: a day reads as its last moment in the company's zone; nothing as None.

    Raises
    ------
    BadInput : neither a day nor a moment with a time zone.
    """
    if written is None or not written.strip():
        return None
    text = written.strip()
    try:
        if len(text) == len("2026-03-31"):
            return end_of_day(date.fromisoformat(text), company_terms().time_zone)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise BadInput("bad_as_of", BAD_AS_OF.filled(written=text[:40])) from problem
