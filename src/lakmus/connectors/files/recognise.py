"""Which kind of file a table is and which field each column feeds: by names first, then by what stands in the cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from lakmus.connectors.files.cells import CLOCKED, DRAWN, SPOKEN, STARS
from lakmus.connectors.files.dates import date_format
from lakmus.connectors.files.fields import DURATIONS, FIELDS, SYNONYMS, Sort
from lakmus.connectors.files.file_kinds import FILE_KINDS, FileKind
from lakmus.connectors.files.names import compact, without_unit, words
from lakmus.connectors.files.plan import ColumnPlan
from lakmus.connectors.files.second_thoughts import CLOCK, only_match, think_again

SAMPLES = 5
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
PHONE = re.compile(r"^\+?[78]?[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}$")
NUMBER = re.compile(r"^[-−(]?\s*[₽$€£]?\s*[-+]?\d[\d\s\xa0\u202f'.,]*\)?\s*(?:₽|\$|€|руб\.?|р\.|rub|usd|eur|brl|%)?$", re.IGNORECASE)
CALL_ENDED = re.compile(
    "(не ?)?(отвечен|принят|успешн|состоял|дозвон|дожда)|пропущен|без ответа|нет ответа|занят|сброшен"
    "|answered|unanswered|missed|no answer|busy|abandoned",
    re.IGNORECASE,
)
STRUCTURED = re.compile(r"^(\{.*\}|\[.*\])$", re.DOTALL)
CODE = re.compile(r"^[\w-]{2,40}$")
UNREAD_COUNTED, FEW_WORDS = 10, 12
"""Programs that write out hundreds of columns say nothing by it."""
NUMBER_WORDS = ("nan", "inf", "-inf", "-", "null", "none", "n/a", "")
# How much likelier a kind is before anything is read: shops send orders far more often than invoices.
PRIOR = {
    "orders": 1.0,
    "cases": 0.5,
    "reviews": 0.5,
    "messages": 0.5,
    "contracts": -1.0,
    "invoices": -1.0,
    "visits": -0.5,
    "contacts": -0.5,
}
# A survey that shops send after delivery is written by Olist as a review: it is left when it is answered.
EXCEPTIONS = {("reviews", "reviewanswertimestamp"): "ts", ("reviews", "reviewcreationdate"): "none"}


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a table fits a kind: the field of each column (None: not read) with its confidence, and the total weight."""

    kind: FileKind
    fields: tuple[str | None, ...]
    confidence: tuple[float, ...]
    weight: float
    missing: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind of a table (None where it is unknown or `rivals` are as likely), its columns, and what a kind would still need."""

    kind: str | None
    confidence: float
    columns: tuple[ColumnPlan, ...]
    missing: tuple[tuple[str, ...], ...] = ()
    rivals: tuple[str, ...] = ()


def recognise(names: Sequence[str], rows: Sequence[Sequence[str]], file_name: str, *, kind: str | None = None) -> Recognised:
    """Return the likeliest reading of a table; a kind that a person has named is not doubted."""
    cells = [[row[index] if index < len(row) else "" for row in rows] for index in range(len(names))]
    if kind is not None:
        fit = fit_kind(FILE_KINDS[kind], names, cells, file_name)
        return Recognised(kind, 1.0, _columns(names, cells, fit), fit.missing)
    fits = sorted((fit_kind(each, names, cells, file_name) for each in FILE_KINDS.values()), key=lambda fit: -fit.weight)
    complete = [fit for fit in fits if not fit.missing]
    best = complete[0] if complete else fits[0]
    if fits[0].weight > best.weight + 6:
        best = fits[0]
    if best.weight < (3.5 if not best.missing else 6.0):
        return Recognised(None, 0.0, _columns(names, cells, None))
    rivals = [fit for fit in complete if fit is not best and fit.weight > best.weight - 0.5]
    if rivals and not best.missing:
        return Recognised(None, 0.5, _columns(names, cells, best), (), (best.kind.name, rivals[0].kind.name))
    second = max((fit.weight for fit in fits if fit is not best), default=0.0)
    return Recognised(best.kind.name, best.weight / (best.weight + max(second, 0.0)), _columns(names, cells, best), best.missing)


def fit_kind(kind: FileKind, names: Sequence[str], cells: Sequence[Sequence[str]], file_name: str) -> Fit:
    """Give each column the field it most likely feeds in a file of this kind, and weigh the whole."""
    claims = sorted(
        ((weight, -index, field) for index, name in enumerate(names) for weight, field in [meaning(kind, name)] if field), reverse=True
    )
    fields: list[str | None] = [None] * len(names)
    confidence, weight, unread = [0.0] * len(names), PRIOR.get(kind.name, 0.0), len(names)
    for strength, minus_index, field in claims:
        index = -minus_index
        if field == "none":
            weight, unread = weight + strength, unread - 1
        elif field == "ts" and only_match(CLOCK, cells[index]):
            fields[index], confidence[index], unread = "clock", 0.9, unread - 1
        elif (field == "feature" or field not in fields) and believable(field, cells[index]):
            fields[index], confidence[index] = field, min(0.99, 0.6 + 0.13 * strength)
            weight, unread = weight + strength, unread - 1
    weight += _fill_by_content(kind, names, fields, confidence, cells)
    think_again(kind, names, fields, cells, lambda name: meaning(kind, name)[1])
    missing = tuple(group for group in kind.required if not any(field in fields for field in group))
    weight += 3.0 * bool(set(words(file_name)) & set(kind.titles)) + 2.0 * (not missing) - 0.3 * min(unread, UNREAD_COUNTED)
    return Fit(kind, tuple(fields), tuple(confidence), weight, missing)


def meaning(kind: FileKind, name: str) -> tuple[float, str | None]:
    """Return what a name means in a file of this kind and how strongly it says so (3 its own word, 1 a general one, less a part)."""
    word = compact(name)
    exception = EXCEPTIONS.get((kind.name, word))
    if exception:
        return 3.0, exception
    if word in kind.names:
        return 3.0, kind.names[word]
    if SYNONYMS.get(word) in kind.fields:
        return 1.0, SYNONYMS[word]
    known = _known(kind.name)
    measure = known.get(without_unit(name))
    if measure in DURATIONS:
        return 1.0, measure
    parts = [synonym for synonym in known if len(synonym) >= 4 and synonym in word and len(synonym) >= 0.6 * len(word)]
    return (0.5, known[max(parts, key=len)]) if parts else (0.0, None)


@cache
def _known(kind_name: str) -> dict[str, str]:
    kind = FILE_KINDS[kind_name]
    return {**{synonym: field for synonym, field in SYNONYMS.items() if field in kind.fields}, **kind.names}


def believable(field: str, cells: Sequence[str]) -> bool:
    """Say whether the cells can be what the column's name promises; an empty column can be anything."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled or field in ("feature", "none"):
        return True
    sort = FIELDS[field].sort
    if sort is Sort.MOMENT:
        return date_format(filled, digits_too=True) is not None or _some_dates(filled)
    if sort is Sort.NUMBER:
        return sum(is_number(cell) or _is_measure(field, cell) for cell in filled) >= 0.5 * len(filled)
    if sort in (Sort.IDENTIFIER, Sort.LABEL) and only_match(STRUCTURED, filled):
        return False
    if field == "phone":
        return sum(len(re.sub(r"\D", "", cell)) >= 7 and "e+" not in cell.lower() for cell in filled) >= 0.3 * len(filled)
    if field == "email":
        return any("@" in cell for cell in filled)
    return True


