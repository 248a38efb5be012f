"""The cases behind the effect of an error: moments of regulars who met with it, and whose outcome is known."""

from __future__ import annotations

from dataclasses import dataclass

from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

COMPARED = "exposed AND observed AND NOT tangled"
"""Which moments: met with the error, what became of it is known, and nothing else went wrong in the same matter."""
COLUMNS = 'code, customer, "at", "order", "case", "left", delay'


@dataclass(frozen=True, slots=True)
class ComparedRows:
    """A page of cases, the latest first; `left`: how many of all of them left afterwards."""

    total: int
    left: int
    rows: tuple[Row, ...]


def can_be_listed(shown: Shown) -> bool:
    """Say whether the verdict kept the moments that its effects stand on."""
    return has_table(shown, "moments")


def list_compared(
    shown: Shown, code: str, *, over: float | None = None, up_to: float | None = None, left: bool = False, page: int = 1, size: int = 50
) -> ComparedRows:
    """Return the cases of one error; `over` < delay <= `up_to` (in the unit of the error's doses) narrows them to one dose, and `left` the
    rows, not the counts, to those after which the customer left.

    A large company's effect is taken from customers drawn by lot, and leaves out whoever nobody is like: then it counts fewer cases than
    stand here.
    """
    if not can_be_listed(shown):
        return ComparedRows(0, 0, ())
    conditions = Conditions()
    conditions.add(f"{COMPARED} AND code = ?", code)
    if over is not None:
        conditions.add("delay > ?", over)
    if up_to is not None:
        conditions.add("delay <= ?", up_to)
    table = shown.table("moments")
    counted = f'SELECT count(*) AS total, count(*) FILTER ("left") AS "left" FROM read_parquet(?) WHERE {conditions.where}'  # noqa: S608
    whole = ask(counted, [table, *conditions.parameters])[0]
    if left:
        conditions.add('"left"')
    order = 'ORDER BY "at" DESC, customer, "order", "case"'
    size = max(1, min(size, LARGEST_PAGE))
    rows = ask(
        f"""SELECT * FROM (SELECT {COLUMNS} FROM read_parquet(?) WHERE {conditions.where} {order} LIMIT ? OFFSET ?)
            LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer) {order}""",  # noqa: S608 - our own text
        [table, *conditions.parameters, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)],
    )
    return ComparedRows(**whole, rows=tuple(rows))
