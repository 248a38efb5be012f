"""The page of first waits: how long a reply took by shift, channel, topic or member of staff, and the cases behind it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals import waiting
from lakmus.usecases.signals.waiting import GROUPS, OUTCOMES, Waiting
from lakmus.web.answers import home
from lakmus.web.lists import Pager
from lakmus.web.wordings import channel_title

GROUPS_SHOWN = 10
CASES_SHOWN = 15
WAITS_LONG = ("late", "unanswered")


def group_titles() -> dict[str, str]:
    """Return what cases can be grouped by, in words."""
    return {"shift": _("by shift"), "channel": _("by channel"), "topic": _("by topic"), "staff": _("by member of staff")}


def outcome_titles() -> dict[str, str]:
    """Return what can come of a first wait, in words."""
    return {
        "within": _("answered in time"),
        "late": _("answered late"),
        "unanswered": _("not answered"),
        "waiting": _("still in time to answer"),
    }


def waiting_page(shown: Shown, *, by: str = "", sort: str = "", page: int = 1) -> dict[str, Any]:
    """Return what the page of first waits shows; without a choice, the first grouping that the files know of.

    Members of staff stand by name unless the number of cases is asked for: their order is never that of a figure they are judged by.
    """
    groups = {name: waiting.waiting_times(home(), shown, by=name) for name in ([by] if by in GROUPS else GROUPS)}
    chosen = by if by in GROUPS else next((name for name in GROUPS if _known(groups[name])), "channel")
    found = groups[chosen]
    if (sort or ("name" if chosen == "staff" else "cases")) == "name":
        found = sorted(found, key=lambda group: (group.group is None, (group.group or "").casefold()))
    everything = waiting.waiting_times(home(), shown)
    titles = group_titles()
    start = (page - 1) * GROUPS_SHOWN
    return {
        "everything": _words(everything[0]) if everything else None,
        "by": chosen,
        "by_known": _known(found),
        "by_staff": chosen == "staff",
        "sort": sort,
        "tabs": [{"code": name, "title": titles[name], "current": name == chosen} for name in GROUPS],
        "groups": [_words(group) | _named(chosen, group) for group in found[start : start + GROUPS_SHOWN]],
        "pager": Pager(len(found), page, GROUPS_SHOWN),
    }


def cases_page(shown: Shown, *, by: str, group: str, outcome: str, page: int = 1) -> dict[str, Any]:
    """Return the cases behind a figure of the page of first waits; an empty group means the cases of which it is not known."""
    listing = waiting.list_waits(home(), shown, by=by, group=group or None, outcome=outcome, page=page, size=CASES_SHOWN)
    titles = outcome_titles()
    named = _name(by, group or None) if by in GROUPS else ""
    return {
        "rows": [
            row | {"outcome": _outcome(row), "outcome_title": titles.get(_outcome(row), _("dates contradict"))} for row in listing.rows
        ],
        "pager": Pager(listing.total, page, CASES_SHOWN),
        "group_title": named,
        "outcome": outcome,
        "outcome_choices": [{"code": "", "title": _("any")}, *({"code": code, "title": titles[code]} for code in OUTCOMES)],
    }


def _known(found: list[Waiting]) -> bool:
    return any(group.group is not None for group in found)


def _words(group: Waiting) -> dict[str, Any]:
    told = {field.name: getattr(group, field.name) for field in fields(group)}
    return told | {"linked_share": group.linked / group.cases if group.cases else None}


def _named(by: str, group: Waiting) -> dict[str, Any]:
    return {"title": _name(by, group.group), "key": group.group or ""}


def _name(by: str, group: str | None) -> str:
    if group is None:
        return _("not said in the files")
    return channel_title(group) if by == "channel" else group


def _outcome(row: dict[str, Any]) -> str:
    if row["minutes"] is None:
        if row["replied_at"] is not None:
            return "unclear"
        return "unanswered" if row["waited"] > row["target"] else "waiting"
    return "within" if row["minutes"] <= row["target"] else "late"
