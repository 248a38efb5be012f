"""What "lost" means: the card, its versions, what another definition would move, and the change of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from lakmus.api.asked import AsOf, home, pages_asked, verdict_asked
from lakmus.api.forms import FAILURES, NOT_YET
from lakmus.api.shown import plain
from lakmus.api.tokens import Bearer, caller
from lakmus.api.wordings import language_of
from lakmus.history.company import LEAST_PURCHASES, LossTerms
from lakmus.usecases.risk import loss_definition

router = Router(tags=["definition"])
Days = Annotated[int, Field(ge=7, le=730)]


class Terms(Schema):
    """`basis` "" is chosen by the data; `horizon_days` null too; `horizons` are days by segment of `horizon_by`."""

    basis: Literal["", "purchases", "contract"] = ""
    horizon_days: Days | None = None
    least_purchases: Annotated[int, Field(ge=2, le=20)] = LEAST_PURCHASES
    horizon_by: Literal["", "place", "channel"] = ""
    horizons: dict[Annotated[str, Field(min_length=1, max_length=200)], Days] = Field(default={}, max_length=400)

    def asked(self) -> LossTerms:
        """Return them as the company's terms."""
        return LossTerms(0, self.basis, self.horizon_days, self.least_purchases, self.horizon_by, dict(self.horizons))


class NewTerms(Terms):
    """Terms to save, and why, in a line."""

    note: str = Field(default="", max_length=300)


@router.get("/definition", auth=Bearer("read", "definition"), response={200: dict[str, Any], **NOT_YET}, summary="What “lost” means")
def definition(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return the label card with its version, and all versions there were."""
    language = language_of(request)
    return plain(loss_definition.definition_told(verdict_asked(home(), as_of), language=language), language)


@router.post(
    "/definition/preview",
    auth=Bearer("read", "definition", "change"),
    response={200: dict[str, Any], **NOT_YET},
    summary="What other terms would move",
)
def preview(request: HttpRequest, terms: Terms, as_of: AsOf = None) -> Any:
    """Return how many customers are lost now and would be; nothing is saved."""
    place, language = home(), language_of(request)
    return plain(loss_definition.preview_told(place, pages_asked(place, as_of), terms.asked(), language=language), language)


@router.post(
    "/definition",
    auth=Bearer("decide", "definition", "change"),
    response={200: dict[str, Any], **FAILURES},
    summary="Change the definition",
)
def change(request: HttpRequest, terms: NewTerms) -> Any:
    """Keep the terms as a new version and take it up; every answer is read by it from then on."""
    return _told(loss_definition.change_definition(actor=caller(request), terms=terms.asked(), note=terms.note), request)


@router.post(
    "/definition/take-up",
    auth=Bearer("decide", "definition", "change"),
    response={200: dict[str, Any], **FAILURES},
    summary="Take up a version",
)
def take_up(request: HttpRequest, number: Annotated[int, Query(ge=0, le=1_000_000)]) -> Any:
    """Take up a version that is kept; 0 is the one that the data choose."""
    return _told(loss_definition.take_up_definition(actor=caller(request), number=number), request)


def _told(terms: LossTerms, request: HttpRequest) -> Any:
    return plain({"terms": terms, "words": loss_definition.said(terms)}, language_of(request))
