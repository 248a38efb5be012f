"""The ledger of losses: who was lost, month by month, parted over the reasons why; each cell is the sum of its customers' shares."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakmus.engine.causes.reasons import HYPOTHESIS
from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.history.estimate import Finding
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.journal.changes import record
from lakmus.operations.reasons import changes
from lakmus.operations.reasons.queries import decided_reasons
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.sides import FIVE_SIDES, months_of_errors
from lakmus.usecases.causes.standing import has_rows, has_table
from lakmus.usecases.export_tables import BYTE_ORDER_MARK, DIALECTS
from lakmus.usecases.house.home import Home
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE
from lakmus.usecases.titles import title_of

REASONS = "reasons"
UNKNOWN = "unknown"
KINDS = {
    "behaviour": Wording("поведение", "behaviour"),
    "words": Wording("слова", "words"),
    "survey": Wording("опрос", "survey"),
    "fact": Wording("факт", "fact"),
}
"""The kinds of evidence for a reason."""
NO_REASON = Wording(
    "Такой причины у этого клиента в расчёте нет. Ничего не изменилось; откройте книгу потерь заново.",
    "The computation knows no such reason for this customer. Nothing was changed; open the ledger of losses again.",
)
NO_MONTH = Wording(
    "«{month}» – не месяц. Ничего не изменилось; месяц пишется так: 2026-03.",
    "“{month}” is no month. Nothing was changed; a month is written like this: 2026-03.",
)
NO_CODE = Wording(
    "Причины «{code}» в каталоге нет. Ничего не изменилось; есть: {choices}.",
    "There is no reason “{code}” in the catalogue. Nothing was changed; there are: {choices}.",
)
FORMULA_STARTS = tuple("=+-@\t\r")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
HEAD = "month code reason met complained left left_silently money money_visible money_silent".split()


@dataclass(frozen=True, slots=True)
class Cell:
    """What one reason took in one month: customers touched, expected losses among them, and their margin of 12 months.

    Who left silently is None where the data hold no voice of customers at all: nobody could be heard.
    """

    customers: int
    left: float
    left_silently: float | None
    money: float
    money_silent: float | None

    @property
    def money_visible(self) -> float | None:
        """The part of those who had complained."""
        return None if self.money_silent is None else self.money - self.money_silent


@dataclass(frozen=True, slots=True)
class Line:
    """One reason: its cells by month and their sum. `met`, `complained`: customers, None where the reason is no service error.

    `ranks`: the first and the last place by money among service errors that the data leave open, of a service error in all months.
    """

    code: str
    title: Wording
    met: int | None
    complained: int | None
    cells: dict[str, Cell]
    total: Cell
    money: Finding | None
    ranks: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Lines by money, unknown last. `lost` customers with `lost_value` are counted apart, from the table of customers.

    `money`: the loss with its doubt about what customers were worth. `errors_left`, `errors_money`: all service errors together.
    """

    months: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Cell
    by_month: dict[str, Cell]
    lost: int
    lost_value: float
    money: Finding | None
    errors_left: float = 0.0
    errors_money: Finding | None = None

    @property
    def reconciled(self) -> bool:
        """Whether the ledger sums to the list of lost customers, to the hundredth of a unit of money for each."""
        return self.total.customers == self.lost and abs(self.total.money - self.lost_value) <= 0.01 * max(1, self.lost)


@dataclass(frozen=True, slots=True)
class Reasons:
    """A page of the reasons behind a cell; `customers`, `left` and `money` are those of all of them, not only of the page."""

    total: int
    customers: int
    left: float
    money: float
    rows: tuple[Row, ...]


