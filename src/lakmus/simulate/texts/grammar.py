"""A combinatorial grammar over whole columns: a pattern is a row of slots, a text takes one option from each.

In an option `{а}` becomes «а» for a woman and nothing for a man; `{name}` takes the row's own word from `words`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from lakmus.simulate.draws import Flags, Whole

Slot = tuple[str, ...]
Pattern = tuple[Slot, ...]


def compose(
    pattern: Pattern, rng: np.random.Generator, count: int, *, woman: Flags, words: Mapping[str, pl.Series] | None = None
) -> pl.Series:
    """Return `count` texts of one pattern; an empty option leaves its slot out, a dash before a word is never doubled."""
    chosen = [pl.Series(slot, dtype=pl.String).gather(rng.integers(0, len(slot), count)) for slot in pattern]
    joined = pl.DataFrame({str(place): column for place, column in enumerate(chosen)}).select(
        pl.concat_str(pl.all(), separator=" ").alias("text")
    )
    text = joined["text"].str.replace_all(r"\s+([.,!?)])", "$1").str.replace_all(r" {2,}", " ").str.strip_chars()
    return _filled(text, woman=woman, words=words or {})


def compose_each(
    patterns: Sequence[Pattern], which: Whole, rng: np.random.Generator, *, woman: Flags, words: Mapping[str, pl.Series] | None = None
) -> pl.Series:
    """Return one text per row, by the pattern that `which` (rows,) names."""
    parts, places = [pl.Series("text", [], dtype=pl.String)], [np.empty(0, np.int64)]
    # A pattern that no row asks for would draw nothing.
    for number in np.unique(which).tolist():
        rows = np.flatnonzero(which == number)
        own = {name: column.gather(rows) for name, column in (words or {}).items()}
        parts.append(compose(patterns[number], rng, len(rows), woman=woman[rows], words=own))
        places.append(rows)
    back = np.argsort(np.concatenate(places), kind="stable")
    return pl.concat(parts).gather(back)


def misspell(texts: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Return the texts as hasty fingers write them: small letters, commas lost, letters swapped, doubled or dropped."""
    draws = rng.random((len(texts), 4))
    return pl.Series([_misspelt(text, draw) for text, draw in zip(texts.to_list(), draws.tolist(), strict=True)], dtype=pl.String)


def capitalised(texts: pl.Series) -> pl.Series:
    """Return the texts with a capital first letter."""
    return texts.str.slice(0, 1).str.to_uppercase() + texts.str.slice(1)


def _filled(text: pl.Series, *, woman: Flags, words: Mapping[str, pl.Series]) -> pl.Series:
    frame = pl.DataFrame({"text": text, "woman": woman, **words})
    for name in words:
        frame = frame.with_columns(pl.col("text").str.replace_all("{" + name + "}", pl.col(name), literal=True))
    feminine, masculine = (pl.col("text").str.replace_all("{а}", ending, literal=True) for ending in ("а", ""))
    return frame.select(pl.when("woman").then(feminine).otherwise(masculine).alias("text"))["text"]


def _misspelt(text: str, draw: list[float]) -> str:
    letters = text.lower().replace(",", "") if draw[0] < 0.6 else text
    if len(letters) < 8:
        return letters
    place = 1 + int(draw[1] * (len(letters) - 4))
    if draw[2] < 0.35:
        letters = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
    elif draw[2] < 0.7:
        letters = letters[:place] + letters[place + 1 :]
    else:
        letters = letters[:place] + letters[place] + letters[place:]
    return letters.rstrip(".") if draw[3] < 0.5 else letters
