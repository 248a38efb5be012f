"""The API as a whole: its routers, its errors, its description.

The description lies at /api/openapi.json, a page to read it at /api/docs (for users who are logged in; its scripts and
styles are served from here). Every operation names the scope of the token and the cell of the permission table it needs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from lakmus import __version__
from lakmus.api import activities, alerts, causes, customers, definition, errors, health, imports, signals, topics, verdict, waiting
from lakmus.api.asked import StillComputing
from lakmus.api.forms import StrictParser
from lakmus.api.wordings import (
    NO_SUCH_ADDRESS,
    NO_TOKEN,
    OUR_ERROR,
    TOO_LARGE,
    UNREADABLE,
    WRONG_METHOD,
    WRONG_PARAMETERS,
    error_body,
    spoken,
)
from lakmus.history.failures import LakmusError
from lakmus.history.wording import Wording

RETRY_SECONDS = 5
MOST_DRAINED = 256 * 1024 * 1024
DRAINED_AT_ONCE = 1 << 20
log = logging.getLogger(__name__)


# JSON whose Russian is Russian and not its code points.
readable = JSONRenderer()
readable.json_dumps_params = {"ensure_ascii": False}


class DescribedOnce(NinjaAPI):
    """The API; its description is the same for everybody, takes half a second to put together, and is therefore kept."""

    def __init__(self, **settings: Any) -> None:
        """Begin with nothing described."""
        super().__init__(**settings)
        self._described: dict[str, OpenAPISchema] = {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """Return the description of the API as it stands below an address."""
        below = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if below not in self._described:
            self._described[below] = super().get_openapi_schema(path_prefix=below)
        return self._described[below]


api = DescribedOnce(
    title="Lakmus",
    version=__version__,
    description=(
        "Push activities of customers; read customers, service errors, signals, causes, first waits and the verdict. "
        "Authorise with `Authorization: Bearer lakmus_…`; "
        "a token is made on the page “Settings” or by `lakmus user token`. Messages come in the language of `Accept-Language` (ru, en). "
        "Moments are ISO 8601; money is in the company's currency."
    ),
    urls_namespace="api",
    parser=StrictParser(),
    renderer=readable,
)
api.add_router("", health.router)
api.add_router("", activities.router)
api.add_router("", customers.router)
api.add_router("", errors.router)
api.add_router("", verdict.router)
api.add_router("", definition.router)
api.add_router("", signals.router)
api.add_router("", alerts.router)
api.add_router("", waiting.router)
api.add_router("", topics.router)
api.add_router("", causes.router)
api.add_router("", imports.router)


def answer(request: HttpRequest, status: int, code: str, wording: Wording, **more: Any) -> HttpResponse:
    """Return an error in the form all errors of the API have."""
    response = api.create_response(request, error_body(code, spoken(request, wording), **more), status=status)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="lakmus"'
    if status == 409:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


@api.exception_handler(LakmusError)
def say_failure(request: HttpRequest, failure: LakmusError) -> HttpResponse:
    """Any error of the family, under its own status."""
    return answer(request, failure.http_status, failure.code, failure.wording)


@api.exception_handler(StillComputing)
def say_still_computing(request: HttpRequest, waiting: StillComputing) -> HttpResponse:
    """No error: the answer is on its way."""
    response = api.create_response(request, {"status": "computing", "done_share": waiting.share}, status=202)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


@api.exception_handler(AuthenticationError)
def say_no_token(request: HttpRequest, failure: AuthenticationError) -> HttpResponse:
    """No token, or one that opens nothing."""
    return answer(request, 401, "no_token", NO_TOKEN)


@api.exception_handler(ValidationError)
def say_wrong_parameters(request: HttpRequest, failure: ValidationError) -> HttpResponse:
    """Parameters or a body of another form than described; never the values, which may be personal."""
    fields = [{"at": [str(part) for part in one.get("loc", ())], "problem": one.get("msg", "")} for one in failure.errors]
    return answer(request, 422, "wrong_parameters", WRONG_PARAMETERS, fields=fields)


@api.exception_handler(RequestDataTooBig)
def say_too_large(request: HttpRequest, failure: RequestDataTooBig) -> HttpResponse:
    """More than the upload limit. The rest is read and thrown away: a sender who is still sending would not see the answer."""
    left = MOST_DRAINED
    while left > 0 and (part := request.read(DRAINED_AT_ONCE)):
        left -= len(part)
    return answer(request, 413, "too_large", TOO_LARGE)


@api.exception_handler(HttpError)
def say_unreadable(request: HttpRequest, failure: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    return answer(request, failure.status_code, "unreadable", UNREADABLE)


@api.exception_handler(Http404)
def say_no_such_address(request: HttpRequest, failure: Http404) -> HttpResponse:
    """Nothing stands at this address."""
    return answer(request, 404, "no_such_address", NO_SUCH_ADDRESS)


@login_not_required
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below /api/: programs get JSON there as everywhere."""
    return answer(request, 404, "no_such_address", NO_SUCH_ADDRESS)


def addresses() -> tuple[list[Any], str, str]:
    """Return the API's addresses for the site; a method that an address does not know is refused in JSON, as everything is."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if pattern.callback is not None:
            pattern.callback = _refusing_in_json(pattern.callback)
    return patterns, app_name, namespace


def _refusing_in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        allowed = response.headers["Allow"]
        refusal = answer(request, 405, "wrong_method", WRONG_METHOD.filled(method=request.method or "", allowed=allowed))
        refusal.headers["Allow"] = allowed
        return refusal

    return answered


@api.exception_handler(Exception)
def say_our_error(request: HttpRequest, failure: Exception) -> HttpResponse:
    """Everything else is an error of ours: the log has the trace, the caller a JSON answer like any other."""
    log.error("%s %s failed", request.method, request.path, exc_info=failure)
    return answer(request, 500, "our_error", OUR_ERROR)
