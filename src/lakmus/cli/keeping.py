"""`lakmus export`, `forget`, `backup`, `restore`: what a company does with its own data."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice
from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording

if TYPE_CHECKING:
    from lakmus.usecases.house.home import Home

ABOUT_EXPORT = Wording("таблица в CSV: клиенты, заказы, ошибки, события", "a table as CSV: customers, orders, errors, activities")
TABLE = Wording("таблица: customers, orders, errors, moments, activities", "table: customers, orders, errors, moments, activities")
EXPORT_TO = Wording("куда записать (по умолчанию стандартный вывод)", "where to write (default standard output)")
EXPORTED = Wording("Строк записано: {rows} → {path}", "Rows written: {rows} → {path}")
UNWRITABLE = Wording(
    "Не удалось записать «{path}»: {problem}. Ничего не потеряно; укажите другое место: --output.",
    "Could not write “{path}”: {problem}. Nothing was lost; name another place: --output.",
)

ABOUT_FORGET = Wording("стереть клиента навсегда", "erase a customer for good")
CUSTOMER = Wording("номер клиента, почта или телефон", "the customer's id, e-mail or phone")
YES = Wording("не спрашивать", "do not ask")
ASK = Wording("Стереть клиента «{customer}» навсегда? [д/Н] ", "Erase customer “{customer}” for good? [y/N] ")
KEPT = Wording("Ничего не стёрто.", "Nothing was erased.")
LIFT = Wording(
    "вычеркнуть из забытых: следующая загрузка снова возьмёт строки клиента",
    "take off the list: the next import takes the customer's rows again",
)
LIFTED = Wording("Клиент вычеркнут из забытых. Стёртое не вернулось.", "The customer is off the list. What was erased did not come back.")
FORGOTTEN = {
    "activities": Wording("Стёрто событий: {count}", "Activities erased: {count}"),
    "results": Wording("Удалено расчётов (посчитаются заново): {count}", "Results removed (they will be computed anew): {count}"),
    "reports": Wording("Удалено отчётов: {count}", "Reports removed: {count}"),
    "rejected_rows": Wording("Вырезано из файлов с отклонёнными строками: {count}", "Rows cut out of files of rejected rows: {count}"),
    "imports": Wording(
        "Отменено загрузок, которые ждали с файлами клиента: {count}", "Waiting imports withdrawn with their files: {count}"
    ),
}
STAYS_AWAY = Wording(
    "Загрузки больше не возьмут строки этого клиента: он записан среди забытых без имени и номера. "
    "В копиях, сделанных раньше (lakmus backup), и в ваших файлах он остался.",
    "Imports leave this customer's rows out from now on: they stand on the list of the forgotten without name or number. "
    "Copies made before (lakmus backup) and your own files still hold them.",
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
    parser.add_argument("--lift", action="store_true", help=commands.say(LIFT))
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
    if asked.lift:
        _lift(home, asked.customer, voice)
        return
    from lakmus.usecases.people.forget_customer import forget_customer
    from lakmus.usecases.writing import number

    if not asked.yes and sys.stdin.isatty():
        print(voice.word(ASK).format(customer=asked.customer), end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in AGREED:
            raise LakmusError("forget_declined", KEPT)
    forgotten = forget_customer(home, asked.customer, actor=None).as_json()
    if voice.wants_json:
        voice.json(forgotten)
        return
    told = [wording.filled(count=number(forgotten[name], voice.language)) for name, wording in FORGOTTEN.items()]
    voice.text("\n".join(voice.word(wording) for wording in [*told, STAYS_AWAY]))


def _lift(home: Home, customer: str, voice: Voice) -> None:
    from lakmus.usecases.people.forgotten_people import lift_forgetting

    lift_forgetting(home, customer, actor=None)
    if voice.wants_json:
        voice.json({"lifted": 1})
    else:
        voice.text(voice.word(LIFTED))


def backup(asked: Namespace, voice: Voice) -> None:
    """Save the home in one archive."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.house.backup import make_backup
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
    from lakmus.cli.home import home_at
    from lakmus.usecases.house.backup import restore_backup, restore_database

    path = restore_backup(asked.archive, asked.home)
    restore_database(home_at(path))
    if voice.wants_json:
        voice.json({"home": path})
    else:
        voice.text(voice.word(RESTORED).format(path=path))
