"""Names of columns, made comparable: case, ё, punctuation, spaces and units do not count."""

from __future__ import annotations

import re
import unicodedata

UNITS = frozenset("руб рублей rub usd eur brl gbp ₽ $ € мин минут min minutes шт штук pcs utc msk мск".split())
SECONDS = frozenset("сек секунд секунды с sec seconds s".split())
HOURS = frozenset("ч час часы часов h hours".split())
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


def minutes_of_unit(name: str) -> float:
    """Return how many minutes a column's unit has, by its name: «Ожидание, сек», «Время решения (ч)»; 1 where it names none."""
    last = set(words(name)[-1:])
    return 1 / 60 if SECONDS & last else 60.0 if HOURS & last else 1.0


def without_unit(name: str) -> str:
    """Return a duration's name as one word, without its unit."""
    found = words(name)
    return "".join(found[:-1] if len(found) > 1 and found[-1] in SECONDS | HOURS else found)
