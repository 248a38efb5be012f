"""Keeps persons out of the log."""

from __future__ import annotations

import logging
import re
from typing import Any

PERSONAL = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"(?<![\w.])(?:\+\d|[78])(?:[\s()-]*\d){9,13}(?![\w.])"), "<phone>"),
    (re.compile(r"(/customers/)[^/\s?\"']+"), r"\1<customer>"),
    (re.compile(r"\?[^\s\"']*"), "?<query>"),
    (re.compile(r"lakmus_[\w-]{20,}"), "<token>"),
)


class Impersonal(logging.Formatter):
    """Takes e-mail addresses, phone numbers, customers' addresses, queries and tokens out of each line and each traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # named by logging
        """Return the line of a record without what tells a person."""
        record.message = impersonal(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # named by logging
        """Return a traceback without what tells a person."""
        return impersonal(super().formatException(ei))


def impersonal(line: str) -> str:
    """Return the line without what tells a person."""
    for pattern, instead in PERSONAL:
        line = pattern.sub(instead, line)
    return line
