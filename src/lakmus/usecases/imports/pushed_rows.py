"""One pushed row: a JSON object read into an activity of the stream, or the reason why it cannot be.

Two forms are accepted. The friendly one: `{"kind": "placed_order", "ts": "2026-03-01T12:00:00+03:00", "customer": "17",
"order": "A-1", "amount": 1200}`; and the stream's own: `{"activity": "placed_order", …, "_order": "A-1", "_amount": 1200}`.
A name may stand with or without its underscore. What only people read goes into `features`, an object.
"""

from __future__ import annotations

import difflib
import json
import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lakmus.history.activity import ACTIVITY_SCHEMA, TIMESTAMP, TYPED_COLUMNS, activity_id
from lakmus.history.catalogue import ActivityKind
from lakmus.history.kinds import KINDS
from lakmus.history.wording import Wording
from lakmus.stream.identifiers import NOBODY, Identifier, key_of, normalise_identifier
from lakmus.usecases.imports import push_wordings as say

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(days=1)  # clocks of other machines go wrong, and so do time zones
MOST_ROWS = 10_000
MOST_AMOUNT = 1e12
LONGEST_TEXT = 100_000
LONGEST_NAME = 500
AUTHORS = ("customer", "person", "bot", "system")
IDENTIFIERS = ("email", "phone", "card", "messenger")
LONG_TEXTS = frozenset({"_text", "feature_json"})
NEEDED = {"was_promised_delivery": ("_promised_at",)}
# Whose order or case it is, said once, resolves everything else that names only the order or the case.
NAMED_BY = {"placed_order": ("order", "_order"), "opened_case": ("case", "_case")}
DATELESS = frozenset({"gave_details"})
# Columns that every kind may carry, beside those that its entry in the catalogue names.
ALWAYS = frozenset({"_known_at", "_source", "_currency", "_order", "_case", "_place"})
PLAIN = frozenset({"kind", "activity", "ts", "customer", "anonymous_customer_id", "anonymous", "link", "features", "feature_json"})
OURS = frozenset({"activity_id", "revenue_impact", "repeat"})
NUMBERS = frozenset(field.name for field in ACTIVITY_SCHEMA if str(field.type) == "double")
MOMENTS = frozenset(field.name for field in ACTIVITY_SCHEMA if field.type == TIMESTAMP)


class RowProblem(ValueError):
    """Why a row cannot be used, and which of its fields is to blame ("" for the row as a whole)."""

    def __init__(self, code: str, wording: Wording, field: str = "") -> None:
        super().__init__(code)
        self.code, self.wording, self.field = code, wording, field


@dataclass(frozen=True, slots=True)
class Told:
    """A row that can be used: the activity by column, its customer, and the identifiers that came with it."""

    activity: dict[str, Any]
    customer: str | None
    identifiers: tuple[Identifier, ...]


def read_row(row: Any, *, now: datetime, currency: str, seen: Counter[tuple[object, ...]]) -> Told:
    """Return the activity that a row tells.

    Parameters
    ----------
    now : nothing may lie more than a day after it.
    currency : of amounts that name none.
    seen : counts equal records of one batch, so that two equal lines of one invoice are two; filled here.

    Raises
    ------
    RowProblem : the row cannot be used.
    """
    if not isinstance(row, dict):
        raise RowProblem("not_an_object", say.NOT_AN_OBJECT)
    kind = _kind(row)
    columns = _columns(row, kind)
    activity: dict[str, Any] = dict.fromkeys(ACTIVITY_SCHEMA.names)
    activity["activity"] = kind.name
    for column, (name, written) in columns.items():
        activity[column] = _read(column, name, written)
    activity["ts"] = _ts(activity, kind, now)
    activity["_known_at"] = _known_at(activity, now)
    activity["_source"] = activity["_source"] or "api"
    activity["feature_json"] = _features(row, activity["feature_json"])
    identifiers = _identifiers(row)
    customer = activity["customer"] = _customer(activity["customer"]) or _provisional(identifiers)
    activity["anonymous_customer_id"] = activity["anonymous_customer_id"] or _anonymous(activity, customer)
    _check_needed(activity, kind)
    _check_amount(activity, kind, currency)
    activity["activity_id"] = _identity(activity, kind, row, seen)
    if kind.name in NAMED_BY:
        sort, column = NAMED_BY[kind.name]
        identifiers = (*identifiers, Identifier(sort, activity[column]))
    return Told(activity, customer, identifiers)


def _kind(row: dict[str, Any]) -> ActivityKind:
    written = row.get("kind", row.get("activity"))
    if "kind" in row and "activity" in row and row["kind"] != row["activity"]:
        raise RowProblem("two_kinds", say.TWO_KINDS, "kind")
    if not isinstance(written, str) or not written:
        raise RowProblem("kind_missing", say.KIND_MISSING, "kind")
    if written not in KINDS:
        near = difflib.get_close_matches(written[:60], KINDS, n=1)
        hint = Wording(f" Возможно, {near[0]}?", f" Perhaps {near[0]}?") if near else Wording("", "")
        wording = say.KIND_UNKNOWN.filled(written=written[:60])
        raise RowProblem("kind_unknown", Wording(wording.ru + hint.ru, wording.en + hint.en), "kind")
    return KINDS[written]


