"""The import wizard: bring files, look at what was recognised, correct it, import, see what came of it."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from lakmus.history.failures import LakmusError
from lakmus.history.wording import Wording
from lakmus.operations.accounts.permissions import page
from lakmus.operations.imports.queries import import_job
from lakmus.web import bringing
from lakmus.web.page import says_failures, show

NO_FILES = Wording("Ни одного файла не выбрано. Выберите файлы и отправьте снова.", "No file was chosen. Choose files and send again.")


@page("import", post="change")
@says_failures
def new(request: HttpRequest) -> HttpResponse:
    """Take files; nothing is imported before a person has seen what was recognised."""
    if request.method != "POST":
        return show(request, "import_new.html", current="data")
    files = request.FILES.getlist("files")
    if not files:
        return show(request, "import_new.html", {"problem": NO_FILES}, current="data", status=422)
    try:
        number = bringing.receive(files, actor=request.user)
    except LakmusError as failure:
        return show(request, "import_new.html", {"problem": failure.wording}, current="data", status=failure.http_status)
    return HttpResponseRedirect(reverse("import_plan", args=[number]))


@page("import", post="change")
@says_failures
def plan(request: HttpRequest, number: int) -> HttpResponse:
    """Show the recognised columns with sample rows; take corrections; agree or withdraw."""
    job = import_job(number)
    if job.state != "waiting":
        return HttpResponseRedirect(reverse("import_job", args=[number]))
    problem = None
    if request.method == "POST":
        do = request.POST.get("do", "look")
        try:
            if do in ("drop", "other"):
                bringing.withdraw(job, actor=request.user)
                return HttpResponseRedirect(reverse("import_new" if do == "other" else "data"))
            bringing.correct(job, request.POST, actor=request.user)
            if request.POST.get("leave", "").isdecimal():
                bringing.leave_out(import_job(number), int(request.POST["leave"]), actor=request.user)
            elif do == "run":
                bringing.agree(job, actor=request.user)
                return HttpResponseRedirect(reverse("import_job", args=[number]))
            return HttpResponseRedirect(reverse("import_plan", args=[number]))
        except LakmusError as failure:
            problem = failure.wording
            job = import_job(number)
    context = {"job": job, "problem": problem, **bringing.planned(job)}
    return show(request, "import_plan.html", context, current="data", status=422 if problem else 200)


@page("data")
@says_failures
def job(request: HttpRequest, number: int) -> HttpResponse:
    """Show how far an import has got, or what came of it; asks again by itself while it runs."""
    found = import_job(number)
    context = {
        "job": found,
        "ended": found.state in {"done", "refused", "crashed", "waiting"},
        "share": found.done_share,
        "again": found.state == "crashed",
        **bringing.outcome(found),
    }
    return show(request, "import_job.html", context, current="data")


@require_POST
@page("import", post="change")
@says_failures
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Queue an interrupted import once more; what it had taken is not taken twice."""
    bringing.agree(import_job(number), actor=request.user)
    return HttpResponseRedirect(reverse("import_job", args=[number]))


@page("data", verb="export")
@says_failures
def rejected(request: HttpRequest, number: int, position: int) -> HttpResponse:
    """Send the file of rows that were not taken, each with its reason."""
    path = bringing.rejected_file(import_job(number), position)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv; charset=utf-8")  # type: ignore[return-value]
