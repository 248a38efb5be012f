"""The log tells no person."""

from __future__ import annotations

import logging
import sys

import pytest

from lakmus.config.logs import Impersonal, impersonal


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("no mail for anna.k@example.com today", "no mail for <e-mail> today"),
        ("called +7 (916) 123-45-67 twice", "called <phone> twice"),
        ("Not Found: /customers/17850", "Not Found: /customers/<customer>"),
        ('"GET /customers/?query=Анна HTTP/1.1" 200', '"GET /customers/?<query> HTTP/1.1" 200'),
        ("token lakmus_abcdefghijklmnopqrstuvwxyz refused", "token <token> refused"),
        ("verdict as of 2026-11-22 01:41:42,188 done", "verdict as of 2026-11-22 01:41:42,188 done"),
        ("import 17: 20000000 rows in 66.12 s", "import 17: 20000000 rows in 66.12 s"),
    ],
)
def test_what_tells_a_person_is_taken_out(line: str, left: str) -> None:
    assert impersonal(line) == left


def test_arguments_and_tracebacks_are_cleaned_as_well() -> None:
    try:
        raise ValueError("bad row of anna@example.com")
    except ValueError:
        record = logging.LogRecord("x", logging.WARNING, "", 0, "for %s", ("+7 916 123-45-67",), sys.exc_info())
    written = Impersonal("{asctime} {message}", style="{").format(record)
    assert written.startswith("2") and "for <phone>\nTraceback" in written
    assert "bad row of <e-mail>" in written and "anna@" not in written
