"""Numbers that begin anew: a till's receipts every shift, a ledger's documents every year. There a number alone is nobody's order.

The first order of a number keeps it, each other one is called by number and day ("17/2026-03-02", and by the shop where the file
names one). Which is the first is asked of what was imported before, so that a file read twice, or a longer one read later, calls
every order as it was called before.
"""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from dataclasses import replace

import duckdb

from lakmus.connectors.files.kept_rows import keep, streamed
from lakmus.connectors.files.sql import local_of_utc
from lakmus.connectors.files.staging import Staged
from lakmus.history.wording import Wording

SAMPLED_ROWS = 50_000
"""So many rows tell whether numbers begin anew: of a longer file its beginning and those numbers whose hash falls into its share."""
DAY_BEHIND = "'/\\d{4}-\\d{2}-\\d{2}(/.*)?$'"
MOMENTS = ("ts", "delivered_at", "promised_at", "sent_at", "answered_at")
FEWEST, MOST = 3, 0.5
RESTARTED = Wording(
    "номера начинаются заново: например, «{number}» – это {count} разных записей. Каждая узнаётся по номеру вместе с днём",
    "numbers begin anew: “{number}”, for one, stands for {count} different records. Each is known by its number together with its day",
)


class Numbers:
    """The numbers of orders and cases that were given out so far, by the files of one read and what was imported before."""

    def __init__(self, time_zone: str, known: dict[str, str]) -> None:
        """`known`: SQL of k, customer, ts and place by field ("order", "case"); empty where nothing was imported before."""
        self._time_zone = time_zone
        self._known = known
        self._given = {number: [f"select k, ts from ({rows})"] for number, rows in known.items()}
        self._apart: dict[str, bool] = {}

    def told_apart(self, connection: duckdb.DuckDBPyConnection, staged: Staged, who: str, *, have_orders: bool) -> Staged:
        """Return the file with each number called as its one order or case is; `who` is the SQL of whom a row `s` names."""
        for number in ("order", "case"):
            if number not in staged.columns:
                continue
            if number == _given_out_by(staged, have_orders=have_orders):
                before = staged
                staged = with_days(connection, staged, number, who, self._known.get(number), self._time_zone)
                self._apart[number] = self._apart.get(number, False) or staged is not before
                self._given.setdefault(number, []).append(f'select "{number}" as k, ts from {staged.relation}')
            elif number in self._given and self._are_apart(connection, number):
                staged = by_day(connection, staged, number, " union all ".join(self._given[number]))
        return staged

    def _are_apart(self, connection: duckdb.DuckDBPyConnection, number: str) -> bool:
        if number in self._known and not self._apart.get(number):
            self._apart[number] = have_days(connection, self._known[number])
        return self._apart.get(number, False)


def _given_out_by(staged: Staged, *, have_orders: bool) -> str | None:
    """Return the field whose numbers a file gives out itself; other numbers of it refer to another file's."""
    kind = staged.plan.kind
    if "ts" not in staged.columns:
        return None
    return "order" if kind == "orders" or (kind == "order_lines" and not have_orders) else "case" if kind == "cases" else None


