"""The rows behind the figures: lists over the tables of a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lakmus.operations.company.queries import company_terms
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.sides import narrow_errors
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE, ranks_named, ranks_of, rows_of

Row = dict[str, Any]

# Nobody is called likeliest to leave who has bought once only: their probability says whether they come back at all.
LIKELIEST = "churn_probability IS NULL, coalesce(risk_group IN ('new', 'one_time'), false), churn_probability DESC"
CUSTOMER_SORTS = {
    "name": "name NULLS LAST, rank",
    "customer": "customer",
    "-value_at_risk": "rank",
    "-money_at_stake": "value_at_risk * churn_probability DESC NULLS LAST, rank",
    "-churn_probability": f"{LIKELIEST}, rank",
    "-lost_value": "lost_value DESC NULLS LAST, rank",
    "-lost_at": "lost_at DESC NULLS LAST, rank",
    "loss_due_at": "loss_due_at NULLS LAST, rank",
    "-revenue": "revenue DESC NULLS LAST, rank",
    "-last_order_at": "last_order_at DESC NULLS LAST, rank",
    "-errors_count": "errors_count DESC NULLS LAST, rank",
    "-state_since": "state_since DESC NULLS LAST, rank",
}
"""Orders of the table of people."""
ORDERS = {"errors": '"at" DESC, error_id', "orders": 'ts DESC, "order"'}
LARGEST_PAGE = 10_000
MANY_RANKS = 10_000
"""So many ranks are asked for by number at most: beyond, the table of people is searched as it is read."""
LEAVING = "leaving"
"""What a list calls those who are cooling or cold."""
STAYING = "staying"
"""What a list calls the regulars who have not left."""
_NAMED = {LEAVING: ("cooling", "cold"), STAYING: ("cooling", "cold", "warm")}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, and how many rows the whole list has."""

    total: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class ErrorsListing:
    """A page of service errors; `customers` counts the known customers behind all that match, as the verdict's figures do."""

    total: int
    rows: list[Row]
    customers: int


@dataclass(frozen=True, slots=True)
class StarsSummary:
    """Delivered orders, on time or late, and the stars of all their reviews: mean 1..5, share of one star 0..1."""

    late: bool
    orders: int
    reviews: int
    mean_stars: float | None
    one_star_share: float | None


@dataclass(frozen=True, slots=True)
class OrdersListing:
    """A page of orders with the stars of on-time and late deliveries among all that match."""

    total: int
    rows: list[Row]
    stars: tuple[StarsSummary, ...]


def states_named(name: str) -> tuple[str, ...]:
    """Return the states that the name of a list's filter stands for."""
    return _NAMED.get(name, (name,))


def list_customers(
    shown: Shown,
    *,
    home: Home,
    query: str = "",
    filters: Mapping[str, Any] | None = None,
    sort: str = "-value_at_risk",
    page: int = 1,
    size: int = 50,
) -> Listing:
    """Return known customers.

    Parameters
    ----------
    query : part of a name, or a whole number, e-mail, phone or card.
    filters : any of `states` (tuple), `lost_in_window`, `lost_silently`, `eligible` (bool), `error`, `signal`, `exclusion`, `place` (text),
        `lost_month` (`YYYY-MM` on the company's calendar).
    sort : a key of `CUSTOMER_SORTS`; anything else sorts by value at risk.
    """
    return list_people(shown, customer_conditions(home, shown, query=query, filters=filters), sort=sort, page=page, size=size)


def list_people(shown: Shown, conditions: Conditions, *, sort: str, page: int, size: int) -> Listing:
    """Return a page of the customers who meet the conditions; an unknown sort means the usual one."""
    order = CUSTOMER_SORTS.get(sort, "rank")
    size = max(1, min(size, LARGEST_PAGE))
    # The clause holds only conditions written by us; what was typed stands in the parameters.
    # Counting beside it would make all that match be laid out; apart, the first page is a few rows, and the count is kept.
    sql = f"SELECT rank FROM read_parquet(?) WHERE {conditions.where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    found = ask(sql, [shown.table(PEOPLE), *conditions.parameters, size, (max(page, 1) - 1) * size])
    return Listing(count_people(shown, conditions), rows_of(shown.folder, [row["rank"] for row in found]))


def count_people(shown: Shown, conditions: Conditions) -> int:
    """Return how many customers meet the conditions."""
    whole = tuple(tuple(each) if isinstance(each, list) else each for each in conditions.parameters)
    return _counted(shown.table(PEOPLE), conditions.where, whole)


