"""`lakmus signals alerts`, `retention`, …: what the pages of signals show, and the customers behind a figure."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from typing import Any

from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.stage_text import state_name
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice, columns
from lakmus.history.wording import Wording
from lakmus.usecases.writing import money, number, percent

Answer = dict[str, Any]
Table = tuple[Wording, list[list[str]]]
"""A head, its parts set apart by |, and rows."""

# What can be chosen on a page; the use case holds the list and refuses anything else.
OPTIONS = {
    "alerts": {"rule": Wording("по какому правилу: beyond_noise, regulars_down_a_fifth", "the rule: beyond_noise, regulars_down_a_fifth")},
    "retention": {"by": Wording("строки: cohort, place, channel, product", "rows: cohort, place, channel, product")},
    "survival": {
        "curve": Wording("кривая: life (до ухода) или gap (до следующей покупки)", "curve: life (to loss) or gap (to the next purchase)"),
        "by": Wording("части: whole, place, channel, product", "parts: whole, place, channel, product"),
    },
    "map": {},
    "moves": {},
    "site": {},
    "groups": {},
}
ABOUT = {
    "alerts": Wording("какие сегменты изменились сильнее сезона и случая", "which segments changed beyond season and chance"),
    "retention": Wording("кто покупает дальше после первой покупки", "who buys on after a first purchase"),
    "survival": Wording("сколько остаются и когда покупают снова", "how long they stay and how soon they buy again"),
    "map": Wording("карта: как давно и как часто покупали", "the map: how long ago and how often they bought"),
    "moves": Wording("состояния на концы месяцев и переходы между ними", "states at the ends of months, and moves between them"),
    "site": Wording("что делают на сайте и где уходят", "what visitors do on the site, and where they leave"),
    "groups": Wording("сохранённые группы", "saved groups"),
    "customers": Wording("клиенты за любой из этих цифр", "the customers behind any of these figures"),
}
RULE = Wording(
    "чем названа цифра, как в адресе её страницы: of=cohort by=place segment=Омск; of=rfm recency=0 frequency=4",
    "what names the figure, as in its page's address: of=cohort by=place segment=Omsk; of=rfm recency=0 frequency=4",
)
LIMIT = Wording("не больше стольких строк (30)", "at most so many rows (30)")
NOTHING = Wording("Нечего показать.", "Nothing to show.")
NO_ALERTS = Wording(
    "За полгода ничего не изменилось сильнее сезона и случая. Групп, на которые смотрели: {segments}.",
    "Nothing changed beyond season and chance in half a year. Segments looked at: {segments}.",
)
TOO_LITTLE = Wording(
    "Мало данных: {reason}; нужно {needed}, есть {available}.", "Too little data: {reason}; {needed} needed, {available} there are."
)
NOT_KNOWN = Wording("не известно", "not known")
WHOLE = Wording("вся компания", "whole company")
ALERTS = Wording("к дате|что|где|было бы|стало|изменение", "by|what|where|expected|seen|change")
CURVE = Wording("чья|покупателей|случилось у|половина за, дн.", "whose|buyers|happened to|half within, days")
MAP = Wording("покупали назад, дн. \\ покупок", "bought days ago \\ purchases")
MOVES = Wording("на дату|было|стало|клиентов", "at|from|to|customers")
SITE = Wording(
    "докуда дошли|сессий|клиентов|за 90 дн. до того|из дошедших до прежнего шага",
    "came so far|sessions|customers|the 90 days before|of the step before",
)
GROUPS = Wording("номер|имя|кто это|клиентов", "number|name|who they are|customers")
CUSTOMERS = Wording("клиент|имя|состояние|вероятность ухода|маржа за 12 мес.", "customer|name|state|probability|margin of 12 months")


def add_below(parser: ArgumentParser, commands: Commands) -> None:
    """Add the pages below the command of signals."""
    below = commands.under(parser, "page", required=False)
    for name, options in OPTIONS.items():
        under = below.add(name, ABOUT[name], partial(page, name))
        add_as_of(under, commands, inherited=True)
        for option, about in options.items():
            under.add_argument(f"--{option}", default=None, metavar=option.upper(), help=commands.say(about))
    under = below.add("customers", ABOUT["customers"], customers)
    add_as_of(under, commands, inherited=True)
    under.add_argument("rule", nargs="+", metavar="KEY=VALUE", help=commands.say(RULE))
    under.add_argument("--limit", type=int, default=30, metavar="N", help=commands.say(LIMIT))


def page(name: str, asked: Namespace, voice: Voice) -> None:
    """Answer with a page of signals."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.signals.signal_pages import signal_page

    chosen = {option: getattr(asked, option) for option in OPTIONS[name] if getattr(asked, option) is not None}
    shown = computed(home, asked, voice)
    if voice.wants_json:
        voice.json(signal_page(home, shown, name, chosen, language=asked.language))
        return
    told = signal_page(home, shown, name, chosen, language=voice.language)
    voice.text(written(told, voice.language))


