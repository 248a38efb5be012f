"""Where an import stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema

from lakmus.api.forms import FAILURES
from lakmus.api.tokens import Bearer
from lakmus.api.wordings import language_of
from lakmus.operations.imports.queries import as_json, import_job

router = Router(tags=["imports"])
LARGEST_NUMBER = 2**63 - 1


class ImportAnswer(Schema):
    """A job: `waiting`, `planned`, `running`, `done`, `refused`, or `crashed`; `done_share` is 0..1 or unknown."""

    id: int
    state: str
    files: list[str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_done: int
    rows_expected: int | None
    done_share: float | None
    step: str
    report: dict[str, Any] | None
    error: dict[str, str] | None


@router.get("/imports/{number}", auth=Bearer("read", "data"), response={200: ImportAnswer, **FAILURES}, summary="Where an import stands")
def one(request: HttpRequest, number: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]) -> dict[str, Any]:
    """Return the job's state, progress, report and error."""
    return as_json(import_job(number), language_of(request))
