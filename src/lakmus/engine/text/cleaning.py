"""Set aside what the writer did not write now: markup, quotes, signatures, automatic replies, spam, near-duplicates.

What is set aside becomes spaces, so that every sign that is left keeps its place in the original.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from lakmus.engine.text.reading import has_any

LONGEST_TEXT = 20_000
"""Signs that are read; of a longer text the beginning, which bounds the time one text can take."""

_MARKUP = re.compile(
    r"<(?:script|style)\b.{0,20000}?</(?:script|style)\s*>|<!--.{0,5000}?-->|</?[a-zA-Z][^<>]{0,500}>|&(?:[a-zA-Z]{2,8}|#\d{1,6});", re.S
)
_BREAKS = re.compile(r"<(?:/p|/div|/li|/tr|/h\d|br)\b", re.I)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,500}|[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{2,20}")
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|&gt;).*$", re.M)
_QUOTE_BEGINS = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:исходное сообщение|пересылаемое сообщение|original message|forwarded message)\b"
    r"|(?:от|from)[ \t]?:[^\n]{1,200}\n(?:[^\n]{0,200}\n){0,3}[ \t]*(?:тема|кому|to|subject|sent|отправлено|дата|date)[ \t]?:"
    r"|(?:on\b[^\n]{4,150}\bwrote|\d{1,2}[. ][^\n]{3,150}\b(?:пишет|писала?|написала?|пишут))[ \t]?:[ \t]*$)",
    re.I | re.M,
)
_SIGNATURE = re.compile(
    r"^[ \t]*(?:--[ \t]*$|—[ \t]*$|с (?:глубоким |большим )?уважением\b|с наилучшими пожеланиями\b|всего доброго,|"
    r"(?:kind|best|warm) regards\b|regards,|yours (?:sincerely|faithfully)\b|sincerely\b|"
    r"отправлено (?:с|из)\b[^\n]{0,60}$|sent from\b[^\n]{0,60}$)",
    re.I | re.M,
)
_SIGNATURE_SIGNS = 400
_AUTOMATIC = re.compile(
    r"это (?:письмо|сообщение) (?:создано|сформировано|отправлено) автоматически|автоматический ответ|автоответ\b|"
    r"не отвечайте на это (?:письмо|сообщение)|(?:нахожусь|буду|я) (?:сейчас )?в отпуске (?:до|по|с)\b|"
    r"ваше (?:обращение|письмо|сообщение) (?:принято|зарегистрировано|получено)[^\n]{0,80}(?:номер|№|в работу)|"
    r"(?:this is an )?auto(?:matic|mated)?[- ](?:reply|response)|out of (?:the )?office|do not reply to this|"
    r"(?:am|be) on (?:annual |sick )?leave (?:until|till|from)"
)
_SPAM = re.compile(
    r"казино|ставк[аи] на спорт|заработ\w+ (?:в интернет|от \d|без вложен)|кредит без (?:отказа|проверк)|продвижени\w+ (?:сайт|бизнес)|"
    r"раскрутк\w+ сайт|накрутк\w+ (?:подписчик|отзыв)|купить (?:диплом|справк|подписчик)|крипто\w* (?:сигнал|доход)|"
    r"\bcasino\b|\bviagra\b|\bbacklinks?\b|\bseo (?:services|agency)|earn \$?\d+|crypto (?:signals|profit)|buy followers|lottery winner"
)


_AUTOMATIC_SIGNS = (
    "автомат",
    "автоответ",
    "не отвечайте",
    "отпуске",
    "обращение",
    "письмо",
    "сообщение",
    "auto",
    "office",
    "reply",
    "leave",
)
_SPAM_SIGNS = (
    "казино", "ставк", "заработ", "кредит без", "продвижени", "раскрутк", "накрутк", "купить", "крипто", "casino", "viagra", "backlink",
    "seo", "earn", "crypto", "followers", "lottery",
)  # fmt: skip
"""Without one of these in the lower-case text the slower patterns above cannot hold."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text of the original's length (or `LONGEST_TEXT`), foreign parts as spaces; `kind`: "own", "automatic", "spam" or "empty"."""

    text: str
    kind: str


