"""How staff answer: name used, question asked, understanding confirmed, officialese; replies that were sent before; unfilled places."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import polars as pl

from lakmus.engine.text.cleaning import cleaned, near_duplicates
from lakmus.engine.text.finding import Lexicon, compiled
from lakmus.engine.text.mentions import questions_in
from lakmus.engine.text.notation import entries_of
from lakmus.engine.text.reading import tidy
from lakmus.engine.text.word_classes import CLASSES
from lakmus.engine.text.words import words_of

_PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{0,60}\}\}|\{[A-Za-zА-Яа-я_][\w .]{0,40}\}|\[\[[^\[\]\n]{1,60}\]\]|\[(?i:имя|фамилия|номер|дата|сумма|заказ|адрес|фио|"
    r"name|first name|customer|order|date|amount|number|address)[^\[\]\n]{0,30}\]|\$\{[^{}\n]{1,60}\}|%%?[A-Za-zА-Яа-яЁё_]{3,40}%%?|"
    r"<%[^%\n]{1,60}%>|<(?:[А-Яа-яЁё][А-Яа-яЁё _]{1,30}|[A-Z][A-Z_]{2,30}|[a-z]+_[a-z_]{1,30})>|\$[A-Za-zА-Яа-яЁё_]{2,40}\$|"
    r"\$[A-Z][A-Z_]{2,40}\b|#[A-Z_]{3,40}#|\b(?:undefined|NaN|NULL|null|None)\b|(?i:уважаем(?:ый|ая)(?:\(ая\))?\s*[,!]|\bdear\s*[,!])"
)

FORMULAS_THAT_ARE_COURTESY = 1
"""One phrase of courtesy is courtesy; what a reply holds beyond it is a template."""


@dataclass(frozen=True, slots=True)
class Tone:
    """What a reply holds; all by its words alone, so a figure of many replies says more than one reply.

    `officialese` counts turns of officialese, and phrases of courtesy («ваше мнение важно для нас») beyond the first;
    `placeholders` are the unfilled places («{{имя}}», "undefined") as they stand.
    """

    name_used: bool | None
    question_asked: bool
    understanding_confirmed: bool
    apology: bool
    officialese: int
    placeholders: tuple[str, ...]


@functools.cache
def _lexicon() -> Lexicon:
    return compiled({code: [lines] for code, lines in entries_of("staff").items()}, CLASSES)


def tone_of(text: str | None, *, customer_name: str | None = None) -> Tone:
    """Return how a reply to a customer is written.

    `name_used` is whether `customer_name` (a first name) stands in it, with at most two letters of a Russian ending; None where no name is
    known. `understanding_confirmed`: the reply says the matter back or asks whether it was understood so.
    """
    written = text or ""
    own = cleaned(written).text
    words = words_of(own)
    known = _lexicon()
    said = [one.code for one in known.find(words, known.known(words)) if not one.negated]
    return Tone(
        _name_used(own, customer_name),
        bool(questions_in(tidy(own))),
        "understanding" in said,
        "apology" in said,
        said.count("officialese") + max(0, said.count("formula") - FORMULAS_THAT_ARE_COURTESY),
        placeholders_in(written),
    )


def placeholders_in(text: str) -> tuple[str, ...]:
    """Return the places of a template that were left unfilled, as they stand: braces, percent signs, "undefined", a greeting of nobody."""
    return tuple(found.group() for found in _PLACEHOLDER.finditer(text))


def _name_used(text: str, name: str | None) -> bool | None:
    if not name or not name.strip():
        return None
    first = tidy(name).split()[0]
    stem = first[:-1] if len(first) > 3 and first[-1] in "аяйьо" else first
    return re.search(rf"(?<!\w){re.escape(stem)}[а-яa-z]{{0,2}}(?!\w)", tidy(text)) is not None


def repeated_replies(texts: pl.Series, staff: pl.Series) -> pl.Series:
    """Return whether each reply nearly repeats an earlier one of the same person (Boolean; null where the text is null).

    Parameters
    ----------
    texts, staff : String, one per reply, in the order of time.
    """
    frame = pl.DataFrame({"text": texts, "staff": staff.fill_null("")}).with_row_index("place")
    parts = [part.with_columns(near_duplicates(part["text"]).alias("first")) for part in frame.partition_by("staff", maintain_order=True)]
    if not parts:
        return pl.Series(dtype=pl.Boolean)
    told = pl.concat(part.with_columns((pl.col("first") != pl.int_range(pl.len())).alias("repeated")) for part in parts)
    return told.sort("place")["repeated"]
