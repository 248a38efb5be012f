"""What the page of money shows: a reading of a loss, the bridge with its customers, repairs, what retention brings."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from lakmus.history.estimate import Estimate
from lakmus.usecases.charts.money import Brought, Step, retention_curve, waterfall
from lakmus.usecases.money.show_money import Worth, clv_rows, show_worth
from lakmus.usecases.money.show_money_bridge import LOST, Bridge, bridge_rows, parts_of
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.writing import about_money, money
from lakmus.web.lists import PAGE_SIZE, Pager
from lakmus.web.templatetags.written import language, worded

TOLD_GAINS = (1, 2, 3, 5, 10)


def money_page(shown: Shown, asked: dict[str, str], *, page: int) -> dict[str, Any]:
    """Return the page; `cost` chooses how a loss is read, `bar` opens a step of the bridge to its customers, `priced` the CLV."""
    worth = show_worth(shown)
    costs = {cost.code: cost for cost in worth.costs}
    chosen = costs.get(asked.get("cost", ""), next(iter(worth.costs), None))
    return {
        "worth": worth,
        "chosen": chosen,
        "tabs": [{"code": cost.code, "title": worded(cost.title), "current": cost is chosen} for cost in worth.costs],
        **_gains(worth, shown.verdict.currency),
        **(_priced(shown, page) if asked.get("priced") == "1" else {}),
        **(_bridge(shown, worth.bridge, asked.get("bar", ""), page) if worth.bridge else {}),
    }


def _priced(shown: Shown, page: int) -> dict[str, Any]:
    total, amount, rows = clv_rows(shown, page=page, size=PAGE_SIZE)
    return {"priced": rows, "priced_sum": amount, "pager": Pager(total, page, anchor="priced")}


def _gains(worth: Worth, currency: str) -> dict[str, Any]:
    drawn = [
        Brought(gain.points, gain.year.point, gain.year.low, gain.year.high) for gain in worth.gains if isinstance(gain.year, Estimate)
    ]
    if not drawn:
        return {"gains": []}
    written = partial(about_money, currency=currency, language=language())
    curve = retention_curve(drawn, title=_("Margin a year by points of retention"), written=written, language=language())
    return {"gains": [gain for gain in worth.gains if gain.points in TOLD_GAINS], "curve": curve}


def _bridge(shown: Shown, bridge: Bridge, bar: str, page: int) -> dict[str, Any]:
    steps = [
        Step(_("Revenue of the 12 months before"), bridge.before, whole=True),
        *(Step(_capital(worded(step.title)), step.change) for step in bridge.bars),
        Step(_("Revenue of the last 12 months"), bridge.now, whole=True),
    ]
    written = partial(money, currency=shown.verdict.currency, language=language())
    drawing = waterfall(steps, title=_("From one year's revenue to the next"), written=written)
    opened = next((step for step in bridge.bars if step.code == bar and step.customers), None)
    told: dict[str, Any] = {"bridge": bridge, "drawing": drawing, "opened": opened, "lost_before": LOST}
    if opened is not None:
        found = bridge_rows(shown, parts_of(shown, bridge, bar), page=page, size=PAGE_SIZE)
        told |= {"rows": found.rows, "behind": found, "pager": Pager(found.total, page, anchor="rows")}
    return told


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
