"""Charts of one customer: where they stand on the litmus scale, and which lamps went out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from lakmus.history.wording import Wording
from lakmus.usecases.charts.drawing import COLOURS, bar, line, picture, tag, text
from lakmus.usecases.writing import month, percent

STRIP = Wording("Вероятность ухода {point}: слева уходит, справа остаётся", "Probability of leaving {point}: left leaves, right stays")
STRIP_RANGE = Wording(", от {low} до {high}", ", {low} to {high}")
STRIP_UNKNOWN = Wording("Вероятность ухода неизвестна", "Probability of leaving is unknown")
LAMPS = Wording("Лампочки: {lit} горят, {out} погасли", "Lamps: {lit} lit, {out} out")
LIT, OUT, NONE = Wording("горит", "lit"), Wording("погасла", "out"), Wording("нет данных", "no data")
STEPS = 24
LABEL_WIDTH, CELL, ROW = 190.0, 26.0, 26.0


@dataclass(frozen=True, slots=True)
class LampRow:
    """One dimension of a customer's life with us: its title and, month after month, lit (True), out (False) or no data (None)."""

    title: str
    months: tuple[bool | None, ...]


def litmus_strip(probability: float | None, language: str = "ru", *, low: float | None = None, high: float | None = None) -> str:
    """Draw the litmus scale (left red = leaving, right blue = staying) with a mark at `1 - probability` and its interval."""
    width, height = 120.0, 18.0
    step = width / STEPS
    scale = "".join(
        tag("rect", x=place * step, y=5.0, width=step + 0.3, height=9.0, fill=_scale_colour(place / (STEPS - 1))) for place in range(STEPS)
    )
    if probability is None:
        return picture(width, height, [scale], title=STRIP_UNKNOWN.in_language(language), class_="ch ch-strip")
    title = STRIP.filled(point=percent(probability, language)).in_language(language)
    parts = [scale]
    if low is not None and high is not None:
        title += STRIP_RANGE.filled(low=percent(low, language), high=percent(high, language)).in_language(language)
        parts.append(line(width * (1 - high), 9.5, width * (1 - low), 9.5, "ink", 2))
    at = min(max(width * (1 - probability), 3.0), width - 3.0)
    parts += [bar(at - 3, 0, 6, height, "card"), bar(at - 2, 1, 4, height - 2, "ink")]
    return picture(width, height, parts, title=title, class_="ch ch-strip")


def lamp_grid(rows: Sequence[LampRow], months: Sequence[date], language: str = "ru") -> str:
    """Draw dimensions × months; a lit lamp is a filled disc, one that is out a crossed ring, no data a short dash."""
    every = 1 if len(months) <= 12 else 3
    cell = CELL if len(months) <= 12 else 20.0
    width, height = LABEL_WIDTH + cell * max(1, len(months)), ROW * (len(rows) + 1)
    parts = [
        text(LABEL_WIDTH + cell * (place + 0.5), 14, month(first_day, language), "ch-text ch-middle")
        for place, first_day in enumerate(months)
        if place % every == 0
    ]
    lines = []
    for place, row in enumerate(rows):
        top = ROW * (place + 1.5)
        parts.append(text(0, top + 4, row.title, "ch-figure"))
        parts += [_lamp(LABEL_WIDTH + cell * (column + 0.5), top, state) for column, state in enumerate(row.months)]
        words = [f"{month(at, language)} {_state(state, language)}" for at, state in zip(months, row.months, strict=False)]
        lines.append(f"{row.title}: {', '.join(words)}")
    out = sum(1 for row in rows if row.months and row.months[-1] is False)
    lit = sum(1 for row in rows if row.months and row.months[-1])
    title = LAMPS.filled(lit=lit, out=out).in_language(language)
    return picture(width, height, parts, title=title, rows=lines, class_="ch ch-lamps")


def _lamp(x: float, y: float, state: bool | None) -> str:
    if state is None:
        return line(x - 3, y, x + 3, y, "line", 2)
    if state:
        return tag("circle", cx=x, cy=y, r=6.0, class_="ch-blue")
    return tag("circle", cx=x, cy=y, r=5.5, class_="ch-stroke-red", stroke_width=1.5) + line(x - 4, y + 4, x + 4, y - 4, "red", 1.5)


def _state(state: bool | None, language: str) -> str:
    return (NONE if state is None else LIT if state else OUT).in_language(language)


def _scale_colour(place: float) -> str:
    """Return the colour of the litmus scale at 0 (red) .. 1 (blue)."""
    stops = ((0.0, COLOURS["red"]), (0.52, COLOURS["violet"]), (1.0, COLOURS["blue"]))
    for (start, left), (end, right) in pairwise(stops):
        if place <= end:
            weight = (place - start) / (end - start)
            mixed = (round(int(left[i : i + 2], 16) * (1 - weight) + int(right[i : i + 2], 16) * weight) for i in (1, 3, 5))
            return "#" + "".join(f"{part:02x}" for part in mixed)
    return COLOURS["blue"]
