"""Pushing activities."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from lakmus.api.asked import home
from lakmus.api.forms import FAILURES
from lakmus.api.tokens import Bearer, caller
from lakmus.api.wordings import language_of
from lakmus.history.kinds import KINDS
from lakmus.usecases.imports.push_activities import push_activities
from lakmus.usecases.imports.pushed_rows import MOST_ROWS

router = Router(tags=["activities"])

ROW: dict[str, Any] = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string", "enum": list(KINDS)},
        "ts": {"type": "string", "format": "date-time"},
        "customer": {"type": ["string", "null"]},
        "order": {"type": ["string", "null"]},
        "case": {"type": ["string", "null"]},
        "amount": {"type": ["number", "null"], "minimum": 0},
        "features": {"type": "object"},
    },
    "additionalProperties": True,
}
EXAMPLE: dict[str, Any] = {"kind": "placed_order", "ts": "2026-03-01T12:00:00+03:00", "customer": "17850", "order": "A-1", "amount": 1200.5}


class Batch(Schema):
    """At most 10 000 rows and 10 MB. A row that cannot be used does not stop the others."""

    activities: list[Any] = Field(max_length=MOST_ROWS, json_schema_extra={"items": ROW, "examples": [[EXAMPLE]]})


class RowFailure(Schema):
    """Why one row was not accepted; `index` counts from 0, `field` is "" for the row as a whole."""

    index: int
    code: str
    field: str
    message: str


class PushAnswer(Schema):
    """`received = accepted + duplicate + rejected`; a duplicate is a fact that was known already."""

    received: int
    accepted: int
    duplicate: int
    rejected: int
    errors: list[RowFailure]


@router.post(
    "/activities",
    auth=Bearer("push", "activities", "push"),
    response={200: PushAnswer, 207: PushAnswer, **FAILURES},
    summary="Push a batch of activities",
)
def push(request: HttpRequest, batch: Batch) -> Status[Any]:
    """Take each row once, however often it is sent: sending the same batch again after a lost answer is safe.

    Status 200 when every row was taken or known already, 207 when some were refused; the answer says which and why.
    """
    report = push_activities(home(), batch.activities, actor=caller(request))
    return Status(207 if report.refused else 200, report.as_json(language_of(request)))