def cleaned(text: str) -> Cleaned:
    """Return what the writer wrote now, each sign in its place."""
    text = text[:LONGEST_TEXT]
    if "<" in text or "&" in text:
        text = _MARKUP.sub(_blank_markup, text)
    if "@" in text or "www" in text or "://" in text:
        text = _ADDRESS.sub(_blank, text)
    if "\n" in text or "\r" in text:
        text = _without_quotes(text.replace("\r", "\n"))
    if not text.strip():
        return Cleaned(text, "empty")
    lowered = text.lower()
    if has_any(lowered, _AUTOMATIC_SIGNS) and _AUTOMATIC.search(lowered):
        return Cleaned(text, "automatic")
    spam = has_any(lowered, _SPAM_SIGNS) and _SPAM.search(lowered)
    return Cleaned(text, "spam" if spam else "own")


def _without_quotes(text: str) -> str:
    text = _QUOTED_LINE.sub(_blank, text)
    if begins := _QUOTE_BEGINS.search(text):
        text = text[: begins.start()] + " " * (len(text) - begins.start())
    written = len(text.rstrip())
    for signature in _SIGNATURE.finditer(text, max(0, written - _SIGNATURE_SIGNS), written):
        if signature.start() > 0:
            return text[: signature.start()] + " " * (len(text) - signature.start())
    return text


def _blank(found: re.Match[str]) -> str:
    return " " * (found.end() - found.start())


def _blank_markup(found: re.Match[str]) -> str:
    blank = _blank(found)
    return "\n" + blank[1:] if _BREAKS.match(found.group()) else blank


_SHINGLE, _ROWS = 4, 3


def near_duplicates(texts: pl.Series) -> pl.Series:
    """Return for each text the place of the first one that says nearly the same, its own where there is none before it.

    Two texts are near-duplicates when, digits aside, they have the same words, or, from twelve words on, the same three least hashes of
    their runs of four words (minhash, Broder 1997: alike in a share J of their runs, they are taken for one with a probability of J³).

    Returns
    -------
    pl.Series : UInt32, one per text; null where the text is null.
    """
    frame = texts.to_frame("text").with_row_index("place")
    worded = frame.with_columns(pl.col("text").str.to_lowercase().str.replace_all(r"[^\p{L}]+", " ").str.strip_chars().alias("said"))
    unique = worded.select("said").drop_nulls().unique(maintain_order=True)
    signs = [_least_hashes(said.split()) for said in unique["said"]]
    signed = unique.with_columns(pl.Series("sign", [sign or said for sign, said in zip(signs, unique["said"], strict=True)]))
    joined = worded.join(signed, on="said", how="left", maintain_order="left")
    first = pl.col("place").first().over("sign")
    return joined.select(pl.when(pl.col("text").is_not_null()).then(first).alias("first"))["first"]


_LONG_ENOUGH = 12


def _least_hashes(words: Sequence[str]) -> str | None:
    """Return the three least hashes of the runs of four words, each under a permutation of its own; None for a short text."""
    if len(words) < _LONG_ENOUGH:
        return None
    hashed = np.fromiter((_steady_hash(word) for word in words), dtype=np.uint64, count=len(words))
    runs = np.zeros(len(words) - _SHINGLE + 1, dtype=np.uint64)
    for offset in range(_SHINGLE):
        runs = runs * np.uint64(1_000_003) + hashed[offset : offset + len(runs)]
    return "|".join(str(int((runs * np.uint64(odd)).min())) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


def _steady_hash(word: str) -> int:
    """Return a hash that does not change from run to run (FNV-1a, 64 bits)."""
    found = 0xCBF29CE484222325
    for sign in word.encode():
        found = ((found ^ sign) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return found
