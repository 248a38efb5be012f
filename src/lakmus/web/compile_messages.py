"""Compile the translations: `python -m lakmus.web.compile_messages`. Needs Babel only, not the system's gettext."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lakmus.history.money import NO_BREAK

LOCALE = Path(__file__).parent / "locale"


def _with_dashes(said: Any) -> Any:
    """Bind each dash to the word before it, so that no line of a page begins with one."""
    return tuple(map(_with_dashes, said)) if isinstance(said, tuple) else re.sub(" (?=[–—] )", NO_BREAK, said or "")


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Write each `django.po` below `locale` as `django.mo` beside it; return what was written."""
    written = []
    for source in sorted(locale.rglob("*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parents[1].name)
        for message in catalogue:
            message.string = _with_dashes(message.string)
        target = source.with_suffix(".mo")
        # Written aside and renamed, so that a server that starts meanwhile never reads half a catalogue.
        descriptor, name = tempfile.mkstemp(dir=target.parent, suffix=".mo.part")
        with os.fdopen(descriptor, "wb") as file:
            write_mo(file, catalogue)
        os.chmod(name, 0o644)
        os.replace(name, target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_all():
        print(path)
