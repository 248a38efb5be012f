"""Charts of shares and of doubt: interval bars, share bars, stars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lakmus.history.wording import Wording
from lakmus.usecases.charts.drawing import bar, line, picture, text
from lakmus.usecases.writing import number, percent

STARS_TITLE = Wording("Звёзды: {groups}", "Stars: {groups}")
STARS_GROUP = Wording("{title}: в среднем {mean}, единиц {one} (отзывов {n})", "{title}: mean {mean}, one star {one} ({n} reviews)")
NO_STARS = Wording("{title}: отзывов нет", "{title}: no reviews")


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One bar: its title, a share 0..1 (None = unknown) and the words beside it ("81 %, 1 204 из 1 480")."""

    title: str
    share: float | None
    words: str


@dataclass(frozen=True, slots=True)
class StarsGroup:
    """Reviews of one group of orders: counts of 1, 2, 3, 4 and 5 stars."""

    title: str
    counts: tuple[int, int, int, int, int]

    @property
    def total(self) -> int:
        """Number of reviews."""
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """Mean stars, None without reviews."""
        return sum(stars * count for stars, count in enumerate(self.counts, 1)) / self.total if self.total else None

    @property
    def one_star_share(self) -> float | None:
        """Share of one star, None without reviews."""
        return self.counts[0] / self.total if self.total else None


def interval_bar(point: float, low: float, high: float, *, scale_low: float, scale_high: float, words: str) -> str:
    """Draw an interval with its point on a scale shared by the bars it stands with; `words` says it aloud."""
    width, height = 240.0, 14.0
    span = (scale_high - scale_low) or 1.0

    def place(figure: float) -> float:
        return min(max((figure - scale_low) / span, 0.0), 1.0) * width

    parts = [bar(0, 4, width, 6, "line"), bar(place(low), 4, max(place(high) - place(low), 2.0), 6, "violet", pale=True)]
    if scale_low < 0 < scale_high:
        parts.append(line(place(0), 1, place(0), height - 1, "soft"))
    parts.append(bar(min(max(place(point) - 1.5, 0.0), width - 3), 1, 3, 12, "ink"))
    return picture(width, height, parts, title=words, class_="ch ch-interval")


def share_bars(rows: Sequence[ShareRow], *, title: str) -> str:
    """Draw one bar a row, the title above its left end and the words above its right end."""
    width, step = 360.0, 40.0
    parts = []
    for position, row in enumerate(rows):
        top = position * step
        parts += [text(0, top + 15, row.title, "ch-text"), text(width, top + 15, row.words, "ch-figure ch-end")]
        parts.append(bar(0, top + 22, width, 5, "line"))
        if row.share is not None:
            parts.append(bar(0, top + 22, width * min(max(row.share, 0.0), 1.0), 5, "soft"))
    told = [f"{row.title}: {row.words}" for row in rows]
    return picture(width, max(step * len(rows), 1.0), parts, title=title, rows=told, class_="ch ch-shares")


def stars_histogram(groups: Sequence[StarsGroup], language: str = "ru") -> str:
    """Draw, for each group of orders, the shares of one to five stars side by side, with mean and one-star share in words."""
    width, block = 360.0, 150.0
    parts, rows = [], []
    for position, group in enumerate(groups):
        top = position * block
        words = _words(group, language)
        rows.append(words)
        parts.append(text(0, top + 14, words, "ch-figure"))
        for stars, count in enumerate(group.counts, 1):
            share = count / group.total if group.total else 0.0
            y = top + 20 + (5 - stars) * 24
            parts.append(text(0, y + 14, "★" * stars, "ch-text"))
            parts.append(bar(72, y + 5, 200 * share, 11, "red" if stars == 1 else "soft", hint=f"{stars}★: {number(count, language)}"))
            parts.append(text(width, y + 14, f"{percent(share, language, digits=1)} · {number(count, language)}", "ch-figure ch-end"))
    title = STARS_TITLE.filled(groups="; ".join(rows)).in_language(language)
    return picture(width, max(block * len(groups), 1.0), parts, title=title, rows=rows, class_="ch ch-stars")


def _words(group: StarsGroup, language: str) -> str:
    if not group.total:
        return NO_STARS.filled(title=group.title).in_language(language)
    filled = STARS_GROUP.filled(
        title=group.title,
        mean=number(group.mean, language, digits=2),
        one=percent(group.one_star_share, language, digits=1),
        n=number(group.total, language),
    )
    return filled.in_language(language)
