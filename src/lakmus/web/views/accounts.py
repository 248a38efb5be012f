"""Logging in and out, language and look."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_language_cookie

from lakmus.operations.accounts.permissions import first_page
from lakmus.usecases.house import keep_house
from lakmus.web.page import LANGUAGES, THEME_COOKIE, THEMES, frame

YEAR_SECONDS = 365 * 24 * 3600


class LogIn(LoginView):
    """The login page; leads to where the user was going, else to the first page of the user's role."""

    template_name = "web/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """Add what every page carries."""
        context = super().get_context_data(**given)
        return frame(self.request, "", context) | context

    def get_default_redirect_url(self) -> str:
        """Return the first page this role may see."""
        return reverse(first_page(self.request.user))


log_in = LogIn.as_view()
log_out = LogoutView.as_view(next_page="login")


def _way_back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, and with the user where there is one."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(LANGUAGES):
        keep_house.choose_look(user=request.user, language=language)
    return set_language_cookie(request)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the look in a cookie, and with the user where there is one."""
    answer = HttpResponseRedirect(_way_back(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        if request.user.is_authenticated:
            keep_house.choose_look(user=request.user, theme=theme)
        answer.set_cookie(THEME_COOKIE, theme, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure())
    return answer


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Say that the site answers; what is behind it is checked by `lakmus doctor`."""
    return JsonResponse({"status": "ok"})
