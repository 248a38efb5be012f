"""Whether a home is in order: what `lakmus doctor` says."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import pyarrow.parquet as pq
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from lakmus import __version__
from lakmus.history.failures import LakmusError
from lakmus.history.wording import Wording
from lakmus.operations.accounts.models import User
from lakmus.operations.company.queries import company_terms
from lakmus.operations.imports.models import ImportJob, State
from lakmus.operations.imports.queries import forgotten_people
from lakmus.usecases.asking import ask
from lakmus.usecases.house.home import FOLDERS, Home
from lakmus.usecases.people.forgotten_people import KEY_FILE

LEAST_FREE_BYTES = 1_000_000_000
SILENT_FOR = timedelta(minutes=5)
IN_ORDER = Wording("в порядке", "in order")
OPEN_KEY = Wording("ключ могут прочитать другие: выполните chmod 600 {path}", "others can read the key: run chmod 600 {path}")
LOST_KEY = Wording(
    "нет {path}, поэтому загрузки не узнают забытых клиентов: верните файл из копии",
    "{path} is gone, so imports do not know the forgotten customers: bring the file back from a backup",
)
UNEQUAL = Wording(
    "в журнале {said} событий, в файлах {rows}: восстановите копию", "the log says {said} activities, the files {rows}: restore a backup"
)
SPACE = Wording("свободно {free}, история занимает {held}", "{free} free, the history takes {held}")
LITTLE_SPACE = Wording("свободно {free}, нужно хотя бы {needed}: освободите место", "{free} free, at least {needed} are needed: make room")
NO_ZONE = Wording("нет пояса «{zone}»: выберите другой в настройках", "no zone “{zone}”: choose another in the settings")


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One thing looked at: `words` say what was found and, when it is not `ok`, what to do."""

    code: str
    ok: bool
    title: Wording
    words: Wording


def check_health(home: Home, *, deep: bool = False) -> list[HealthFinding]:
    """Look at program, disk, keys, database, stream, imports and users; `deep` reads every activity once more."""
    findings = [_looked_at(code, title, look, home) for code, (title, look) in CHECKS.items()]
    if deep:
        findings.append(_looked_at("activities_once", Wording("Каждое событие один раз", "Each activity once"), _each_once, home))
    return findings


def _looked_at(code: str, title: Wording, look: Callable[[Home], Wording], home: Home) -> HealthFinding:
    try:
        return HealthFinding(code, True, title, look(home))
    except LakmusError as failure:
        return HealthFinding(code, False, title, failure.wording)
    except _NotInOrder as finding:
        return HealthFinding(code, False, title, finding.wording)
    except (OSError, DatabaseError, ValueError, duckdb.Error) as failure:
        words = Wording("проверить не удалось: {problem}", "could not be checked: {problem}")
        return HealthFinding(code, False, title, words.filled(problem=_short(failure)))


