"""What the page of the five sides of service shows: the sides on one scale, and the one that costs most."""

from __future__ import annotations

from typing import Any

from lakmus.history.estimate import Estimate
from lakmus.usecases.causes.profiles import Checklist, Profile, show_profiles
from lakmus.usecases.causes.scorecard import show_scorecard
from lakmus.usecases.show_verdict import Shown
from lakmus.web import answers


def scorecard_page(shown: Shown) -> dict[str, Any]:
    """Return the sides, the dearest of them, and the scale that their intervals share."""
    sides = show_scorecard(shown)
    costs = [side.money for side in sides if isinstance(side.money, Estimate)]
    dearest = max(sides, key=lambda side: side.money.point if isinstance(side.money, Estimate) else 0.0)
    rows = [{"side": side, "grows": isinstance(side.growth, Estimate) and side.growth.low > 1} for side in sides]
    return {
        "sides": rows,
        "dearest": dearest if isinstance(dearest.money, Estimate) and dearest.money.point > 0 else None,
        "scale_high": max([1.0, *(cost.high for cost in costs)]),
    }


def profiles_page(shown: Shown) -> dict[str, Any]:
    """Return the checklist, and the profile whose customers are likeliest to leave."""
    found = show_profiles(answers.home(), shown)
    return {"checklist": found, "riskiest": _riskiest(found)}


def _riskiest(found: Checklist) -> Profile | None:
    if not isinstance(found.whole.risk, Estimate):
        return None
    known = [(row.risk.point, row.code, row) for row in found.rows if isinstance(row.risk, Estimate)]
    return max(known)[2] if known else None
