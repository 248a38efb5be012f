"""What a message states of an order, by its words: sums, delivery days, order numbers, whom it greets. For whole columns at once.

Patterns are in the syntax of Rust's `regex` (Polars), for lower-case text with «ё» as «е», except names, which keep their capitals.
"""

from __future__ import annotations

import functools
from typing import Any

import polars as pl

_NUMBER = r"\d{1,3}(?:[ \x{a0}\x{202f}]\d{3})+(?:[.,]\d{1,2})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_CURRENCIES = {"RUB": r"₽|руб\w*|р\b|rub", "USD": r"\$|usd|долл\w*|dollars?", "EUR": r"€|eur|евро|euros?"}
_ORDER_NAMED = r"[^\d!?\n]{0,40}(?:№|#|no\.?|номер|заказ\w*|order)\s*[\w/-]*\d[\w/-]*"
_SUM = (
    r"(?P<head>\bстоимост\w*|\bсумм\w*|\bитого|\bк оплате|\bцен[аеуы]\b|\bзаказ\w*(?:\s*(?:№|#)\s*\S*\d)? на\b|\btotal|\bamount|\bprice)"
    rf"(?P<gap>(?:{_ORDER_NAMED})??[^\d!?\n$€]{{0,30}}?)(?:(?P<sign>[$€])\s?(?P<priced>{_NUMBER})"
    rf"|(?P<number>{_NUMBER})\s?(?P<currency>₽|руб\w*|р\b|rub|\$|usd|долл\w*|dollars?|€|eur\w*|евро))"
)
_PRICE_SOMEWHERE = r"\d\s?(?:₽|руб|р|rub|\$|usd|долл|dollar|€|eur|евро)|[$€]\s?\d"
_JUST_BEFORE, _REACH_BEFORE = r"[^.!?\n]*$", 25
_OPENS, _CLOSES = "\ue000", "\ue001"
_NO_SUM_BEFORE = r"возврат|верн|скидк|бонус|балл|к[эе]шб[эе]к|компенсац|сертификат|при заказе|при покупке|refund|discount|bonus|voucher"
_NO_SUM_GAP = (
    r"доставк|возврат|скидк|бонус|балл|к[эе]шб[эе]к|комисси|сертификат|минимальн|доплат|предоплат|компенсац|разниц|\bот$|свыше|более|"
    r"delivery|shipping|refund|discount|bonus|minimum|over$|above$|from$|difference"
)
_SUM_SIGNS = ["сумм", "стоимост", "итого", "к оплате", "цен", "заказ", "total", "amount", "price"]

