"""The row of links between the pages of signals."""

from __future__ import annotations

from typing import Any

from django import template

from lakmus.web.insights import rooms

register = template.Library()


@register.inclusion_tag("web/parts/signals_rooms.html", takes_context=True)
def signals_rooms(context: Any, current: str = "") -> dict[str, Any]:
    """Link the pages of signals; the moment we look from goes along."""
    return {"rooms": rooms(current), "as_of_chosen": context.get("as_of_chosen")}
