"""A small picture of counts week by week."""

from __future__ import annotations

from collections.abc import Sequence

from lakmus.usecases.charts.drawing import bar, picture

WIDTH, HEIGHT = 156.0, 30.0


def weekly_counts(weeks: Sequence[int], *, title: str, marked: int = 0) -> str:
    """Draw counts a week, oldest first; the last `marked` ones are those of a burst."""
    step, most = WIDTH / max(len(weeks), 1), max([1, *weeks])
    bars = [
        bar(at * step, HEIGHT - count / most * HEIGHT, step - 1.5, count / most * HEIGHT, "red" if at >= len(weeks) - marked else "violet")
        for at, count in enumerate(weeks)
        if count
    ]
    return picture(WIDTH, HEIGHT, bars, title=title, class_="ch weeks")
