"""`lakmus`: reads the arguments, runs one command, turns every failure into a sentence and an exit code.

0 done, 1 refused for a reason that is printed, 2 wrong usage. Answers go to standard output, everything else to standard error;
a program that asked for JSON gets the reason of a refusal as JSON on standard output, too.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from lakmus import __version__
from lakmus.cli import alerts, definition, demo, house, importing, keeping, serving, simulating, stages, texts, users, verdicts
from lakmus.cli.options import Commands, Parser, add_shared, language_of
from lakmus.cli.usage import VERSION
from lakmus.cli.voice import Voice
from lakmus.history.failures import LakmusError
from lakmus.history.wording import Wording

ABOUT = Wording(
    "Каких клиентов компания теряет, из-за каких ошибок сервиса, во что это обходится и что делать.",
    "Which customers a company is losing, through which service errors, what it costs, and what to do.",
)
UNEXPECTED = Wording(
    "Внутренняя ошибка программы. То, что было загружено раньше, цело. Подробности записаны в {log}; повторите команду, "
    "а если ошибка вернётся, покажите этот файл тому, кто сопровождает программу.",
    "The program failed. What was imported before is unharmed. The details are in {log}; repeat the command, "
    "and if it fails again, show that file to whoever looks after the program.",
)
STOPPED = Wording("Остановлено. Загруженное раньше цело.", "Stopped. What was imported before is unharmed.")
INTERRUPTED = 130
GROUPS = (simulating, importing, verdicts, definition, stages, alerts, texts, serving, keeping, house, users, demo)


def build_parser(language: str = "en") -> ArgumentParser:
    """Return the parser of the whole command line, its help in `language`."""
    parser = Parser(prog="lakmus", description=ABOUT.in_language(language), language=language)
    parser.add_argument("--version", action="version", version=f"lakmus {__version__}", help=VERSION.in_language(language))
    add_shared(parser, language, formats=("text", "json", "html", "pdf"), inherited=False)
    commands = Commands(parser, language)
    for group in GROUPS:
        group.add_to(commands)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    given = list(sys.argv[1:] if words is None else words)
    asked = build_parser(language_of(given)).parse_args(given)
    voice = Voice(asked.language or language_of([]), asked.format)
    try:
        return int(asked.run(asked, voice) or 0)
    except LakmusError as failure:
        voice.refusal(failure.code, failure.wording)
        return failure.exit_code
    except KeyboardInterrupt:
        voice.message(STOPPED)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us (`| head`) has enough; a second failure on closing is avoided.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        voice.refusal("unexpected", UNEXPECTED.filled(log=_write_down(asked)))
        return 1


def _write_down(asked: Namespace) -> str:
    """Write the traceback where the home keeps its log, without persons in it where the log knows how."""
    from lakmus.cli.home import log_file

    written = log_file(asked.home)
    if written is not None:
        import logging

        logging.getLogger("lakmus.cli").exception("command %s failed", asked.command)
        return str(written)
    with tempfile.NamedTemporaryFile("w", prefix="lakmus-", suffix=".log", delete=False, encoding="utf-8") as file:
        traceback.print_exc(file=file)
    return str(Path(file.name))
