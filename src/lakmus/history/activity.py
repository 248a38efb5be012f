"""The one table that everything is: customers' activities, in the form of Activity Schema 2.0.

An activity is immutable; a changing fact is a further activity. What the engine reads of an activity's
features stands in typed columns (their names begin with `_`); what only people read stands in `feature_json`.
"""

from __future__ import annotations

import hashlib

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")

ACTIVITY_SCHEMA = pa.schema(
    [
        pa.field("activity_id", pa.string(), nullable=False),
        pa.field("ts", TIMESTAMP, nullable=False),
        pa.field("customer", pa.string()),
        pa.field("activity", pa.string(), nullable=False),
        pa.field("anonymous_customer_id", pa.string()),
        pa.field("feature_json", pa.string()),
        pa.field("revenue_impact", pa.float64()),
        pa.field("link", pa.string()),
        pa.field("_known_at", TIMESTAMP, nullable=False),
        pa.field("_source", pa.string()),
        pa.field("_amount", pa.float64()),
        pa.field("_currency", pa.string()),
        pa.field("_order", pa.string()),
        pa.field("_case", pa.string()),
        pa.field("_product", pa.string()),
        pa.field("_quantity", pa.float64()),
        pa.field("_channel", pa.string()),
        pa.field("_staff", pa.string()),
        pa.field("_author", pa.string()),
        pa.field("_topic", pa.string()),
        pa.field("_reason", pa.string()),
        pa.field("_text", pa.string()),
        pa.field("_stars", pa.float64()),
        pa.field("_score", pa.float64()),
        pa.field("_survey", pa.string()),
        pa.field("_promised_at", TIMESTAMP),
        pa.field("_template", pa.string()),
        pa.field("_page", pa.string()),
        pa.field("_place", pa.string()),
        pa.field("_points", pa.float64()),
        pa.field("_minutes", pa.float64()),
        pa.field("_contract", pa.string()),
        pa.field("_status", pa.string()),
        pa.field("_name", pa.string()),
    ]
)
"""Column order, types and nullability of the stream.

`customer` is null where nobody knows whom the activity belongs to; then `anonymous_customer_id` holds the key
that keeps such activities apart (`order:536365`, `case:17`, a site's client id). `_amount` is never negative:
the kind says which way the money goes, and `revenue_impact` carries the sign. `_author` is one of
`customer`, `person`, `bot`, `system`.
"""

TYPED_COLUMNS = tuple(name for name in ACTIVITY_SCHEMA.names if name.startswith("_"))


def activity_id(kind: str, *natural_key: object) -> str:
    """Return the identity of an activity: 32 hexadecimal digits of MD5 over kind and natural key.

    The same fact gets the same identity from whichever file and at whichever time it comes, which is what makes
    an import safe to repeat. Parts are joined by the unit separator (U+001F); `None` reads as an empty part.
    SQL says the same as `md5(concat_ws(chr(31), kind, coalesce(part, ''), ...))`.
    """
    parts = [kind, *("" if part is None else str(part) for part in natural_key)]
    return hashlib.md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def empty_activities() -> pa.Table:
    """Return a table of no rows in the stream's schema."""
    return ACTIVITY_SCHEMA.empty_table()
