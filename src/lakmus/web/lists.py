"""What lists share: pages, and the choices of their filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

Row = TypeVar("Row")
PAGE_SIZE = 15
STATES = ("lost", "cold", "cooling", "warm", "new", "one_time", "no_orders")
LIVING = ("cold", "cooling", "warm")
ON_SCALE = ("lost", "cold", "cooling", "warm")


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a page stands in its list; everything counts from 1. `key` names the page in the address, `anchor` the list on its page."""

    total: int
    page: int
    size: int = PAGE_SIZE
    key: str = "page"
    anchor: str = ""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first row shown."""
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.total, self.page * self.size)

    @property
    def previous(self) -> int | None:
        """The page before."""
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        """The page after."""
        return self.page + 1 if self.page < self.pages else None


def part_of(rows: Sequence[Row], page: int, size: int = PAGE_SIZE, *, key: str = "page") -> tuple[Sequence[Row], Pager]:
    """Return a page of rows that are all at hand, and where it stands; a list with a key of its own has that as its anchor too."""
    pager = Pager(len(rows), page, size, key, "" if key == "page" else key)
    start = (page - 1) * size
    return rows[start : start + size], pager


def state_titles() -> dict[str, str]:
    """Return the names of the states, in the order of the litmus scale."""
    return {
        "lost": _("lost"),
        "cold": _("cold"),
        "cooling": _("cooling"),
        "warm": _("warm"),
        "new": _("new"),
        "one_time": _("one purchase"),
        "no_orders": _("no purchases"),
    }


def choices(pairs: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return (code, title) pairs as templates want them."""
    return [{"code": code, "title": title} for code, title in pairs]