def _columns(row: dict[str, Any], kind: ActivityKind) -> dict[str, tuple[str, Any]]:
    """Return what the row gives by column of the stream: {column: (name as written, as written)}; empty ones left out."""
    allowed = ALWAYS | set(kind.columns)
    given: dict[str, tuple[str, Any]] = {}
    for name, written in row.items():
        if written is None or written == "" or name in IDENTIFIERS or name in OURS or name in ("kind", "activity", "features"):
            continue
        column = _column(name)
        if column not in allowed and column not in PLAIN:
            known = ", ".join(sorted(part.lstrip("_") for part in allowed | {"customer", "ts", "features"}))
            raise RowProblem("field_unknown", say.FIELD_UNKNOWN.filled(kind=kind.name, name=str(name)[:60], known=known), str(name)[:60])
        if column in given:
            raise RowProblem("field_twice", say.FIELD_TWICE.filled(name=str(name)[:60]), str(name)[:60])
        given[column] = (str(name), written)
    return given


def _column(name: Any) -> str:
    if name == "anonymous":
        return "anonymous_customer_id"
    return f"_{name}" if f"_{name}" in TYPED_COLUMNS else str(name)


def _read(column: str, name: str, written: Any) -> Any:
    if column in MOMENTS:
        return _moment(name, written)
    if column in NUMBERS:
        return _number(name, written)
    if column == "feature_json":
        return written  # read by _features
    text = _text(name, written, LONGEST_TEXT if column in LONG_TEXTS else LONGEST_NAME)
    if column == "_author" and text not in AUTHORS:
        raise RowProblem("author_unknown", say.AUTHOR_UNKNOWN.filled(known=", ".join(AUTHORS)), name)
    if column == "_currency" and not (text and len(text) == 3 and text.isascii() and text.isalpha()):
        raise RowProblem("currency_unknown", say.CURRENCY_UNKNOWN, name)
    return text.upper() if column == "_currency" and text else text


def _moment(name: str, written: Any) -> datetime:
    if not isinstance(written, str):
        raise RowProblem("moment_unreadable", say.MOMENT_UNREADABLE, name)
    try:
        moment = datetime.fromisoformat(written.strip())
        if moment.tzinfo is None:
            raise RowProblem("moment_without_zone", say.MOMENT_WITHOUT_ZONE, name)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        if isinstance(problem, RowProblem):
            raise
        raise RowProblem("moment_unreadable", say.MOMENT_UNREADABLE, name) from problem


def _number(name: str, written: Any) -> float:
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise RowProblem("number_unreadable", say.NUMBER_UNREADABLE, name)
    try:
        number = float(written)
    except OverflowError as problem:
        raise RowProblem("number_too_large", say.NUMBER_TOO_LARGE, name) from problem
    if not math.isfinite(number):
        raise RowProblem("number_unreadable", say.NUMBER_UNREADABLE, name)
    if abs(number) > MOST_AMOUNT:
        raise RowProblem("number_too_large", say.NUMBER_TOO_LARGE, name)
    return number + 0.0  # minus nought and nought are one fact


def _text(name: str, written: Any, longest: int) -> str | None:
    """Return a text or a number as text. 17 and 17.0 are the same customer; True is nobody's name."""
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        raise RowProblem("text_expected", say.TEXT_EXPECTED, name)
    if isinstance(written, float):
        written = _number(name, written)
        written = int(written) if written.is_integer() else written
    if isinstance(written, int) and abs(written) > MOST_AMOUNT * MOST_AMOUNT:
        raise RowProblem("number_too_large", say.NUMBER_TOO_LARGE, name)
    text = str(written).replace("\x00", "").strip()
    if len(text) > longest:
        raise RowProblem("text_too_long", say.TEXT_TOO_LONG.filled(longest=longest), name)
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise RowProblem("text_broken", say.TEXT_BROKEN, name) from problem
    return text or None


def _ts(activity: dict[str, Any], kind: ActivityKind, now: datetime) -> datetime:
    moment: datetime | None = activity["ts"]
    if moment is None:
        if kind.name in DATELESS:
            return EPOCH
        raise RowProblem("ts_missing", say.TS_MISSING, "ts")
    if moment > now + TOLERANCE:
        raise RowProblem("ts_in_future", say.TS_IN_FUTURE, "ts")
    if moment < EPOCH:
        raise RowProblem("ts_too_early", say.TS_TOO_EARLY, "ts")
    return moment


