"""The addresses of the site: the API under /api/, everything else from the web face."""

from __future__ import annotations

from django.urls import include, path

from lakmus.api.site import api, nothing_here
from lakmus.web.urls import handler403, handler404, handler500

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("api/", nothing_here),
    path("api/", api.urls),
    path("api/<path:rest>", nothing_here),
    path("", include("lakmus.web.urls")),
]
