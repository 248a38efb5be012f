"""The cases behind "one error follows another": each time a customer met with the first, and with the second soon after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lakmus.engine.errors.search import FACTS_DETECTORS
from lakmus.engine.harm import DominoEdge
from lakmus.usecases.asking import ask
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

FOLLOWED = "followed"
# As `engine.causes.domino.domino_sums` counts: a regular's moment of the first error whose outcome is known, and soon after it one of the
# second that facts show.
_SQL = """
WITH edges AS (SELECT unnest(?::VARCHAR[]) AS cause, unnest(?::VARCHAR[]) AS effect, unnest(?::INTEGER[]) AS within_days)
SELECT cause, effect, customer, "first".at AS first_at, "first"."order", "first"."case",
       min("second".at) AS second_at, arg_min("second".error_id, "second".at) AS second_id
FROM edges JOIN read_parquet(?) AS "first" ON "first".code = cause JOIN read_parquet(?) AS "second" USING (customer)
WHERE "first".exposed AND "first".observed AND "second".code = effect AND list_contains(?::VARCHAR[], "second".detector)
      AND "second".at > "first".at AND "second".at <= "first".at + to_days(within_days)
GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class FollowedRows:
    """A page of cases, the latest first: when the customer met with the first error, and when with the second."""

    total: int
    rows: tuple[Row, ...]


def count_followed(shown: Shown) -> dict[tuple[str, str], int]:
    """Return how many times the second error of each edge was seen to follow the first, by (first, second)."""
    found = ask("SELECT cause, effect, count(*) AS n FROM read_parquet(?) GROUP BY ALL", [_followed(shown)])
    return {(row["cause"], row["effect"]): row["n"] for row in found}


def list_followed(shown: Shown, *, cause: str, effect: str, page: int = 1, size: int = 50) -> FollowedRows:
    """Return the cases behind one edge; none where the verdict has no such edge."""
    table = _followed(shown)
    total = ask("SELECT count(*) AS n FROM read_parquet(?) WHERE cause = ? AND effect = ?", [table, cause, effect])[0]["n"]
    size = max(1, min(size, LARGEST_PAGE))
    order = 'ORDER BY first_at DESC, customer, "order", "case"'
    sql = f"""SELECT * FROM (SELECT * FROM read_parquet(?) WHERE cause = ? AND effect = ? {order} LIMIT ? OFFSET ?)
              LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer) {order}"""  # noqa: S608 - our own text
    rows = ask(sql, [table, cause, effect, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)])
    return FollowedRows(total, tuple(rows))


def _followed(shown: Shown) -> str:
    edges: Iterable[DominoEdge] = shown.verdict.domino or ()
    named = [(edge.cause_code, edge.effect_code, edge.within_days) for edge in edges]
    columns = [list(column) for column in zip(*named, strict=True)] if named else [[], [], []]
    parameters = [*columns, shown.table("moments"), shown.table("errors"), [detector.name for detector in FACTS_DETECTORS]]
    return kept_table(shown, FOLLOWED, lambda connection: connection.sql(_SQL, params=parameters))
