"""Charts of money: from one year's revenue to the next, and what points of retention bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lakmus.usecases.charts.drawing import bar, line, picture, tag, text
from lakmus.usecases.writing import number

WIDTH = 620.0
ROW = 34.0
Written = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall: a change, or with `whole` a sum that stands on zero."""

    title: str
    amount: float
    whole: bool = False


def waterfall(steps: Sequence[Step], *, title: str, written: Written) -> str:
    """Draw the steps from top to bottom, each beginning where the one before ended; `written` writes an amount."""
    reached, spans = 0.0, []
    for step in steps:
        begin = 0.0 if step.whole else reached
        reached = step.amount if step.whole else reached + step.amount
        spans.append((begin, reached))
    low = min([0.0, *(end for span in spans for end in span)])
    high = max([1.0, *(end for span in spans for end in span)])
    left, right = 8.0, WIDTH - 120

    def across(amount: float) -> float:
        return left + (amount - low) / (high - low) * (right - left)

    parts, rows = [line(across(0.0), 0, across(0.0), ROW * len(steps), "soft")], []
    for place, (step, (begin, end)) in enumerate(zip(steps, spans, strict=True)):
        top = place * ROW
        first, last = across(min(begin, end)), across(max(begin, end))
        colour = "ink" if step.whole else "blue" if end >= begin else "red"
        told = f"{step.title}: {written(step.amount)}"
        rows.append(told)
        parts.append(text(left, top + 12, step.title, "ch-text"))
        parts.append(bar(first, top + 17, max(last - first, 1.5), 10, colour, hint=told))
        parts.append(text(WIDTH - 4, top + 26, written(step.amount), "ch-figure ch-end"))
        if place + 1 < len(steps):
            parts.append(line(across(end), top + 27, across(end), top + ROW + 17, "line"))
    return picture(WIDTH, ROW * len(steps) + 4, parts, title=title, rows=rows, class_="ch ch-waterfall")


@dataclass(frozen=True, slots=True)
class Brought:
    """What some points of retention bring, with its bounds."""

    points: int
    amount: float
    low: float
    high: float


def retention_curve(brought: Sequence[Brought], *, title: str, written: Written, language: str = "ru") -> str:
    """Draw what each further point of yearly retention brings, with its bounds as a pale band."""
    height, left, top, floor = 220.0, 92.0, 16.0, 180.0
    most = max([1.0, *(row.high for row in brought)])
    widest = max([1, *(row.points for row in brought)])

    def across(points: float) -> float:
        return left + points / widest * (WIDTH - left - 20)

    def up(amount: float) -> float:
        return floor - max(0.0, amount) / most * (floor - top)

    upper = [(across(row.points), up(row.high)) for row in brought]
    lower = [(across(row.points), up(row.low)) for row in reversed(brought)]
    zero = (across(0), up(0))
    parts = [line(left, up(amount), WIDTH - 20, up(amount)) for amount in (0.0, most / 2, most)]
    parts += [text(left - 8, up(amount) + 4, written(amount), "ch-text ch-end") for amount in (0.0, most / 2, most)]
    parts.append(tag("path", d=_path([zero, *upper, *lower]) + "Z", class_="ch-blue ch-band"))
    parts.append(
        tag("path", d=_path([zero, *((across(row.points), up(row.amount)) for row in brought)]), class_="ch-stroke-ink", stroke_width=2)
    )
    parts += [text(across(row.points), floor + 20, f"+{number(row.points, language)}", "ch-text ch-middle") for row in brought]
    rows = [f"+{row.points}: {written(row.amount)} ({written(row.low)} – {written(row.high)})" for row in brought]
    return picture(WIDTH, height, parts, title=title, rows=rows, class_="ch ch-gains")


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
