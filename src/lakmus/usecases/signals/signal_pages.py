"""The pages of signals as answers for programs and terminals: the same figures as on the page, and who is behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lakmus.engine.verdict import plain
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.usecases.alerts.alert_rules import watches
from lakmus.usecases.alerts.show_alerts import SHIPPED, alert_asked, show_alerts
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.buyers import ORIGINS
from lakmus.usecases.signals.segments import list_segments
from lakmus.usecases.signals.show_cohorts import BY, show_cohorts
from lakmus.usecases.signals.show_flows import end_key, show_flows
from lakmus.usecases.signals.show_rfm import show_rfm
from lakmus.usecases.signals.show_site import show_site
from lakmus.usecases.signals.show_survival import CURVES, show_survival

Answer = dict[str, Any]
NO_SUCH_CHOICE = Wording(
    "У страницы «{page}» нет такого выбора: {name}={written}. Ничего не изменилось; можно: {choices}.",
    "The page “{page}” has no such choice: {name}={written}. Nothing was changed; possible: {choices}.",
)
NO_SUCH_PAGE = Wording(
    "Среди признаков нет страницы «{page}». Ничего не изменилось; есть: {choices}.",
    "There is no page “{page}” among the signals. Nothing was changed; there are: {choices}.",
)


@dataclass(frozen=True, slots=True)
class SignalPage:
    """One page: its title, what can be chosen on it (the first is meant where nothing is), what it answers, who may see it."""

    title: Wording
    answer: Callable[[Home, Shown, Mapping[str, str]], Answer]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    permit: str = "signals"


def signal_page(home: Home, shown: Shown, code: str, asked: Mapping[str, str], *, language: str | None = None) -> Answer:
    """Return what a page of `PAGES` says, ready for JSON; texts in one language, or in both as `{ru, en}`.

    Raises
    ------
    BadInput : there is no such page, or it does not offer what was chosen.
    """
    page = PAGES.get(code)
    if page is None:
        raise BadInput("no_such_page", NO_SUCH_PAGE.filled(page=code[:40], choices=", ".join(PAGES)))
    chosen = {name: choices[0] for name, choices in page.choices.items()}
    for name, written in asked.items():
        possible = page.choices.get(name, ())
        if written not in possible:
            offers = "; ".join(f"{each}={'|'.join(choices)}" for each, choices in page.choices.items()) or "–"
            raise BadInput("no_such_choice", NO_SUCH_CHOICE.filled(page=code, name=name, written=written[:40], choices=offers))
        chosen[name] = written
    told = {"as_of": shown.as_of, "page": code, "title": page.title, **chosen, **page.answer(home, shown, chosen)}
    return {name: plain(part, language) for name, part in told.items()}


def _alerts(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    found = show_alerts(home, shown, watch=watches()[asked["rule"]])
    rows = [{**_fields(alert), "group": {"of": "alert", **alert_asked(alert)}} for alert in found.alerts]
    return {"rule": found.rule, "segments": found.segments, "shortage": found.shortage, "alerts": rows}


def _retention(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    return _fields(show_cohorts(home, shown, by=asked["by"]))


def _survival(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    found = _fields(show_survival(home, shown, curve=asked["curve"], by="" if asked["by"] == "whole" else asked["by"]))
    return found | {"by": asked["by"]}


def _map(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    return _fields(show_rfm(shown))


def _moves(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    found = show_flows(home, shown)
    ends = [{"day": end_key(end.at), **_fields(end)} for end in found.ends]
    moves = [
        {"at": end["day"], "old": old, "new": new, "customers": count}
        for end, moved in zip(ends[1:], found.moves, strict=True)
        for old, targets in moved.items()
        for new, count in targets.items()
    ]
    return {"ends": ends, "moves": moves, "shortage": found.shortage}


def _site(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    return _fields(show_site(home, shown))


def _groups(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    rows = [
        {**_fields(segment), "group": {"of": segment.group.of, **segment.group.asked}, "created_by": segment.created_by or None}
        for segment in list_segments(home, shown)
    ]
    return {"groups": rows}


def _fields(found: Any) -> Answer:
    return {name: getattr(found, name) for name in found.__slots__}


PAGES: dict[str, SignalPage] = {
    "alerts": SignalPage(Wording("что изменилось", "what changed"), _alerts, {"rule": tuple(SHIPPED)}),
    "retention": SignalPage(Wording("кто покупает дальше", "who buys on"), _retention, {"by": tuple(BY)}),
    "survival": SignalPage(
        Wording("сколько остаются", "how long they stay"), _survival, {"curve": tuple(CURVES), "by": ("whole", *ORIGINS)}
    ),
    "map": SignalPage(Wording("карта покупателей", "map of buyers"), _map),
    "moves": SignalPage(Wording("переходы между состояниями", "moves between states"), _moves),
    "site": SignalPage(Wording("что делают на сайте", "what they do on the site"), _site),
    "groups": SignalPage(Wording("сохранённые группы", "saved groups"), _groups, permit="segments"),
}
"""By the names that addresses and commands have."""
