"""Views that need a verdict: without data they say how to begin, while it is computed they wait and ask again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from lakmus.web import answers
from lakmus.web.page import show


def needs_verdict(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the analysis as of the day that is looked from."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        analysis = answers.ask(request)
        if analysis is answers.NO_DATA:
            return show(request, "empty.html", current="verdict")
        if isinstance(analysis, answers.Computing):
            response = show(request, "computing.html", {"share": analysis.share}, status=202)
            response.headers["Cache-Control"] = "no-store"
            return response
        if request.headers.get("X-Waiting"):
            # The page that waits asked; the answer is there, so it loads itself anew as a whole.
            response = HttpResponse(status=200)
            response.headers["HX-Refresh"] = "true"
            return response
        return view(request, analysis, *args, **kwargs)

    return answered
