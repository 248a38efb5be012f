"""What a column's name promises and its cells deny: names of people that are no customer numbers, planned days of delivery, totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lakmus.connectors.files.file_kinds import FileKind
from lakmus.connectors.files.names import compact, words
from lakmus.connectors.files.transcripts import is_transcript

NAME = re.compile(r"[^\W\d_][^\d_@]*")
ONE_NAME = re.compile(r"[А-ЯЁ][а-яё]+")
OF_GOODS_ONLY = re.compile("товар|goods|items|products|subtotal|бездоставки|withoutdelivery")
NOT_DELIVERED = re.compile(
    "отмен|аннулир|cancel|достав(ля|ка)|в пути|нов(ый|ая)|ожида|обработ|комплект|собира|сборк|передан|резерв"
    "|process|shipped|transit|pending|new",
    re.IGNORECASE,
)
FEWEST = 2
CLOCK = re.compile(r"^\d{1,2}:\d{2}(:\d{2})?$")
CLOCK_WORDS = ("время", "time", "час")
ONLY_COUNTS = frozenset({"номерпп", "пп", "номерпопорядку", "номерстроки", "номерстрока", "rownumber", "index"})
MAY_COUNT = frozenset({"№", "#", "n", "N"})


def looks_like_names(cells: Sequence[str]) -> bool:
    """Say whether a column holds names of people or firms rather than numbers or codes that belong to one of them."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    named = sum(bool(NAME.fullmatch(cell)) and (" " in cell or bool(ONE_NAME.fullmatch(cell))) for cell in filled)
    return bool(filled) and named >= 0.8 * len(filled)


def think_again(
    kind: FileKind, names: Sequence[str], fields: list[str | None], cells: Sequence[Sequence[str]], meaning: Callable[[str], str | None]
) -> None:
    """Correct, in place, the fields that the names of columns suggested."""
    if "order" in fields:
        _a_count_of_rows_is_no_number(names, fields, cells, meaning)
    if "ts" in fields and "clock" not in fields:
        _the_clock_beside_its_date(names, fields, cells)
    if kind.name == "cases" and "text" not in fields:
        talk = next((index for index, field in enumerate(fields) if field is None and is_transcript(cells[index])), None)
        if talk is not None:
            fields[talk] = "text"
    if "customer" in fields:
        _names_are_no_numbers(kind, names, fields, cells, meaning)
    if kind.name == "orders" and {"freight", "amount"} <= set(fields):
        # An order's sum holds the delivery, unless it says that it is of the goods alone.
        if not OF_GOODS_ONLY.search(compact(names[fields.index("amount")])):
            fields[fields.index("freight")] = None
    if kind.name == "orders" and {"status", "delivered_at"} <= set(fields) and "promised_at" not in fields:
        _a_day_that_has_not_come(fields, cells)


def _a_count_of_rows_is_no_number(
    names: Sequence[str], fields: list[str | None], cells: Sequence[Sequence[str]], meaning: Callable[[str], str | None]
) -> None:
    """A report counts its rows from 1, and so does the next one: as numbers of orders they would make one order of two."""
    place = fields.index("order")
    counts = compact(names[place]) in ONLY_COUNTS or (names[place].strip() in MAY_COUNT and _counts_rows(cells[place]))
    if counts:
        fields[place] = None
        others = [index for index, name in enumerate(names) if index != place and fields[index] is None and meaning(name) == "order"]
        if others:
            fields[others[0]] = "order"


def _counts_rows(cells: Sequence[str]) -> bool:
    """Say whether cells are 1, 2, 3, … (or 0, 1, 2, …); a number with zeros in front is a document's."""
    filled = [cell.strip().removesuffix(".0") for cell in cells if cell.strip()]
    numbers = [int(cell) for cell in filled if cell.isdecimal() and str(int(cell)) == cell]
    return (
        len(numbers) >= 3
        and len(numbers) > 0.8 * len(filled)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] < 2
    )


def _the_clock_beside_its_date(names: Sequence[str], fields: list[str | None], cells: Sequence[Sequence[str]]) -> None:
    """«Время приёма» belongs to «Дата приёма», where that says no time itself; «Время ожидания» does not."""
    date = fields.index("ts")
    what = words(names[date])[1:]
    for index, name in enumerate(names):
        about = words(name)
        if about and about[0] in CLOCK_WORDS and about[1:] == what and fields[index] is None and only_match(CLOCK, cells[index]):
            if not any(":" in cell for cell in cells[date]):
                fields[index] = "clock"
            return


def only_match(pattern: re.Pattern[str], cells: Sequence[str]) -> bool:
    """Say whether nearly all cells that say something match."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and sum(bool(pattern.match(cell)) for cell in filled) >= 0.9 * len(filled)


def _names_are_no_numbers(
    kind: FileKind, names: Sequence[str], fields: list[str | None], cells: Sequence[Sequence[str]], meaning: Callable[[str], str | None]
) -> None:
    """Two people may share a name: where a code, an e-mail, a phone or a card stands beside it, that tells who it is.

    Whoever signs a review gives any name they like, which is nobody's number.
    """
    place = fields.index("customer")
    if not looks_like_names(cells[place]):
        return
    codes = [index for index, name in enumerate(names) if fields[index] is None and meaning(name) == "customer"]
    code = next((index for index in codes if any(cell.strip() for cell in cells[index]) and not looks_like_names(cells[index])), None)
    if code is None and kind.name != "reviews" and not {"email", "phone", "card"} & set(fields):
        return
    fields[place] = "name" if "name" in kind.fields and "name" not in fields else None
    if code is not None:
        fields[code] = "customer"


def first_rows_name_the_order(kind: str | None, fields: Sequence[str | None], cells: Sequence[Sequence[str]]) -> bool:
    """Say whether a report of lines tells number, date and customer of an order in its first row alone, as merged cells do."""
    if kind != "order_lines" or "order" not in fields:
        return False
    what = [cells[index] for index, field in enumerate(fields) if field in ("product", "product_name")]
    whose = [cells[index] for index, field in enumerate(fields) if field in ("order", "ts", "customer")]
    lines = [row for row in range(len(cells[0])) if any(column[row].strip() for column in what)]
    named = [any(column[row].strip() for column in whose) for row in lines]
    return len(whose) > 1 and bool(lines) and named[0] and 0.1 * len(lines) < sum(not one for one in named)


def _a_day_that_has_not_come(fields: list[str | None], cells: Sequence[Sequence[str]]) -> None:
    """A day of delivery that orders have which are not delivered is the day that was agreed on."""
    status, day = cells[fields.index("status")], cells[fields.index("delivered_at")]
    open_days = [bool(day[row].strip()) for row in range(len(status)) if NOT_DELIVERED.search(status[row])]
    if len(open_days) >= FEWEST and sum(open_days) > 0.5 * len(open_days):
        fields[fields.index("delivered_at")] = "promised_at"
