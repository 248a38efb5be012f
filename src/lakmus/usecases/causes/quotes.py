"""What customers wrote about an error: their own words, read from the stream, for no table holds a whole text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lakmus.usecases.asking import ask
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown

TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Quote:
    """A customer's words; `words` are those by which the code was found. `customer` None where no file links one: then `key`'s story."""

    activity_id: str
    customer: str | None
    key: str
    at: datetime
    channel: str | None
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotes:
    """The latest of them, and how many texts of the last 12 months name the error."""

    total: int
    rows: tuple[Quote, ...]


def quotes_of(home: Home, shown: Shown, code: str, *, page: int = 1, size: int = 5) -> Quotes | None:
    """Return the latest texts of customers in which an error was found; None where no text was read at all."""
    if not has_table(shown, TEXTS):
        return None
    sql = """SELECT activity_id, customer, anonymous_customer_id, "at", channel, words, count(*) OVER () AS total
             FROM read_parquet(?) WHERE list_contains(codes, ?) AND "at" > ? ORDER BY "at" DESC, activity_id LIMIT ? OFFSET ?"""
    since = shown.verdict.definition.window_start_at
    found = ask(sql, [shown.table(TEXTS), code, since, size, (page - 1) * size])
    rows = []
    for row in found:
        key = row["customer"] or row["anonymous_customer_id"]
        text = text_of(home, shown, key, row["activity_id"])
        if text:
            words = tuple(row["words"] or ())
            rows.append(Quote(row["activity_id"], row["customer"], key, row["at"], row["channel"], text, words))
    return Quotes(found[0]["total"] if found else 0, tuple(rows))


def text_of(home: Home, shown: Shown, key: str, activity_id: str) -> str | None:
    """Return what an activity says, None where it says nothing or was erased."""
    history = home.stream().history_of(key, as_of=shown.as_of).select(["activity_id", "_text"]).to_pylist()
    return next((row["_text"] for row in history if row["activity_id"] == activity_id), None)
