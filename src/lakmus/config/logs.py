"""Keeps persons out of the log."""

from __future__ import annotations

import logging
import re

PERSONAL = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"(?<![\w.])\+?\d(?:[\s()-]*\d){9,14}(?![\w.])"), "<phone>"),
    (re.compile(r"(/customers/)[^/\s?\"']+"), r"\1<customer>"),
    (re.compile(r"\?[^\s\"']*"), "?<query>"),
    (re.compile(r"lakmus_[\w-]{20,}"), "<token>"),
)


class Impersonal(logging.Formatter):
    """Takes e-mail addresses, phone numbers, customers' addresses, queries and tokens out of each line and each traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished text of a record without what tells a person."""
        return impersonal(super().format(record))


def impersonal(line: str) -> str:
    """Return the line without what tells a person."""
    for pattern, instead in PERSONAL:
        line = pattern.sub(instead, line)
    return line