def show_ledger(shown: Shown) -> Ledger | None:
    """Return the ledger of the last 12 months; None where nobody's reasons are computed."""
    if not has_rows(shown, REASONS):
        return None
    sql = f"""SELECT month, code, {_SUMS} FROM read_parquet(?) GROUP BY GROUPING SETS ((month, code), (code), (month), ())"""  # noqa: S608
    found: dict[tuple[str | None, str | None], Cell] = {}
    for row in ask(sql, [shown.table(REASONS)]):
        month, code = row.pop("month"), row.pop("code")
        found[month, code] = Cell(**row)
    months = tuple(sorted({month for month, _ in found if month is not None}))
    codes = {code for _, code in found if code is not None}
    met = {error.code: (error.exposed, error.complained) for error in shown.verdict.errors if error.measured}
    estimates = _estimates(shown)
    year = shown.verdict.ledger_year
    ranks = {row.code: (row.rank_low, row.rank_high) for row in year if row.rank_low is not None and row.rank_high is not None}
    lines = [
        Line(
            code,
            title_of(code),
            met[code][0] if code in met else None,
            met[code][1] if code in met else None,
            {month: found[month, code] for month in months if (month, code) in found},
            found[None, code],
            estimates.get((None, code)),
            ranks.get(code),
        )
        for code in codes
    ]
    lines.sort(key=lambda line: (line.code == UNKNOWN, -line.total.money, line.code))
    people = "SELECT count(*) AS lost, coalesce(sum(lost_value), 0) AS lost_value FROM read_parquet(?) WHERE lost_in_window"
    counted = ask(people, [shown.table(PEOPLE)])[0]
    by_month = {month: found[month, None] for month in months}
    errors_left = sum(line.total.left for line in lines if line.code in ERROR_CODES)
    errors_money, loss = estimates.get((None, None)), shown.verdict.loss
    total = found[None, None]
    return Ledger(months, tuple(lines), total, by_month, **counted, money=loss, errors_left=errors_left, errors_money=errors_money)


_SUMS = """count(DISTINCT customer) FILTER (probability > 0) AS customers, sum(probability) AS "left",
           CASE WHEN count(silent) > 0 THEN coalesce(sum(probability) FILTER (silent), 0) END AS left_silently, sum(money) / 100.0 AS money,
           CASE WHEN count(silent) > 0 THEN coalesce(sum(money) FILTER (silent), 0) / 100.0 END AS money_silent"""
# Shares of money stand in hundredths, so that those of one customer sum to what the customer was worth.


def _estimates(shown: Shown) -> dict[tuple[str | None, str | None], Finding]:
    """Return the verdict's own intervals of the ledger, by (month, code); None stands for all of them."""
    return {(row.month or None, row.code or None): row.money for row in (*shown.verdict.ledger, *shown.verdict.ledger_year)}


def ledger_line(ledger: Ledger, shown: Shown, month: str) -> list[Line]:
    """Return the lines as of one month, with those who met with each error in it; a reason that took nobody then is left out."""
    met = months_of_errors(shown)
    estimates = _estimates(shown)
    lines = []
    for line in ledger.lines:
        cell = line.cells.get(month)
        if cell is None:
            continue
        side, none = met.get((month, line.code)), None if line.met is None else 0
        seen, complained = (side.customers, side.complained) if side else (none, none)
        lines.append(Line(line.code, line.title, seen, complained, {month: cell}, cell, estimates.get((month, line.code))))
    return sorted(lines, key=lambda line: (line.code == UNKNOWN, -line.total.money, line.code))


def list_reasons(shown: Shown, asked: Mapping[str, Any], *, page: int = 1, size: int = 50) -> Reasons:
    """Return the customers behind a cell, the dearest first, with what people decided.

    `asked`: any of `month` (`YYYY-MM`), `code`, `customer`, `silent` (bool), `kind` (of evidence), `errors` (bool: service errors only),
    `side` (of `FIVE_SIDES`).
    """
    if not has_table(shown, REASONS):
        return Reasons(0, 0, 0.0, 0.0, ())
    conditions = Conditions()
    for name in ("month", "code", "customer"):
        if asked.get(name):
            conditions.add(f"{name} = ?", asked[name])
    if asked.get("silent") is not None:
        conditions.add("silent = ?", bool(asked["silent"]))
    if asked.get("kind"):
        conditions.add("list_contains(kinds, ?)", asked["kind"])
    if asked.get("side"):
        conditions.add("list_contains(?::VARCHAR[], code)", list(FIVE_SIDES.get(asked["side"], ())))
    if asked.get("errors"):
        conditions.add("list_contains(?::VARCHAR[], code)", list(ERROR_CODES))
    where = f"FROM read_parquet(?) WHERE {conditions.where}"
    summed = ask(
        f"""SELECT count(*) AS total, count(DISTINCT customer) FILTER (probability > 0) AS customers,
                   coalesce(sum(probability), 0) AS "left", coalesce(sum(money), 0) / 100.0 AS money {where}""",
        [shown.table(REASONS), *conditions.parameters],
    )[0]
    size = max(1, min(size, LARGEST_PAGE))
    rows = ask(
        f"""SELECT * FROM (SELECT * REPLACE (money / 100.0 AS money) {where}
                           ORDER BY money DESC, probability DESC, customer, code LIMIT ? OFFSET ?)
            LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer)
            ORDER BY money DESC, probability DESC, customer, code""",  # noqa: S608
        [shown.table(REASONS), *conditions.parameters, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)],
    )
    decided = decided_reasons()
    told = (row | {"title": title_of(row["code"]), "status": _status(row, decided)} for row in rows)
    return Reasons(**summed, rows=tuple(told))