def _is_measure(field: str, cell: str) -> bool:
    """Say whether a cell is a rating or a duration that is no bare number."""
    if field == "stars":
        return bool(re.match(STARS, cell)) or cell.strip()[:1] in DRAWN
    return field in DURATIONS and any(re.match(way, cell) for way in (CLOCKED, SPOKEN))


def _some_dates(cells: Sequence[str]) -> bool:
    """A column of dates with many slips is still a column of dates: its wrong cells are refused row by row."""
    return sum(date_format([cell]) is not None for cell in cells) >= max(1, 0.3 * len(cells))


def is_number(cell: str) -> bool:
    """Say whether a cell is a number as people write it."""
    return bool(NUMBER.match(cell.strip())) or cell.strip().lower() in NUMBER_WORDS


def _fill_by_content(
    kind: FileKind, names: Sequence[str], fields: list[str | None], confidence: list[float], cells: Sequence[Sequence[str]]
) -> float:
    """Feed fields that a kind needs from columns whose names say nothing but whose cells leave one choice; return what these weigh."""
    open_columns = [index for index, field in enumerate(fields) if field is None and meaning(kind, names[index])[1] in (None, "none")]
    weight = 0.0
    wanted = {field for group in kind.required if not any(each in fields for each in group) for field in group}
    for field, test in (
        ("result", lambda column: only_match(CALL_ENDED, column)),
        ("ts", lambda column: date_format(column, digits_too=True) not in (None, "excel")),
        ("email", lambda column: only_match(EMAIL, column)),
        ("phone", lambda column: only_match(PHONE, column)),
        ("stars", _looks_like_stars),
        ("text", _looks_like_text),
        ("amount", _looks_like_amount),
        ("customer", _looks_like_customer),
    ):
        useful = field in ("email", "phone", "amount") and field in kind.fields and field not in fields
        if field not in wanted and not useful:
            continue
        fitting = [index for index in open_columns if fields[index] is None and test(cells[index])]
        if len(fitting) == 1 or (fitting and field == "customer"):
            fields[fitting[0]], confidence[fitting[0]] = field, 0.5
            weight += 3.0 * (field == "result")
    return weight


