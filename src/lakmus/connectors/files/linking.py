"""Second step of reading: rows get the customer and the date that stand in another file, or in what was imported before."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from lakmus.connectors.files.kept_rows import keep, streamed
from lakmus.connectors.files.restarts import Numbers
from lakmus.connectors.files.sql import literal
from lakmus.connectors.files.staging import Staged

ORDER = {"customers": 0, "orders": 1, "order_lines": 2, "contracts": 2, "cases": 3}
DATED_BY_ORDER = ("order_lines", "deliveries", "payments")


@dataclass(slots=True)
class Maps:
    """SQL of what is known by key; None where nothing is.

    orders: k, customer, ts, paid_at; cases: k, customer, order; masters: k, customer; contacts: kind, k, customer.
    """

    orders: list[str]
    cases: list[str]
    masters: list[str]
    contacts: list[str]


def link_all(
    connection: duckdb.DuckDBPyConnection, staged: Sequence[Staged], *, known_activities: Sequence[str], time_zone: str
) -> list[Staged]:
    """Return the staged files (which the connection sees), each with its rows linked, in an order in which each finds what it needs."""
    maps, given = Maps([], [], [], []), {}
    if known_activities:
        files = "[" + ", ".join(literal(file) for file in known_activities) + "]"
        known = f"read_parquet({files}, union_by_name=true)"
        maps.orders.append(
            f"select _order as k, customer, make_timestamp(epoch_us(ts)) as ts, null::timestamp as paid_at"
            f" from {known} where activity = 'placed_order' and _order is not null"
        )
        for number, kind in (("order", "placed_order"), ("case", "opened_case")):
            given[number] = (
                f"select _{number} as k, customer, make_timestamp(epoch_us(ts)) as ts, _place as place"
                f" from {known} where activity = '{kind}' and _{number} is not null"
            )
        maps.cases.append(
            f"select _case as k, customer, _order as \"order\" from {known} where activity = 'opened_case' and _case is not null"
        )
    numbers = Numbers(time_zone, given)
    linked = []
    have_orders = any(each.plan.kind == "orders" for each in staged)
    for each in sorted(staged, key=lambda file: ORDER.get(file.plan.kind or "", 9)):
        done = _link(connection, numbers.told_apart(connection, each, _as_written(each), have_orders=have_orders), maps)
        _remember(done, maps, have_orders=have_orders)
        linked.append(done)
    return linked


def _link(connection: duckdb.DuckDBPyConnection, staged: Staged, maps: Maps) -> Staged:
    """Write the file anew with `customer` (and `order_ts`, `order_paid_at`) filled in; left as it is where nothing can be added."""
    columns, joins, fills = staged.columns, [], []
    candidates = ['s."customer"'] if "customer" in columns else []
    if "customer" in columns and maps.masters:
        joins.append(f'left join ({_one_each(maps.masters)}) m on m.k = s."customer"')
        candidates.insert(0, "m.customer")
    if "customer_master" in columns:
        candidates.insert(0, "s.customer_master")
    complete = staged.plan.kind == "order_lines" and {"ts", "customer"} <= columns
    wants_order = staged.plan.kind != "orders" and "order" in columns and bool(maps.orders) and not complete
    if wants_order:
        joins.append(f'left join ({_one_order(maps.orders)}) o on o.k = s."order"')
        candidates.append("o.customer")
        fills += ["o.ts as order_ts", "o.paid_at as order_paid_at"]
    if staged.plan.kind != "cases" and "case" in columns and maps.cases:
        joins.append(f'left join ({_one_each(maps.cases)}) k on k.k = s."case"')
        candidates.append("k.customer")
    for field in ("card", "email", "phone"):
        if field in columns:
            if maps.contacts and staged.plan.kind != "customers":
                joins.append(f"left join ({_one_contact(maps.contacts, field)}) {field}s on {field}s.k = s.{field}")
                candidates.append(f"{field}s.customer")
            candidates.append(f"'{field}:' || s.{field}" if field != "card" else "'card:' || s.card")
    needs_number = staged.plan.kind in ("orders", "cases") and _number(staged) not in columns
    if candidates in ([], ['s."customer"']) and not fills and not needs_number:
        return staged
    customer = f"coalesce({', '.join(candidates)})" if candidates else "null::varchar"
    given = 's."customer" as customer_given, ' if "customer" in columns else ""
    given += f"{_as_written(staged)} as customer_written, "
    source = f"{staged.relation} s"
    excluded = " exclude (customer)" if "customer" in columns else ""
    joined = (
        f'select s.*{excluded}, {given}{customer} as "customer"{"".join(", " + fill for fill in fills)} from {source} {" ".join(joins)}'
    )
    if needs_number:
        joined = _numbered(staged, joined)
    target = staged.path.with_name(f"{staged.path.stem}-linked.arrow")
    linked = replace(staged, path=target, columns=keep(streamed(connection, joined), target))
    linked.show_to(connection)
    return linked


def _as_written(staged: Staged) -> str:
    """SQL: whom the row itself names; what other files add may be known at one import and not at another."""
    named = [f's."{field}"' for field in ("customer", "customer_master") if field in staged.columns]
    named += [f"'{field}:' || s.{field}" for field in ("card", "email", "phone") if field in staged.columns]
    return f"coalesce({', '.join(named)})" if named else "null::varchar"


def _number(staged: Staged) -> str:
    return (staged.plan.kind or "").removesuffix("s")


def _numbered(staged: Staged, joined: str) -> str:
    """Give rows without a number one of their own, made from what they say, so that the same row gets it again."""
    own = ["customer_written"]
    own += [field for field in ("ts", "amount", "quantity", "product", "text", "topic") if field in staged.columns]
    parts = ", ".join(f"coalesce(cast(\"{field}\" as varchar), '')" for field in own)
    window = f"row_number() over (partition by {parts} order by _row)"
    made = f"'~' || substr(md5(concat_ws(chr(31), {parts}, cast({window} as varchar))), 1, 16)"
    return f'select *, {made} as "{_number(staged)}" from ({joined})'


def _remember(staged: Staged, maps: Maps, *, have_orders: bool) -> None:
    """Add what this file tells about others' keys."""
    columns, rows = staged.columns, staged.relation
    customer = "customer" if "customer" in columns else "null::varchar"
    kind = staged.plan.kind
    if kind == "orders" or (kind == "order_lines" and "ts" in columns and not have_orders):
        paid = "paid_at" if "paid_at" in columns else "null::timestamp"
        maps.orders.append(f'select "order" as k, {customer} as customer, ts, {paid} as paid_at from {rows}')
    if kind == "cases" and "case" in columns:
        order = '"order"' if "order" in columns else "null::varchar"
        maps.cases.append(f'select "case" as k, {customer} as customer, {order} as "order" from {rows}')
    if kind == "customers" and "customer_master" in columns and "customer_given" in columns:
        maps.masters.append(f"select customer_given as k, customer from {rows}")
    if kind == "customers" and "customer" in columns:
        for field in ("email", "phone", "card"):
            if field in columns:
                maps.contacts.append(f"select '{field}' as kind, {field} as k, customer from {rows} where {field} is not null")


def _one_each(parts: Sequence[str]) -> str:
    both = " union all ".join(f"select k, customer from ({part})" for part in parts)
    return f"select k, min(customer) as customer from ({both}) where k is not null group by k"


def _one_order(parts: Sequence[str]) -> str:
    both = " union all ".join(parts)
    return f"select k, min(customer) as customer, min(ts) as ts, min(paid_at) as paid_at from ({both}) where k is not null group by k"


def _one_contact(parts: Sequence[str], field: str) -> str:
    """A contact that two customers share belongs to neither until a person decides."""
    both = " union all ".join(parts)
    return f"select k, min(customer) as customer from ({both}) where kind = '{field}' group by k having count(distinct customer) = 1"


def promises_are_dates(connection: duckdb.DuckDBPyConnection, staged: Staged) -> bool:
    """Say whether every promise of a file stands at midnight, which makes them dates."""
    if "promised_at_local" not in staged.columns:
        return False
    query = (
        "select coalesce(bool_and(promised_at_local is not null and epoch_us(promised_at_local) % 86400000000 = 0), false)"
        f" from {staged.relation} where promised_at is not null"
    )
    return bool(connection.execute(query).fetchall()[0][0])
