"""The data page: what is known, how much of it is linked, what was imported."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lakmus.operations.accounts.permissions import page
from lakmus.operations.imports.queries import import_jobs
from lakmus.web import answers
from lakmus.web.lists import Pager
from lakmus.web.page import asked_page, says_failures, show
from lakmus.web.wordings import import_state_title

JOBS_SHOWN = 20


@page("data")
@says_failures
def sources(request: HttpRequest) -> HttpResponse:
    """Show coverage, sources, imports and identifiers that wait for a decision."""
    found = import_jobs()
    pager = Pager(found.count(), asked_page(request), JOBS_SHOWN)
    start = (pager.page - 1) * JOBS_SHOWN
    jobs = [
        {
            "pk": job.pk,
            "created_at": job.created_at,
            "file_names": job.file_names,
            "title": import_state_title(job.state),
            "rows_done": job.rows_done,
            "actor": str(job.created_by or ""),
        }
        for job in found[start : start + JOBS_SHOWN]
    ]
    return show(request, "data.html", {"jobs": jobs, "pager": pager, **answers.coverage()}, current="data")
