"""The check on the company's own past for a person at a terminal: the owner's words first, the analyst's figures below."""

from __future__ import annotations

from typing import Any

from lakmus.cli.stage_text import Answer, day_of, said, table, why_not
from lakmus.history.wording import Wording
from lakmus.usecases.writing import between, number, percent

TOLD = Wording(
    "на дату|способ|назвал|из них ушли|из 100 ушедших|ложных из 100 тревог",
    "as of|way|named|of them left|of 100 leavers|false of 100 alarms",
)
CUTS = Wording(
    "на дату|клиентов|ушли|AUC|PR|Брайер|ECE|ECE от – до|ECE случая|подъём|первые 20|первые 200|за сколько дней|ложных",
    "as of|customers|left|AUC|PR|Brier|ECE|ECE range|ECE by chance|lift|first 20|first 200|days ahead|false",
)
TENTHS = Wording("сказано|ушло|случай допускает|клиентов|внутри", "said|left|chance allows|customers|inside")
PARTS = Wording("кто|клиентов|ушли|сказано|ушло|AUC|Брайер", "who|customers|left|said|seen|AUC|Brier")
STABILITY = Wording("цифра|в среднем|меньше всего|больше всего|проверок", "figure|mean|least|most|checks")
WAYS = Wording("способ|AUC|Брайер|используется", "way|AUC|Brier|used")
HEADS = {
    "ways": Wording("Способы, в среднем по проверкам", "Ways, mean over the checks"),
    "tenths": Wording("Калибровка, {day}: десятые доли клиентов", "Calibration, {day}: tenths of the customers"),
    "segments": Wording("По числу покупок, {day}", "By number of purchases, {day}"),
    "stability": Wording("Насколько ровно по времени", "How steady over time"),
    "group": Wording("{title}: {used}", "{title}: {used}"),
}
UNSEEN = Wording(
    "Того же времени года в прошлом ваши файлы не застали: сколько уйдёт всего, может отличаться сильнее, чем видно здесь, – например, "
    "перед праздниками. Порядок клиентов зависит от этого меньше.",
    "Your files do not reach back to the same season a year before: how many leave in all may differ by more than was seen here, as before "
    "holidays. The order of customers hangs less on it.",
)
YES, NO = Wording("да", "yes"), Wording("нет", "no")


def backtest(answer: Answer, language: str) -> str:
    """Return the sentence an owner reads, why which way is used, and the figures behind both."""
    if answer["shortage"]:
        parts = [why_not(answer["shortage"], language)]
    else:
        latest = answer["cuts"][0]
        day = day_of(latest["as_of"], language)
        parts = [
            said(answer["words"], language),
            said(answer["why"], language) if answer["why"] else "",
            _told(answer, language),
            _headed("ways", _ways(answer["ways"], language), language),
            _cuts(answer["cuts"], language),
            _headed("tenths", _tenths(latest["model"]["calibration"], language), language, day=day),
            _headed("segments", _segments(latest["segments"], language), language, day=day),
            _headed("stability", _stability(answer["stability"], language), language),
        ]
    if answer["season_unseen"]:
        parts.append(UNSEEN.in_language(language))
    for group in answer["groups"]:
        told = why_not(group["shortage"], language) if group["shortage"] else ""
        title, used = said(group["title"], language), said(group["used_title"], language)
        parts.append(_headed("group", "\n".join(filter(None, (told, _cuts(group["cuts"], language)))), language, title=title, used=used))
    return "\n\n".join(filter(None, parts))


def _headed(code: str, body: str, language: str, **names: str) -> str:
    head = HEADS[code].in_language(language).format(**names)
    return f"{head}\n{body}" if body else head if code == "group" else ""


def _told(answer: Answer, language: str) -> str:
    rows = [
        [
            day_of(cut["as_of"], language),
            said(way["title"], language),
            *(number(way[name], language) for name in ("named", "named_and_lost", "found_of_100", "false_of_100")),
        ]
        for cut in answer["told"]
        for way in cut["ways"]
    ]
    return table(TOLD, rows, language, right=(2, 3, 4, 5))


def _ways(ways: list[Answer], language: str) -> str:
    rows = [
        [said(way["title"], language), _three(way["auc"], language), _three(way["brier"], language), _yes(way["used"], language)]
        for way in ways
    ]
    return table(WAYS, rows, language, right=(1, 2))


def _cuts(cuts: list[Answer], language: str) -> str:
    rows = []
    for cut in cuts:
        model = cut["model"]
        low, high = (_three(model[name], language) for name in ("ece_low", "ece_high"))
        rows.append(
            [
                day_of(cut["as_of"], language),
                number(cut["n"], language),
                number(cut["churned"], language),
                *(_three(model[name], language) for name in ("auc", "pr_auc", "brier", "ece")),
                between(low, high, language) if model["ece_low"] is not None else "–",
                _three(model["ece_by_chance"], language),
                number(model["lift10"], language, digits=1),
                percent(model["precision20"], language),
                percent(model["precision200"], language),
                number(cut["earliness_days"], language),
                percent(cut["false_alarms"], language),
            ]
        )
    return table(CUTS, rows, language, right=tuple(range(1, 14)))


def _tenths(tenths: list[Answer], language: str) -> str:
    rows = [
        [
            percent(tenth["said"], language, digits=1),
            percent(tenth["seen"], language, digits=1),
            between(percent(tenth["low"], language, digits=1), percent(tenth["high"], language, digits=1), language),
            number(tenth["n"], language),
            _yes(tenth["inside"], language),
        ]
        for tenth in tenths
    ]
    return table(TENTHS, rows, language, right=(0, 1, 2, 3))


def _segments(segments: list[Answer], language: str) -> str:
    rows = [
        [
            said(part["title"], language),
            number(part["n"], language),
            number(part["churned"], language),
            percent(part["said"], language, digits=1),
            percent(part["seen"], language, digits=1),
            _three(part["auc"], language),
            _three(part["brier"], language),
        ]
        for part in segments
    ]
    return table(PARTS, rows, language, right=(1, 2, 3, 4, 5, 6))


def _stability(told: list[Answer], language: str) -> str:
    rows = []
    for row in told:
        rows.append(
            [
                said(row["title"], language),
                *(_three(row[name], language) for name in ("mean", "least", "most")),
                number(row["cuts"], language),
            ]
        )
    return table(STABILITY, rows, language, right=(1, 2, 3, 4))


def _three(figure: float | None, language: str) -> str:
    return number(figure, language, digits=3)


def _yes(truth: Any, language: str) -> str:
    return (YES if truth else NO).in_language(language)
