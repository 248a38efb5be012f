"""What the pages of losses show: the ledger and its customers, promises, automatic messages, what follows what, what was learned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from lakmus.history.estimate import Estimate
from lakmus.history.failures import LakmusError
from lakmus.history.wording import written_fact
from lakmus.usecases.causes import audit, avoidable, drafts, ledger, promises
from lakmus.usecases.causes import dominoes as followed
from lakmus.usecases.causes.ranking import told
from lakmus.usecases.causes.scorecard import TITLES as SIDE_TITLES
from lakmus.usecases.charts.causes import Falling, dominoes
from lakmus.usecases.house.home import Home
from lakmus.usecases.money.show_money import kept_without
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.titles import title_of
from lakmus.web import answers
from lakmus.web.lists import PAGE_SIZE, Pager, choices
from lakmus.web.sides import month_of, side_title
from lakmus.web.templatetags.written import language, worded

FLAGS = {"1": True, "0": False}
HEATS = 10


def ledger_page(shown: Shown, *, month: str) -> dict[str, Any]:
    """Return the ledger: a line for each reason, of all months or of one, and the whole as a map of months and reasons."""
    found = ledger.show_ledger(shown)
    if found is None:
        return {"ledger": None}
    chosen = month if month in found.months else ""
    lines = ledger.ledger_line(found, shown, chosen) if chosen else list(found.lines)
    total = found.by_month[chosen] if chosen else found.total
    most = max((cell.money for line in found.lines for cell in line.cells.values()), default=0.0)
    columns = [{"month": each, "title": side_title("month", each)} for each in found.months]
    rows = [
        {
            "line": line,
            "cells": [
                column | {"cell": cell, "heat": round(max(0.0, cell.money) / most * (HEATS - 1)) if most and cell else 0}
                for column, cell in ((column, line.cells.get(column["month"])) for column in columns)
            ],
        }
        for line in found.lines
    ]
    return {
        "ledger": found,
        "lines": lines,
        "total": total,
        "month": chosen,
        "tabs": [{"code": each, "title": side_title("month", each), "current": each == chosen} for each in found.months],
        "rows": rows,
        "whole": [column | {"cell": found.by_month[column["month"]]} for column in columns],
        "errors": [line for line in found.lines if line.met is not None],
    }


def reasons_page(shown: Shown, asked: dict[str, str], *, page: int) -> dict[str, Any]:
    """Return the customers behind a cell of the ledger."""
    wanted: dict[str, Any] = {name: asked[name] for name in ("month", "code", "customer", "kind", "side") if asked.get(name)}
    if asked.get("silent") in FLAGS:
        wanted["silent"] = FLAGS[asked["silent"]]
    if asked.get("errors") == "1":
        wanted["errors"] = True
    if "month" in wanted and month_of(wanted["month"]) is None:
        wanted.pop("month")
    found = ledger.list_reasons(shown, wanted, page=page, size=PAGE_SIZE)
    told_by = []
    if "code" in wanted:
        told_by.append({"key": "code", "title": worded(title_of(wanted["code"]))})
    if "month" in wanted:
        told_by.append({"key": "month", "title": side_title("month", wanted["month"])})
    if "silent" in wanted:
        told_by.append({"key": "silent", "title": _("silently") if wanted["silent"] else _("after a complaint")})
    if wanted.get("side") in SIDE_TITLES:
        told_by.append({"key": "side", "title": worded(SIDE_TITLES[wanted["side"]])})
    if "errors" in wanted:
        told_by.append({"key": "errors", "title": _("service errors only")})
    if "kind" in wanted:
        told_by.append({"key": "kind", "title": worded(ledger.KINDS.get(wanted["kind"], wanted["kind"]))})
    if "customer" in wanted:
        told_by.append({"key": "customer", "title": wanted["customer"]})
    rows = [row | {"kinds": [worded(ledger.KINDS.get(kind, kind)) for kind in row["kinds"] or ()]} for row in found.rows]
    return {"found": found, "rows": rows, "pager": Pager(found.total, page), "told_by": told_by}


def reasons_of_customer(shown: Shown, customer: str) -> list[dict[str, Any]]:
    """Return why one customer was lost, the likeliest first; nothing for whoever is still there."""
    found = ledger.list_reasons(shown, {"customer": customer}, size=PAGE_SIZE)
    rows = [row | {"kinds": [worded(ledger.KINDS.get(kind, kind)) for kind in row["kinds"] or ()]} for row in found.rows]
    return sorted(rows, key=lambda row: -row["probability"])


def promises_page(shown: Shown, asked: dict[str, str], *, staff: bool, page: int) -> dict[str, Any]:
    """Return promises by a group, and those behind a figure; members of staff only to whom colleagues' names are shown."""
    groupings = [name for name in promises.BY if staff or name != "staff"]
    by = asked.get("by", "") if asked.get("by") in groupings else groupings[0]
    everything = promises.promises_of(shown)
    if everything is None:
        return {"everything": None}
    wanted = {name: asked[name] for name in ("status", "customer", *groupings) if asked.get(name)}
    listing = promises.list_promises(shown, wanted, page=page, size=PAGE_SIZE)
    rows = [
        row
        | {
            "status_title": worded(promises.STATUSES.get(row["status"], row["status"])),
            "action_title": worded(promises.ACTIONS.get(row["action"], row["action"])),
            "source_title": worded(promises.SOURCES.get(row["source"], row["source"])),
        }
        for row in listing.rows
    ]
    told_by = [{"key": name, "title": promise_title(name, given)} for name, given in wanted.items()]
    return {
        "everything": everything[0] if everything else promises.Promised(None, 0, 0, 0, 0, None),
        "by": by,
        "tabs": [{"code": name, "title": worded(promises.BY[name][0]), "current": name == by} for name in groupings],
        "groups": [{"group": group, "title": promise_title(by, group.asked)} for group in promises.promises_of(shown, by=by) or ()],
        "statuses": choices((code, worded(title)) for code, title in promises.STATUSES.items()),
        "rows": rows,
        "pager": replace(Pager(listing.total, page), anchor="rows"),
        "told_by": told_by,
        "staff_seen": staff,
    }


