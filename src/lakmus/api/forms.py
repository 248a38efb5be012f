"""The forms of requests and answers that several operations share."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Schema
from ninja.parser import Parser
from pydantic import Field

State = Literal["warm", "cooling", "cold", "lost", "one_time", "new", "no_orders"]
States = Annotated[list[State], Query(description="May be given several times.")]


class StrictParser(Parser):
    """Reads JSON in UTF-8; a body that nests without end is unreadable, not an error of ours."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the parsed body.

        Raises
        ------
        ValueError : it is no JSON.
        """
        try:
            return json.loads(request.body.decode("utf-8"))
        except RecursionError as problem:
            raise ValueError("nested too deeply") from problem


class Failure(Schema):
    """Every error of the API: a stable code for programs, a message for people."""

    code: str = Field(examples=["not_allowed"])
    message: str
    fields: list[dict[str, Any]] | None = None


class Page(Schema):
    """One page of a list; `total` counts all pages."""

    total: int
    page: int
    page_size: int
    rows: list[dict[str, Any]]


class TitledPage(Page):
    """One page of a list that has a name of its own."""

    title: str


class Computing(Schema):
    """The verdict behind the answer is being computed; ask again after `Retry-After` seconds. `done_share` is 0..1 or unknown."""

    status: str
    done_share: float | None


PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=500)]
FAILURES: dict[int, type[Schema]] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422), Failure)
NOT_YET: dict[int, type[Schema]] = {202: Computing, **FAILURES}
