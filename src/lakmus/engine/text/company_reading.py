"""How one company's texts are read: the lexicon, what the company's marks taught beside it, its own themes, and what people said.

What people say of a text goes before what was learned, and that before the lexicon.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import polars as pl

from lakmus.engine.text.code_labels import CodeLabels, learn_codes
from lakmus.engine.text.conduct import LONGEST_QUOTE
from lakmus.engine.text.own_labels import OwnLabels, learn_polarity, polarity_column
from lakmus.engine.text.table import read_column
from lakmus.engine.text.themes import own_themes
from lakmus.history.estimate import NotEnoughEvidence


@dataclass(frozen=True, slots=True)
class SaidOfText:
    """What people said of the text of one activity: `polarity` "negative", "positive", "neutral", or None where they are split.

    `codes` : which codes it has, `without` : which it has not; of a code in neither, people are split and the reading stands.
    """

    activity_id: str
    polarity: str | None
    codes: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompanyReading:
    """What a company taught the reading; small enough to be sent to other processes, each of which learns from it by itself.

    Parameters
    ----------
    version : of all that. themes : code and phrases of each theme of the company's own. said : what people said, by activity.
    polarity_marks : texts with 1 or 5 stars; empty where the lexicon tells the polarity. code_marks : labelled texts with their codes.
    corrected : codes of which a correction is used. embeddings : the version of the sentence embeddings that both are learned with.
    """

    version: str
    themes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    said: tuple[SaidOfText, ...] = ()
    polarity_marks: tuple[tuple[str, float], ...] = ()
    code_marks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    corrected: tuple[str, ...] = ()
    embeddings: str | None = None


def taught(read: pl.DataFrame, company: CompanyReading | None) -> pl.DataFrame:
    """Return what texts say with what the company taught: learned polarity, corrected codes, own themes.

    Parameters
    ----------
    read : `read_column` of different texts, all of them people's own, and `text`. company : None leaves everything as it was read.

    Raises
    ------
    NotFound : it was taught with sentence embeddings that are not installed here.
    """
    if company is None or read.is_empty():
        return read
    if (learned := _polarity(company)) is not None:
        read = read.with_columns(polarity_column(read["text"], learned))
    if (corrections := _corrections(company)) is not None:
        read = _corrected(read, corrections)
    return _with_themes(read, company) if company.themes else read


def labelled(texts: pl.DataFrame, company: CompanyReading | None) -> pl.DataFrame:
    """Return the rows of texts with what people said of them in place of what was read; `texts` as `said.texts_of` has them.

    A neutral text has no polarity, as one in which no word decides. What people found without any word that was read is quoted by the
    beginning of the text.
    """
    if company is None or not company.said:
        return texts
    said = {one.activity_id: one for one in company.said}
    known = pl.col("activity_id").is_in(list(said))
    rows = texts.filter(known)
    if rows.is_empty():
        return texts
    told = pl.DataFrame([_as_said(row, said[row["activity_id"]]) for row in rows.to_dicts()], schema=texts.schema)
    return pl.concat([texts.filter(~known), told])


def _as_said(row: dict[str, Any], said: SaidOfText) -> dict[str, Any]:
    if said.polarity is not None:
        told = None if said.polarity == "neutral" else said.polarity
        row |= {"polarity": told, "confidence": None if told is None else 1.0}
    fresh = [code for code in said.codes if code not in row["codes"]]
    beginning = row["text"].strip()[:LONGEST_QUOTE]
    sayings = [one for one in row["sayings"] or () if one["code"] not in said.without]
    sayings += [{"code": code, "quote": beginning} for code in fresh]
    codes = [code for code in row["codes"] if code not in said.without] + fresh
    return row | {"codes": codes, "sayings": sayings or None, "words": list(dict.fromkeys(one["quote"] for one in sayings))}


def _corrected(read: pl.DataFrame, corrections: CodeLabels) -> pl.DataFrame:
    code_of, codes, sayings = pl.element().struct.field("code"), pl.col("codes"), pl.col("sayings")
    beginning = pl.struct(start=pl.lit(0, pl.UInt32), end=pl.col("text").str.len_chars().clip(0, LONGEST_QUOTE))
    for code, has in corrections.told(read["text"].to_list(), read["codes"].to_list()).items():
        told, had = pl.lit(pl.Series(has)), codes.list.contains(code)
        one = pl.struct(pl.lit(code).alias("code"), beginning.struct.field("start"), beginning.struct.field("end"))
        read = read.with_columns(
            pl.when(told & ~had)
            .then(codes.list.concat(pl.lit([code])))
            .when(~told & had)
            .then(codes.list.eval(pl.element().filter(pl.element() != code)))
            .otherwise(codes)
            .alias("codes"),
            pl.when(told & ~had)
            .then(sayings.list.concat(pl.concat_list(one)))
            .when(~told & had)
            .then(sayings.list.eval(pl.element().filter(code_of != code)))
            .otherwise(sayings)
            .alias("sayings"),
        )
    return read


def _with_themes(read: pl.DataFrame, company: CompanyReading) -> pl.DataFrame:
    themes = own_themes(dict(company.themes))
    found = [themes.sayings(text) for text in read["text"]]
    codes = pl.Series("new", [list(dict.fromkeys(one.code for one in said)) for said in found], dtype=pl.List(pl.String))
    places = [[{"code": one.code, "start": one.start, "end": one.end} for one in said] for said in found]
    fresh = pl.DataFrame([codes, pl.Series("places", places, dtype=read.schema["sayings"])])
    joined = read.with_columns(fresh)
    return joined.with_columns(
        pl.col("codes").list.concat("new").list.unique(maintain_order=True), pl.col("sayings").list.concat("places")
    ).drop("new", "places")


@functools.lru_cache(maxsize=2)
def _polarity(company: CompanyReading) -> OwnLabels | None:
    """Learn the polarity; each process does so once for a company's reading, the same from the same marks."""
    if not company.polarity_marks:
        return None
    texts, stars = [text for text, _ in company.polarity_marks], [stars for _, stars in company.polarity_marks]
    learned = learn_polarity(texts, stars, embeddings=company.embeddings)
    return None if isinstance(learned, NotEnoughEvidence) else learned


@functools.lru_cache(maxsize=2)
def _corrections(company: CompanyReading) -> CodeLabels | None:
    if not company.corrected:
        return None
    texts, said = [text for text, _ in company.code_marks], [codes for _, codes in company.code_marks]
    there = [code for code in company.corrected if 0 < sum(code in one for one in said) < len(said)]
    if not there:
        return None
    return learn_codes(texts, read_column(pl.Series(texts, dtype=pl.String))["codes"].to_list(), said, there, embeddings=company.embeddings)
