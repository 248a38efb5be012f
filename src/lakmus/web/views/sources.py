"""The data page: what is known, how much of it is linked, what was imported."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.operations.accounts.permissions import may, page, refusal
from lakmus.operations.imports.queries import import_jobs
from lakmus.usecases.export_tables import export_table
from lakmus.usecases.people import decide_links
from lakmus.web import answers
from lakmus.web.lists import Pager, part_of
from lakmus.web.narrowing import shown_part
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, says_failures, show
from lakmus.web.templatetags.written import language
from lakmus.web.wordings import import_state_title

JOBS_SHOWN = 10
LINKS_SHOWN = 5
EXPORTS = {"customers": "customers", "orders": "orders", "errors": "errors"}


@page("data")
@says_failures
def sources(request: HttpRequest) -> HttpResponse:
    """Show coverage, sources, imports and identifiers that wait for a decision."""
    found = import_jobs()
    pager = Pager(found.count(), asked_page(request), JOBS_SHOWN, anchor="imports")
    start = (pager.page - 1) * JOBS_SHOWN
    jobs = [
        {
            "pk": job.pk,
            "created_at": job.created_at,
            "file_names": job.file_names,
            "title": import_state_title(job.state),
            "rows_done": job.rows_done,
            "actor": str(job.created_by or _("the system")),
        }
        for job in found[start : start + JOBS_SHOWN]
    ]
    known = answers.coverage()
    conflicts, conflicts_pager = part_of(known["conflicts"], asked_page(request, "conflicts"), LINKS_SHOWN, key="conflicts")
    merges, merges_pager = part_of(known["merges"], asked_page(request, "merges"), LINKS_SHOWN, key="merges")
    paged = {"conflicts": conflicts, "conflicts_pager": conflicts_pager, "merges": merges, "merges_pager": merges_pager}
    return show(request, "data.html", {"jobs": jobs, "jobs_pager": pager, **known, **paged}, current="data")


@require_POST
@page("identity", post="change")
@says_failures
def decide(request: HttpRequest) -> HttpResponse:
    """Take a person's word on who is who: about a waiting link, against a merge, or for one that no file tells of."""
    number = request.POST.get("number", "")
    if request.POST.get("do") == "undo":
        decide_links.undo_merge(answers.home(), number, actor=request.user)
    elif request.POST.get("do") == "merge":
        customer, into = (request.POST.get(name, "").strip() for name in ("customer", "into"))
        decide_links.merge_customers(answers.home(), customer, into, actor=request.user)
        return HttpResponseRedirect(reverse("data") + "#merges")
    else:
        decision = next((known for known in decide_links.DECISIONS if known == request.POST.get("decision")), "different")
        decide_links.decide_link(answers.home(), number, decision, actor=request.user)
    return HttpResponseRedirect(reverse("data") + "#conflicts")


@verdict_page("customers")
def export(request: HttpRequest, analysis: Any, name: str) -> HttpResponse:
    """Send the rows that a list shows with these filters as a CSV file that a spreadsheet opens."""
    if name not in EXPORTS or not may(request.user, EXPORTS[name], "export"):
        raise refusal(request.user)
    folder = Path(tempfile.mkdtemp(prefix="page-", dir=answers.home().work))
    try:
        path = folder / f"{name}.csv"
        export_table(
            answers.home(), analysis, name, path, part=shown_part(request, analysis, name), language=language(), actor=request.user
        )
        file = path.open("rb")
    finally:
        # The open file stays readable; its name is gone at once, whatever becomes of the connection.
        shutil.rmtree(folder, ignore_errors=True)
    return FileResponse(file, as_attachment=True, filename=f"{name}.csv", content_type="text/csv; charset=utf-8")  # type: ignore[return-value]
