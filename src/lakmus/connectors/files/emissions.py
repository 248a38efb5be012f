"""Which activities the rows of each kind of file become."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lakmus.connectors.files.activities_sql import Columns, Emission
from lakmus.connectors.files.few_words import FewWords, saying
from lakmus.connectors.files.sql import utc_of_local
from lakmus.connectors.files.staging import Staged

SINCE_ALWAYS = "timestamp '1970-01-01'"
CANCELLED = "(отмен|аннулир|cancel|annul|void|не реализован|провал|проигран|closed lost|отказ|не приш[её]л|неявк|не явил|no.?show)"
ARRIVED = "(выполнен|доставлен|получен|вручен|заверш|успешн|complete|delivered)"
NOT_YET = "(не выполнен|не доставлен|не получен|не вручен|частично|not delivered|undelivered|incomplete)"
RETURNED = "(возврат|сторно|return|refund|reversal)"
RETURNED_INVOICE = "regexp_matches(\"order\", '^C\\d')"


@dataclass(frozen=True, slots=True)
class Reading:
    """A staged file and what reading it depends on: the zone, whether its promises are dates, what else is in the import."""

    staged: Staged
    time_zone: str
    promises_are_dates: bool
    together: frozenset[str]
    cancelling_invoices: bool = False
    words: FewWords | None = None

    def has(self, field: str) -> bool:
        """Say whether the file feeds a field."""
        return field in self.staged.columns

    def of(self, field: str) -> str:
        """SQL: the field, or null where the file has none."""
        return f'"{field}"' if self.has(field) else "null"

    def first_of(self, *fields: str) -> str:
        """SQL: the first of the fields that says something."""
        present = [f'"{field}"' for field in fields if self.has(field)]
        return f"coalesce({', '.join(present)})" if len(present) > 1 else "".join(present) or "null"

    def says(self, field: str, pattern: str) -> str:
        """SQL: whether the field, in small letters, holds the pattern."""
        return self.words.matching(field, pattern) if self.words else saying(field, pattern)


def emissions(reading: Reading) -> list[Emission]:
    """Return what a file becomes, kind by kind."""
    return EMITTERS[reading.staged.plan.kind or ""](reading) + _names(reading)


def _names(reading: Reading) -> list[Emission]:
    """What customers are called, where orders or cases say it and no list of customers does."""
    told = reading.staged.plan.kind in ("orders", "order_lines", "cases") and reading.has("name") and reading.has("customer")
    if not told or "customers" in reading.together:
        return []
    who = '"customer_written"' if reading.has("customer_written") else '"customer"'
    first = (
        f"(select {who} as who, min(customer) as customer, arg_min(name, _row) as name, min(_row) as _row"
        f" from {reading.staged.relation} where name is not null and customer is not null and {who} is not null group by 1)"
    )
    return [Emission("gave_details", first, {"ts": SINCE_ALWAYS, "customer": "customer", "_name": "name"}, who="who")]


def _emit(reading: Reading, kind: str, columns: Columns, where: str = "true", features: Columns | None = None) -> Emission:
    """Add what every activity has: the customer, or a key that keeps the unknown apart."""
    filled = {name: text for name, text in columns.items() if text != "null"}
    customer = reading.of("customer")
    filled["customer"] = customer
    keys = [f"'{name}:' || \"{name}\"" for name in ("order", "case", "review") if reading.has(name)]
    unknown = f"coalesce({', '.join(keys)})" if keys else "null"
    if reading.has("anonymous"):
        filled["anonymous_customer_id"] = reading.of("anonymous")
    elif unknown != "null":
        filled["anonymous_customer_id"] = f"case when {customer} is null then {unknown} end" if customer != "null" else unknown
    # Who a fact is about may be known at one import and not at another; the fact stays the same.
    named = [text for text in (reading.of("customer_written"), reading.of("anonymous"), unknown) if text != "null"]
    who = f"coalesce({', '.join(named)})" if reading.has("customer_written") else None
    return Emission(kind, None, filled, where, features or {}, who)


def _amount(reading: Reading) -> str:
    """SQL: a row's worth with its sign, delivery charge included, to the hundredth of a hundredth."""
    if reading.has("price") and reading.has("quantity"):
        piece = "price * quantity"
    else:
        piece = reading.of("price")
    amount = f"coalesce({reading.of('amount')}, {piece})"
    freight = f" + coalesce({reading.of('freight')}, 0)" if reading.has("freight") else ""
    return "null" if amount == "coalesce(null, null)" else f"round({amount}{freight}, 4)"


