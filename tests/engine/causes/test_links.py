"""What else went wrong in the same matter: what stands beside a moment, and which moments tell nothing."""

from __future__ import annotations

import polars as pl
import pytest

from lakmus.engine.causes.links import linked_errors, told_apart
from tests.engine.histories import moment

CODES = ("slow_reply", "rudeness", "formal_script", "unresolved_problem")
REPLY = moment("2025-03-02")


def matter(code: str, *errors: tuple[str, str, float | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One reply in case 1 at which `code` could have happened, and errors of that case: (code, when, delay)."""
    moments = pl.DataFrame({"customer": ["anna"], "code": [code], "case": ["1"], "order": [None], "at": [REPLY], "exposed": [False]})
    rows = [
        {"customer": "anna", "order": None, "case": "1", "code": other, "at": moment(when), "amount_of_delay": delay}
        for other, when, delay in errors
    ]
    schema = {"customer": str, "order": str, "case": str, "code": str, "at": moments.schema["at"], "amount_of_delay": float}
    return moments.cast({"order": str}), pl.DataFrame(rows, schema=schema)


@pytest.mark.parametrize(
    ("other", "when", "tangled"),
    [
        ("rudeness", "2025-03-02", True),  # the same reply was rude
        ("rudeness", "2025-03-01", True),  # an earlier reply of the case was
        ("rudeness", "2025-03-05", False),
        ("unresolved_problem", "2025-03-01", True),  # a reply after the case came back
        ("unresolved_problem", "2025-03-05", False),
        ("slow_reply", "2025-03-01", False),  # an error of an earlier stage is known before and can be compared
        ("formal_script", "2025-03-01", True),  # a second reply after one that was formal, too
    ],
)
def test_a_moment_after_its_case_went_wrong_at_its_own_or_a_later_stage_tells_nothing(other: str, when: str, tangled: bool) -> None:
    found = told_apart(*matter("formal_script", (other, when, None)))
    assert found.select("tangled", "delay").row(0) == (tangled, None)


def test_the_delay_of_a_moment_is_that_of_its_own_error() -> None:
    found = told_apart(*matter("slow_reply", ("no_reply", "2025-03-03", 9.0), ("slow_reply", "2025-03-02", 90.0)))
    assert found.select("tangled", "delay").row(0) == (False, 90.0)


def test_what_went_wrong_later_in_the_matter_stands_apart_from_what_went_wrong_at_an_earlier_stage() -> None:
    errors = (("slow_reply", "2025-03-03", None), ("unresolved_problem", "2025-03-05", None))
    found = linked_errors(*matter("formal_script", *errors), CODES).row(0, named=True)
    assert (list(found["earlier"]), list(found["later"])) == ([1, 0, 0, 0], [0, 0, 0, 1])