def promise_title(by: str, key: str) -> str:
    """Return the name of a group of promises."""
    named: dict[str, Any] = {"action": promises.ACTIONS, "source": promises.SOURCES, "status": promises.STATUSES}
    if by in named and key in named[by]:
        return worded(named[by][key])
    return side_title(by, key)


def draft_page(home: Home, shown: Shown, *, text: str, order: str) -> dict[str, Any]:
    """Return what is wrong with a message that is not sent yet; what could not be checked, in words."""
    written = {"draft_text": text, "draft_order": order}
    try:
        found = drafts.check_message(home, shown, text, order=order)
    except LakmusError as failure:
        return {**written, "draft_refused": worded(failure.wording)}
    return {**written, "draft": found, "draft_wrong": [_contradiction(one.finding, one.said, one.fact) for one in found.findings]}


def _contradiction(finding: str, said: str, fact: str | None) -> dict[str, str]:
    title = audit.FINDINGS.get(finding)
    return {"title": worded(title) if title else finding, "said": said, "fact": written_fact(fact or "", language())}


def audit_page(shown: Shown, asked: dict[str, str], *, page: int) -> dict[str, Any]:
    """Return what the audit of automatic messages found, and the messages behind a figure."""
    found = audit.audit_messages(shown)
    if found is None:
        return {"found": None}
    wanted = {name: asked[name] for name in ("finding", "template", "customer", "sent") if asked.get(name)}
    listing = audit.list_messages(shown, wanted, page=page, size=PAGE_SIZE)
    titles = {code: worded(title) for code, title in audit.FINDINGS.items()}
    seen = [code for code in audit.FINDINGS if found.by_finding[code]]
    rows = []
    for row in listing.rows:
        parts = zip(row["findings"] or (), row["said"] or (), row["fact"] or (), strict=False)
        rows.append(row | {"contradictions": [_contradiction(*part) for part in parts]})
    told_by = []
    if "finding" in wanted:
        told_by.append({"key": "finding", "title": titles.get(wanted["finding"], wanted["finding"])})
    if "template" in wanted:
        told_by.append({"key": "template", "title": side_title("template", wanted["template"])})
    if "customer" in wanted:
        told_by.append({"key": "customer", "title": wanted["customer"]})
    if "sent" in wanted:
        told_by.append({"key": "sent", "title": _("with those that are right")})
    return {
        "found": found,
        "rows_customers": listing.customers,
        "kinds": [{"code": code, "title": titles[code], "count": found.by_finding[code]} for code in seen],
        "templates": [
            {
                "template": template,
                "title": side_title("template", template.key),
                "cells": [{"code": code, "title": titles[code], "count": template.by_finding[code]} for code in seen],
            }
            for template in found.templates
            if template.wrong
        ],
        "rows": rows,
        "pager": replace(Pager(listing.total, page), anchor="rows"),
        "told_by": told_by,
    }