def check_asked(*, month: str = "", code: str = "") -> None:
    """Refuse a month or a reason that cannot be in any ledger.

    Raises
    ------
    BadInput : `month` is not written `YYYY-MM`. NotFound : no catalogue has this reason.
    """
    if month and not MONTH.fullmatch(month):
        raise BadInput("no_such_choice", NO_MONTH.filled(month=month[:40]))
    if code and not is_reason(code) and code != UNKNOWN:
        choices = ", ".join([*ERROR_CODES, *OTHER_REASONS])
        raise NotFound("reason_unknown", NO_CODE.filled(code=code[:40], choices=choices))


def _status(row: Row, decided: dict[str, dict[str, str]]) -> str:
    return decided.get(row["customer"], {}).get(row["code"], row.get("status") or "hypothesis")


def decide_reason(shown: Shown, *, customer: str, code: str, status: str, actor: Any) -> None:
    """Confirm or reject a reason that the computation named for a customer, or take the decision back.

    Raises
    ------
    NotFound : the computation named no such reason. BadInput : there is no such decision.
    """
    if not list_reasons(shown, {"customer": customer, "code": code}, size=1).total:
        raise NotFound("reason_unknown", NO_REASON)
    changes.decide_reason(customer=customer, code=code, status=status, actor=actor)


def ledger_file(home: Home, shown: Shown, *, language: str, actor: Any) -> str:
    """Return the ledger as CSV, a line for each month and reason; text that a spreadsheet would take for a formula gets an apostrophe."""
    ledger, dialect = show_ledger(shown), DIALECTS[language]
    target = io.StringIO()
    target.write(BYTE_ORDER_MARK)
    writer = csv.writer(target, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow(HEAD)
    rows = 0
    for month in ledger.months if ledger else ():
        for line in ledger_line(ledger, shown, month):  # type: ignore[arg-type]
            cell = line.total
            figures = (cell.left, cell.left_silently, cell.money, cell.money_visible, cell.money_silent)
            words = (month, line.code, _safe(line.title.in_language(language)))
            seen = ("" if count is None else count for count in (line.met, line.complained))
            written = ("" if figure is None else f"{figure:.2f}".replace(".", dialect.decimal) for figure in figures)
            writer.writerow([*words, *seen, *written])
            rows += 1
    record(actor=actor, verb="exported_ledger", object_kind="table", object_key="ledger", details={"rows": rows})
    return target.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def is_reason(code: str) -> bool:
    """Say whether this is a reason that the ledger may name."""
    return code in ERROR_CODES or code in OTHER_REASONS


def not_taken_over(shown: Shown) -> int:
    """Return how many reasons of lost customers the verdict counts otherwise than people decided, decisions taken back included."""
    if not any((shown.folder / "reasons").glob("*.parquet")):
        return 0
    decided = decided_reasons()
    sql = """SELECT customer, code, coalesce(status, ?) AS status FROM read_parquet(?)
             WHERE coalesce(status, ?) <> ? OR list_contains(?::VARCHAR[], customer)"""
    rows = ask(sql, [HYPOTHESIS, shown.table("reasons"), HYPOTHESIS, HYPOTHESIS, list(decided)])
    return sum(decided.get(row["customer"], {}).get(row["code"], HYPOTHESIS) != row["status"] for row in rows)