@lru_cache(maxsize=256)
def _counted(files: str, where: str, parameters: tuple[Any, ...]) -> int:
    """Count once for each verdict, whose tables never change: a page of saved groups counts all of them."""
    asked = [list(each) if isinstance(each, tuple) else each for each in parameters]
    return int(ask(f"SELECT count(*) AS n FROM read_parquet(?) WHERE {where}", [files, *asked])[0]["n"])  # noqa: S608


def customer_conditions(home: Home, shown: Shown, *, query: str = "", filters: Mapping[str, Any] | None = None) -> Conditions:
    """Return which rows of the table of people (`lay_out_people`) are asked for; see `list_customers`."""
    asked = dict(filters or {})
    conditions = Conditions()
    if query.strip():
        # Whoever is meant by a number, an e-mail or a card is looked up by rank: comparing texts for a million customers takes longer.
        keys = dict.fromkeys((query.strip(), *home.stream().identity.find(query.strip())))
        ranks = list(ranks_of(shown.folder, list(keys)).values())
        named = ranks_named(shown.folder, query.strip().lower(), most=MANY_RANKS)
        if named is not None:
            conditions.of_ranks([*named, *ranks])
        else:
            sql = "coalesce(contains(name_lower, ?), false) OR list_contains(?::INTEGER[], rank)"
            conditions.add(sql, query.strip().lower(), ranks)
    if asked.get("states"):
        conditions.add("list_contains(?::VARCHAR[], state)", list(asked["states"]))
    for flag in ("lost_in_window", "lost_silently", "eligible"):
        if asked.get(flag) is not None:
            conditions.add(f"coalesce({flag}, false) = ?", bool(asked[flag]))
    if asked.get("lost_month"):
        conditions.add("strftime(timezone(?, lost_at), '%Y-%m') = ?", company_terms().time_zone, asked["lost_month"])
    for name, sql in (
        ("error", "list_contains(error_codes, ?)"),
        ("signal", "list_contains(reasons, ?)"),
        ("exclusion", "exclusion = ?"),
        ("place", "place = ?"),
    ):
        if asked.get(name):
            conditions.add(sql, asked[name])
    return conditions


def list_errors(shown: Shown, *, filters: Mapping[str, Any] | None = None, page: int = 1, size: int = 50) -> ErrorsListing:
    """Return service errors, the latest first, and how many customers they befell.

    `filters`: any of `code`, `customer`, `order`, `case`, `error_id` (text), `complained`, `left`, `left_silently`, `in_window`,
    `linked` (bool), `bought` (bool: whether the customer bought in the last 12 months), and what `causes.sides.narrow_errors` knows.
    """
    conditions = error_conditions(shown, filters)
    listing = _listing(shown, "errors", conditions, ORDERS["errors"], page, size)
    counting = f"SELECT count(DISTINCT customer) AS n FROM read_parquet(?) WHERE {conditions.where}"  # noqa: S608
    counted = ask(counting, [shown.table("errors"), *conditions.parameters])
    return ErrorsListing(listing.total, listing.rows, counted[0]["n"])


def error_conditions(shown: Shown, filters: Mapping[str, Any] | None = None) -> Conditions:
    """Return which rows of the table of errors are asked for; see `list_errors`."""
    asked = dict(filters or {})
    conditions = Conditions()
    narrow_errors(conditions, shown, asked)
    for name in ("code", "customer", "anonymous_customer_id", "order", "case", "error_id"):
        if asked.get(name):
            conditions.add(f'"{name}" = ?', asked[name])
    for flag in ("complained", "left", "left_silently", "in_window"):
        if asked.get(flag) is not None:
            conditions.add(f'coalesce("{flag}", false) = ?', bool(asked[flag]))
    if asked.get("linked") is not None:
        conditions.add("(customer IS NOT NULL) = ?", bool(asked["linked"]))
    if asked.get("bought") is not None:
        since = shown.verdict.definition.window_start_at
        buyers = "coalesce(customer IN (SELECT customer FROM read_parquet(?) WHERE last_order_at > ?), false) = ?"
        conditions.add(buyers, shown.table(PEOPLE), since, bool(asked["bought"]))
    return conditions


