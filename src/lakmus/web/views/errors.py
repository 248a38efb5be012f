"""The pages for what went wrong: each says what happened, that nothing was lost, and what to do."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.accounts.permissions import first_page
from lakmus.web.page import show
from lakmus.web.templatetags.written import language

TOO_MUCH = Wording(
    "Отправлено слишком много сразу: файлов может быть до {files}. Ничего не загружено и ничего не потеряно; отправьте их частями.",
    "Too much was sent at once: there may be up to {files} files. Nothing was imported and nothing was lost; send them in parts.",
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that more was sent than is taken at once."""
    if not isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return defaults.bad_request(request, exception)
    refused = BadInput("too_large", TOO_MUCH.filled(files=settings.DATA_UPLOAD_MAX_NUMBER_FILES))
    return show(request, "failure.html", {"failure": refused}, status=413)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that this role does not reach so far, and where it may go."""
    known = request.user.is_authenticated
    return show(
        request, "403.html", {"reason": str(exception or ""), "first_page": first_page(request.user) if known else "login"}, status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that nothing stands at this address."""
    return show(request, "404.html", status=404)


def our_error(request: HttpRequest) -> HttpResponse:
    """Say that we erred; asks nothing of the database, which may be what failed."""
    return HttpResponse(render_to_string("web/500.html", {"lang": language(), "address": request.get_full_path()}), status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was sent too late or from elsewhere, so nothing was done."""
    return show(request, "expired.html", status=403)
