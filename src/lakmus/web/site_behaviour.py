"""What the page about the site shows: how far visitors come, where they leave, and what those do next who left a checkout."""

from __future__ import annotations

from datetime import date
from typing import Any

from lakmus.history.estimate import Estimate
from lakmus.usecases.charts import ShareRow, share_bars
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals import show_site
from lakmus.usecases.writing import month, number, percent
from lakmus.web import answers
from lakmus.web.templatetags.written import language, worded


def site(shown: Shown) -> dict[str, Any]:
    """Return the funnel with its picture, the checkouts that were left, last pages, paths and months."""
    found = show_site.show_site(answers.home(), shown)
    if found.shortage:
        return {"found": found}
    return {
        "found": found,
        "days": show_site.DAYS,
        "steps": [_step(step, found.sessions) for step in found.steps],
        "funnel": _funnel(found),
        "after": [
            {"part": part, "title": show_site.NEXT[part.code], "share": _of(part, found.after_checkout)} for part in _in_order(found)
        ],
        "months": [
            {
                "title": month(date.fromisoformat(f"{of}-01"), language(), with_year=True),
                "sessions": n,
                "checkouts": started,
                "orders": ordered,
            }
            for of, n, started, ordered in found.months
        ],
    }


def _in_order(found: show_site.SiteShown) -> list[show_site.SitePart]:
    parts = {part.code: part for part in found.after_checkout}
    return [parts[code] for code in show_site.NEXT if code in parts]


def _of(part: show_site.SitePart, parts: tuple[show_site.SitePart, ...]) -> float:
    return part.sessions / sum(each.sessions for each in parts)


def _step(step: show_site.SiteStep, sessions: int) -> dict[str, Any]:
    """Return a step's line; `moved` says in points how the share who went on differs from the days before, where that is beyond doubt."""
    now, before = step.onward, step.onward_before
    moved = None
    if isinstance(now, Estimate) and isinstance(before, Estimate) and (now.low > before.high or now.high < before.low):
        moved = now.point - before.point
    return {
        "step": step,
        "title": show_site.REACHED[step.code],
        "onward": now if isinstance(now, Estimate) else None,
        "before": before if isinstance(before, Estimate) else None,
        "moved": moved,
        "of_all": step.sessions / sessions,
    }


def _funnel(found: show_site.SiteShown) -> str:
    rows = []
    for step in found.steps:
        share = step.sessions / found.sessions
        title = worded(show_site.REACHED[step.code]).capitalize()
        rows.append(ShareRow(title, share, f"{number(step.sessions, language())} · {percent(share, language())}"))
    return share_bars(rows, title=worded(show_site.TITLE))