def with_days(connection: duckdb.DuckDBPyConnection, staged: Staged, number: str, who: str, known: str | None, time_zone: str) -> Staged:
    """Return the file with its numbers told apart by their days where they begin anew, and a note; else as it is.

    `who` is the SQL of whom a row `s` names, `known` that of k, customer, ts and place of what was imported before.
    """
    stores = "store" in staged.columns
    era = f"strftime({local_of_utc('s.ts', time_zone)}, '%Y-%m-%d')" + (" || coalesce('/' || s.place, '')" if stores else "")
    place = "s.store" if stores else "null::varchar"
    rows = f'(select s.*, s."{number}" as _k, {place} as place from {staged.relation} s)'
    here = f"(select _k as k, {who} as who, ts, place, _row from {rows} s where _k is not null)"
    before = f"(select k, customer as who, ts, {'place' if stores else 'null'} as place from ({known}))" if known else None
    example = _one_that_began_anew(connection, here, before, era, max(1, staged.rows // SAMPLED_ROWS))
    if example is None:
        return staged
    firsts = [f"select k, 1 as later, min({era}) as era from {here} s group by k"]
    firsts += [f"select k, 0 as later, min({era}) as era from {before} s group by k"] if before else []
    first = f"select k, arg_min(era, later) as first from ({' union all '.join(firsts)}) group by k"
    query = (
        f'select s.* exclude (_k, place, "{number}"), case when {era} = f.first then s._k else s._k || \'/\' || {era} end as "{number}"'
        f" from {rows} s left join ({first}) f on f.k = s._k order by s._row"
    )
    note = RESTARTED.filled(number=example[0], count=str(example[1]))
    return _kept(connection, replace(staged, notes=(*staged.notes, note)), query)


def _one_that_began_anew(
    connection: duckdb.DuckDBPyConnection, here: str, before: str | None, era: str, share: int
) -> tuple[str, int] | None:
    """Return a number that stands for records of different days, with how many there are, where numbers begin anew.

    They do where half of the numbers of several days belong to several customers; where nobody is named, where half of all
    numbers have several days; and where such numbers were told apart before. One order may be exported twice, each time with the day
    of its state: that is one customer.
    """
    # Some of many numbers with all their rows, and the beginning: few numbers come again soon.
    rows = f"select k, who, ts, place, false as apart from {here} where hash(k) % {share} = 0 or _row < {SAMPLED_ROWS}"
    if before:
        plain = f"select * replace (regexp_replace(k, {DAY_BEHIND}, '') as k), regexp_matches(k, {DAY_BEHIND}) as apart from {before}"
        rows = f"with here as materialized ({rows}) select * from here union all select * from ({plain}) where k in (select k from here)"
    connection.execute(f"create or replace temp table numbers as {rows}")
    several = "(select k from numbers group by k having min(ts) < max(ts) or min(place) < max(place))"
    people = f"select k, {era} as era, who, apart from numbers s where k in {several}"
    query = (
        "select count(*) filter (eras > 1), count(*) filter (eras > 1 and named > 1), count(*) filter (eras > 1 and people > 1),"
        " bool_or(apart), arg_max(k, eras), max(eras) from (select k, count(distinct era) as eras, count(who) as named,"
        f" count(distinct who) as people, bool_or(apart) as apart from ({people}) group by k)"
    )
    again, named, of_several, apart, example, eras = connection.execute(query).fetchall()[0]
    if not again:
        return None
    nameless = named < FEWEST <= again and again >= MOST * connection.execute("select count(distinct k) from numbers").fetchall()[0][0]
    return (example, eras) if apart or (of_several and of_several >= MOST * named) or nameless else None


def have_days(connection: duckdb.DuckDBPyConnection, known: str) -> bool:
    """Say whether numbers imported before were told apart by their days; `known` is SQL with the numbers as k."""
    found = connection.execute(f"select 1 from ({known}) where regexp_matches(k, {DAY_BEHIND}) limit 1").fetchall()
    return bool(found)


def by_day(connection: duckdb.DuckDBPyConnection, staged: Staged, number: str, known: str) -> Staged:
    """Return a file that refers to numbers (SQL `known`: k, ts) with each as it is called: the last given out by that day."""
    moments = [f's."{name}"' for name in MOMENTS if name in staged.columns]
    if not moments:
        return staged
    called = f"select regexp_replace(k, {DAY_BEHIND}, '') as plain, k, date_trunc('day', ts) as day from ({known}) where k is not null"
    query = (
        f'select s.* exclude ("{number}"), coalesce(c.k, s."{number}") as "{number}" from {staged.relation} s'
        f' asof left join ({called}) c on c.plain = s."{number}" and c.day <= coalesce({", ".join(moments)}) order by s._row'
    )
    return _kept(connection, staged, query)


def _kept(connection: duckdb.DuckDBPyConnection, staged: Staged, query: str) -> Staged:
    target = staged.path.with_name(f"{staged.path.stem}-days.arrow")
    told = replace(staged, path=target, columns=keep(streamed(connection, query), target))
    told.show_to(connection)
    return told
