"""The addresses of the site: the API under /api/, everything else from the web face."""

from __future__ import annotations

from importlib.util import find_spec

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

urlpatterns = []
if find_spec("lakmus.web.urls") is not None:
    urlpatterns += [path("", include("lakmus.web.urls"))]
else:
    urlpatterns += [path("login/", LoginView.as_view(), name="login"), path("logout/", LogoutView.as_view(), name="logout")]
