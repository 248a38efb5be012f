"""One call for each page, and its answer in the words of the templates."""

from __future__ import annotations


class Computing:
    share = None
    words = None


NO_DATA = object()
