"""The verdict for reading away from the product: as text, as one HTML file, as PDF; the same sentences and figures in each."""

from __future__ import annotations

from lakmus.engine.verdict import Verdict
from lakmus.usecases.reports.pdf import as_pdf
from lakmus.usecases.reports.plain import as_text
from lakmus.usecases.reports.sheet import as_html
from lakmus.usecases.reports.telling import tell

__all__ = ["verdict_html", "verdict_pdf", "verdict_text"]


def verdict_text(verdict: Verdict, *, time_zone: str, language: str = "ru") -> str:
    """Return the verdict as plain text."""
    return as_text(tell(verdict, time_zone=time_zone, language=language))


def verdict_html(verdict: Verdict, *, time_zone: str, language: str = "ru") -> str:
    """Return the verdict as one HTML file that needs nothing else: no script, no font, no address."""
    return as_html(tell(verdict, time_zone=time_zone, language=language))


def verdict_pdf(verdict: Verdict, *, time_zone: str, language: str = "ru") -> bytes:
    """Return the verdict as PDF, A4; the same verdict gives the same bytes."""
    return as_pdf(tell(verdict, time_zone=time_zone, language=language), made_at=verdict.as_of)
