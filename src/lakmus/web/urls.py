"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from lakmus.web.views import accounts, errors

urlpatterns = [
    path("login/", accounts.log_in, name="login"),
    path("logout/", accounts.log_out, name="logout"),
    path("language/", accounts.set_language, name="set_language"),
    path("theme/", accounts.set_theme, name="set_theme"),
]

handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_error
