"""How the command line speaks: answers to standard output, everything else to standard error."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from lakmus.history.wording import Wording

QUIET_SECONDS = 10.0
"""Where nobody watches a terminal, progress is told this often."""
LIVELY_SECONDS = 0.2


class Voice:
    """One command's answer, in one language and one form."""

    def __init__(self, language: str, form: str) -> None:
        self.language = language
        self.form = form
        self._told_at = time.monotonic()
        self._open_line = False

    @property
    def wants_json(self) -> bool:
        """Whether a program reads the answer."""
        return self.form == "json"

    def word(self, wording: Wording) -> str:
        """Return a wording in the language of the answer."""
        return wording.in_language(self.language)

    def message(self, wording: Wording | str) -> None:
        """Tell a person something that is not the answer."""
        self.close_line()
        print(wording if isinstance(wording, str) else self.word(wording), file=sys.stderr, flush=True)

    def refusal(self, code: str, wording: Wording) -> None:
        """Tell a person why there is no answer, and a program, too."""
        self.message(wording)
        if self.wants_json:
            self.json({"failure": {"code": code, "words": wording}})

    def text(self, text: str) -> None:
        """Give the answer to a person."""
        self.close_line()
        print(text, flush=True)

    def json(self, answer: Any, *, line: bool = False) -> None:
        """Give the answer to a program; `line` puts it on one line."""
        self.close_line()
        written = json.dumps(plain(answer), ensure_ascii=False, indent=None if line else 1, allow_nan=False)
        print(written, flush=not line)

    def progress(self, words: str) -> None:
        """Show how far things are: one line that changes, or now and then a line where nobody watches."""
        moving = sys.stderr.isatty()
        now = time.monotonic()
        if now - self._told_at < (LIVELY_SECONDS if moving else QUIET_SECONDS):
            return
        self._told_at = now
        if moving:
            print(f"\r\x1b[2K{words}", end="", file=sys.stderr, flush=True)
            self._open_line = True
        else:
            print(words, file=sys.stderr, flush=True)

    def close_line(self) -> None:
        """End a line that was changing."""
        if self._open_line:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
            self._open_line = False


def plain(thing: Any) -> Any:
    """Return what JSON can hold: moments as ISO 8601, unknown numbers as null, wordings in both languages."""
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else None
    if isinstance(thing, Wording):
        return {"ru": thing.ru, "en": thing.en}
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, (datetime, date)):
        return thing.isoformat()
    if isinstance(thing, Path):
        return str(thing)
    if isinstance(thing, dict):
        return {str(key): plain(part) for key, part in thing.items()}
    if isinstance(thing, (list, tuple, set, frozenset)):
        return [plain(part) for part in thing]
    if is_dataclass(thing) and hasattr(thing, "as_json"):
        return plain(thing.as_json())
    return thing


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), gap: int = 2) -> str:
    """Return rows as columns of equal width; those in `right` stand against their right edge."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width) for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append((" " * gap).join(cells).rstrip())
    return "\n".join(lines)
