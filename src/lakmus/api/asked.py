"""Reading what a request asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from django.conf import settings
from ninja import Query

from lakmus.api.wordings import BAD_AS_OF
from lakmus.history.failures import BadInput
from lakmus.history.period import end_of_day
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.house.home import Home, open_home
from lakmus.usecases.prepare_pages import ask_for_pages, pages_are_ready
from lakmus.usecases.show_verdict import Shown, ask_for_verdict, computing_share, show_verdict, verdict_at_hand

# A verdict of so many activities takes seconds; of more, minutes, which no call should wait for.
MOST_ACTIVITIES_AT_ONCE = 300_000
AsOf = Annotated[
    str | None,
    Query(
        max_length=40,
        description="A day (2026-03-31, up to its end in the company's zone) or a moment with its zone; without it, the latest there is.",
    ),
]


def home() -> Home:
    """Return the home folder of this installation."""
    return open_home(Path(settings.LAKMUS_HOME))


class StillComputing(Exception):
    """The answer needs a verdict that the worker is computing; `share` is how much is done, 0..1 or unknown."""

    def __init__(self, share: float | None) -> None:
        super().__init__("the verdict is being computed")
        self.share = share


def verdict_asked(place: Home, as_of: str | None) -> Shown:
    """Return the verdict that an answer builds on.

    Raises
    ------
    BadInput : `as_of` is no moment.
    NotFound : nothing was imported yet.
    StillComputing : the history is large and nobody has computed this verdict yet; the worker was asked to.
    """
    moment = moment_asked(as_of)
    shown = verdict_at_hand(place, as_of=moment)
    if shown is None and place.stream().count <= MOST_ACTIVITIES_AT_ONCE:
        shown = show_verdict(place, as_of=moment)
    if shown is None:
        ask_for_verdict(place, as_of=moment)
        raise StillComputing(computing_share(place, as_of=moment))
    return shown


def pages_asked(place: Home, as_of: str | None) -> Shown:
    """Return the verdict beside which what the pages of signals read is ready, too.

    Raises
    ------
    BadInput, NotFound, StillComputing : as `verdict_asked`; StillComputing also while the pages are prepared.
    """
    shown = verdict_asked(place, as_of)
    if not pages_are_ready(shown) and place.stream().count > MOST_ACTIVITIES_AT_ONCE:
        ask_for_pages(shown)
        raise StillComputing(None)
    return shown


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
