"""The house: the company's terms, users, the journal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording
from lakmus.operations.accounts.permissions import page
from lakmus.operations.accounts.queries import tokens_visible_to, users_visible_to
from lakmus.operations.accounts.roles import Role
from lakmus.operations.company.queries import company_terms
from lakmus.operations.imports.queries import forgotten_people as people_left_out
from lakmus.operations.journal.queries import entries
from lakmus.usecases.house import keep_house
from lakmus.usecases.people import forgotten_people
from lakmus.web import answers
from lakmus.web.forms import TermsForm
from lakmus.web.lists import PAGE_SIZE, Pager
from lakmus.web.page import asked_page, says_failures, show
from lakmus.web.templatetags.written import worded
from lakmus.web.wordings import journal_title

ONE_AT_A_TIME = Wording(
    'Всех сразу вычёркивает только команда: lakmus forget "*" --lift. Ничего не изменилось; назовите одного человека.',
    'Only the command line takes everybody off the list: lakmus forget "*" --lift. Nothing was changed; name one person.',
)
DIFFERENT = Wording(
    "Новый пароль и его повтор различаются. Ничего не изменилось.", "The new password and its repetition differ. Nothing was changed."
)


@page("settings", post="change")
@says_failures
def settings(request: HttpRequest) -> HttpResponse:
    """Show the company's terms; take changes from those who may."""
    problem = None
    form = TermsForm.of(company_terms(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_house.change_terms(actor=request.user, **form.terms())
            return HttpResponseRedirect(reverse("settings"))
        except LakmusError as failure:
            problem = failure.wording
    return show(request, "settings.html", {"form": form, "problem": problem}, status=422 if problem or form.errors else 200)


@page("users", post="change")
@says_failures
def users(request: HttpRequest) -> HttpResponse:
    """List users; add one, change a role, shut out, let in, renew a password."""
    problem, password_once = None, None
    if request.method == "POST":
        try:
            password_once = _change_user(request)
        except LakmusError as failure:
            problem = failure.wording
        if problem is None and password_once is None:
            return HttpResponseRedirect(reverse("users"))
    roles = [{"code": role.value, "title": role.title} for role in Role]
    people = [_user_row(user) for user in users_visible_to(_member(request))]
    context = {"users": people, "roles": roles, "problem": problem, "password_once": password_once}
    return show(request, "users.html", context, status=422 if problem else 200)


def _member(request: HttpRequest) -> Any:
    """Return who asks; the page's guard has let no stranger through."""
    return request.user


def _user_row(user: Any) -> dict[str, Any]:
    return {
        "username": user.username,
        "title": user.name or worded(Role(user.role).title).capitalize(),
        "email": user.email or "",
        "role": user.role,
        "role_title": Role(user.role).title,
        "is_active": user.is_active,
    }


def _change_user(request: HttpRequest) -> dict[str, str] | None:
    """Do what the form asks; return a password that is to be shown once."""
    asked = request.POST
    do, username = asked.get("do", ""), asked.get("username", "").strip()
    if do == "add":
        password = keep_house.add_user(
            actor=request.user, username=username, role=asked.get("role", ""), name=asked.get("name", ""), email=asked.get("email", "")
        )
        return {"username": username, "password": password}
    if do == "password":
        return {"username": username, "password": keep_house.renew_password(actor=request.user, username=username)}
    if do == "role":
        keep_house.change_role(actor=request.user, username=username, role=asked.get("role", ""))
    elif do in {"activate", "deactivate"}:
        keep_house.let_in(actor=request.user, username=username, may_log_in=do == "activate")
    return None


@page("profile", post="change")
@says_failures
def profile(request: HttpRequest) -> HttpResponse:
    """Show who one is here; change one's own password."""
    problem = None
    if request.method == "POST":
        asked = request.POST
        try:
            if asked.get("new", "") != asked.get("again", ""):
                raise BadInput("passwords_differ", DIFFERENT)
            keep_house.change_own_password(user=request.user, old=asked.get("old", ""), new=asked.get("new", ""))
            update_session_auth_hash(request, _member(request))
            messages.success(request, _("The password is changed; your other sessions have ended."))
            return HttpResponseRedirect(reverse("profile"))
        except LakmusError as failure:
            problem = failure.wording
    return show(request, "profile.html", {"problem": problem}, status=422 if problem else 200)


@page("tokens", post="change")
@says_failures
def tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens of programs; issue one, which is shown once; revoke one."""
    problem, token_once = None, ""
    if request.method == "POST":
        asked = request.POST
        try:
            if asked.get("do") == "revoke":
                keep_house.end_token(actor=request.user, number=int(asked.get("number") or 0))
                return HttpResponseRedirect(reverse("tokens"))
            token_once = keep_house.give_token(user=request.user, name=asked.get("name", ""), scopes=asked.getlist("scopes"))
        except LakmusError as failure:
            problem = failure.wording
    context = {"tokens": tokens_visible_to(_member(request)), "token_once": token_once, "problem": problem}
    return show(request, "tokens.html", context, status=422 if problem else 200)


@page("forgotten", post="change")
@says_failures
def forgotten(request: HttpRequest) -> HttpResponse:
    """Show how many people were forgotten and when; take one off the list, named as the files name them."""
    problem, written = None, request.POST.get("written", "").strip()
    if request.method == "POST":
        try:
            if written == forgotten_people.EVERYBODY:
                raise BadInput("one_at_a_time", ONE_AT_A_TIME)
            forgotten_people.lift_forgetting(answers.home(), written, actor=request.user)
            messages.success(request, _("The person is off the list: rows about them are taken again from the next file on."))
            return HttpResponseRedirect(reverse("forgotten"))
        except LakmusError as failure:
            problem = failure.wording
    found = people_left_out().select_related("forgotten_by").order_by("-forgotten_at", "-pk")
    pager = Pager(found.count(), asked_page(request))
    rows = [
        {"number": one.pk, "at": one.forgotten_at, "by": one.forgotten_by or _("the system")}
        for one in found[(pager.page - 1) * PAGE_SIZE : pager.page * PAGE_SIZE]
    ]
    context = {"rows": rows, "pager": pager, "problem": problem, "written": written}
    return show(request, "forgotten.html", context, status=422 if problem else 200)


@page("journal")
def journal(request: HttpRequest) -> HttpResponse:
    """Show who changed what, the latest first."""
    query = request.GET.get("q", "").strip()
    found = entries(text=query)
    pager = Pager(found.count(), asked_page(request))
    start = (pager.page - 1) * PAGE_SIZE
    rows = [
        {
            "at": entry.at,
            "actor_name": entry.actor_name or _("the system"),
            "title": journal_title(entry.verb),
            "object_key": entry.object_key,
        }
        for entry in found[start : start + PAGE_SIZE]
    ]
    return show(request, "journal.html", {"rows": rows, "pager": pager, "query": query})
