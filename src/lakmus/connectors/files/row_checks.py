"""What is wrong with a row: what it cannot do without, the bounds of its values, the words that mark it as a sum of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from lakmus.connectors.files import cells
from lakmus.connectors.files.fields import FIELDS, Sort
from lakmus.connectors.files.file_kinds import FILE_KINDS
from lakmus.connectors.files.plan import ColumnPlan, FilePlan
from lakmus.connectors.files.sql import literal

LARGEST_NUMBER = 1e12
EARLIEST, FIRST, LAST = (np.datetime64(day, "s") for day in ("1970-01-01", "0001-01-01", "9999-12-31"))
MAY_BE_FUTURE = ("promised_at", "ended_at")
MAY_BE_OLD = ("registered_at",)
NEVER = "'(0001-01-01|0000-00-00|01\\.01\\.0001|00\\.00\\.0000|1900-01-00).*'"
KEYS = {
    "deliveries": ("order",),
    "payments": ("order",),
    "order_lines": ("order",),
    "automatic_messages": ("template",),
    "invoices": ("amount",),
    "charges": ("order", "amount"),
}
NAMING_SOMEBODY = (
    *("customers", "loyalty", "contacts", "automatic_messages", "visits", "messages"),
    *("calls", "offers", "preferences", "checkouts"),
)

TOTALS = ("Итого", "Итого:", "ИТОГО", "ИТОГО:", "Всего", "Всего:", "ВСЕГО", "Total", "TOTAL", "Total:", "Grand Total")
SUM_OF_ROWS = "^\\s*(итого|всего|итог|промежуточн.*итог|total|subtotal|grand total)([\\s:.,(].*)?$"
TOTALS_WITHIN, SUMS_WITHIN = 2, 6
"""In which first columns reports write the word."""

Fed = Sequence[tuple[int, ColumnPlan]]
"""The columns that feed a field, with their places in the file."""


@dataclass(frozen=True, slots=True)
class Need:
    """Fields of which a row must fill one, and the reason to refuse it where it does not, as code|column number."""

    fields: tuple[str, ...]
    reason: str


def fed_columns(plan: FilePlan) -> Fed:
    """Return the columns of a file that feed a field."""
    return [(index, column) for index, column in enumerate(plan.columns) if column.field and column.field in FIELDS]


def moment_bounds(field: str, now: datetime) -> tuple[np.datetime64, np.datetime64]:
    """Return the earliest and the latest moment (UTC, without zone) that a field may hold."""
    return FIRST if field in MAY_BE_OLD else EARLIEST, LAST if field in MAY_BE_FUTURE else latest(now)


def latest(now: datetime) -> np.datetime64:
    """Return the moment (UTC, without zone) after which nothing can have happened yet; clocks and zones may be a day apart."""
    return np.datetime64((now + timedelta(days=1)).replace(tzinfo=None), "s")


def number_bounds(field: str) -> tuple[float, float]:
    """Return the least and the greatest number that a field may hold."""
    return (0.5, 5.0) if field == "stars" else (-LARGEST_NUMBER, LARGEST_NUMBER)


Check = tuple[str, str]
"""SQL that is true for a wrong row, and SQL of the reason as code|column number."""


def why_sql(plan: FilePlan, fed: Fed, now: datetime) -> str:
    """SQL: the first reason why a row cannot be taken, as code|column number; null where there is none.

    A few comparisons tell nearly all rows to be fine; the checks that find the reason run for the rest only.
    """
    every = " and ".join(f"c{index} is null" for index in range(len(plan.columns)))
    totals = " or ".join(f"coalesce({cells.among(f'c{index}', TOTALS)}, false)" for index in range(min(TOTALS_WITHIN, len(plan.columns))))
    checks: list[Check] = [(every, "'empty_row|'"), (totals, "'total_row|'")]
    # Whatever else is wrong with a row that is called a sum, that is why.
    sums = [
        f"coalesce(regexp_matches(lower(c{index}), {literal(SUM_OF_ROWS)}), false)" for index in range(min(SUMS_WITHIN, len(plan.columns)))
    ]
    checks.append((" or ".join(sums), "'total_row|'"))
    fine: list[str] = []
    for index, column in fed:
        field, cell = column.field or "", f"c{index}"
        if FIELDS[field].sort is Sort.MOMENT:
            lowest, highest = (f"timestamp '{bound}'" for bound in moment_bounds(field, now))
            bad = f"{field} is null and {cells.present(cell)} and not regexp_full_match({cell}, {NEVER})"
            checks += [(bad, f"'bad_date|{index}'"), (f"{field} < {lowest}", f"'impossible_date|{index}'")]
            checks += [(f"{field} > {highest}", f"'future_date|{index}'")]
        elif FIELDS[field].sort is Sort.NUMBER:
            lowest, highest = map(str, number_bounds(field))
            nan = "" if field in ("amount", "price", "quantity") else f' and not isnan("{field}")'
            checks += [(f'"{field}" is null and {cells.present(cell)}', f"'bad_number|{index}'")]
            checks += [(f'(not isfinite("{field}") or abs("{field}") > {LARGEST_NUMBER}){nan}', f"'enormous_number|{index}'")]
            checks += [(f"stars not between {lowest} and {highest}", f"'stars_out_of_range|{index}'")] if field == "stars" else []
        else:
            continue
        fine.append(f'coalesce("{field}" between {lowest} and {highest}, {cell} is null)')
    needed: list[Check] = [(" and ".join(f'"{field}" is null' for field in need.fields), literal(need.reason)) for need in needs(plan, fed)]
    # A row that has what it needs is not empty.
    fine += [f"not ({wrong})" for wrong, _ in [*needed, *checks[bool(needed) : 2]]]
    reasons = " ".join(f"when {wrong} then {reason}" for wrong, reason in [*checks, *needed])
    return f"case when {' and '.join(fine)} then null else case {reasons} end end"


def needs(plan: FilePlan, columns: Fed) -> list[Need]:
    """What a row cannot do without: in each case one of some fields."""
    kind, fed = FILE_KINDS[plan.kind or ""], {column.field or "": index for index, column in columns}
    found: list[Need] = []
    if ("ts",) in kind.required:
        found.append(Need(("ts",), f"missing_date|{fed['ts']}"))
    numbered = [field for field in ("order", "case") if kind.name == f"{field}s" and field in fed]
    found += [Need((field,), f"missing_key|{fed[field]}") for field in (*KEYS.get(kind.name, ()), *numbered)]
    if kind.name == "deliveries":
        found.append(_one_of(fed, "promised_at", "delivered_at", code="nothing_said"))
    elif kind.name == "surveys":
        found.append(_one_of(fed, "sent_at", "answered_at", "ts", code="missing_date"))
        found.append(_one_of(fed, "customer", "case", "order", "email", "phone", code="nobody"))
    elif kind.name in NAMING_SOMEBODY:
        found.append(_one_of(fed, "customer", "case", "order", "email", "phone", "card", "anonymous", code="nobody"))
    elif kind.name == "reviews":
        found.append(_one_of(fed, "stars", "text", "title", code="nothing_said"))
    return found


def _one_of(fed: Mapping[str, int], *fields: str, code: str) -> Need:
    return Need(tuple(field for field in fields if field in fed), f"{code}|")
