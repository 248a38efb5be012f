"""The pages of texts: themes, texts that no code fits, labels by people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.operations.accounts.permissions import page
from lakmus.usecases.alerts.theme_bursts import mark_theme_opened
from lakmus.usecases.texts.label_texts import answer_for_theme, drop_theme, keep_label, keep_theme
from lakmus.usecases.texts.learn_reading import ask_to_take_over
from lakmus.web import answers, topics
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, says_failures, show


def _shown(request: HttpRequest, template: str, analysis: Any, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, answers.carried(analysis) | context, current="causes")


@verdict_page("topics")
def themes(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show what customers wrote about in six months."""
    return _shown(request, "topics.html", analysis, topics.topics_page(analysis, request.user))


@verdict_page("topics", post="change")
def theme(request: HttpRequest, analysis: Any, code: str) -> HttpResponse:
    """List the texts behind a theme's count; take down who answers for it, and until when."""
    if request.method == "POST":
        answer_for_theme(code, carer=request.POST.get("carer", ""), due_on=request.POST.get("due_on", ""), actor=request.user)
        messages.success(request, _("It is written down who answers for this theme."))
        return HttpResponseRedirect(reverse("topic", args=[code]))
    mark_theme_opened(request.user, code)
    return _shown(request, "topic.html", analysis, topics.topic_page(analysis, code, request.GET.dict(), page=asked_page(request)))


@verdict_page("unsorted", post="change")
def unsorted(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the texts that no code fits; take up a theme, or take one out."""
    if request.method == "POST":
        if number := request.POST.get("out", ""):
            drop_theme(int(number) if number.isdecimal() else 0, actor=request.user)
            messages.success(request, _("The theme is taken out; texts are counted without it from now on."))
        else:
            keep_theme(title=request.POST.get("title", ""), phrases=request.POST.get("phrases", "").splitlines(), actor=request.user)
            messages.success(request, _("The theme is taken up; texts with its phrases are counted under it from now on."))
        return HttpResponseRedirect(reverse("unsorted"))
    return _shown(
        request, "unsorted.html", analysis, topics.unsorted_page(analysis, phrase=request.GET.get("phrase", ""), page=asked_page(request))
    )


@verdict_page("labels")
def labels(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show one text to label, and how far people and the reading agree."""
    skipped = request.GET.getlist("skip")
    found = topics.labels_page(analysis, request.user, wanted=request.GET.get("text", ""), skipped=skipped)
    return _shown(request, "labels.html", analysis, found | {"before": request.GET.get("before", "")})


@require_POST
@verdict_page("labels", post="change")
def label(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Keep a label, and go on to the next text."""
    asked = request.POST
    activity = asked.get("activity_id", "")
    keep_label(
        answers.home(),
        analysis,
        activity_id=activity,
        polarity=asked.get("polarity", ""),
        codes=asked.getlist("codes"),
        reason=asked.get("reason", ""),
        actor=request.user,
    )
    query = urlencode({"before": activity, "skip": asked.getlist("skip")}, doseq=True)
    return HttpResponseRedirect(f"{reverse('labels')}?{query}")


@require_POST
@page("labels", verb="change")
@says_failures
def take_over(request: HttpRequest) -> HttpResponse:
    """Have the worker take labels, themes and what they taught over into the verdict."""
    ask_to_take_over()
    messages.success(request, _("Labels and themes are being taken over; the verdict is then computed anew."))
    return HttpResponseRedirect(reverse("labels"))