def dominoes_page(shown: Shown, asked: dict[str, str], *, page: int) -> dict[str, Any]:
    """Return which error follows which, beyond chance, what the loss would be without one of them, and the cases of the edge asked for."""
    seen = followed.count_followed(shown)
    edges = [
        {
            "edge": edge,
            "cause": worded(title_of(edge.cause_code)),
            "effect": worded(title_of(edge.effect_code)),
            "beyond": isinstance(edge.lift, Estimate) and edge.lift.low > 1,
            "seen": seen.get((edge.cause_code, edge.effect_code), 0),
        }
        for edge in told(shown.verdict, "domino") or ()
    ]
    falling = [Falling(row["cause"], row["effect"], row["edge"].lift.point) for row in edges if row["beyond"]]
    drawing = dominoes(falling, title=_("Which error follows which more often than by chance"), language=language()) if falling else ""
    removal = told(shown.verdict, "removal") or ()
    rows = removal.items() if isinstance(removal, dict) else ((row.code, row.loss) for row in removal)
    whole = shown.verdict.loss
    without = [
        {
            "code": code,
            "title": worded(title_of(code)),
            "loss": loss,
            "kept": kept_without(whole, loss) if isinstance(whole, Estimate) and isinstance(loss, Estimate) else None,
        }
        for code, loss in rows
    ]
    without.sort(key=lambda row: row["loss"].point if isinstance(row["loss"], Estimate) else float("inf"))
    scale = {"scale_low": 0.0, "scale_high": max([1.0, *(row["kept"].high for row in without if row["kept"])])}
    edges.sort(key=lambda row: (not row["beyond"], -(row["edge"].lift.point if isinstance(row["edge"].lift, Estimate) else 0.0)))
    opened = _followed_rows(shown, edges, asked, page)
    return {"edges": edges, "beyond": falling, "drawing": drawing, "without": without, **scale, **opened}


def _followed_rows(shown: Shown, edges: list[dict[str, Any]], asked: dict[str, str], page: int) -> dict[str, Any]:
    ends = (asked.get("cause", ""), asked.get("effect", ""))
    opened = next((row for row in edges if (row["edge"].cause_code, row["edge"].effect_code) == ends), None)
    if opened is None:
        return {"opened": None}
    found = followed.list_followed(shown, cause=ends[0], effect=ends[1], page=page, size=PAGE_SIZE)
    return {"opened": opened, "rows": found.rows, "pager": replace(Pager(found.total, page), anchor="rows")}


def learned_page(shown: Shown) -> dict[str, Any]:
    """Return the table that learns: the articles' figure, the company's own, and how much its data weigh."""
    rows = [{"error": error, "learned": told(error, "learned")} for error in shown.verdict.errors if told(error, "learned")]
    replaced = sum(1 for row in rows if told(row["learned"], "article_ended_on"))
    return {"rows": rows, "replaced": replaced, "heavy": [row for row in rows if told(row["learned"], "weight_of_data")]}


def avoidable_page(shown: Shown, asked: dict[str, str], *, page: int) -> dict[str, Any]:
    """Return the contacts that we caused, by kind of error, and the wishes that were not kept; the rows of one of the two."""
    home = answers.home()
    contacts, (wishes, broken) = avoidable.contacts_of(home, shown), avoidable.wishes_of(home, shown)
    about = "wishes" if asked.get("about") == "wishes" else "contacts"
    code = asked.get("code", "") if about == "contacts" and asked.get("code") in contacts.by_code else ""
    everybody = about == "contacts" and not code and asked.get("all") == "1"
    if about == "wishes":
        listing = avoidable.list_wishes(home, shown, broken=asked.get("all") != "1", page=page, size=PAGE_SIZE)
    else:
        listing = avoidable.list_contacts(home, shown, code=code, caused=not everybody, page=page, size=PAGE_SIZE)
    rows = [row | {"error": worded(title_of(row["code"]))} if row.get("code") else row for row in listing.rows]
    return {
        "contacts": contacts,
        "kinds": [{"code": each, "title": worded(title_of(each)), "count": n} for each, n in contacts.by_code.items()],
        "within_days": contacts.within_days,
        "wishes": wishes,
        "broken": broken,
        "about": about,
        "everybody": everybody,
        "code": code,
        "told_code": worded(title_of(code)) if code else "",
        "rows": rows,
        "pager": replace(Pager(listing.total, page), anchor="rows"),
    }