def list_orders(shown: Shown, *, filters: Mapping[str, Any] | None = None, page: int = 1, size: int = 50) -> OrdersListing:
    """Return orders, the latest first, and the stars of late and on-time deliveries among them.

    `filters`: any of `late` (bool: received after the promise), `stars` (1..5), `reviewed` (bool), `customer` (text), `cancelled` (bool).
    """
    conditions = order_conditions(filters)
    listing = _listing(shown, "orders", conditions, ORDERS["orders"], page, size)
    # Stars are counted by review: an order may have several.
    grouping = f"""
        WITH matching AS (SELECT late_days > 0 AS late, review_stars FROM read_parquet(?)
                          WHERE {conditions.where} AND late_days IS NOT NULL),
        reviews AS (SELECT late, unnest(review_stars) AS stars FROM matching),
        summed AS (SELECT late, count(*) AS reviews, avg(stars) AS mean_stars, avg((stars = 1)::INTEGER) AS one_star_share
                   FROM reviews GROUP BY late)
        SELECT late, orders, coalesce(reviews, 0) AS reviews, mean_stars, one_star_share
        FROM (SELECT late, count(*) AS orders FROM matching GROUP BY late) LEFT JOIN summed USING (late) ORDER BY late
    """  # noqa: S608
    groups = ask(grouping, [shown.table("orders"), *conditions.parameters])
    return OrdersListing(listing.total, listing.rows, tuple(StarsSummary(**group) for group in groups))


def order_conditions(filters: Mapping[str, Any] | None = None) -> Conditions:
    """Return which rows of the table of orders are asked for; see `list_orders`."""
    asked = dict(filters or {})
    conditions = Conditions()
    if asked.get("late") is not None:
        conditions.add("late_days > 0" if asked["late"] else "late_days <= 0")
    if asked.get("reviewed") is not None:
        conditions.add("(stars IS NOT NULL) = ?", bool(asked["reviewed"]))
    if asked.get("stars"):
        conditions.add("stars = ?", float(asked["stars"]))
    if asked.get("cancelled") is not None:
        conditions.add("cancelled = ?", bool(asked["cancelled"]))
    if asked.get("customer"):
        conditions.add("customer = ?", asked["customer"])
    return conditions


def named(shown: Shown, rows: list[Row]) -> list[Row]:
    """Return rows of errors or orders with the `name` of the customer of each, None where no file names them."""
    keys = [str(key) for key in dict.fromkeys(row["customer"] for row in rows) if key is not None]
    ranks = ranks_of(shown.folder, keys)
    names = {row["customer"]: row["name"] for row in rows_of(shown.folder, list(ranks.values()))}
    return [row | {"name": names.get(row["customer"])} for row in rows]


def counts_by_state(shown: Shown) -> dict[str, int]:
    """Return the number of customers in each state."""

    def counted() -> dict[str, int]:
        sql = "SELECT state, count(*) AS n FROM read_parquet(?) WHERE state IS NOT NULL GROUP BY state ORDER BY state"
        return {row["state"]: row["n"] for row in ask(sql, [shown.table(PEOPLE)])}

    kept: dict[str, int] = kept_json(shown, "states_now", counted)
    return kept


def money_at_stake(shown: Shown, *, states: tuple[str, ...]) -> float:
    """Return what customers of these states are expected to leave with: the margin of 12 months times the probability of leaving."""

    def summed() -> float:
        sql = """SELECT coalesce(sum(value_at_risk * churn_probability), 0) AS stake FROM read_parquet(?)
                 WHERE list_contains(?::VARCHAR[], state)"""
        return float(ask(sql, [shown.table(PEOPLE), list(states)])[0]["stake"])

    kept: float = kept_json(shown, f"stake_now-{'-'.join(states)}", summed)
    return kept


def counts_by_reason(shown: Shown, *, states: tuple[str, ...]) -> dict[str, int]:
    """Return how many customers of these states show each sign, the commonest first."""

    def counted() -> dict[str, int]:
        sql = """SELECT reason, count(*) AS n
                 FROM (SELECT unnest(reasons) AS reason FROM read_parquet(?) WHERE list_contains(?::VARCHAR[], state))
                 GROUP BY reason ORDER BY n DESC, reason"""
        return {row["reason"]: row["n"] for row in ask(sql, [shown.table(PEOPLE), list(states)])}

    kept: dict[str, int] = kept_json(shown, f"signs_now-{'-'.join(states)}", counted)
    return kept


def _listing(shown: Shown, table: str, conditions: Conditions, order: str, page: int, size: int) -> Listing:
    size = max(1, min(size, LARGEST_PAGE))
    files = shown.table(table)
    # The clause holds only conditions written in this module; what was typed stands in the parameters.
    counting = f"SELECT count(*) AS n FROM read_parquet(?) WHERE {conditions.where}"  # noqa: S608
    total = ask(counting, [files, *conditions.parameters])[0]["n"]
    rows = ask(
        f"SELECT * FROM read_parquet(?) WHERE {conditions.where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608
        [files, *conditions.parameters, size, (max(page, 1) - 1) * size],
    )
    return Listing(total, rows)
