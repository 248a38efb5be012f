"""Views that need a verdict: without data they say how to begin, while it is computed they wait and ask again.

`verdict_page` is what nearly every page stands behind: who may see it, errors in words, the verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from lakmus.operations.accounts.permissions import page
from lakmus.usecases.prepare_pages import ask_for_pages, pages_are_ready
from lakmus.web import answers
from lakmus.web.page import says_failures, show


def needs_verdict(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the analysis as of the day that is looked from."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        analysis = answers.ask(request)
        if analysis is answers.NO_DATA:
            return show(request, "empty.html", current="verdict")
        if isinstance(analysis, answers.Computing):
            return _wait(request, analysis.share, idle=analysis.idle)
        if request.headers.get("X-Waiting"):
            # The page that waits asked; the answer is there, so it loads itself anew as a whole.
            response = HttpResponse(status=200)
            response.headers["HX-Refresh"] = "true"
            return response
        return view(request, analysis, *args, **kwargs)

    return answered


def needs_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have the worker compute what the page reads beside the verdict, unless it is there or the company is small enough for now."""

    @wraps(view)
    def answered(request: HttpRequest, analysis: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not pages_are_ready(analysis) and answers.home().stream().count > answers.AT_ONCE:
            ask_for_pages(analysis)
            return _wait(request, None)
        return view(request, analysis, *args, **kwargs)

    return answered


def verdict_page(
    name: str, *, verb: str = "view", post: str | None = None, prepared: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view of a verdict the page `name` (see `permissions.page`); `prepared` ones also need what `prepare_pages` computes."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        reading = needs_pages(view) if prepared else view
        return page(name, verb=verb, post=post)(says_failures(needs_verdict(reading)))

    return decorate


def _wait(request: HttpRequest, share: float | None, *, idle: bool = False) -> HttpResponse:
    response = show(request, "computing.html", {"share": share, "idle": idle}, status=202)
    response.headers["Cache-Control"] = "no-store"
    return response
