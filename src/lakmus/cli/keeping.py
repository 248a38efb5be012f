"""`lakmus export`, `forget`, `backup`, `restore`: what a company does with its own data."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import IO

from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice
from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording

ABOUT_EXPORT = Wording("таблица в CSV: клиенты, заказы, ошибки, события", "a table as CSV: customers, orders, errors, activities")
TABLE = Wording("таблица: customers, orders, errors, moments, activities", "table: customers, orders, errors, moments, activities")
EXPORT_TO = Wording("куда записать (по умолчанию стандартный вывод)", "where to write (default standard output)")
EXPORTED = Wording("Строк записано: {rows} → {path}", "Rows written: {rows} → {path}")
UNWRITABLE = Wording(
    "Не удалось записать «{path}»: {problem}. Ничего не потеряно; укажите другое место: --output.",
    "Could not write “{path}”: {problem}. Nothing was lost; name another place: --output.",
)

ABOUT_FORGET = Wording("стереть клиента навсегда", "erase a customer for good")
CUSTOMER = Wording("номер клиента", "the customer's id")
YES = Wording("не спрашивать", "do not ask")
ASK = Wording("Стереть клиента «{customer}» навсегда? [д/Н] ", "Erase customer “{customer}” for good? [y/N] ")
KEPT = Wording("Ничего не стёрто.", "Nothing was erased.")
FORGOTTEN = Wording(
    "Стёрто: событий {activities}. Отчёты и расчёты, где мог быть клиент, удалены и посчитаются заново. В прежних копиях он остался.",
    "Erased: {activities} activities. Reports and results that may have held the customer are gone and will be computed anew. "
    "Backups made before still hold the customer.",
)

ABOUT_BACKUP = Wording("сохранить всё в один архив", "save everything in one archive")
ABOUT_RESTORE = Wording("развернуть архив в новую папку", "unpack an archive into a new folder")
ARCHIVE = Wording("файл архива .zip", "the .zip archive")
BACKED_UP = Wording(
    "Копия записана: {path}. В ней персональные данные и ключи: храните её как их.",
    "The backup is written: {path}. It holds personal data and keys: keep it as you keep those.",
)
PACKING = Wording("Сохраняю: {done}", "Saving: {done}")
RESTORED = Wording("Развёрнуто и проверено: {path}", "Unpacked and checked: {path}")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add("export", ABOUT_EXPORT, export)
    parser.add_argument("table", nargs="?", default="customers", help=commands.say(TABLE), metavar="TABLE")
    parser.add_argument("--output", type=Path, default=None, metavar="FILE", help=commands.say(EXPORT_TO))
    add_as_of(parser, commands)
    parser = commands.add("forget", ABOUT_FORGET, forget)
    parser.add_argument("customer", metavar="CUSTOMER", help=commands.say(CUSTOMER))
    parser.add_argument("--yes", action="store_true", help=commands.say(YES))
    commands.add("backup", ABOUT_BACKUP, backup).add_argument("archive", type=Path, metavar="FILE", help=commands.say(ARCHIVE))
    commands.add("restore", ABOUT_RESTORE, restore).add_argument("archive", type=Path, metavar="FILE", help=commands.say(ARCHIVE))


def export(asked: Namespace, voice: Voice) -> None:
    """Write a table as CSV; with `--format json` the answer says where and how many rows."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    shown = computed(home, asked, voice)
    from lakmus.usecases.export_tables import export_table

    if asked.output is None and voice.wants_json:
        asked.output = home.reports / f"{asked.table}.csv"
    target: IO[str] | Path = asked.output or sys.stdout
    try:
        rows = export_table(home, shown, asked.table, target, language=voice.language)  # type: ignore[arg-type]
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise BadInput("export_unwritable", UNWRITABLE.filled(path=asked.output, problem=problem.strerror)) from problem
    if voice.wants_json:
        voice.json({"table": asked.table, "rows": rows, "path": asked.output})
    elif asked.output is not None:
        voice.text(voice.word(EXPORTED).format(rows=rows, path=asked.output))


def forget(asked: Namespace, voice: Voice) -> None:
    """Erase one customer; at a terminal, only after a yes."""
    from lakmus.cli.home import home_at
    from lakmus.cli.importing import AGREED

    home = home_at(asked.home)
    from lakmus.usecases.forget_customer import forget_customer

    if not asked.yes and sys.stdin.isatty():
        print(voice.word(ASK).format(customer=asked.customer), end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in AGREED:
            raise LakmusError("forget_declined", KEPT)
    forgotten = forget_customer(home, asked.customer, actor=None)
    if voice.wants_json:
        voice.json(forgotten.as_json())
    else:
        voice.text(voice.word(FORGOTTEN.filled(activities=forgotten.activities)))


def backup(asked: Namespace, voice: Voice) -> None:
    """Save the home in one archive."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.backup import make_backup
    from lakmus.usecases.writing import percent

    path = make_backup(
        home, asked.archive, progress=lambda share: voice.progress(voice.word(PACKING).format(done=percent(share, voice.language)))
    )
    if voice.wants_json:
        voice.json({"path": path, "bytes": path.stat().st_size})
    else:
        voice.text(voice.word(BACKED_UP).format(path=path))


def restore(asked: Namespace, voice: Voice) -> None:
    """Unpack an archive into a home that does not exist yet."""
    from lakmus.usecases.backup import restore_backup

    path = restore_backup(asked.archive, asked.home)
    if voice.wants_json:
        voice.json({"home": path})
    else:
        voice.text(voice.word(RESTORED).format(path=path))
