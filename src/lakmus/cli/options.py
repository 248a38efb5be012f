"""What every command understands, before and after its name."""

from __future__ import annotations

import argparse
import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from lakmus.cli import usage
from lakmus.cli.voice import Voice
from lakmus.history.wording import LANGUAGES, Wording

Run = Callable[[Namespace, Voice], int | None]
FORMATS = ("text", "json")
HOME = Wording(
    "папка компании (по умолчанию $LAKMUS_HOME или ./lakmus-home)", "the company's folder (default $LAKMUS_HOME or ./lakmus-home)"
)
FORMAT = Wording("вид ответа (по умолчанию text)", "form of the answer (default text)")
LANGUAGE = Wording(
    "язык ответа: ru или en (по умолчанию $LAKMUS_LANGUAGE, иначе как в LANG)",
    "language of the answer: ru or en (default $LAKMUS_LANGUAGE, else as in LANG)",
)
RUNNER = Wording(
    "где считать: local или кластер Spark, например spark://узел:7077",
    "where to compute: local, or a Spark cluster such as spark://host:7077",
)
AS_OF = Wording(
    "день ГГГГ-ММ-ДД, от которого смотрим (по умолчанию последний день данных)",
    "day YYYY-MM-DD to look from (default the last day of the data)",
)
COMMANDS = Wording("команды", "commands")
RUSSIAN_DAY = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")


class Parser(ArgumentParser):
    """Argparse in both languages, with the usage first and exit code 2 for wrong usage."""

    def __init__(self, *, language: str = "en", **settings: Any) -> None:
        settings.setdefault("allow_abbrev", False)
        super().__init__(add_help=False, **settings)
        self.language = language
        self._positionals.title = usage.POSITIONALS.in_language(language)
        self._optionals.title = usage.OPTIONS.in_language(language)
        self.add_argument("-h", "--help", action="help", default=argparse.SUPPRESS, help=usage.HELP.in_language(language))

    def format_usage(self) -> str:
        """Return the line that shows the form of a call."""
        return self._translated(super().format_usage())

    def format_help(self) -> str:
        """Return the whole help."""
        return self._translated(super().format_help())

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with exit code 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {usage.said(message, self.language)}\n")

    def _translated(self, text: str) -> str:
        return usage.USAGE.in_language(self.language) + text.removeprefix(usage.USAGE.en)


class Commands:
    """The commands of a parser; `add` makes one with the options that all share."""

    def __init__(self, parser: ArgumentParser, language: str, dest: str = "command", *, required: bool = True) -> None:
        self.language = language
        self._choices = parser.add_subparsers(dest=dest, required=required, metavar="COMMAND", title=COMMANDS.in_language(language))

    def add(self, name: str, about: Wording, run: Run | None, *, formats: Sequence[str] = FORMATS) -> ArgumentParser:
        """Return the parser of a new command that `run` carries out."""
        said = about.in_language(self.language)
        parser = self._choices.add_parser(name, help=said, description=said, language=self.language)
        add_shared(parser, self.language, formats=formats, inherited=True)
        if run is not None:
            parser.set_defaults(run=run, formats=tuple(formats))
        return parser

    def under(self, parser: ArgumentParser, dest: str, *, required: bool = True) -> Commands:
        """Return a further level of commands below one of these; `dest` holds which was chosen."""
        return Commands(parser, self.language, dest, required=required)

    def say(self, wording: Wording) -> str:
        """Return the wording in the language of the help."""
        return wording.in_language(self.language)


def add_shared(parser: ArgumentParser, language: str, *, formats: Sequence[str], inherited: bool) -> None:
    """Add --home, --format and --language; below the top they stay silent unless given, so that both places work."""
    usual: dict[str, Any] = {"home": home_by_default(), "format": "text", "language": None}
    if inherited:
        usual = dict.fromkeys(usual, argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, metavar="DIR", default=usual["home"], help=HOME.in_language(language))
    parser.add_argument("--format", choices=formats, default=usual["format"], help=FORMAT.in_language(language))
    parser.add_argument("--language", choices=LANGUAGES, default=usual["language"], help=LANGUAGE.in_language(language))


def add_as_of(parser: ArgumentParser, commands: Commands, *, inherited: bool = False) -> None:
    """Add --as-of and --runner; `inherited` where the command above has them, too."""
    usual = argparse.SUPPRESS if inherited else None
    parser.add_argument("--as-of", type=day_or_moment, metavar="DATE", default=usual, help=commands.say(AS_OF))
    parser.add_argument("--runner", metavar="ADDRESS", default=usual, help=commands.say(RUNNER))


def day_or_moment(written: str) -> date | datetime:
    """Read a day, as 2026-11-21 or 21.11.2026, or a moment with its time zone.

    Raises
    ------
    ArgumentTypeError : neither.
    """
    try:
        if RUSSIAN_DAY.fullmatch(written):
            return date(*map(int, reversed(written.split("."))))
        if len(written) == len("2026-11-21"):
            return date.fromisoformat(written)
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{written!r} ≠ 2026-11-21, 21.11.2026") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{written!r}: YYYY-MM-DDTHH:MM:SS+00:00")
    return moment


def home_by_default() -> Path:
    """Return the folder that is meant when nobody names one."""
    return Path(os.environ.get("LAKMUS_HOME") or "lakmus-home")


def language_of(words: Sequence[str]) -> str:
    """Return the language that the arguments ask for, else that of LAKMUS_LANGUAGE, else that of the terminal, else Russian."""
    for place, word in enumerate(words):
        said = word.partition("=")[2] if word.startswith("--language=") else ""
        if word == "--language" and place + 1 < len(words):
            said = words[place + 1]
        if said in LANGUAGES:
            return said
    chosen = os.environ.get("LAKMUS_LANGUAGE", "").strip().lower()[:2]
    if chosen in LANGUAGES:
        return chosen
    spoken = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2].lower()
    return spoken if spoken in LANGUAGES else "ru"
