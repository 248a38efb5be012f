"""What a text says by its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from lakmus.engine.text import lexicon

_WORD = re.compile(r"[a-zа-я]+(?:-[a-zа-я]+)?")
_THANKS = re.compile(lexicon.THANKS)
_ANOTHER_MATTER = re.compile(lexicon.ANOTHER_MATTER)
_THANKING = ["спас", "благодар", "спс", "пасиб", "thank", "thx", "cheers"]
SHORT_THANKS_WORDS = 6


def tidy(text: str) -> str:
    """Return the text in lower case with «ё» written «е», as the lexicon expects it."""
    return text.lower().replace("ё", "е")


def has_any(text: str, signs: Iterable[str]) -> bool:
    """Say whether any of the signs stands in the text: quicker than an expression for the short texts this is asked of."""
    for sign in signs:  # noqa: SIM110 - `any` over a generator takes twice as long
        if sign in text:
            return True
    return False


def is_only_thanks(text: str | None) -> bool:
    """Say whether a message thanks and nothing else, so that nobody owes an answer to it.

    It thanks; it has no question and asks for nothing; and either every other word is one of those that go with thanks, or it is short.
    """
    return bool(text) and thanks_only(tidy(text or ""))


def thanks_only(tidied: str) -> bool:
    """Return `is_only_thanks` of a text that is `tidy`."""
    if not has_any(tidied, _THANKING) or not _THANKS.search(tidied) or _ANOTHER_MATTER.search(tidied):
        return False
    words = _WORD.findall(_THANKS.sub(" ", tidied))
    return len(words) < SHORT_THANKS_WORDS or all(word in lexicon.BESIDE_THANKS for word in words)


def only_thanks(texts: pl.Series) -> pl.Series:
    """Return `is_only_thanks` of each text (Boolean, never null); only texts with a word of thanks are looked at closely."""
    unique = texts.to_frame("text").unique().drop_nulls()
    candidates = unique.filter(pl.col("text").str.to_lowercase().str.contains_any(_THANKING))["text"]
    thanking = [text for text in candidates if is_only_thanks(text)]
    return texts.is_in(pl.Series(thanking, dtype=pl.String).implode()).fill_null(False)


def _spaced(column: str) -> pl.Expr:
    """Return the text as the lexicon's lists expect it: words of lower-case letters and digits between single spaces."""
    tidied = pl.col(column).str.to_lowercase().str.replace_all("ё", "е", literal=True)
    return pl.concat_str(pl.lit(" "), tidied.str.replace_all(r"[^0-9a-zа-я]+", " "), pl.lit(" "))


def complains(column: str = "_text") -> pl.Expr:
    """Return an expression: the text in `column` holds words of displeasure or of leaving (Boolean, never null)."""
    return _spaced(column).str.contains_any([*lexicon.COMPLAINT_WORDS, *lexicon.CRY_FOR_HELP]).fill_null(False)


def cries_for_help(column: str = "_text") -> pl.Expr:
    """Return an expression: the text in `column` says that the customer is about to leave (Boolean, never null)."""
    return _spaced(column).str.contains_any(list(lexicon.CRY_FOR_HELP)).fill_null(False)


def complaint_topic(column: str = "_topic") -> pl.Expr:
    """Return an expression: the topic in `column` names a complaint rather than a question (Boolean, never null)."""
    return _spaced(column).str.contains_any(list(lexicon.COMPLAINT_TOPICS)).fill_null(False)
