"""The log tells no person."""

from __future__ import annotations

import logging

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
        ("import 17: 20000000 rows in 66.12 s", "import 17: 20000000 rows in 66.12 s"),
    ],
)
def test_what_tells_a_person_is_taken_out(line: str, left: str) -> None:
    assert impersonal(line) == left


def test_arguments_of_a_record_are_cleaned_as_well() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "bad address %s", ("anna@example.com",), None)
    assert Impersonal().filter(record)
    assert record.getMessage() == "bad address <e-mail>"
