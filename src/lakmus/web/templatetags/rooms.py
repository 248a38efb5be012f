"""The rows of links between the pages of signals and between those of causes."""

from __future__ import annotations

from typing import Any

from django import template

from lakmus.web import causes, insights

register = template.Library()


@register.inclusion_tag("web/parts/signals_rooms.html", takes_context=True)
def signals_rooms(context: Any, current: str = "") -> dict[str, Any]:
    """Link the pages of signals; the moment we look from goes along."""
    return {"rooms": insights.rooms(current), "as_of_chosen": context.get("as_of_chosen")}


@register.inclusion_tag("web/parts/causes_rooms.html", takes_context=True)
def causes_rooms(context: Any, current: str = "") -> dict[str, Any]:
    """Link the pages of causes that this user may see; the moment we look from goes along."""
    permitted = context.get("permitted") or {}
    seen = [room for room in causes.rooms(current) if permitted.get(room["name"], {}).get("view")]
    return {"rooms": seen, "as_of_chosen": context.get("as_of_chosen")}
