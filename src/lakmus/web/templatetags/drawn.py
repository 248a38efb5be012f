"""Links that keep the moment we look from, and the small drawings that stand inside a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from lakmus.web.templatetags.written import part

register = template.Library()


@register.simple_tag(takes_context=True)
def link(context: Any, name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page with a query; the moment we look from goes along."""
    address = reverse(name, args=args)
    wanted = QueryDict(mutable=True)
    for key, given in query.items():
        if given not in (None, "", False):
            wanted[key] = str(given)
    chosen = context.get("as_of_chosen")
    if chosen and "as_of" not in query:
        wanted["as_of"] = chosen
    return f"{address}?{wanted.urlencode()}" if wanted else address


@register.simple_tag(takes_context=True)
def here(context: Any, **changes: Any) -> str:
    """Return this page's address with some of its query changed; an empty change takes the key away."""
    query = context["request"].GET.copy()
    query.pop("part", None)
    for key, given in changes.items():
        query.pop(key, None)
        if given not in (None, ""):
            query[key] = str(given)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def here_without(context: Any, *keys: str) -> str:
    """Return this page's address without some keys of its query."""
    return here(context, **dict.fromkeys((*keys, "page"), ""))


@register.simple_tag(takes_context=True)
def turn(context: Any, pager: Any, number: int) -> str:
    """Return this page's address with another page of one of its lists; a second list goes by a key and an anchor of its own."""
    anchor = f"#{pager.anchor}" if pager.anchor else ""
    return here(context, **{pager.key: number}) + anchor


def _place(amount: float, low: float, high: float, width: float) -> float:
    if high <= low:
        return width / 2
    return round(min(1.0, max(0.0, (amount - low) / (high - low))) * width, 2)


@register.inclusion_tag("web/parts/interval.html")
def interval(finding: Any, low: float = 0, high: float = 1) -> dict[str, Any]:
    """Draw an estimate's interval on a scale shared by its neighbours; an empty scale where there is no figure."""
    if part(finding, "point") is None:
        return {"empty": True}
    ends = [_place(float(part(finding, end)), low, high, 200) for end in ("low", "point", "high")]
    zero = _place(0, low, high, 200) if low < 0 < high else None
    return {"start": ends[0], "point": ends[1], "width": max(1.5, ends[2] - ends[0]), "zero": zero}


@register.inclusion_tag("web/parts/interval.html")
def rate_interval(rate: Any, high: float) -> dict[str, Any]:
    """Draw a member of staff's rate with its interval on the team's scale."""
    ends = [_place(float(part(rate, end)), 0, high, 200) for end in ("low", "rate", "high")]
    return {"start": ends[0], "point": ends[1], "width": max(1.5, ends[2] - ends[0]), "zero": _place(float(rate.team_rate), 0, high, 200)}


@register.inclusion_tag("web/parts/strip.html")
def strip(probability: Any, low: Any = None, high: Any = None, large: bool = False) -> dict[str, Any]:
    """Draw the litmus strip: the mark stands at the left where the customer is leaving, at the right where they stay."""
    if probability is None:
        return {"empty": True, "large": large}
    stays = 1 - float(probability)
    drawn = {"at": _place(stays, 0, 1, 112) + 4, "large": large, "empty": False}
    if low is not None and high is not None:
        left, right = _place(1 - float(high), 0, 1, 112) + 4, _place(1 - float(low), 0, 1, 112) + 4
        drawn |= {"left": left, "width": max(1, right - left), "ranged": True}
    return drawn


TONES = {"lost": "lost", "cold": "cold", "cooling": "cooling", "warm": "warm"}
STATE_BAR_WIDTH = 1000


@register.inclusion_tag("web/parts/state_bar.html")
def state_bar(states: Any) -> dict[str, Any]:
    """Draw how many customers stand in each state of the litmus scale, leaving at the left, staying at the right."""
    on_scale = [entry for entry in states if entry["state"] in TONES and entry["count"]]
    total = sum(entry["count"] for entry in on_scale)
    parts, at = [], 0.0
    for entry in on_scale:
        width = STATE_BAR_WIDTH * entry["count"] / total
        parts.append({"x": round(at, 2), "width": round(max(width - 2, 1), 2), "tone": TONES[entry["state"]]})
        at += width
    return {"parts": parts}


@register.inclusion_tag("web/parts/share_bar.html")
def share_bar(share: Any) -> dict[str, Any]:
    """Draw a share of a whole as a quiet bar."""
    return {"width": _place(float(share or 0), 0, 1, 200)}


@register.inclusion_tag("web/parts/badge.html")
def badge(finding: Any) -> dict[str, Any]:
    """Say how a claim about *why* came about."""
    given = part(finding, "badge") if not isinstance(finding, str) else finding
    return {"badge": str(getattr(given, "value", given) or "")}


@register.simple_tag
def drawing(svg: str | None) -> SafeString:
    """Put a drawing made by our own code into the page."""
    return mark_safe(svg or "")  # noqa: S308  (the text comes from lakmus.usecases.charts, which escapes what it writes)


@register.simple_tag(takes_context=True)
def cause_rows(context: Any, code: str, side: str, asked: str, then: str = "") -> str:
    """Return the address of the rows behind one part of an error's cases."""
    return link(context, "errors", code=code, **{side: asked}, **({then: 1} if then else {}))


@register.simple_tag(takes_context=True)
def promise_rows(context: Any, by: str, asked: str, status: str = "") -> str:
    """Return the address of the promises of one group, all or of one outcome."""
    return link(context, "promises", by=by, status=status, **{by: asked})
