"""The addresses of the site: the API under /api/, everything else from the web face."""

from __future__ import annotations

from django.urls import include, path, register_converter
from django.urls.converters import PathConverter

from lakmus.api.site import addresses, nothing_here
from lakmus.web.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class AnythingConverter(PathConverter):
    """A path with any signs in it: `path` stops at a line break, and such an address would fall through to the pages."""

    regex = "(?s:.+)"


register_converter(AnythingConverter, "anything")

urlpatterns = [
    path("api/", nothing_here),
    path("api/", addresses()),
    path("api/<anything:rest>", nothing_here),
    path("", include("lakmus.web.urls")),
]