def _place(reading: Reading) -> str:
    return reading.first_of("store", "city")


def _orders(reading: Reading) -> list[Emission]:
    amount = _amount(reading)
    money = {
        "_order": reading.of("order"),
        "ts": "ts",
        "_amount": f"abs({amount})" if amount != "null" else "null",
        "_currency": reading.of("currency"),
    }
    sale = f"coalesce({amount}, 0) >= 0" if amount != "null" else "true"
    if reading.has("operation"):
        sale = f"{sale} and not coalesce({reading.says('operation', RETURNED)}, false)"
    placed = {
        **money,
        "_channel": reading.of("channel"),
        "_place": _place(reading),
        "_staff": reading.of("staff"),
        "_status": reading.of("status"),
    }
    found = [_emit(reading, "placed_order", placed, sale)]
    if sale != "true":
        back = {**money, "_reason": reading.of("reason")}
        found.append(_emit(reading, "returned_item", {**back, "_product": reading.first_of("product", "product_name")}, f"not ({sale})"))
        found.append(_emit(reading, "was_refunded", back, f"not ({sale})"))
    found += _delivery(reading, f"({sale}) and {_can_be_judged(reading)}", received=sale)
    if reading.has("cancelled_at") or reading.has("status"):
        told = [reading.says("status", CANCELLED)] if reading.has("status") else []
        told += ["cancelled_at is not null"] if reading.has("cancelled_at") else []
        columns = {**money, "ts": reading.first_of("cancelled_at", "ts"), "_reason": reading.of("reason")}
        found.append(_emit(reading, "cancelled_order", columns, f"({sale}) and coalesce({' or '.join(told)}, false)"))
    return found


def _can_be_judged(reading: Reading) -> str:
    """SQL: not an order that is done, nobody says when: its promise would look broken for want of the day on which it was kept."""
    if not reading.has("status") or "deliveries" in reading.together:
        return "true"
    done = f"{reading.says('status', ARRIVED)} and not {reading.says('status', NOT_YET)}"
    return f"not coalesce({done} and {reading.of('delivered_at')} is null, false)"


def _delivery(reading: Reading, promised: str = "true", received: str = "true") -> list[Emission]:
    """Promise and delivery; a promise given as a date is kept until that day ends where the company is."""
    found = []
    if reading.has("promised_at"):
        until = "promised_at"
        if reading.promises_are_dates:
            following = utc_of_local("(promised_at_local + to_days(1))", reading.time_zone)
            until = f"({following} - to_microseconds(1))"
        known = [f'"{field}"' for field in ("ts", "order_ts") if reading.has(field)]
        # An order nobody knows: the promise was certainly given by the time it was due, or met.
        at = f"coalesce({', '.join([*known, _least(reading)])})"
        columns = {"ts": at, "_order": reading.of("order"), "_promised_at": until, "_channel": _carrier(reading)}
        found.append(_emit(reading, "was_promised_delivery", columns, f"({promised}) and promised_at is not null"))
    if reading.has("delivered_at"):
        columns = {"ts": "delivered_at", "_order": reading.of("order"), "_channel": _carrier(reading), "_place": _place(reading)}
        found.append(_emit(reading, "received_order", columns, f"({received}) and delivered_at is not null"))
    return found


def _least(reading: Reading) -> str:
    return "least(promised_at, coalesce(delivered_at, promised_at))" if reading.has("delivered_at") else "promised_at"


