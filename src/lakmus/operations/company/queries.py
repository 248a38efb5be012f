"""Reads of the company's terms and mappings."""

from __future__ import annotations

from dataclasses import fields

from django.db.models import QuerySet

from lakmus.history.company import Company
from lakmus.operations.company.models import THE_COMPANY, CompanyTerms, MappingProfile


def company_terms() -> Company:
    """Return the terms; before anybody set them, those that `Company()` assumes."""
    row = CompanyTerms.objects.filter(pk=THE_COMPANY).first()
    return Company(**{term.name: getattr(row, term.name) for term in fields(Company)}) if row is not None else Company()


def terms_are_set() -> bool:
    """Say whether anybody ever confirmed the terms."""
    return CompanyTerms.objects.filter(pk=THE_COMPANY).exists()


def mapping_profiles() -> QuerySet[MappingProfile]:
    """Return the saved mappings, latest first."""
    return MappingProfile.objects.all()


def mapping_for(signature: str) -> MappingProfile | None:
    """Return the mapping saved for these headers, if there is one."""
    return MappingProfile.objects.filter(signature=signature).first()
