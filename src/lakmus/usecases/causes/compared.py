"""The cases behind the effect of an error: moments of regulars who met with it, and whose outcome is known."""

from __future__ import annotations

from dataclasses import dataclass

from lakmus.engine.causes.dose import UNITS
from lakmus.engine.verdict import ErrorFinding
from lakmus.history.estimate import Estimate
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.pages import check_code
from lakmus.usecases.causes.ranking import effect_of, told
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

COMPARED = "exposed AND observed AND NOT tangled"
"""Which moments: met with the error, what became of it is known, and nothing else went wrong in the same matter."""
COLUMNS = 'code, customer, "at", "order", "case", "left", delay'


@dataclass(frozen=True, slots=True)
class ComparedRows:
    """A page of cases, the latest first.

    `left`: how many of all of them left afterwards. `used`: how many of them the figure was taken from: of a large company's customers
    those drawn by lot, and nobody whom nobody is like. `unit`: that of the delays, `days` or `minutes`; None where the error has none.
    """

    total: int
    left: int
    used: int
    unit: str | None
    rows: tuple[Row, ...]


def can_be_listed(shown: Shown) -> bool:
    """Say whether the verdict kept the moments that its effects stand on."""
    return has_table(shown, "moments")


def list_compared(
    shown: Shown, code: str, *, over: float | None = None, up_to: float | None = None, left: bool = False, page: int = 1, size: int = 50
) -> ComparedRows:
    """Return the cases of one error; `over` < delay <= `up_to` (in the unit of the error's doses) narrows them, as to one step of its
    tolerance curve, and `left` the rows, not the counts, to those after which the customer left.

    Raises
    ------
    NotFound : the catalogue has no such error.
    """
    check_code(code)
    unit = UNITS.get(code)
    if not can_be_listed(shown):
        return ComparedRows(0, 0, 0, unit, ())
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
    used = _used(next(error for error in shown.verdict.errors if error.code == code), over, up_to)
    return ComparedRows(**whole, used=whole["total"] if used is None else used, unit=unit, rows=tuple(rows))


def _used(error: ErrorFinding, over: float | None, up_to: float | None) -> int | None:
    """Return how many cases the effect stands on, or that of one step of the tolerance curve; None where none was taken from them."""
    effect = effect_of(error)
    if over is not None or up_to is not None:
        effect = next((point.effect for point in told(error, "dose") or () if (point.low, point.high) == (over, up_to)), None)
    return effect.n if isinstance(effect, Estimate) else None
