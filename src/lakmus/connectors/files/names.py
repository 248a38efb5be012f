"""Names of columns, made comparable: case, ё, punctuation, spaces and units do not count."""

from __future__ import annotations

import re
import unicodedata

UNITS = frozenset("руб рублей rub usd eur brl gbp ₽ $ € мин минут min minutes шт штук pcs utc msk мск".split())
NOT_A_WORD = re.compile(r"[^0-9a-zа-я₽$€]+")


def words(name: str) -> list[str]:
    """Return the words of a column's name in lower case, without trailing units ("Сумма, руб." gives ["сумма"])."""
    plain = unicodedata.normalize("NFKC", name.replace("№", " номер ")).replace("\ufeff", "").lower().replace("ё", "е")
    found = [word for word in NOT_A_WORD.split(plain) if word]
    while len(found) > 1 and found[-1] in UNITS:
        found.pop()
    return found


def compact(name: str) -> str:
    """Return a column's name as one word, so that `Customer ID`, `customer_id` and `CustomerID` are the same."""
    return "".join(words(name))
