"""Which encoding a text is in: byte order marks, strict UTF-8 over the whole file, then the Cyrillic single-byte ones by letters."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

CHUNK = 4 * 1024 * 1024
SAMPLE = 512 * 1024
LONGEST_LINE = 16 * 1024 * 1024
CYRILLIC = ("cp1251", "cp866", "koi8-r")
# Share of each letter in Russian running text, per mille (Lyashevskaya and Sharov, frequency dictionary, 2009).
RUSSIAN = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12, 10, 9, 7, 6, 5, 4, 3, 3, 1, 1),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class TextScan:
    """What one bounded pass over a text file found.

    `encoding` is a Python codec name ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1251", …) or None where nobody can
    tell; `lines` counts line ends; `longest_line` is in bytes; `zeros` says that NUL bytes stand where no UTF-16 explains them.
    """

    encoding: str | None
    lines: int
    longest_line: int
    zeros: bool


def scan_text(path: Path) -> TextScan:
    """Read the file once in pieces of 4 MB and say what kind of text it is; stops early at a line beyond `LONGEST_LINE`."""
    with path.open("rb") as source:
        head = source.read(SAMPLE)
    wide = _wide_encoding(head)
    if wide is not None:
        lines, longest = _count_lines(path)
        return TextScan(wide, lines, longest, zeros=False)
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, longest, current, bad = 0, 0, 0, b""
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            if b"\0" in chunk:
                return TextScan(None, lines, longest, zeros=True)
            if not bad:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as failure:
                    bad = chunk[max(0, failure.start - 1) :][:SAMPLE]
            breaks, longest, current = _line_lengths(chunk, longest, current)
            lines += breaks
            if max(longest, current) > LONGEST_LINE:
                return TextScan(None, lines, max(longest, current), zeros=False)
    if not bad:
        return TextScan("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8", lines, longest, zeros=False)
    return TextScan(single_byte_encoding(head + bad), lines, longest, zeros=False)


def single_byte_encoding(sample: bytes) -> str | None:
    """Return the encoding of a sample that is not UTF-8: the Cyrillic one whose letters read most like Russian, or another.

    Each candidate is given the mean share of its letters in Russian text; a capital after a small letter, a sign of the wrong
    table (KOI8-R and CP1251 swap cases), and symbols where letters should be, speak against it.
    """
    likeness = {name: russian_likeness(sample.decode(name, "replace")) for name in CYRILLIC}
    best = max(likeness, key=lambda name: likeness[name])
    if likeness[best] >= 20:
        return best
    guess = charset_normalizer.from_bytes(sample[: 64 * 1024]).best()
    return guess.encoding if guess is not None else None


def russian_likeness(text: str) -> float:
    """Return how much the non-Latin part of a text reads like Russian: about 45 for prose, below 15 for the wrong table."""
    total, letters, before = 0.0, 0, " "
    for sign in text[:200_000]:
        if sign > "\x7f":
            small = sign.lower()
            letters += 1
            if small in RUSSIAN:
                total += RUSSIAN[small] - (60 if sign != small and before.islower() else 0)
            elif sign not in "«»–—…№„“”’\xa0°":
                total -= 60
        before = sign
    return total / letters if letters else 0.0


def _wide_encoding(head: bytes) -> str | None:
    """Return the UTF-16 (or UTF-32) encoding of a text by its mark, or by zeros in every second byte."""
    for mark, name in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark) and not (name == "utf-16-le" and head.startswith(codecs.BOM_UTF32_LE)):
            return name
    if len(head) < 4:
        return None
    for name in ("utf-16-le", "utf-16-be"):
        # Both Latin and Cyrillic letters have a small high byte; a text has spaces, digits or line ends in that form.
        high = head[1::2] if name == "utf-16-le" else head[0::2]
        if high and sum(byte in (0, 4) for byte in high) > 0.95 * len(high) and high.count(0) and b"\n" in head:
            return name
    return None


def _count_lines(path: Path) -> tuple[int, int]:
    lines, longest, current = 0, 0, 0
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            breaks, longest, current = _line_lengths(chunk, longest, current)
            lines += breaks
            if max(longest, current) > LONGEST_LINE:
                break
    return lines, max(longest, current)


def _line_lengths(chunk: bytes, longest: int, current: int) -> tuple[int, int, int]:
    """Return line ends in the chunk, the longest line so far (only gaps that reach across chunks are measured) and the open one."""
    end = b"\n" if b"\n" in chunk else b"\r"
    breaks = chunk.count(end)
    if not breaks:
        return 0, longest, current + len(chunk)
    return breaks, max(longest, current + chunk.find(end)), len(chunk) - chunk.rfind(end) - 1


def transcode(source: Path, target: Path, encoding: str) -> None:
    """Write `source` anew as UTF-8, piece by piece.

    Raises
    ------
    UnicodeDecodeError : the bytes are not in that encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    part = target.with_suffix(".part")
    with source.open("rb") as reading, part.open("wb") as writing:
        first = True
        while True:
            chunk = reading.read(CHUNK)
            text = decoder.decode(chunk, final=not chunk)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            writing.write(text.encode("utf-8", "replace"))
            if not chunk:
                break
    part.replace(target)
