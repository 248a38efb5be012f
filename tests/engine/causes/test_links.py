"""What else went wrong in the same matter: what stands beside a moment, and which moments tell nothing."""

from __future__ import annotations

import polars as pl
import pytest

from lakmus.engine.causes.links import linked_errors
from tests.engine.histories import moment

CODES = ("slow_reply", "rudeness", "formal_script", "unresolved_problem")
REPLY = moment("2025-03-02")


def linked(code: str, *errors: tuple[str, str]) -> dict[str, object]:
    """One reply in case 1 at which `code` could have happened, and other errors of that case: (code, when)."""
    moments = pl.DataFrame({"customer": ["anna"], "code": [code], "case": ["1"], "order": [None], "at": [REPLY], "exposed": [False]})
    rows = [
        {"customer": "anna", "order": None, "case": "1", "code": other, "at": moment(when), "amount_of_delay": None}
        for other, when in errors
    ]
    schema = {"customer": str, "order": str, "case": str, "code": str, "at": moments.schema["at"], "amount_of_delay": float}
    found = linked_errors(moments.cast({"order": str}), pl.DataFrame(rows, schema=schema), CODES)
    return {
        name: value if name == "tangled" else list(value)
        for name, value in found.select("earlier", "later", "tangled").row(0, named=True).items()
    }


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
    assert linked("formal_script", (other, when))["tangled"] is tangled


def test_what_went_wrong_later_in_the_matter_stands_apart_from_what_went_wrong_at_an_earlier_stage() -> None:
    found = linked("formal_script", ("slow_reply", "2025-03-03"), ("unresolved_problem", "2025-03-05"))
    assert found == {"earlier": [1, 0, 0, 0], "later": [0, 0, 0, 1], "tangled": False}
