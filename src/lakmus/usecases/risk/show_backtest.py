"""The back-test in words: which way of naming leavers is used, why, and what it would have told an owner at a past day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lakmus.engine.backtest import Backtest, BacktestCut, RuleFigures
from lakmus.engine.risk.probability import FALL_RULE, GAP_RULE, MODEL
from lakmus.engine.verdict import plain
from lakmus.history.wording import Wording
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.writing import number

WAYS = {
    MODEL: Wording("модель", "the model"),
    GAP_RULE: Wording("правило «не покупал дольше обычного»", "the rule “longer without a purchase than usual”"),
    FALL_RULE: Wording("правило «упало на 20 %»", "the rule “fell by 20%”"),
    "share": Wording("одна доля для всех", "one share for all"),
    "survival": Wording("по тому, как скоро это случалось", "by how soon it happened"),
    "nothing": Wording("ничего не говорится", "nothing is said"),
}
"""How a way of naming leavers is called."""
OPENS = {"named": ("1", ""), "named_and_lost": ("1", "1"), "false": ("1", "0"), "missed": ("0", "1")}
"""Figures of `Told`: named or not, left or not ("" either)."""
WHY_MODEL = Wording(
    "Используется модель: на прошлом компании она точнее обоих правил. Порядок (AUC) {model_auc} против {rule_auc} у лучшего правила, "
    "квадрат ошибки (Брайер) {model_brier} против {rule_brier}; меньше – лучше.",
    "The model is used: on the company's own past it beat both rules. Order (AUC) {model_auc} against {rule_auc} for the better rule, "
    "squared error (Brier) {model_brier} against {rule_brier}; smaller is better.",
)
WHY_RULE = Wording(
    "Используется {rule}: модель не показала на прошлом компании, что она лучше. Порядок (AUC) {model_auc} у модели против {rule_auc}, "
    "квадрат ошибки (Брайер) {model_brier} против {rule_brier}; меньше – лучше.",
    "In use is {rule}: on the company's own past the model did not show that it is better. Order (AUC) {model_auc} for the model against "
    "{rule_auc}, squared error (Brier) {model_brier} against {rule_brier}; smaller is better.",
)
STABILITY_TITLES = {
    "auc": Wording("порядок (AUC)", "order (AUC)"),
    "brier": Wording("квадрат ошибки (Брайер)", "squared error (Brier)"),
    "ece": Wording("ошибка калибровки (ECE)", "calibration error (ECE)"),
    "precision20": Wording("ушедших среди первых 20", "lost among the first 20"),
    "precision200": Wording("ушедших среди первых 200", "lost among the first 200"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way of naming leavers: `auc` and `brier` are means over the judged cuts, None where no cut allows them."""

    code: str
    title: Wording
    auc: float | None
    brier: float | None
    used: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What one way would have told an owner at a cut: whom it named, who of them left and who did not (`false`), who left without being
    named (`missed`); of 100 leavers how many, of 100 alarms how many false, None where it named nobody."""

    code: str
    title: Wording
    named: int
    named_and_lost: int
    false: int
    missed: int
    found_of_100: int | None
    false_of_100: int | None
    used: bool


def ways_of(backtest: Backtest) -> tuple[Way, ...]:
    """Return the model and the rules side by side, each with its mean figures over the judged cuts."""
    if not backtest.cuts:
        return ()
    codes = (MODEL, *backtest.cuts[0].rules)
    return tuple(
        Way(code, title_of_way(code), _mean(backtest.cuts, code, "auc"), _mean(backtest.cuts, code, "brier"), code == backtest.used)
        for code in codes
    )


def why_used(backtest: Backtest) -> Wording | None:
    """Say which way is used and why; None while the past could not judge (`shortage` says what is missing)."""
    ways = {way.code: way for way in ways_of(backtest)}
    if MODEL not in ways or backtest.used not in ways:
        return None
    rules = [way for way in ways.values() if way.code != MODEL]
    best = ways[backtest.used] if backtest.used != MODEL else max(rules, key=lambda way: way.auc or 0.0)
    told = WHY_MODEL if backtest.used == MODEL else WHY_RULE
    figures = {
        f"{name}_{part}": Wording(*(number(getattr(way, part), language, digits=3) for language in ("ru", "en")))
        for name, way in (("model", ways[MODEL]), ("rule", best))
        for part in ("auc", "brier")
    }
    return told.filled(rule=best.title, **figures)


def told_at(cut: BacktestCut, used: str) -> tuple[Told, ...]:
    """Return what each way would have told at a cut, the one in use first."""
    rows = []
    for code, figures in ((MODEL, cut.model), *cut.rules.items()):
        found = round(100 * figures.named_and_lost / cut.churned) if cut.churned and figures.named else None
        false = round(100 * (figures.named - figures.named_and_lost) / figures.named) if figures.named else None
        alarms, missed = figures.named - figures.named_and_lost, cut.churned - figures.named_and_lost
        rows.append(Told(code, title_of_way(code), figures.named, figures.named_and_lost, alarms, missed, found, false, code == used))
    return tuple(sorted(rows, key=lambda row: not row.used))


def title_of_way(code: str) -> Wording:
    """Return the name of a way of naming leavers."""
    return WAYS.get(code) or Wording(code, code)


def cut_asked(backtest: Backtest, day: str) -> BacktestCut | None:
    """Return the cut of that day (`2026-03-01`), or the latest; None where no cut was judged."""
    return next((cut for cut in backtest.cuts if cut_key(cut.as_of) == day), backtest.cuts[0] if backtest.cuts else None)


def cut_key(at: datetime) -> str:
    """Return what names a cut in an address."""
    return at.date().isoformat()


def show_backtest(shown: Shown, judged: Backtest, *, language: str | None = None) -> dict[str, Any]:
    """Return how well the risk would have done on the company's own past, against the naive rules, and why which way is used.

    `judged`: `show_checks.judged_by_everybody`. Texts in one language, or in both as `{ru, en}`. A count opens to its customers by the
    rule of `groups` that stands beside it (`customer_groups`).
    """

    def said(thing: Any) -> Any:
        return plain(thing, language)

    return {
        "as_of": shown.as_of,
        "horizon_days": shown.verdict.definition.horizon_days,
        "used": judged.used,
        "used_title": said(title_of_way(judged.used)),
        "words": said(judged.words),
        "why": said(why_used(judged)),
        "shortage": said(judged.shortage),
        "season_unseen": season_is_unseen(shown),
        "ways": said(ways_of(judged)),
        "told": [
            {"as_of": said(cut.as_of), "ways": [_opening(cut, way, language) for way in told_at(cut, judged.used)]} for cut in judged.cuts
        ],
        "cuts": said(judged.cuts),
        "stability": [said(figure) | {"title": said(title_of_figure(figure.code))} for figure in judged.stability],
        "groups": [said(group) | {"used_title": said(title_of_way(group.used))} for group in judged.groups],
    }


def opens_to(cut: BacktestCut, way: str, figure: str) -> dict[str, str]:
    """Return the rule by which a figure of `Told` opens to its customers."""
    named, left = OPENS[figure]
    asked = {"of": "check", "cut": cut_key(cut.as_of), "way": way, "named": named}
    return asked | ({"left": left} if left else {})


def _opening(cut: BacktestCut, way: Told, language: str | None) -> Any:
    told: Any = plain(way, language)
    return told | {"groups": {figure: opens_to(cut, way.code, figure) for figure in OPENS}}


def season_is_unseen(shown: Shown) -> bool:
    """Say whether the files reach back too short for the same season a year before, so that nothing followed it."""
    reading = shown.learned.reading
    return reading is not None and not reading.year_ago


def title_of_figure(code: str) -> Wording:
    """Return the name of a figure that is followed over the cuts."""
    return STABILITY_TITLES.get(code) or Wording(code, code)


def _mean(cuts: Sequence[BacktestCut], code: str, part: str) -> float | None:
    found = [figure for cut in cuts if (figure := getattr(_figures(cut, code), part)) is not None]
    return sum(found) / len(found) if found else None


def _figures(cut: BacktestCut, code: str) -> RuleFigures:
    return cut.model if code == MODEL else cut.rules[code]
