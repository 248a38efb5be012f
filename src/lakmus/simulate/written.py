"""Sums, days and numbers as people and machines write them in Russian texts."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.draws import Whole
from lakmus.simulate.files import days
from lakmus.simulate.season import Season
from lakmus.simulate.texts.letter_words import MONTHS


def sums(kopecks: Whole, style: Whole) -> pl.Series:
    """Write sums of money in one of four ways: 3 490 ₽, 3490 руб., 3 490,50 ₽ (kopecks always), 3490 ₽; kopecks where there are any."""
    roubles, rest = kopecks // 100, kopecks % 100
    frame = pl.DataFrame({"whole": roubles, "thousands": roubles // 1000, "units": roubles % 1000, "rest": rest, "style": style})
    apart = pl.concat_str(pl.col("thousands").cast(pl.String), pl.lit(" "), pl.col("units").cast(pl.String).str.zfill(3))
    whole = pl.col("whole").cast(pl.String)
    number = pl.when((pl.col("style") % 2 == 0) & (pl.col("whole") >= 1000)).then(apart).otherwise(whole)
    odd = (pl.col("rest") > 0) | (pl.col("style") == 2)
    tail = pl.when(odd).then(pl.concat_str(pl.lit(","), pl.col("rest").cast(pl.String).str.zfill(2))).otherwise(pl.lit(""))
    sign = pl.when(pl.col("style") == 1).then(pl.lit(" руб.")).otherwise(pl.lit(" ₽"))
    return frame.select(pl.concat_str(number, tail, sign)).to_series()


def dates(day: Whole, style: Whole, season: Season) -> pl.Series:
    """Write days (since the start) in one of three ways: 12.03.2026, 12.03, 12 марта."""
    shown = days(day, season)
    month = pl.Series(MONTHS).gather(np.maximum(shown.dt.month().to_numpy().astype(np.int64) - 1, 0))
    frame = pl.DataFrame({"full": shown.dt.strftime("%d.%m.%Y"), "short": shown.dt.strftime("%d.%m"), "style": style})
    words = pl.DataFrame({"day": shown.dt.day().cast(pl.String), "month": month}).select(pl.concat_str("day", pl.lit(" "), "month"))
    told = frame.with_columns(words.to_series().alias("words"))
    return told.select(pl.when(pl.col("style") == 0).then("full").when(pl.col("style") == 1).then("short").otherwise("words")).to_series()


def tidied(texts: pl.Series) -> pl.Series:
    """Return texts without the second of two full stops that a short form and a sentence leave behind."""
    return texts.str.replace_all("..", ".", literal=True)
