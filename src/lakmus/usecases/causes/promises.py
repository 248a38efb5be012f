"""The ledger of promises: kept, late, broken, still open; by what was promised, by whom, through which channel; with the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lakmus.engine.causes.difference import wilson
from lakmus.engine.errors.clocks import CHANNEL_SYNONYMS
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.sides import UNSAID
from lakmus.usecases.causes.standing import has_rows
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

PROMISES = "promises"
STATUSES = {
    "kept": Wording("выполнено", "kept"),
    "late": Wording("выполнено поздно", "kept late"),
    "broken": Wording("не выполнено", "broken"),
    "open": Wording("срок не вышел или нечем проверить", "not due, or nothing to check it by"),
}
ACTIONS = {
    "call": Wording("перезвонить", "call back"),
    "reply": Wording("ответить", "reply"),
    "deliver": Wording("доставить", "deliver"),
    "send": Wording("отправить", "send"),
    "refund": Wording("вернуть деньги", "refund"),
    "solve": Wording("решить вопрос", "solve it"),
}
SOURCES = {"order": Wording("срок заказа", "date of an order"), "message": Wording("слова сотрудника", "words of staff")}
BY = {
    "action": (Wording("по обещанному", "by what was promised"), "action"),
    "source": (Wording("по источнику", "by source"), "source"),
    "channel": (Wording("по каналу", "by channel"), f"coalesce(map_extract(MAP {CHANNEL_SYNONYMS}, lower(trim(channel)))[1], channel)"),
    "month": (Wording("по месяцам", "by month"), "strftime(timezone(?, due_at), '%Y-%m')"),
    "staff": (Wording("по сотруднику", "by member of staff"), "staff"),
}
"""What promises can be grouped by, and how that is read off a row."""
WORST_FIRST = "CASE status WHEN 'broken' THEN 0 WHEN 'late' THEN 1 WHEN 'kept' THEN 2 ELSE 3 END, due_at DESC, promise_id"
NEEDED = 10
FEW = Wording("мало обещаний, о которых известно, выполнены ли они", "few promises of which it is known whether they were kept")


@dataclass(frozen=True, slots=True)
class Promised:
    """Promises of one group (`key` None: the files do not say); `in_time`: share kept in time of those that were due, Wilson's interval."""

    key: str | None
    kept: int
    late: int
    broken: int
    open: int
    late_days: float | None

    @property
    def made(self) -> int:
        """All of them."""
        return self.kept + self.late + self.broken + self.open

    @property
    def in_time(self) -> Finding:
        """Share kept in time among those of which it is known."""
        due = self.kept + self.late + self.broken
        if due < NEEDED:
            return NotEnoughEvidence(FEW, NEEDED, due)
        return Estimate(*wilson(self.kept, due), due, Badge.COUNTED)

    @property
    def asked(self) -> str:
        """How the rows behind it are asked for."""
        return UNSAID if self.key is None else self.key


@dataclass(frozen=True, slots=True)
class PromiseRows:
    """A page of promises: the broken first, then the late, the latest deadline first."""

    total: int
    rows: tuple[Row, ...]


def _since(shown: Shown) -> datetime:
    return shown.verdict.definition.window_start_at


def promises_of(shown: Shown, *, by: str = "") -> tuple[Promised, ...] | None:
    """Return promises whose deadline fell into the last 12 months, all together or by a group of `BY`; None where none was read."""
    if not has_rows(shown, PROMISES):
        return None
    key = BY[by][1] if by in BY else "NULL"
    counts = ", ".join(f"count(*) FILTER (status = '{status}') AS {status}" for status in STATUSES)
    # Written from our own names.
    sql = f"""SELECT CAST({key} AS VARCHAR) AS key, {counts}, median(late_days) FILTER (status = 'late') AS late_days
              FROM read_parquet(?) WHERE due_at > ? GROUP BY ALL ORDER BY count(*) DESC, key"""  # noqa: S608
    zone = [company_terms().time_zone] if by == "month" else []
    found = tuple(Promised(**row) for row in ask(sql, [*zone, shown.table(PROMISES), _since(shown)]))
    if by == "month":
        return tuple(sorted(found, key=lambda group: group.key or ""))
    # Members of staff stand by name: their order is never that of a figure they are judged by.
    return tuple(sorted(found, key=lambda group: (group.key is None, (group.key or "").casefold()))) if by == "staff" else found


def list_promises(shown: Shown, asked: Mapping[str, Any], *, page: int = 1, size: int = 50) -> PromiseRows:
    """Return the promises behind a figure. `asked`: any of `status`, `customer` and the groups of `BY`."""
    if not has_rows(shown, PROMISES):
        return PromiseRows(0, ())
    conditions = Conditions()
    conditions.add("due_at > ?", _since(shown))
    for name in ("status", "customer"):
        if asked.get(name):
            conditions.add(f"{name} = ?", asked[name])
    for name, (_, sql) in BY.items():
        if not asked.get(name):
            continue
        zone = [company_terms().time_zone] if name == "month" else []
        if asked[name] == UNSAID:
            conditions.add(f"{sql} IS NULL", *zone)
        else:
            conditions.add(f"{sql} = ?", *zone, asked[name])
    parameters = [shown.table(PROMISES), *conditions.parameters]
    total = ask(f"SELECT count(*) AS n FROM read_parquet(?) WHERE {conditions.where}", parameters)[0]["n"]  # noqa: S608
    size = max(1, min(size, LARGEST_PAGE))
    sql = f"""SELECT * FROM (SELECT * FROM read_parquet(?) WHERE {conditions.where} ORDER BY {WORST_FIRST} LIMIT ? OFFSET ?)
              LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer) ORDER BY {WORST_FIRST}"""  # noqa: S608
    rows = ask(sql, [*parameters, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)])
    return PromiseRows(total, tuple(rows))
