"""What the page of the check on the past shows: an owner's words, the curve, the analyst's figures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lakmus.usecases.charts.calibration import calibration_curve
from lakmus.usecases.risk import show_backtest
from lakmus.usecases.risk.show_checks import judged_by_everybody
from lakmus.usecases.show_verdict import Shown
from lakmus.web import answers, formats
from lakmus.web.templatetags.written import language


def backtest_page(shown: Shown, *, day: str) -> dict[str, Any]:
    """Return the page with the cut of `day` opened, or the latest."""
    judged = judged_by_everybody(answers.home(), shown)
    cut = show_backtest.cut_asked(judged, day)
    groups = [
        {
            "group": group,
            "used": show_backtest.title_of_way(group.used),
            "cut": group.cuts[0] if group.cuts else None,
            "key": show_backtest.cut_key(group.cuts[0].as_of) if group.cuts else "",
        }
        for group in judged.groups
    ]
    unseen = show_backtest.season_is_unseen(shown)
    page: dict[str, Any] = {"judged": judged, "cut": cut, "groups": groups, "why": show_backtest.why_used(judged), "season_unseen": unseen}
    if cut is None:
        return page
    return page | {
        "tabs": [{"at": each.as_of, "key": show_backtest.cut_key(each.as_of), "current": each is cut} for each in judged.cuts],
        "cuts": [
            {
                "cut": each,
                "key": show_backtest.cut_key(each.as_of),
                "ece_span": formats.span(each.model.ece_low, each.model.ece_high, language(), 3),
            }
            for each in judged.cuts
        ],
        "ways": show_backtest.ways_of(judged),
        "key": show_backtest.cut_key(cut.as_of),
        "told": show_backtest.told_at(cut, judged.used),
        "rule_title": show_backtest.title_of_way(judged.used),
        "stability": [{"figure": figure, "title": show_backtest.title_of_figure(figure.code)} for figure in judged.stability],
        "outside": sum(not tenth.inside for tenth in cut.model.calibration),
        "curve": _curve(cut),
    }


def _curve(cut: Any) -> str:
    tenths = [(tenth.said, tenth.seen, tenth.low, tenth.high, tenth.n) for tenth in cut.model.calibration]
    return calibration_curve(tenths, title=_("What was said of tenths of the customers, and what came"), language=language())