_MONTHS = {
    **{name: at for at, name in enumerate("янв фев мар апр мая июн июл авг сен окт ноя дек".split(), 1)},
    **{name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
}
_MONTH = r"(?:янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
_DAY = (
    rf"(?:20\d\d-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}(?:[./](?:20)?\d\d)?|\d{{1,2}}(?:-?го|st|nd|rd|th)? {_MONTH}(?: 20\d\d)?"
    rf"|{_MONTH} \d{{1,2}}\b(?:,? 20\d\d)?)"
)
_DELIVERY = (
    r"(?P<head>\b(?:достав\w*|привез\w*|прибуд\w*|прибыти\w*|приед\w*|вруч\w*|deliver\w*|arriv\w*|bring))"
    rf"(?P<gap>(?:{_ORDER_NAMED})??(?:[^\d!?\n.]|\.[^\s\d]){{0,50}}?)"
    rf"(?P<first>{_DAY}|\d{{1,2}}\b)(?:(?P<link>\s?[-–—]\s?| по | на | до | to | and )(?P<second>{_DAY}))?"
)
_NO_DAY_GAP = r"(?:\bот|\bdated|\bplaced on|\bхран\w*[^.]*|\bоплат\w*[^.]*|\bзаказан\w*|\bordered)\s*$"
_DAY_SIGNS = ["достав", "привез", "прибуд", "прибыти", "приед", "вруч", "deliver", "arriv", "bring"]

_NUMBER_NAMED = (
    r"(?:заказ\w*|order)\s*(?:номер|number|no\.?|n)?\s*(?:№|#)\s*(?P<marked>[\w/-]*\d[\w/-]*)|"
    r"(?:заказ\w*|order)\s+(?:номер|number|no\.?)\s*(?P<told>[\w/-]*\d[\w/-]*)"
)
_GREETING = (
    r"(?:^|[\n.!])\s*(?:(?i:здравствуйте|здравствуй|добрый день|добрый вечер|доброе утро|"
    r"приветствуем|привет|уважаем(?:ый|ая)|hello|hi|dear|"
    r"good (?:morning|day|afternoon|evening))[,!]?\s+(?P<after>[А-ЯЁA-Z][а-яёa-z]+)(?:\s[А-ЯЁA-Z][а-яёa-z]+)?\s*[,!.—–-]"
    r"|(?P<first>[А-ЯЁA-Z][а-яёa-z]+)(?:\s[А-ЯЁA-Z][а-яёa-z]+)?,)"
)
LEAST_NAME_SCORE = 0.05
"""How likely, by the dictionary, a word must be a first name («Роман» is mostly a novel) to be one after a greeting."""

_NOT_NAMES = frozenset("customer client friend sir madam team all there guest buyer valued colleague everyone folks".split())


def lowered(column: str = "text") -> pl.Expr:
    """Return an expression: the text in lower case, «ё» as «е»."""
    return pl.col(column).str.to_lowercase().str.replace_all("ё", "е", literal=True)


def _any_of(texts: pl.DataFrame, signs: list[str]) -> bool:
    """Say whether any text holds one of the signs; the patterns take longer to prepare than a small company to judge."""
    return bool(texts.select(lowered().str.contains_any(signs).any()).item())


def _matches(texts: pl.DataFrame, pattern: str, signs: list[str]) -> pl.DataFrame:
    """Return one row per match of a pattern in the texts that hold one of the signs: the columns of `texts` and the named groups."""
    likely = texts.with_columns(lowered().alias("lowered")).filter(pl.col("lowered").str.contains_any(signs))
    found = (
        likely.with_columns(pl.col("lowered").str.extract_all(pattern).alias("quote")).drop("lowered").explode("quote").drop_nulls("quote")
    )
    return found.with_columns(pl.col("quote").str.extract_groups(pattern).alias("groups")).unnest("groups")


def sums_in(texts: pl.DataFrame, *, currency: str) -> pl.DataFrame:
    """Return the sums that texts state of an order («сумма заказа 1 234,50 ₽», "order total $12"), in the company's currency.

    Sums of deliveries, refunds, discounts and points, and limits («от 3 000 ₽») are none.

    Parameters
    ----------
    texts : text and whatever else. currency : ISO 4217.

    Returns
    -------
    pl.DataFrame : the columns of `texts`, `quote` and `sum_said` (Float64).
    """
    if not _any_of(texts, _SUM_SIGNS):
        return texts.clear().with_columns(pl.lit("").alias("quote"), pl.lit(0.0).alias("sum_said"))
    found = _sums_with_before(texts)
    said = pl.concat_str(pl.col("sign").fill_null(""), pl.col("currency").fill_null(""))
    ours = said.str.contains(_CURRENCIES[currency]) if currency in _CURRENCIES else said != ""
    other = pl.col("before").str.contains(_NO_SUM_BEFORE) | pl.col("gap").str.strip_chars().str.contains(_NO_SUM_GAP)
    plain = (
        pl.coalesce("priced", "number")
        .str.replace_all(r"[ \x{a0}\x{202f}]", "")
        .str.replace_all(r",(\d{3})\b", "$1")
        .str.replace(",", ".", literal=True)
    )
    kept = found.filter(ours & (said != "") & ~other).with_columns(plain.cast(pl.Float64, strict=False).alias("sum_said"))
    return kept.drop_nulls("sum_said").select(*texts.columns, pl.col("quote").str.strip_chars(), "sum_said")


def _sums_with_before(texts: pl.DataFrame) -> pl.DataFrame:
    """Return what `_matches` does for sums, and `before`: what stands before each in its sentence, of at most 25 signs.

    A pattern that began with what stands before would be tried at every sign of every text: twelve times as slow.
    """
    likely = texts.with_columns(lowered().alias("quote")).filter(
        pl.col("quote").str.contains_any(_SUM_SIGNS) & pl.col("quote").str.contains(_PRICE_SOMEWHERE)
    )
    marked = pl.col("quote").str.replace_all(_SUM, f"{_OPENS}${{0}}{_CLOSES}").str.split(_CLOSES)
    pieces = likely.with_columns(marked).explode("quote").filter(pl.col("quote").str.contains(_OPENS, literal=True))
    halves = pieces.with_columns(pl.col("quote").str.split_exact(_OPENS, 1).struct.rename_fields(["before", "quote"]).alias("halves"))
    found = halves.drop("quote").unnest("halves")
    before = pl.col("before").str.slice(-_REACH_BEFORE).str.extract(f"({_JUST_BEFORE})", 1)
    return found.with_columns(before, pl.col("quote").str.extract_groups(_SUM).alias("groups")).unnest("groups")


def days_in(texts: pl.DataFrame, *, time_zone: str) -> pl.DataFrame:
    """Return the delivery days that texts state («доставим 12.03», "delivered by March 12", «доставка 12–14 марта»).

    A day without a year lies as near as can be to the moment of the message. «С 12.03 на 14.03» states the latter.

    Parameters
    ----------
    texts : text, at (UTC) and whatever else. time_zone : IANA name of the company's.

    Returns
    -------
    pl.DataFrame : the columns of `texts`, `quote`, `day_first` and `day_last` (Date).
    """
    if not _any_of(texts, _DAY_SIGNS):
        return texts.clear().with_columns(
            pl.lit("").alias("quote"), *(pl.lit(None, pl.Date).alias(name) for name in ("day_first", "day_last"))
        )
    found = _matches(texts, _DELIVERY, _DAY_SIGNS).filter(~pl.col("gap").str.contains(_NO_DAY_GAP))
    local = pl.col("at").dt.convert_time_zone(time_zone).dt.date()
    bare = pl.col("first").str.contains(r"^\d{1,2}$")
    second = _day_of(pl.col("second"), local)
    in_its_month = pl.when(bare).then(
        second.dt.replace(day=pl.col("first").str.extract(r"^(\d{1,2})$").cast(pl.Int8, strict=False).clip(1, 28))
    )
    first = in_its_month.otherwise(_day_of(pl.col("first"), local))
    moved = pl.col("link").fill_null("").str.strip_chars() == "на"
    told = found.with_columns(pl.when(moved).then(second).otherwise(first).alias("day_first"), pl.coalesce(second, first).alias("day_last"))
    return told.drop_nulls(["day_first", "day_last"]).select(*texts.columns, "quote", "day_first", "day_last")


def _day_of(written: pl.Expr, near: pl.Expr) -> pl.Expr:
    """Return the Date that is written; null where there is no such day."""
    parts = [written.str.extract(pattern, group) for pattern, group in _PARTS_OF_DAY]
    day = pl.coalesce(parts[0], parts[1], parts[2], parts[3]).cast(pl.Int32, strict=False)
    named = pl.coalesce(written.str.extract(rf"({_MONTH})", 1)).str.slice(0, 3).replace_strict(_MONTHS, default=None, return_dtype=pl.Int32)
    month = pl.coalesce(parts[4].cast(pl.Int32, strict=False), parts[5].cast(pl.Int32, strict=False), named)
    year = pl.coalesce(written.str.extract(r"(20\d\d)", 1), pl.concat_str(pl.lit("20"), written.str.extract(r"^\d+[./]\d+[./](\d\d)$", 1)))
    own = year.cast(pl.Int32, strict=False)
    guess = [_date(near.dt.year() + shift, month, day) for shift in (0, 1, -1)]
    nearest = guess[0]
    for other in guess[1:]:
        closer = (other - near).dt.total_days().abs() < (nearest - near).dt.total_days().abs()
        nearest = pl.when(nearest.is_null() | closer.fill_null(False)).then(other).otherwise(nearest)
    return pl.when(own.is_not_null()).then(_date(own, month, day)).otherwise(nearest)


_PARTS_OF_DAY = (
    (r"^20\d\d-\d\d-(\d\d)$", 1),
    (r"^(\d{1,2})[./]\d{1,2}", 1),
    (r"^(\d{1,2})(?:-?го|st|nd|rd|th)? [а-яa-z]", 1),
    (r"^[а-яa-z]+ (\d{1,2})", 1),
    (r"^20\d\d-(\d\d)-\d\d$", 1),
    (r"^\d{1,2}[./](\d{1,2})", 1),
)


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    written = pl.format("{}-{}-{}", year, month.cast(pl.String).str.zfill(2), day.cast(pl.String).str.zfill(2))
    return written.str.to_date("%Y-%m-%d", strict=False)


def numbers_in(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the order numbers that texts name («заказ № 1001», "order #A-17"): the columns of `texts`, `quote`, `number_said`."""
    found = _matches(texts, _NUMBER_NAMED, ["заказ", "order"])
    named = found.with_columns(pl.coalesce("marked", "told").str.strip_chars("-/").alias("number_said")).drop_nulls("number_said")
    return named.select(*texts.columns, "quote", "number_said")


def names_in(texts: pl.DataFrame) -> pl.DataFrame:
    """Return whom texts greet by a personal name: the columns of `texts` and `name_said`; words that are no names are left out."""
    likely = texts.with_columns(pl.col("text").str.slice(0, 120).str.extract_groups(_GREETING).alias("groups")).unnest("groups")
    named = likely.with_columns(pl.coalesce("after", "first").alias("name_said")).drop("after", "first").drop_nulls("name_said")
    unique = named["name_said"].unique()
    names = [name for name in unique if is_name(name)]
    return named.filter(pl.col("name_said").is_in(pl.Series(names, dtype=pl.String).implode())).select(*texts.columns, "name_said")


@functools.cache
def is_name(word: str) -> bool:
    """Say whether a capitalised word is a first name: a Russian one by the dictionary, a Latin one unless it is a word of greetings."""
    if word.isascii():
        return word.lower() not in _NOT_NAMES and word.lower() not in ("your", "our", "the", "we", "you", "this", "thank", "thanks")
    return any("Name" in one.tag and one.score >= LEAST_NAME_SCORE for one in _dictionary().parse(word))


@functools.cache
def _dictionary() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()
