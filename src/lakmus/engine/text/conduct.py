"""What a reply of staff does (refuses, offers another way, is rude …), and how customers say that it missed their question."""

from __future__ import annotations

import functools

import polars as pl

from lakmus.engine.text.cleaning import cleaned
from lakmus.engine.text.finding import Lexicon, compiled
from lakmus.engine.text.notation import entries_of
from lakmus.engine.text.word_classes import CLASSES
from lakmus.engine.text.words import words_of

DEEDS = ("refusal", "alternative", "does_not_know", "will_find_out", "rude", "acted", "not_what_i_asked")
"""Codes of `entries/conduct.txt`."""

LONGEST_QUOTE = 80


@functools.cache
def _lexicon() -> Lexicon:
    return compiled({code: [lines] for code, lines in entries_of("conduct").items()}, CLASSES)


def deeds_in(text: str) -> dict[str, str]:
    """Return what a reply does, each of `DEEDS` with the first words (at most `LONGEST_QUOTE` signs) that say so, negated ones aside."""
    own = cleaned(text).text
    words = words_of(own)
    known = _lexicon()
    found: dict[str, str] = {}
    for one in known.find(words, known.known(words)):
        if not one.negated:
            found.setdefault(one.code, text[one.start : min(one.end, one.start + LONGEST_QUOTE)])
    return found


def deeds_column(texts: pl.Series) -> pl.DataFrame:
    """Return one String column for each of `DEEDS`: the words that say so, null where none do; one row per text in its order."""
    unique = texts.cast(pl.String).fill_null("").unique(maintain_order=True)
    rows = [deeds_in(text) for text in unique]
    read = pl.DataFrame(
        {"text": unique, **{name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in DEEDS}},
    )
    return texts.cast(pl.String).fill_null("").to_frame("text").join(read, on="text", how="left", maintain_order="left").drop("text")
