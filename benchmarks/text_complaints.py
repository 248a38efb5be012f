"""Claim: the lexicon finds the reasons in complaints that its writer made up before seeing how they are read, and none where none is.

    python -m benchmarks.text_complaints [--misses] [--record]

Half of the list, drawn by the text itself (the first byte of its MD5 is even), may be looked at while entries are written; of the other
half nothing but the totals is ever shown. Both were written by the same hand as the entries, so they say what the lexicon lacked, not how
well it reads strangers; the sets in `text_reading.py` and `text_reasons.py` say that.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import RECORD
from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.text.reader import read, reading_version

LISTS = {"Russian": "text_complaints_ru.txt", "English": "text_complaints_en.txt"}
REASONS = {*ERROR_CODES, *OTHER_REASONS}
NONE = "none"


class Made(NamedTuple):
    """A text, the reason that it gives (`NONE`: it is no complaint), and what may be heard beside."""

    text: str
    reason: str
    beside: frozenset[str]

    @property
    def open(self) -> bool:
        """Whether it may be looked at."""
        return hashlib.md5(self.text.encode(), usedforsecurity=False).digest()[0] % 2 == 0


def made_up(name: str) -> list[Made]:
    """Return the texts of one list; a reason stands in brackets above its texts."""
    found, reason = [], ""
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            reason = line.strip("[]")
        elif line and not line.startswith("--"):
            text, _, beside = line.partition(" | ")
            found.append(Made(text, reason, frozenset(beside.split())))
    return found


def heard(one: Made) -> set[str]:
    """Return the reasons that are read in a text."""
    return set(read(one.text).codes) & REASONS


def totals(texts: Iterable[Made]) -> str:
    """Return a row: complaints, how many of them are heard, how many reasons read are wrong, and what is read where nothing was meant."""
    complaints = [one for one in texts if one.reason != NONE]
    others = [one for one in texts if one.reason == NONE]
    found = [(one, heard(one)) for one in complaints]
    hits = sum(one.reason in codes for one, codes in found)
    right = sum(len(codes & {one.reason, *one.beside}) for one, codes in found)
    given = sum(len(codes) for _, codes in found)
    wronged = sum(bool(heard(one)) for one in others)
    displeased = sum(read(one.text).polarity == "negative" for one in others)
    heard_share, precision = hits / len(complaints), right / max(1, given)
    return f"| {len(complaints)} | {heard_share:.3f} | {precision:.3f} | {len(others)} | {wronged} | {displeased} |"


def by_reason(texts: Iterable[Made]) -> Iterator[str]:
    """Yield how much is heard of every reason."""
    complaints = [one for one in texts if one.reason != NONE]
    meant = Counter(one.reason for one in complaints)
    hits = Counter(one.reason for one in complaints if one.reason in heard(one))
    for reason, count in meant.items():
        yield f"| `{reason}` | {count} | {hits[reason] / count:.2f} |"


def misses(texts: Iterable[Made]) -> Iterator[str]:
    """Yield the texts that may be looked at and are read otherwise than they were meant."""
    for one in texts:
        codes = heard(one)
        wanted = set() if one.reason == NONE else {one.reason}
        missed, wrong = wanted - codes, codes - wanted - one.beside
        if one.open and (missed or wrong):
            yield f"{one.reason}: {one.text}  [missed {' '.join(missed) or '-'}; wrong {' '.join(sorted(wrong)) or '-'}]"


def main() -> None:
    """Judge both halves of both lists."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", action="store_true", help="show what is missed in the half that may be looked at")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    lines = [
        f"### Complaints made up at the desk (version `{reading_version()}`)",
        "",
        "| | complaints | heard | precision | no complaints | read as one | read as displeased |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    everything = {language: made_up(name) for language, name in LISTS.items()}
    for language, texts in everything.items():
        for half, is_open in (("may be looked at", True), ("judges only", False)):
            lines.append(f"| {language}, {half} {totals([one for one in texts if one.open == is_open])}")
    lines += ["", "| reason, both languages, what judges only | complaints | heard |", "|---|---:|---:|"]
    lines += by_reason([one for texts in everything.values() for one in texts if not one.open])
    text = "\n".join(lines) + "\n"
    print(text)
    if asked.misses:
        print("\n".join(line for texts in everything.values() for line in misses(texts)))
    if asked.record:
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(f"\n## {datetime.now(UTC).date().isoformat()}\n\n{text}")


if __name__ == "__main__":
    main()
