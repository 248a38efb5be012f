"""Reads of the company's terms and mappings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields

from django.db.models import QuerySet

from lakmus.history.company import Company, LossTerms
from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.company.models import THE_COMPANY, CompanyTerms, LossDefinition, MappingProfile

NO_DEFINITION = Wording(
    "Версии {number} определения ухода нет. Ничего не изменилось; список версий – на странице «Что значит „ушёл“».",
    "There is no version {number} of the definition of loss. Nothing was changed; the versions stand on the page “What ‘lost’ means”.",
)


TERMS = tuple(term.name for term in fields(Company) if term.name != "loss")
"""What stands in the row of the company's terms; what "lost" means has versions of its own."""


_AT_HAND: ContextVar[list[Company] | None] = ContextVar("terms_at_hand", default=None)
"""The terms that this request has read already; None where nobody keeps them."""


@contextmanager
def terms_at_hand() -> Iterator[None]:
    """Read the terms once within the block, unless they change there: a page asks for them some ten times."""
    token = _AT_HAND.set([])
    try:
        yield
    finally:
        _AT_HAND.reset(token)


def terms_change() -> None:
    """Read the terms anew from now on: what stands in an open transaction may still be undone."""
    _AT_HAND.set(None)


def company_terms() -> Company:
    """Return the terms; before anybody set them, those that `Company()` assumes."""
    at_hand = _AT_HAND.get()
    if at_hand:
        return at_hand[0]
    row = CompanyTerms.objects.filter(pk=THE_COMPANY).first()
    terms = Company()
    if row is not None:
        terms = Company(**{name: getattr(row, name) for name in TERMS}, loss=loss_terms(row.loss_version))
    if at_hand is not None:
        at_hand.append(terms)
    return terms


def loss_terms(number: int) -> LossTerms:
    """Return a version of what "lost" means; 0 is the one that the data choose.

    Raises
    ------
    NotFound : there is no such version.
    """
    if not number:
        return LossTerms()
    row = LossDefinition.objects.filter(number=number).first()
    if row is None:
        raise NotFound("no_such_definition", NO_DEFINITION.filled(number=number))
    return terms_of(row)


def terms_of(row: LossDefinition) -> LossTerms:
    """Return a kept version as terms."""
    return LossTerms(row.number, row.basis, row.horizon_days, row.least_purchases, row.horizon_by, dict(row.horizons))


def loss_definitions() -> QuerySet[LossDefinition]:
    """Return the versions of what "lost" means, the latest first."""
    return LossDefinition.objects.all()


def mapping_profiles() -> QuerySet[MappingProfile]:
    """Return the saved mappings, latest first."""
    return MappingProfile.objects.all()
