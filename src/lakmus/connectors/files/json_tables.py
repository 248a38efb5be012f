"""JSON as a table: objects within objects become columns such as `customer.phone`, the list within an answer of an API becomes the file."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from lakmus.connectors.files.archives import work_file
from lakmus.connectors.files.encodings import LONGEST_LINE, scan_text, transcode
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.sql import literal, named

UTF8 = ("utf-8", "utf-8-sig", "ascii")
WHOLE = 64 * 1024**2
"""Bytes of a file that is read whole."""
RECORDS = 10_000
DEEPEST = 3
MOST_NAMES = 10_000
Record = dict[str, Any]


def plain_json(path: Path, work_dir: Path) -> Path:
    """Return a file of JSON as it can be read: itself, or a copy in UTF-8, or the records that lie in one object, line by line.

    What is no JSON, or holds no list of records, is returned as it is: it is refused where it is looked into.
    """
    with path.open("rb") as source:
        head = source.read(1024).lstrip(b"\xef\xbb\xbf\xff\xfe\0\r\n\t ")
    if head[:1] not in (b"{", b"["):
        return path
    encoding = scan_text(path).encoding
    if encoding not in (None, "utf-8", "ascii"):  # DuckDB loses the first record behind a mark of UTF-8
        copy = work_file(work_dir, path, encoding, ".utf8.json")
        if not copy.exists():
            try:
                transcode(path, copy, encoding)
            except UnicodeDecodeError:
                return path
        path = copy
    records = _within(path) if head[:1] == b"{" else None
    if records is None:
        return path
    copy = work_file(work_dir, path, "records", ".records.jsonl")
    if not copy.exists():
        part = copy.with_suffix(".part")
        with part.open("w", encoding="utf-8") as target:
            target.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        part.replace(copy)
    return copy


def _within(path: Path) -> list[Record] | None:
    """Return the records that an object of a whole file holds in a list, the longest of its lists; None where it holds none."""
    if path.stat().st_size > WHOLE:
        return None
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    found = max(_lists(whole, 0), key=len, default=None)
    return found if isinstance(whole, dict) else None


def _lists(value: Any, depth: int) -> Iterator[list[Record]]:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        yield value
    elif isinstance(value, dict) and depth < DEEPEST:
        for each in value.values():
            yield from _lists(each, depth + 1)


def json_keys(path: Path, name: str, form: str) -> tuple[str, ...]:
    """Return the names of the records' values in the order of their first appearance, from the first 10,000 records.

    Raises
    ------
    BadInput : they are no records.
    """
    try:
        with path.open(encoding="utf-8-sig") as source:
            if form == "json":
                parsed = json.loads(source.read(WHOLE))[:RECORDS]
            else:
                parsed = [_object_or_none(line) for line in islice(source, RECORDS) if line.strip()]
    except (ValueError, RecursionError) as failure:
        raise refusal("not_json_lines", name) from failure
    objects = [record for record in parsed if isinstance(record, dict)]
    if not objects or len(objects) < len(parsed) / 2:
        raise refusal("not_json_lines", name)
    keys: dict[str, None] = {}
    for record in objects:
        keys.update(dict.fromkeys(_names(record, "", 0)))
        if len(keys) > MOST_NAMES:
            break
    return tuple(keys)


def _names(record: Record, before: str, depth: int) -> Iterator[str]:
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < DEEPEST and _way(f"{before}{key}.x"):
            yield from _names(value, f"{before}{key}.", depth + 1)
        else:
            yield before + key


def _object_or_none(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def json_relation(path: Path, names: Sequence[str], form: str) -> str:
    """Return the SQL of a JSON file with every value as text, called c0, c1, …"""
    tops = dict.fromkeys(top for name in names for top in (name, *_way(name)[:1]))
    columns = ", ".join(f"{literal(top)}: 'JSON'" for top in tops)
    cells = ", ".join(f"{_cell(name)} as c{index}" for index, name in enumerate(names))
    layout, lenient = ("newline_delimited", "true") if form == "jsonl" else ("array", "false")
    return (
        f"(select {cells} from read_json({literal(path)}, format='{layout}', columns={{{columns}}},"
        f" ignore_errors={lenient}, maximum_object_size={LONGEST_LINE}))"
    )


def _cell(name: str) -> str:
    """SQL: the value of a name as text; a dot may lead into an object or belong to the name."""
    whole, way = f"{named(name)} ->> '$'", _way(name)
    if not way:
        return whole
    inner = "$" + "".join(f'."{key}"' for key in way[1:])
    return f"coalesce({whole}, {named(way[0])} ->> {literal(inner)})"


def _way(name: str) -> list[str]:
    """Return the keys that lead to a value within objects; none where a name is no such way."""
    keys = name.split(".")
    return keys if len(keys) > 1 and all(keys) and '"' not in name else []
