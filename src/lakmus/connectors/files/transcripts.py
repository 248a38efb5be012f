"""Whole conversations in one cell, as chats export them: of a case's text only what the customer wrote is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lakmus.connectors.files.sql import literal

CUSTOMERS = "клиент|посетитель|пользователь|покупатель|гость|customer|client|visitor|user|guest"
BEFORE = "^[^a-zа-яё\\n]*"
"""A time, brackets, dashes."""
BY_CUSTOMER = f"(?i){BEFORE}({CUSTOMERS})[^:\\n]{{0,40}}:\\s*"
SAID = re.compile(
    rf"\W*\d{{1,2}}[.:]\d[\d.:,\s-]*\W*[a-zа-яё][^:\n]{{1,40}}:\s|\W*({CUSTOMERS})(\s*\W?\d+)?\W*:\s",
    re.IGNORECASE,
)


def is_transcript(cells: Sequence[str]) -> bool:
    """Say whether most cells that say something begin like a conversation: `[10:17] Клиент: …` or `Посетитель: …`."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and sum(bool(SAID.match(cell)) for cell in filled) > 0.5 * len(filled)


def said_by_customer(cell: str) -> str:
    """SQL: the lines of a conversation that the customer wrote, without who and when; null where there are none."""
    lines = f"string_split(replace({cell}, chr(13), ''), chr(10))"
    theirs = f"list_filter({lines}, lambda line: regexp_matches(line, {literal(BY_CUSTOMER)}))"
    words = f"list_transform({theirs}, lambda line: regexp_replace(line, {literal(BY_CUSTOMER)}, ''))"
    return f"nullif(array_to_string({words}, chr(10)), '')"
