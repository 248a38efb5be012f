"""Charts of causes: quiet but deadly errors, tolerance of a dose, what follows what, an error month by month."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from lakmus.history.wording import Wording
from lakmus.usecases.charts.drawing import bar, line, picture, tag, text
from lakmus.usecases.writing import month, number, percent, points

WIDTH = 620.0
COMPLAINED = Wording("из столкнувшихся пожаловались", "of those who met with it complained")
QUIET, LOUD = Wording("тихо и дорого", "quiet and dear"), Wording("громко и дорого", "loud and dear")
NOBODY_LESS = Wording("на сколько чаще уходят", "how much more often they leave")
MET, LEFT, SILENT = Wording("столкнулись", "met with it"), Wording("ушли", "left"), Wording("из них молча", "of them silently")
TREND_ROW = Wording(
    "{month}: столкнулись {met}, ушли {left}, из них молча {silent}", "{month}: {met} met with it, {left} left, {silent} of them silently"
)
CLOSE = 16.0
UNCROWDED = 5
BREAKS, CASES = Wording("ломается", "breaks"), Wording("случаев", "cases")
FOLLOWS = Wording("{cause} → {effect}: в {lift} раза чаще случайного", "{cause} → {effect}: {lift} times as often as by chance")

Written = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class QuietPoint:
    """One error: its number in the table beside, the share of the exposed who complained (0..1), its cost with the interval."""

    place: int
    title: str
    complained: float
    cost: float
    low: float
    high: float


def quiet_quadrant(found: Sequence[QuietPoint], *, title: str, parted_at: float, written: Written, language: str = "ru") -> str:
    """Draw errors by how many complain (across) and what they cost (up); `parted_at` is where quiet ends, `written` writes a cost."""
    height, left, top, floor = 480.0, 84.0, 26.0, 430.0
    widest = max([0.05, parted_at * 1.3, *(point.complained * 1.15 for point in found)])
    low, high = min([0.0, *(point.low for point in found)]), max([1e-9, *(point.high for point in found)])

    def across(share: float) -> float:
        return left + share / widest * (WIDTH - left - 16)

    def up(cost: float) -> float:
        return floor - (cost - low) / (high - low) * (floor - top)

    parts = [bar(left, top, across(parted_at) - left, up(0.0) - top, "wash")]
    parts += [line(left, up(0.0), WIDTH - 16, up(0.0), "soft"), line(across(parted_at), top, across(parted_at), floor, "soft")]
    parts.append(text(left + 8, top - 8, QUIET.in_language(language)))
    parts.append(text(WIDTH - 16, top - 8, LOUD.in_language(language), "ch-text ch-end"))
    for cost in dict.fromkeys((low, 0.0, high)):
        parts.append(text(left - 8, up(cost) + 4, written(cost), "ch-text ch-end"))
    for share in (0.0, widest / 2, widest):
        parts.append(text(across(share), floor + 20, percent(share, language), "ch-text ch-middle"))
    parts.append(text(WIDTH - 16, height - 8, COMPLAINED.in_language(language), "ch-text ch-end"))
    taken: list[tuple[float, float]] = []
    for point in found:
        x, y = across(point.complained), up(point.cost)
        parts.append(line(x, up(point.low), x, up(point.high), "ink", 1.5))
        aside = _room_beside(x, y, taken)
        taken.append((aside, y))
        if aside > x:
            parts.append(line(x, y, aside, y, "ink", 1.0))
        parts.append(tag("circle", tag("title", point.title), cx=aside, cy=y, r=10.0, class_="ch-ink"))
        parts.append(text(aside, y + 4, str(point.place), "ch-on-ink ch-middle"))
    rows = [f"{point.place}. {point.title}: {percent(point.complained, language)}, {written(point.cost)}" for point in found]
    return picture(WIDTH, height, parts, title=title, rows=rows, class_="ch ch-quiet")


def _room_beside(x: float, y: float, taken: Sequence[tuple[float, float]]) -> float:
    """Return where to the right of a point its number lies on no other."""
    while any(abs(x - other) < 21 and abs(y - level) < 21 for other, level in taken):
        x += 1
    return x


@dataclass(frozen=True, slots=True)
class DoseStep:
    """What one dose of an error does: its title ("3–4 days"), the effect on the share lost with its interval, its cases."""

    title: str
    effect: float | None
    low: float
    high: float
    n: int


def tolerance(steps: Sequence[DoseStep], *, title: str, breaks_at: int | None = None, language: str = "ru") -> str:
    """Draw how much more often customers leave at each dose, with intervals; `breaks_at` is the place of the breaking dose."""
    height, left, top, floor = 250.0, 80.0, 22.0, 190.0
    known = [step for step in steps if step.effect is not None]
    low, high = min([0.0, *(step.low for step in known)]), max([0.01, *(step.high for step in known)])
    wide = (WIDTH - left - 12) / max(1, len(steps))

    def up(effect: float) -> float:
        return floor - (effect - low) / (high - low) * (floor - top)

    parts = [line(left, up(0.0), WIDTH - 12, up(0.0), "soft"), text(left, 12, NOBODY_LESS.in_language(language))]
    # Nought and the top are always written, the foot only where it would not stand upon nought.
    for mark in (0.0, high, *([low] if up(low) - up(0.0) > CLOSE else [])):
        parts.append(text(left - 8, up(mark) + 4, points(mark, language), "ch-text ch-end"))
    # Where many steps stand side by side, a phone's larger letters need two lines for their names.
    crowded = len(steps) > UNCROWDED
    under = " ch-under" if crowded else ""
    parts.append(text(left - 8, floor + 38, CASES.in_language(language), f"ch-text ch-end{under}"))
    previous: tuple[float, float] | None = None
    rows = []
    for place, step in enumerate(steps):
        middle = left + (place + 0.5) * wide
        if place == breaks_at:
            parts.append(line(middle, top, middle, floor, "red", 1.5))
            last = place == len(steps) - 1
            parts.append(
                text(middle + (-5 if last else 5), top + 10, BREAKS.in_language(language), f"ch-figure{' ch-end' if last else ''}")
            )
        parts.append(text(middle, floor + 20, step.title, f"ch-text ch-middle{' ch-odd' if crowded and place % 2 else ''}"))
        parts.append(text(middle, floor + 38, number(step.n, language), f"ch-text ch-middle{under}"))
        if step.effect is None:
            previous = None
            continue
        parts.append(bar(middle - 5, up(step.high), 10, up(step.low) - up(step.high), "violet", pale=True))
        here = (middle, up(step.effect))
        if previous is not None:
            parts.append(line(*previous, *here, "ink", 1.5))
        parts.append(tag("circle", cx=here[0], cy=here[1], r=4.0, class_="ch-ink"))
        previous = here
        rows.append(f"{step.title}: {points(step.effect, language)} ({points(step.low, language)} – {points(step.high, language)})")
    return picture(WIDTH, height, parts, title=title, rows=rows, class_="ch ch-tolerance")


@dataclass(frozen=True, slots=True)
class MonthOfError:
    """Customers who met with an error in one month (`month` is its first day), how many of them left, how many silently."""

    month: date
    met: int
    left: int
    silent: int


def error_by_month(months: Sequence[MonthOfError], *, title: str, language: str = "ru") -> str:
    """Draw one bar a month: who met with the error, within it those who left, at its foot those who left silently."""
    height, top, floor = 320.0, 34.0, 288.0
    tallest = max([1, *(row.met for row in months)])
    step = WIDTH / max(1, len(months))
    width = min(34.0, step * 0.68)
    legend = ", ".join(words.in_language(language) for words in (MET, LEFT, SILENT))
    parts, rows = [line(0, floor, WIDTH, floor), text(WIDTH, 12, legend, "ch-text ch-end")], []
    for place, row in enumerate(months):
        left = place * step + (step - width) / 2
        figures = {"met": number(row.met, language), "left": number(row.left, language), "silent": number(row.silent, language)}
        told = TREND_ROW.filled(month=month(row.month, language, with_year=True), **figures).in_language(language)
        rows.append(told)
        for count, colour in ((row.met, "line"), (row.left, "red"), (row.silent, "violet")):
            size = count * (floor - top) / tallest
            parts.append(bar(left, floor - 1 - size, width, size, colour, hint=told))
        if row.met:
            parts.append(text(left + width / 2, floor - 6 - row.met * (floor - top) / tallest, figures["met"], "ch-figure ch-middle"))
        if place % (1 if step >= 30 else 2) == 0:
            parts.append(text(left + width / 2, height - 12, month(row.month, language), "ch-text ch-middle"))
    return picture(WIDTH, height, parts, title=title, rows=rows, class_="ch ch-months")


@dataclass(frozen=True, slots=True)
class Falling:
    """One error that follows another: `lift` is how many times as often as by chance."""

    cause: str
    effect: str
    lift: float


def dominoes(edges: Sequence[Falling], *, title: str, language: str = "ru") -> str:
    """Draw errors around a circle with an arrow from each to what follows it, thicker where the lift is larger."""
    names = list(dict.fromkeys(name for edge in edges for name in (edge.cause, edge.effect)))
    height, radius = 400.0, 140.0
    middle_x, middle_y = WIDTH / 2, height / 2
    places = {}
    for place, name in enumerate(names):
        angle = 2 * math.pi * place / max(1, len(names)) - math.pi / 2
        places[name] = (middle_x + radius * math.cos(angle), middle_y + radius * math.sin(angle))
    most = max([1.0001, *(edge.lift for edge in edges)])
    arrow = tag("path", d="M0 0L8 4L0 8z", class_="ch-soft")
    parts = [tag("marker", arrow, id="falls", markerWidth=8, markerHeight=8, refX=7, refY=4, orient="auto", markerUnits="userSpaceOnUse")]
    rows = []
    for edge in edges:
        (x1, y1), (x2, y2) = places[edge.cause], places[edge.effect]
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        dx, dy = (x2 - x1) / length, (y2 - y1) / length
        bend_x, bend_y = (x1 + x2) / 2 - dy * 18, (y1 + y2) / 2 + dx * 18
        path = f"M{x1 + dx * 10:.1f} {y1 + dy * 10:.1f}Q{bend_x:.1f} {bend_y:.1f} {x2 - dx * 12:.1f} {y2 - dy * 12:.1f}"
        lifted = number(edge.lift, language, digits=1)
        told = FOLLOWS.filled(cause=edge.cause, effect=edge.effect, lift=lifted).in_language(language)
        rows.append(told)
        thick = max(1.0, 1 + 3 * (edge.lift - 1) / (most - 1))
        parts.append(tag("path", tag("title", told), d=path, class_="ch-stroke-soft", stroke_width=thick, marker_end="url(#falls)"))
        parts.append(text(bend_x, bend_y, f"×{lifted}", "ch-figure ch-middle"))
    for name, (x, y) in places.items():
        parts.append(tag("circle", cx=x, cy=y, r=7.0, class_="ch-ink"))
        aligned = "ch-figure" + (" ch-end" if x < middle_x - 5 else " ch-middle" if abs(x - middle_x) <= 5 else "")
        shift = -12 if x < middle_x - 5 else 0 if abs(x - middle_x) <= 5 else 12
        # A name beside its circle has less room than one above or below: it is folded so that the picture does not cut it off.
        lines = textwrap.wrap(name, 20) if shift else [name]
        first = y + (4 - 7 * (len(lines) - 1) if shift else -14 if y < middle_y else 24)
        parts += [text(x + shift, first + 14 * place, part, aligned) for place, part in enumerate(lines)]
    return picture(WIDTH, height, parts, title=title, rows=rows, class_="ch ch-dominoes")