def _carrier(reading: Reading) -> str:
    return reading.of("channel") if reading.staged.plan.kind == "deliveries" else "null"


def _order_lines(reading: Reading) -> list[Emission]:
    amount, at = _amount(reading), reading.first_of("ts", "order_ts")
    signs = [f"coalesce({reading.of(field)}, 0) < 0" for field in ("quantity", "price", "amount") if reading.has(field)]
    signs += [RETURNED_INVOICE] if reading.cancelling_invoices else []
    signs += [f"coalesce({reading.says('operation', RETURNED)}, false)"] if reading.has("operation") else []
    back = " or ".join(signs) or "false"
    line = {
        "ts": at,
        "_order": reading.of("order"),
        "_product": reading.first_of("product", "product_name"),
        "_quantity": f"abs({reading.of('quantity')})" if reading.has("quantity") else "null",
        "_amount": f"abs({amount})" if amount != "null" else "null",
        "_currency": reading.of("currency"),
    }
    named = {"product_name": reading.of("product_name")} if reading.has("product") and reading.has("product_name") else {}
    dated = f"{at} is not null"
    found = [
        _emit(reading, "ordered_item", {**line, "_place": _place(reading)}, f"{dated} and not ({back})", named),
        _emit(reading, "returned_item", line, f"{dated} and ({back})", named),
    ]
    if reading.has("ts") and "orders" not in reading.together:
        # The invoice itself: once, at its first line; its worth is the sum of its lines.
        customer = 'min("customer")' if reading.has("customer") else "null::varchar"
        told = {"_place": _place(reading), "_channel": reading.of("channel"), "_staff": reading.of("staff")}
        of_order = ", ".join(f"min({column}) as {name}" for name, column in told.items())
        grouped = (
            f'(select "order", min(ts) as ts, {customer} as customer, {of_order}, min(_row) as _row'
            f' from {reading.staged.relation} where not ({back}) group by "order" having min(ts) is not null)'
        )
        unknown = "case when customer is null then 'order:' || \"order\" end"
        columns = {"ts": "ts", "_order": '"order"', "customer": "customer", "anonymous_customer_id": unknown}
        columns |= {name: name for name in told}
        found.insert(0, Emission("placed_order", grouped, columns))
    return found


def _payments(reading: Reading) -> list[Emission]:
    at = reading.first_of("ts", "order_paid_at", "order_ts")
    columns = {"ts": at, "_order": reading.of("order"), "_channel": reading.of("channel"), "_currency": reading.of("currency")}
    dated = f"{at} is not null"
    return [
        _emit(reading, "paid_order", {**columns, "_amount": "amount"}, f"{dated} and coalesce(amount, 0) >= 0"),
        _emit(reading, "was_refunded", {**columns, "_amount": "abs(amount)"}, f"{dated} and amount < 0"),
    ]


def _returns(reading: Reading) -> list[Emission]:
    amount = _amount(reading)
    columns = {
        "ts": "ts",
        "_order": reading.of("order"),
        "_product": reading.first_of("product", "product_name"),
        "_quantity": f"abs({reading.of('quantity')})" if reading.has("quantity") else "null",
        "_amount": f"abs({amount})" if amount != "null" else "null",
        "_currency": reading.of("currency"),
        "_reason": reading.of("reason"),
    }
    return [_emit(reading, "returned_item", columns, "true", {"return": reading.of("return")})]


def _deliveries(reading: Reading) -> list[Emission]:
    return _delivery(reading)


EMITTERS: dict[str, Callable[[Reading], list[Emission]]] = {
    "orders": _orders,
    "order_lines": _order_lines,
    "deliveries": _deliveries,
    "payments": _payments,
    "returns": _returns,
}


def cancelling_invoices(relation: str) -> str:
    """SQL: whether numbers that begin with C mark cancelled invoices (a few do) rather than all orders of a company."""
    return f'select coalesce(avg(({RETURNED_INVOICE})::int), 0) between 1e-9 and 0.3 from {relation} where "order" is not null'