class _NotInOrder(Exception):
    """What a check found wrong."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.en)
        self.wording = wording


def _program(home: Home) -> Wording:
    python = ".".join(map(str, sys.version_info[:3]))
    return Wording("Лакмус {version}, Python {python}", "Lakmus {version}, Python {python}").filled(version=__version__, python=python)


def _disk(home: Home) -> Wording:
    free = shutil.disk_usage(home.path).free
    held = sum(file.stat().st_size for file in (home.path / "stream").rglob("*") if file.is_file())
    needed = max(LEAST_FREE_BYTES, held)
    if free < needed:
        raise _NotInOrder(_sized(LITTLE_SPACE, free=free, needed=needed))
    return _sized(SPACE, free=free, held=held)


def _folders(home: Home) -> Wording:
    for name in FOLDERS:
        folder = home.path / name
        if not folder.is_dir():
            raise _NotInOrder(Wording("нет папки {path}: создайте её", "there is no folder {path}: make it").filled(path=folder))
        probe = folder / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    return Wording("{path}, запись возможна", "{path}, can be written").filled(path=home.path)


def _keys(home: Home) -> Wording:
    key = home.path / "keys" / "secret"
    mode = stat.S_IMODE(key.stat().st_mode)
    if mode & 0o077:
        raise _NotInOrder(OPEN_KEY.filled(path=key))
    if forgotten_people().exists() and not (home.path / "keys" / KEY_FILE).exists():
        raise _NotInOrder(LOST_KEY.filled(path=home.path / "keys" / KEY_FILE))
    return IN_ORDER


def _database(home: Home) -> Wording:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise _NotInOrder(
            Wording("не обновлена, шагов: {n}. Запустите любую команду lakmus", "not up to date, {n} steps. Run any lakmus command").filled(
                n=len(missing)
            )
        )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            (said,) = cursor.fetchone()
        if said != "ok":
            raise _NotInOrder(
                Wording("повреждена: {said}. Восстановите копию", "damaged: {said}. Restore a backup").filled(said=_short(said))
            )
    return Wording("{vendor}, в порядке", "{vendor}, in order").filled(vendor=connection.vendor)


def _stream(home: Home) -> Wording:
    stream = home.stream()
    files = stream.files()
    rows = 0
    for name in files:
        if not Path(name).is_file():
            raise _NotInOrder(Wording("нет файла {name}: восстановите копию", "file {name} is missing: restore a backup").filled(name=name))
        rows += pq.ParquetFile(name).metadata.num_rows
    if rows != stream.count:
        raise _NotInOrder(UNEQUAL.filled(said=stream.count, rows=rows))
    return Wording("событий: {rows}, файлов: {files}", "{rows} activities in {files} files").filled(
        rows=rows, files=len(stream.snapshot().files)
    )


def _identities(home: Home) -> Wording:
    coverage = home.stream().identity.coverage()
    return Wording("идентификаторов: {n}, ждут решения: {waiting}", "{n} identifiers, {waiting} wait for a decision").filled(
        n=coverage.identifier_count, waiting=coverage.conflict_count
    )


def _imports(home: Home) -> Wording:
    silent = ImportJob.objects.filter(state=State.RUNNING, heartbeat_at__lt=timezone.now() - SILENT_FOR).count()
    waiting = ImportJob.objects.filter(state=State.PLANNED, created_at__lt=timezone.now() - SILENT_FOR).count()
    if silent or waiting:
        raise _NotInOrder(
            Wording(
                "прерванных: {silent}, стоят в очереди: {waiting}. Запустите lakmus worker, он их продолжит",
                "{silent} interrupted, {waiting} queued. Start lakmus worker, it carries them on",
            ).filled(silent=silent, waiting=waiting)
        )
    return IN_ORDER


def _users(home: Home) -> Wording:
    count = User.objects.filter(is_active=True).count()
    if not count:
        raise _NotInOrder(
            Wording("никто не может войти: lakmus user add ИМЯ --role owner", "nobody can log in: lakmus user add NAME --role owner")
        )
    return Wording("могут войти: {n}", "{n} can log in").filled(n=count)


def _zone(home: Home) -> Wording:
    zone = company_terms().time_zone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise _NotInOrder(NO_ZONE.filled(zone=zone)) from problem
    return Wording("{zone}", "{zone}").filled(zone=zone)


def _each_once(home: Home) -> Wording:
    files = home.stream().files()
    if not files:
        return IN_ORDER
    (found,) = ask("SELECT count(*) AS rows, count(DISTINCT activity_id) AS different FROM read_parquet(?)", [files])
    rows, different = found["rows"], found["different"]
    if rows != different:
        raise _NotInOrder(Wording("повторов: {n}. Сообщите нам", "{n} repeated. Please tell us").filled(n=rows - different))
    return Wording("проверено событий: {rows}", "{rows} activities checked").filled(rows=rows)


def _sized(wording: Wording, **counts: float) -> Wording:
    """Fill numbers of bytes in, each language with its own units."""
    return Wording(
        wording.ru.format(**{name: _size(count, "ГБ", "МБ") for name, count in counts.items()}),
        wording.en.format(**{name: _size(count, "GB", "MB") for name, count in counts.items()}),
    )


def _size(count: float, large: str, small: str) -> str:
    return f"{count / 1e9:.1f} {large}" if count >= 1e9 else f"{count / 1e6:.1f} {small}"


def _short(problem: object) -> str:
    return str(problem).strip().splitlines()[0][:200] if str(problem).strip() else type(problem).__name__


CHECKS: dict[str, tuple[Wording, Callable[[Home], Wording]]] = {
    "program": (Wording("Программа", "Program"), _program),
    "folders": (Wording("Папки", "Folders"), _folders),
    "disk": (Wording("Место на диске", "Disk space"), _disk),
    "keys": (Wording("Ключ", "Key"), _keys),
    "database": (Wording("База данных", "Database"), _database),
    "stream": (Wording("История клиентов", "Customer history"), _stream),
    "identities": (Wording("Кто есть кто", "Who is who"), _identities),
    "imports": (Wording("Загрузки", "Imports"), _imports),
    "users": (Wording("Пользователи", "Users"), _users),
    "time_zone": (Wording("Часовой пояс", "Time zone"), _zone),
}