def _looks_like_stars(column: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in column if cell.strip()]
    return len(filled) >= 5 and set(filled) <= set("12345") and len(set(filled)) > 1


def _looks_like_text(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell.strip()]
    return bool(filled) and sum(map(len, filled)) / len(filled) > 40 and sum(" " in cell for cell in filled) > 0.8 * len(filled)


def _looks_like_amount(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell.strip()]
    return bool(filled) and all(is_number(cell) for cell in filled) and any(re.search(r"[.,]\d{1,2}\D*$", cell) for cell in filled)


def _looks_like_customer(column: Sequence[str]) -> bool:
    """Identifiers that repeat: neither one for all nor one for each row, and no few words that rows are sorted by."""
    filled = [cell.strip() for cell in column if cell.strip()]
    coded = sum(any(sign.isdigit() for sign in cell) for cell in filled) > 0.5 * len(filled)
    several = len(set(filled)) > (1 if coded else FEW_WORDS)
    return len(filled) >= 5 and several and len(set(filled)) < len(filled) and all(CODE.match(cell) for cell in filled)


def _columns(names: Sequence[str], cells: Sequence[Sequence[str]], fit: Fit | None) -> tuple[ColumnPlan, ...]:
    columns = []
    for index, name in enumerate(names):
        samples = tuple(dict.fromkeys(cell.strip()[:80] for cell in cells[index] if cell.strip()))[:SAMPLES]
        column = ColumnPlan(name, samples)
        if fit is not None and fit.fields[index] is not None:
            column = replace(column, field=fit.fields[index], confidence=fit.confidence[index])
        columns.append(with_date_format(column, cells[index]))
    return tuple(columns)


def with_date_format(column: ColumnPlan, cells: Sequence[str]) -> ColumnPlan:
    """Return the column with the way its dates are written, where its field is a date and nobody has said the way."""
    if column.field is None or FIELDS[column.field].sort is not Sort.MOMENT or column.date_format:
        return column
    found = date_format(cells, digits_too=True)
    if found is None:
        readable = [cell for cell in cells if date_format([cell])]
        found = date_format(readable) if readable else "yyyy-mm-dd"
    return replace(column, date_format=found or "yyyy-mm-dd")
