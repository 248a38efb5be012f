"""Which encoding a text is in: byte order marks, strict UTF-8 over the whole file, then the Cyrillic single-byte ones by letters."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

CHUNK = 4 * 1024 * 1024
SAMPLE = 512 * 1024
LONGEST_LINE = 16 * 1024 * 1024
READ_WHOLE = 64 * 1024 * 1024
PIECES = 16
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
    """Say what kind of text a file is, from all of it up to 64 MB, beyond that from its beginning and pieces spread over the rest.

    What the pieces do not show (a damaged letter, a line without end) is refused when the file is read. Stops early at a
    line beyond `LONGEST_LINE`.
    """
    with path.open("rb") as source:
        head = source.read(SAMPLE)
    wide = _wide_encoding(head)
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, longest, current, seen, bad = 0, 0, 0, 0, b""
    for chunk, joined in _pieces(path):
        if wide is None and b"\0" in chunk:
            return TextScan(None, lines, longest, zeros=True)
        if wide is None and not bad:
            bad = _not_utf8(decoder, chunk, joined)
        breaks, longest, current = _line_lengths(chunk, longest, current if joined else 0)
        lines, seen = lines + breaks, seen + len(chunk)
        if max(longest, current) > LONGEST_LINE:
            return TextScan(None, lines, max(longest, current), zeros=False)
    estimate = round(lines * path.stat().st_size / max(seen, 1)) if seen < path.stat().st_size else lines
    if wide is not None:
        return TextScan(wide, estimate, longest, zeros=False)
    if not bad:
        return TextScan("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8", estimate, longest, zeros=False)
    return TextScan(single_byte_encoding(head + bad), estimate, longest, zeros=False)


def _pieces(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of 4 MB, each with whether it joins the one before."""
    size = path.stat().st_size
    with path.open("rb") as source:
        while source.tell() < min(size, READ_WHOLE) and (chunk := source.read(CHUNK)):
            yield chunk, True
        rest = size - source.tell()
        if rest <= 0:
            return
        for piece in range(PIECES):
            source.seek(READ_WHOLE + rest * piece // PIECES)
            yield source.read(CHUNK), False


def _not_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, joined: bool) -> bytes:
    """Return the bytes from the first that cannot be UTF-8 on; a piece that starts inside a letter is read from the next one."""
    if not joined:
        decoder.reset()
        start = next((index for index, byte in enumerate(chunk[:4]) if byte & 0xC0 != 0x80), 0)
        chunk = chunk[start:]
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as failure:
        return chunk[max(0, failure.start - 1) :][:SAMPLE]
    return b""


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
        if high and high.count(0) + high.count(4) > 0.95 * len(high) and high.count(0) and b"\n" in head:
            return name
    return None


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
