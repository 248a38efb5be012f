"""What happens to every request: security headers, the login that is required, language and time zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from lakmus.operations.company.queries import company_terms, terms_at_hand

Answer = Callable[[HttpRequest], HttpResponse]

# Scripts, styles, fonts and requests come from this site alone, and never from within a page: an attacker's text that
# slips into a page stays text. `data:` serves small pictures in stylesheets.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

# The whole list of what is served without a session. The API asks for a token instead, on each of its operations.
OPEN_ADDRESSES = frozenset({"login", "health", "set_language", "set_theme"})
OPEN_NAMESPACES = frozenset({"api"})
LOGGED_IN_PART_OF_API = frozenset({"openapi-view"})


class SecurityHeaders:
    """Puts the headers on each answer, static files and errors included."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            # Pages about customers stay out of shared caches and out of the browser's after logging out.
            patch_cache_control(response, private=True, no_store=True)
        return response


class LoginRequired(LoginRequiredMiddleware):
    """Sends whoever is not logged in to the login page, from every address but the few above."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Let through what is open; ask for a login otherwise."""
        match = request.resolver_match
        in_api = bool(OPEN_NAMESPACES & set(match.namespaces)) and match.url_name not in LOGGED_IN_PART_OF_API
        if in_api or (not match.namespaces and match.url_name in OPEN_ADDRESSES):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class UserLanguage:
    """Speaks the language the user chose, where one was chosen; else LocaleMiddleware's finding stands."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if language:
            response.headers["Content-Language"] = language
        return response


class CompanyTimeZone:
    """Shows times in the company's zone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with terms_at_hand(), timezone.override(ZoneInfo(company_terms().time_zone)):
            return self.get_response(request)
