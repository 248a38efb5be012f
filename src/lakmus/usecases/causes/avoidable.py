"""Contacts that we caused ourselves (failure demand), and wishes of customers that were not kept."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from lakmus.engine.bucket import facts_until
from lakmus.engine.causes.difference import wilson
from lakmus.engine.errors.failure_demand import CONTACTS, WITHIN_DAYS
from lakmus.engine.errors.preferences import violations
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

NEEDED = 30
FEW = Wording("мало обращений за 12 месяцев", "few contacts in 12 months")
ABOUT_WISHES = ("stated_preference", "preference_violated", "was_contacted", "received_offer")

# As `failure_demand.caused_contacts`, asked of the stream: the latest error of the same order or case before the contact.
CONTACTS_SQL = """
WITH contacts AS (SELECT activity_id, activity, ts AS "at", customer, coalesce(customer, anonymous_customer_id) AS key,
                         _order AS "order", _case AS "case", _channel AS channel
                  FROM read_parquet(?, union_by_name = true)
                  WHERE ts > ? AND ts <= ? AND _known_at <= ? AND list_contains(?::VARCHAR[], activity)),
errors AS (SELECT error_id, code, "at" AS erred_at, "order", "case", coalesce(customer, anonymous_customer_id) AS key
           FROM read_parquet(?) WHERE NOT ends_with(detector, '_in_words')),
pairs AS (SELECT activity_id, error_id, code, erred_at FROM contacts JOIN errors USING (key, "order")
          WHERE erred_at <= contacts."at" AND contacts."at" - erred_at <= to_days(?)
          UNION SELECT activity_id, error_id, code, erred_at FROM contacts JOIN errors USING (key, "case")
          WHERE erred_at <= contacts."at" AND contacts."at" - erred_at <= to_days(?)),
latest AS (SELECT activity_id, arg_max(struct_pack(error_id, code, erred_at), (erred_at, error_id)) AS found
           FROM pairs GROUP BY activity_id)
SELECT contacts.*, found.error_id AS error_id, found.code AS code, found.erred_at AS erred_at
FROM contacts LEFT JOIN latest USING (activity_id)
"""


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts of 12 months: all, those after an error of ours by its code, how long after it, their share with Wilson's interval."""

    total: int
    caused: int
    by_code: dict[str, int]
    within_days: int = WITHIN_DAYS

    @property
    def share(self) -> Finding:
        """Share of contacts that we caused, 0..1."""
        if self.total < NEEDED:
            return NotEnoughEvidence(FEW, NEEDED, self.total)
        return Estimate(*wilson(self.caused, self.total), self.total, Badge.COUNTED)


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows, and how many there are."""

    total: int
    rows: tuple[Row, ...]


def contacts_of(home: Home, shown: Shown) -> Contacts:
    """Count the contacts that follow an error of ours with the same order or case within `WITHIN_DAYS` days."""
    found = ask("SELECT code, count(*) AS n FROM read_parquet(?) GROUP BY code ORDER BY n DESC, code", [contacts_table(home, shown)])
    by_code = {row["code"]: row["n"] for row in found if row["code"]}
    return Contacts(sum(row["n"] for row in found), sum(by_code.values()), by_code)


def list_contacts(home: Home, shown: Shown, *, code: str = "", caused: bool = True, page: int = 1, size: int = 50) -> Rows:
    """Return the contacts that we caused, of one kind of error or of all, the latest first; with `caused` false, the others as well."""
    conditions = Conditions()
    if caused:
        conditions.add("code IS NOT NULL")
    if code:
        conditions.add("code = ?", code)
    return _page(shown, contacts_table(home, shown), conditions, page, size)


def wishes_of(home: Home, shown: Shown) -> tuple[int, int]:
    """Return how many wishes customers stated, and how many of them were not kept."""
    row = ask("SELECT count(*) AS n, count(violated_at) AS broken FROM read_parquet(?)", [_wishes(home, shown)])[0]
    return row["n"], row["broken"]


def list_wishes(home: Home, shown: Shown, *, broken: bool, page: int = 1, size: int = 50) -> Rows:
    """Return the wishes that were not kept, or all, with the customer's words, the latest first."""
    conditions = Conditions()
    if broken:
        conditions.add("violated_at IS NOT NULL")
    found = _page(shown, _wishes(home, shown), conditions, page, size)
    texts = """SELECT activity_id, any_value(_text) AS said FROM read_parquet(?, union_by_name = true)
               WHERE list_contains(?, activity_id) GROUP BY activity_id"""
    wanted = [row["activity_id"] for row in found.rows]
    said = {row["activity_id"]: row["said"] for row in ask(texts, [home.stream().files(), wanted])} if wanted else {}
    return Rows(found.total, tuple(row | {"said": said.get(row["activity_id"])} for row in found.rows))


def _page(shown: Shown, table: str, conditions: Conditions, page: int, size: int) -> Rows:
    parameters = [table, *conditions.parameters]
    total = ask(f"SELECT count(*) AS n FROM read_parquet(?) WHERE {conditions.where}", parameters)[0]["n"]  # noqa: S608
    size = max(1, min(size, LARGEST_PAGE))
    order = 'ORDER BY "at" DESC, activity_id'
    sql = f"""SELECT * FROM (SELECT * FROM read_parquet(?) WHERE {conditions.where} {order} LIMIT ? OFFSET ?)
              LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer) {order}"""  # noqa: S608
    rows = ask(sql, [*parameters, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)])
    return Rows(total, tuple(rows))


def contacts_table(home: Home, shown: Shown) -> str:
    """Return the table of contacts of 12 months, each with the error of ours before it, if any; it is made once."""
    since = shown.verdict.definition.window_start_at
    parameters = [home.stream().files(), since, shown.as_of, shown.as_of, list(CONTACTS), shown.table("errors"), WITHIN_DAYS, WITHIN_DAYS]
    return kept_table(shown, "contacts", lambda connection: connection.sql(CONTACTS_SQL, params=parameters))


def _wishes(home: Home, shown: Shown) -> str:
    def made(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        # Only those who stated a wish: offers to everybody else need not be read.
        sql = """WITH facts AS (SELECT activity_id, activity, ts, customer, anonymous_customer_id, _known_at, _topic, _text, _channel,
                                       coalesce(customer, anonymous_customer_id) AS who
                                FROM read_parquet(?, union_by_name = true) WHERE list_contains(?::VARCHAR[], activity))
                 SELECT * EXCLUDE (who) FROM facts WHERE who IN (SELECT who FROM facts WHERE activity = 'stated_preference')"""
        found = connection.sql(sql, params=[home.stream().files(), list(ABOUT_WISHES)]).to_arrow_table()
        # No whole text is kept beside a verdict; a page reads it from the stream.
        wishes = violations(facts_until(found, as_of=shown.as_of), as_of=shown.as_of).drop("text")
        return connection.from_arrow(wishes.cast({"at": pl.Datetime("us", "UTC")}).to_arrow())

    return kept_table(shown, "wishes", made)
