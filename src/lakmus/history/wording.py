"""One sentence for people, in both languages of the product."""

from __future__ import annotations

import re
from dataclasses import dataclass

LANGUAGES = ("ru", "en")
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_LONE_SUM = re.compile(r"^(\d+)\.(\d\d)$")


def written_fact(text: str, language: str) -> str:
    """Return what a file or a check says is so, its days and a lone sum as the language writes them: `26.02.2026`, `1978,00`."""
    if language == "en":
        return text
    return _LONE_SUM.sub(r"\1,\2", _DAY.sub(r"\3.\2.\1", text))


@dataclass(frozen=True, slots=True)
class Wording:
    """The same text in Russian and in English; neither is a translation of an identifier."""

    ru: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text in `language` ("ru" or "en"); anything else reads Russian, where no line breaks before a sign of percent."""
        return self.en if language == "en" else self.ru.replace(" %", "\N{NO-BREAK SPACE}%")

    def filled(self, **parts: object) -> Wording:
        """Return the wording with `{name}` places of both languages filled; a part that is a wording is read in each language."""
        ru, en = (
            {name: part.in_language(language) if isinstance(part, Wording) else part for name, part in parts.items()}
            for language in ("ru", "en")
        )
        return Wording(self.ru.format(**ru), self.en.format(**en))