def _known_at(activity: dict[str, Any], now: datetime) -> datetime:
    """Return when the company learned of it: as given, else the moment itself."""
    ts: datetime = activity["ts"]
    known: datetime | None = activity["_known_at"]
    if known is None:
        return ts
    if known < ts or known > now + TOLERANCE:
        raise RowProblem("known_at_impossible", say.KNOWN_AT_IMPOSSIBLE, "known_at")
    return known


def _features(row: dict[str, Any], written: Any) -> str | None:
    features = row.get("features", written)
    if features is None or features == "":
        return None
    if isinstance(features, str):
        try:
            features = json.loads(features)
        except (ValueError, RecursionError) as problem:
            raise RowProblem("features_unreadable", say.FEATURES_UNREADABLE, "features") from problem
    if not isinstance(features, dict):
        raise RowProblem("features_unreadable", say.FEATURES_UNREADABLE, "features")
    try:
        return _text("features", json.dumps(features, ensure_ascii=False, sort_keys=True, allow_nan=False), LONGEST_TEXT)
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, RowProblem):
            raise
        raise RowProblem("features_unreadable", say.FEATURES_UNREADABLE, "features") from problem


def _customer(written: str | None) -> str | None:
    """Return the customer, None for the ways in which programs write "nobody"; `17850.0` reads as `17850`."""
    if written is None or written.lower() in NOBODY:
        return None
    return written[:-2] if written.endswith(".0") and written[:-2].isdigit() else written


def _identifiers(row: dict[str, Any]) -> tuple[Identifier, ...]:
    """Return the ways to recognise the customer that came with the row.

    Raises
    ------
    RowProblem : one of them cannot be anybody's.
    """
    told = []
    for name in IDENTIFIERS:
        if row.get(name) in (None, ""):
            continue
        identifier = Identifier(name, _text(name, row[name], LONGEST_NAME) or "")
        if normalise_identifier(identifier) is None:
            raise RowProblem("identifier_unreadable", say.IDENTIFIER_UNREADABLE, name)
        told.append(identifier)
    return tuple(told)


def _provisional(identifiers: tuple[Identifier, ...]) -> str | None:
    """Return the key under which somebody stands of whom only an address or a number is known."""
    for identifier in identifiers:
        normal = normalise_identifier(identifier)
        if normal is not None:
            return key_of(identifier.kind, normal)
    return None


def _anonymous(activity: dict[str, Any], customer: str | None) -> str | None:
    if customer is not None:
        return None
    for column, word in (("_order", "order"), ("_case", "case")):
        if activity[column]:
            return f"{word}:{activity[column]}"
    raise RowProblem("nobody", say.NOBODY, "customer")


def _check_needed(activity: dict[str, Any], kind: ActivityKind) -> None:
    """Refuse a row without what tells it from others: all orders without a number would be one order."""
    needed = set(NEEDED.get(kind.name, ()))
    if not {"customer", "anonymous_customer_id"} & set(kind.identity):
        needed.add(kind.identity[0])
    missing = sorted(column for column in needed if activity[column] is None)
    if missing:
        name = missing[0].lstrip("_")
        raise RowProblem("field_missing", say.FIELD_MISSING.filled(kind=kind.name, name=name), name)


def _check_amount(activity: dict[str, Any], kind: ActivityKind, currency: str) -> None:
    amount = activity["_amount"]
    if amount is not None:
        if amount < 0:
            raise RowProblem("amount_negative", say.AMOUNT_NEGATIVE, "amount")
        activity["_currency"] = activity["_currency"] or currency
        activity["revenue_impact"] = kind.revenue_sign * amount + 0.0
    stars = activity["_stars"]
    if stars is not None and not 1 <= stars <= 5:
        raise RowProblem("stars_impossible", say.STARS_IMPOSSIBLE, "stars")


def _identity(activity: dict[str, Any], kind: ActivityKind, row: dict[str, Any], seen: Counter[tuple[object, ...]]) -> str:
    numbered = any(activity[column] for column in kind.own_numbers)
    parts = ["" if numbered and column == "customer" else _part(activity, column) for column in kind.identity if column != "repeat"]
    if "repeat" in kind.identity:
        key = (kind.name, *parts)
        seen[key] += 1
        parts.insert(kind.identity.index("repeat"), str(seen[key]))
    made = activity_id(kind.name, *parts)
    if row.get("activity_id") not in (None, "", made):
        raise RowProblem("activity_id_differs", say.ACTIVITY_ID_DIFFERS.filled(made=made), "activity_id")
    return made


def _part(activity: dict[str, Any], column: str) -> str:
    """Return one part of an identity in the form that an import of files gives it, so that both tell one fact."""
    if column == "customer":
        return activity["customer"] or activity["anonymous_customer_id"] or ""
    held = activity[column]
    if held is None:
        return ""
    if isinstance(held, datetime):
        return str((held - EPOCH) // timedelta(microseconds=1))
    return repr(held) if isinstance(held, float) else str(held)
