"""Charts whose axis is time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lakmus.history.wording import Wording
from lakmus.usecases.charts.drawing import bar, line, picture, text
from lakmus.usecases.writing import month, number

WIDTH, HEIGHT = 620.0, 220.0
TOP, REACH = 34.0, 150.0

LOST_TITLE = Wording(
    "Потери по месяцам: {vocal} заметных, {silent} молчаливых за {months} мес.",
    "Losses by month: {vocal} visible, {silent} silent in {months} months",
)
LOST_ROW = Wording("{month}: {vocal} заметно, {silent} молча", "{month}: {vocal} visible, {silent} silent")
UP, DOWN = Wording("жаловались", "complained"), Wording("молча", "silently")
ALL_TITLE = Wording("Потери по месяцам: {count} за {months} мес.", "Losses by month: {count} in {months} months")
ALL_ROW = Wording("{month}: ушли {count}", "{month}: {count} left")
ALL = Wording("ушли", "left")
NO_LOSSES = Wording("Потерь в эти месяцы не найдено", "No losses found in these months")
ORDERS_TITLE = Wording("Заказы по месяцам: {total} за {months} мес.", "Orders by month: {total} in {months} months")


@dataclass(frozen=True, slots=True)
class MonthOfLoss:
    """Customers lost in one month (`month` is its first day): those who had complained, and those who kept silent."""

    month: date
    vocal: int
    silent: int


def lost_by_month(months: Sequence[MonthOfLoss], language: str = "ru", *, heard: bool = True) -> str:
    """Draw diverging bars: up those who complained (red), down those who kept silent (violet), each with its count.

    Where nobody was `heard`, who kept silent is not known: all stand above.
    """
    if not months:
        return _nothing(NO_LOSSES.in_language(language))
    if not heard:
        months = [MonthOfLoss(row.month, row.vocal + row.silent, 0) for row in months]
    up, down = max(row.vocal for row in months), max(row.silent for row in months)
    size = REACH / max(1, up + down)
    axis = TOP + up * size
    step = (WIDTH - 20) / len(months)
    width = min(34.0, step * 0.68)
    parts = [line(0, axis, WIDTH, axis)]
    rows = []
    every = 1 if step >= 30 else 2 if step >= 16 else 3
    for position, row in enumerate(months):
        left = 10 + position * step + (step - width) / 2
        middle = left + width / 2
        named = month(row.month, language, with_year=True)
        told = LOST_ROW.filled(month=named, vocal=row.vocal, silent=row.silent) if heard else ALL_ROW.filled(month=named, count=row.vocal)
        words = told.in_language(language)
        rows.append(words)
        parts.append(bar(left, axis - 1 - row.vocal * size, width, row.vocal * size, "red", hint=words))
        parts.append(bar(left, axis + 1, width, row.silent * size, "violet", hint=words))
        if position % every == 0:
            if row.vocal:
                parts.append(text(middle, axis - 5 - row.vocal * size, number(row.vocal, language), "ch-figure ch-middle"))
            if row.silent:
                parts.append(text(middle, axis + 14 + row.silent * size, number(row.silent, language), "ch-figure ch-middle"))
            parts.append(text(middle, HEIGHT - 4, month(row.month, language), "ch-text ch-middle"))
    legend = f"↑ {UP.in_language(language)}   ↓ {DOWN.in_language(language)}" if heard else ALL.in_language(language)
    parts.append(text(WIDTH, 11, legend, "ch-text ch-end"))
    vocal, silent = (number(sum(counts), language) for counts in zip(*((row.vocal, row.silent) for row in months), strict=True))
    everybody = ALL_TITLE.filled(count=vocal, months=len(months))
    title = LOST_TITLE.filled(vocal=vocal, silent=silent, months=len(months)) if heard else everybody
    return picture(WIDTH, HEIGHT, parts, title=title.in_language(language), rows=rows, class_="ch ch-months")


def orders_by_month(months: Sequence[tuple[date, int]], language: str = "ru") -> str:
    """Draw one bar a month, `(first day, number of orders)`; for one customer or for the company."""
    height, floor = 96.0, 74.0
    tallest = max([1, *(count for _, count in months)])
    step = WIDTH / max(1, len(months))
    width = min(22.0, step * 0.7)
    parts = [line(0, floor, WIDTH, floor)]
    rows = []
    every = max(1, round(36 / step))
    for position, (first_day, count) in enumerate(months):
        left = position * step + (step - width) / 2
        words = f"{month(first_day, language, with_year=True)}: {number(count, language)}"
        rows.append(words)
        parts.append(bar(left, floor - 1 - count * 50 / tallest, width, count * 50 / tallest, "ink", hint=words))
        if count and step >= 12:
            parts.append(text(left + width / 2, floor - 5 - count * 50 / tallest, number(count, language), "ch-figure ch-middle"))
        if position % every == 0:
            parts.append(text(left + width / 2, height - 6, month(first_day, language), "ch-text ch-middle"))
    title = ORDERS_TITLE.filled(total=number(sum(count for _, count in months), language), months=len(months)).in_language(language)
    return picture(WIDTH, height, parts, title=title, rows=rows, class_="ch ch-orders")


def _nothing(words: str) -> str:
    return picture(WIDTH, 60.0, [text(0, 34, words)], title=words, class_="ch ch-months")
