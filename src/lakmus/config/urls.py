"""The addresses of the site: the API under /api/, everything else from the web face."""

from __future__ import annotations

from django.urls import include, path

from lakmus.api.site import api
from lakmus.web.urls import handler403, handler404, handler500

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("api/", api.urls),
    path("", include("lakmus.web.urls")),
]
