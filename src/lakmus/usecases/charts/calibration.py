"""The calibration curve: what was said against what came, each tenth of the customers with the band that chance allows."""

from __future__ import annotations

from collections.abc import Sequence

from lakmus.history.wording import Wording
from lakmus.usecases.charts.drawing import bar, line, picture, tag, text
from lakmus.usecases.writing import number, percent

WIDTH, HEIGHT = 460.0, 300.0
LEFT, TOP, RIGHT, BOTTOM = 52.0, 12.0, 440.0, 244.0
SAID = Wording("сказано", "said")
SEEN = Wording("ушло на самом деле", "left in fact")
ROW = Wording(
    "сказано {said}, ушло {seen}, случай допускает от {low} до {high}, клиентов {n}",
    "said {said}, left {seen}, chance allows {low} to {high}, customers {n}",
)

Tenth = tuple[float, float, float, float, int]
"""Said, seen, the band's ends, customers."""


def calibration_curve(tenths: Sequence[Tenth], *, title: str, language: str = "ru") -> str:
    """Draw tenths of the customers; a point within its band is dark, one outside is red."""
    most = max([0.1, *(max(said, seen, high) for said, seen, _low, high, _n in tenths)])
    top = next(edge for edge in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if most <= edge + 1e-9)

    def across(share: float) -> float:
        return LEFT + min(share, top) / top * (RIGHT - LEFT)

    def down(share: float) -> float:
        return BOTTOM - min(share, top) / top * (BOTTOM - TOP)

    parts = []
    for quarter in range(5):
        share = top * quarter / 4
        parts.append(line(LEFT, down(share), RIGHT, down(share)))
        parts.append(text(LEFT - 8, down(share) + 4, percent(share, language), "ch-text ch-end"))
        parts.append(text(across(share), BOTTOM + 20, percent(share, language), "ch-text ch-middle"))
    parts.append(
        tag("path", d=f"M{across(0):.1f} {down(0):.1f}L{across(top):.1f} {down(top):.1f}", class_="ch-stroke-soft", stroke_dasharray="4 4")
    )
    for said, seen, low, high, n in tenths:
        hint = _row((said, seen, low, high, n), language)
        parts.append(tag("g", bar(across(said) - 5, down(high), 10, max(2.0, down(low) - down(high)), "blue", hint=hint), class_="ch-band"))
        inside = low <= seen <= high
        parts.append(tag("circle", cx=across(said), cy=down(seen), r=4.5, class_="ch-ink" if inside else "ch-red"))
    parts.append(text(RIGHT, BOTTOM + 42, SAID.in_language(language), "ch-text ch-end"))
    parts.append(text(LEFT + 6, TOP + 12, SEEN.in_language(language)))
    return picture(WIDTH, HEIGHT, parts, title=title, rows=[_row(tenth, language) for tenth in tenths], class_="ch ch-survival")


def _row(tenth: Tenth, language: str) -> str:
    said, seen, low, high = (percent(share, language) for share in tenth[:4])
    return ROW.filled(said=said, seen=seen, low=low, high=high, n=number(tenth[4], language)).in_language(language)
