"""What exactly went wrong in a planted error, where one code has several shapes: the words of `finding` in `truth.json`."""

from __future__ import annotations

FINDINGS = (
    "delivery",
    "promise_late",
    "promise_broken",
    "case",
    "review",
    "survey",
    "reopened",
    "repeated_case",
    "closed_unanswered",
    "sum",
    "date",
    "reply",
    "said_by_customer",
    "return_reason",
    "preference_violated",
    "placeholder",
    "wrong_sum",
    "wrong_date",
    "wrong_number",
    "wrong_name",
    "duplicate",
    "at_night",
    "returned_product",
    "refused_channel",
    "not_followed",
    "second_attempt",
    "repeated_steps",
    "error_named",
)
NONE = -1
"""No shape is told: the code has only one."""
SHAPE = {name: place for place, name in enumerate(FINDINGS)}
"""The place of each word, as arrays hold it."""
