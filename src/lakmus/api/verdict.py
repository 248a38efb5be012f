"""The verdict."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from lakmus.api.asked import AsOf, home, verdict_asked
from lakmus.api.forms import NOT_YET
from lakmus.api.shown import plain
from lakmus.api.tokens import Bearer
from lakmus.api.wordings import language_of

router = Router(tags=["verdict"])


@router.get("/verdict", auth=Bearer("read", "verdict"), response={200: dict[str, Any], **NOT_YET}, summary="The answer on one page")
def verdict(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return the same figures as the page and `lakmus verdict --format json`; 202 while those of a large history are computed."""
    language = language_of(request)
    return plain(verdict_asked(home(), as_of).verdict.as_json(language), language)