def customers(asked: Namespace, voice: Voice) -> None:
    """Answer with the customers behind a figure."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.signals.customer_groups import group_of, group_told, list_group

    group = group_of(dict(part.partition("=")[::2] for part in asked.rule))
    shown = computed(home, asked, voice)
    found = list_group(home, shown, group, size=max(1, asked.limit))
    title = group_told(shown, group)
    if voice.wants_json:
        voice.json({"as_of": shown.as_of, "title": title, "total": found.total, "customers": found.rows})
        return
    language = voice.language
    rows = [
        [
            row["customer"],
            row["name"] or "",
            state_name(row["state"], language),
            percent(row["churn_probability"], language),
            money(row["value_at_risk"], language=language),
        ]
        for row in found.rows
    ]
    voice.text(f"{title.in_language(language)}: {number(found.total, language)}\n\n{_laid_out(CUSTOMERS, rows, language, left=3)}")


def written(told: Answer, language: str) -> str:
    """Return a page of signals for a person at a terminal."""
    if shortage := told.get("shortage"):
        figures = {name: number(shortage[name], language) for name in ("needed", "available")}
        return TOO_LITTLE.in_language(language).format(reason=shortage["reason"], **figures)
    head, rows = TABLES[told["page"]](told, language)
    if told["page"] == "alerts" and not rows:
        return f"{told['title']}\n\n{NO_ALERTS.in_language(language).format(segments=number(told['segments'], language))}"
    return f"{told['title']}\n\n{_laid_out(head, rows, language, left=LEFT.get(told['page'], 1))}"


def _alerts(told: Answer, language: str) -> Table:
    from lakmus.usecases.alerts.show_alerts import MEASURES, segment_told

    rows = [
        [
            alert["until"][:10],
            MEASURES[alert["measure"]].in_language(language),
            segment_told(alert["dimension"], alert["segment"]).in_language(language),
            number(alert["expected"], language),
            number(alert["observed"], language),
            percent(alert["change"], language),
        ]
        for alert in told["alerts"]
    ]
    return ALERTS, rows


def _retention(told: Answer, language: str) -> Table:
    head = "|".join(["", "n", *map(str, told["months"])])
    unknown = NOT_KNOWN.in_language(language)
    rows = [
        [row["key"] or unknown, number(row["size"], language), *(_share(cell, language) for cell in row["cells"])] for row in told["rows"]
    ]
    return Wording(head, head), rows


def _share(cell: Answer, language: str) -> str:
    if "point" in cell["bought_share"]:
        return percent(cell["bought_share"]["point"], language)
    return f"{cell['bought']}/{cell['known']}" if cell["known"] else "…"


def _survival(told: Answer, language: str) -> Table:
    whole = [told["whole"]] if told["whole"] else []
    rows = [
        [
            curve["segment"] or WHOLE.in_language(language),
            number(curve["n"], language),
            number(curve["ended"], language),
            NOT_KNOWN.in_language(language) if curve["median_days"] is None else number(curve["median_days"], language),
        ]
        for curve in [*whole, *told["parts"]]
    ]
    return CURVE, rows


def _map(told: Answer, language: str) -> Table:
    head = "|".join([MAP.in_language(language), *(_band(band, first=1) for band in told["frequency"])])
    rows = [
        [_band(band), *(number(cell["customers"], language) for cell in line)]
        for band, line in zip(told["recency"], told["cells"], strict=False)
    ]
    return Wording(head, head), rows


def _band(band: Answer, *, first: int = 0) -> str:
    low = first if band["low"] is None else int(band["low"]) + 1
    if band["high"] is None:
        return f"{low}+"
    return str(low) if low >= band["high"] else f"{low}\N{EN DASH}{int(band['high'])}"


def _moves(told: Answer, language: str) -> Table:
    rows = [
        [move["at"], state_name(move["old"], language), state_name(move["new"], language), number(move["customers"], language)]
        for move in told["moves"]
    ]
    return MOVES, rows


def _site(told: Answer, language: str) -> Table:
    from lakmus.usecases.signals.show_site import REACHED

    rows = []
    for step in told["steps"]:
        onward = step["onward"] or {}
        rows.append(
            [
                REACHED[step["code"]].in_language(language),
                number(step["sessions"], language),
                number(step["customers"], language),
                number(step["sessions_before"], language),
                percent(onward["point"], language) if "point" in onward else "",
            ]
        )
    return SITE, rows


def _groups(told: Answer, language: str) -> Table:
    rows = [
        [
            str(group["number"]),
            group["name"],
            group["told"] or "",
            NOT_KNOWN.in_language(language) if group["customers"] is None else number(group["customers"], language),
        ]
        for group in told["groups"]
    ]
    return GROUPS, rows


TABLES = {"alerts": _alerts, "retention": _retention, "survival": _survival, "map": _map, "moves": _moves, "site": _site, "groups": _groups}
LEFT = {"alerts": 3, "moves": 3, "groups": 3}
"""How many columns of words a table begins with."""


def _laid_out(head: Wording, rows: list[list[str]], language: str, *, left: int) -> str:
    if not rows:
        return NOTHING.in_language(language)
    return columns([head.in_language(language).split("|"), *rows], right=range(left, len(rows[0])))
