"""Survival curves: a step line with its band, and below it how many were still observed."""

from __future__ import annotations

from collections.abc import Sequence

from lakmus.history.wording import Wording
from lakmus.usecases.charts.drawing import line, picture, tag, text
from lakmus.usecases.writing import number, percent

WIDTH, HEIGHT = 460.0, 250.0
LEFT, TOP, BOTTOM = 44.0, 12.0, 176.0
DAYS = Wording("дни", "days")
OBSERVED = Wording("под наблюдением", "observed")
ROW = Wording("{day} дн.: {share} от {low} до {high}", "{day} days: {share}, {low} to {high}")

Line = tuple[Sequence[float], Sequence[float]]


def survival_curve(
    days: Sequence[float],
    share: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    ticks: Sequence[tuple[int, int]],
    title: str,
    beside: Line | None = None,
    language: str = "ru",
) -> str:
    """Draw one curve with its 95 % band; `ticks` are (day, observed), `beside` the days and shares of a thin curve to
    compare with, whose axis is taken."""
    last = max([1.0, *(beside[0] if beside else days)])

    def across(day: float) -> float:
        return LEFT + min(day, last) / last * (WIDTH - LEFT - 12)

    def down(part: float) -> float:
        return BOTTOM - part * (BOTTOM - TOP)

    parts = []
    for quarter in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(line(LEFT, down(quarter), WIDTH - 12, down(quarter)))
        parts.append(text(LEFT - 8, down(quarter) + 4, percent(quarter, language), "ch-text ch-end"))
    band = [*_steps(days, high), *reversed(_steps(days, low))]
    parts.append(tag("path", d=_path([(across(day), down(part)) for day, part in band]) + "Z", class_="ch-blue ch-band"))
    if beside is not None:
        points = [(across(day), down(part)) for day, part in _steps(*beside) if day <= last]
        parts.append(tag("path", d=_path(points), class_="ch-stroke-soft", stroke_width=1.3, stroke_dasharray="4 4"))
    parts.append(
        tag("path", d=_path([(across(day), down(part)) for day, part in _steps(days, share)]), class_="ch-stroke-ink", stroke_width=2)
    )
    parts.append(text(0, BOTTOM + 58, OBSERVED.in_language(language)))
    for day, at_risk in ticks:
        aligned = "ch-figure" if not day else "ch-figure ch-middle"
        parts.append(text(across(day), BOTTOM + 20, number(day, language), aligned.replace("figure", "text")))
        parts.append(text(across(day), BOTTOM + 40, number(at_risk, language), aligned))
    parts.append(text(WIDTH - 12, BOTTOM + 58, DAYS.in_language(language), "ch-text ch-end"))
    rows = [_row(days, share, low, high, day, language) for day, _ in ticks]
    return picture(WIDTH, HEIGHT, parts, title=title, rows=rows, class_="ch ch-survival")


def _steps(days: Sequence[float], share: Sequence[float]) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for place, (day, part) in enumerate(zip(days, share, strict=True)):
        if place:
            points.append((day, share[place - 1]))
        points.append((day, part))
    return points


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _row(days: Sequence[float], share: Sequence[float], low: Sequence[float], high: Sequence[float], day: int, language: str) -> str:
    place = max((at for at, each in enumerate(days) if each <= day), default=0)
    written = {name: percent(part[place], language) for name, part in (("share", share), ("low", low), ("high", high))}
    return ROW.filled(day=number(day, language), **written).in_language(language)
