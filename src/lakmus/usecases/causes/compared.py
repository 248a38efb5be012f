"""The cases behind the effect of an error: moments of regulars who met with it, and whose outcome is known."""

from __future__ import annotations

from dataclasses import dataclass

from lakmus.engine.causes.links import STAGE
from lakmus.engine.errors.search import DETECTORS, FACTS_DETECTORS
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

COMPARED = "compared"
# As `engine.causes.links.linked_errors` tells them apart: a moment at which the same matter went wrong otherwise, too, tells nothing of
# this error; its delay is that of its own error, found by the case before the order.
_SQL = """
WITH stages AS (SELECT unnest(?::VARCHAR[]) AS code, unnest(?::INTEGER[]) AS stage),
leaders AS (SELECT code, arg_min(detector, place) AS detector
            FROM (SELECT unnest(?::VARCHAR[]) AS detector, unnest(?::INTEGER[]) AS place)
            JOIN (SELECT DISTINCT code, detector FROM read_parquet(?)) USING (detector) GROUP BY code),
met AS (SELECT row_number() OVER () AS row, moments.*, stage FROM read_parquet(?) AS moments
        JOIN leaders USING (code, detector) JOIN stages USING (code) WHERE exposed AND observed),
own AS (SELECT code AS other, stage AS its, customer, "order", "case", "at" AS other_at, amount_of_delay, error_id
        FROM read_parquet(?) JOIN stages USING (code) WHERE customer IS NOT NULL AND list_contains(?::VARCHAR[], detector)),
beside AS (SELECT row, code, stage, "at", other, its, other_at, amount_of_delay, error_id, true AS same_case
           FROM met JOIN own USING (customer, "case")
           UNION ALL SELECT row, code, stage, "at", other, its, other_at, amount_of_delay, error_id, false
           FROM met JOIN own USING (customer, "order")),
told AS (SELECT row,
                bool_or((its = stage AND other <> code AND other_at = "at") OR (same_case AND its >= stage AND other_at < "at")) AS tangled,
                arg_min(amount_of_delay, (NOT same_case, other_at, error_id)) FILTER (other = code) AS delay
         FROM beside GROUP BY row)
SELECT code, customer, "at", "order", "case", "left", CAST(delay AS FLOAT) AS delay
FROM met LEFT JOIN told USING (row) WHERE NOT coalesce(tangled, false)
"""


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
    conditions.add("code = ?", code)
    if over is not None:
        conditions.add("delay > ?", over)
    if up_to is not None:
        conditions.add("delay <= ?", up_to)
    table = _compared(shown)
    counted = f'SELECT count(*) AS total, count(*) FILTER ("left") AS "left" FROM read_parquet(?) WHERE {conditions.where}'  # noqa: S608
    whole = ask(counted, [table, *conditions.parameters])[0]
    if left:
        conditions.add('"left"')
    order = 'ORDER BY "at" DESC, customer, "order", "case"'
    size = max(1, min(size, LARGEST_PAGE))
    rows = ask(
        f"""SELECT * FROM (SELECT * FROM read_parquet(?) WHERE {conditions.where} {order} LIMIT ? OFFSET ?)
            LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer) {order}""",  # noqa: S608 - our own text
        [table, *conditions.parameters, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)],
    )
    return ComparedRows(**whole, rows=tuple(rows))


def _compared(shown: Shown) -> str:
    names = [detector.name for detector in DETECTORS]
    moments = shown.table("moments")
    by_facts = [detector.name for detector in FACTS_DETECTORS]
    parameters = [list(STAGE), list(STAGE.values()), names, list(range(len(names))), moments, moments, shown.table("errors"), by_facts]
    return kept_table(shown, COMPARED, lambda connection: connection.sql(_SQL, params=parameters))
