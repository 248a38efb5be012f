"""A copy of a home folder in one archive, and a home folder from such a copy.

Unpacking needs no database, so that a home can be restored where there is none yet; `restore_database` does the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from lakmus import __version__
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.stream.folder import StreamFolder
from lakmus.stream.lease import lease

if TYPE_CHECKING:
    from lakmus.usecases.house.home import Home

FORMAT = 1
MANIFEST = "lakmus-backup.json"
DATABASE = "lakmus.sqlite3"
ROWS = "database.jsonl"
"""The rows of our tables, for a database of another kind than the one they come from."""
FOLDERS = ("stream", "keys", "uploads", "rejected", "reports")
SKIPPED = ("stream/staging", "stream/moved", "stream/lease")
WAIT_SECONDS = 600.0
CHUNK = 1 << 20
PACKED_ALREADY = frozenset({".parquet", ".zip", ".xlsx", ".pdf", ".gz"})
Progress = Callable[[float], None]

TARGET_EXISTS = Wording("«{path}» уже есть. Ничего не записано; укажите другое имя.", "“{path}” exists. Nothing was written; name another.")
UNWRITABLE = Wording(
    "Не удалось записать «{path}»: {problem}. Данные компании не тронуты; проверьте место на диске и права.",
    "Could not write “{path}”: {problem}. The company's data were not touched; check free space and rights.",
)
NO_BACKUP = Wording("Файла «{path}» нет. Проверьте имя.", "There is no file “{path}”. Check the name.")
NOT_A_BACKUP = Wording(
    "«{path}» не похож на копию Лакмуса. Ничего не восстановлено; нужен файл, который сделала команда lakmus backup.",
    "“{path}” is not a copy made by Lakmus. Nothing was restored; it takes a file that lakmus backup made.",
)
DAMAGED_BACKUP = Wording(
    "Копия «{path}» повреждена: {name}. Ничего не восстановлено; возьмите другую копию.",
    "The copy “{path}” is damaged: {name}. Nothing was restored; take another copy.",
)
HOME_EXISTS = Wording(
    "В папке «{path}» уже что-то есть. Ничего не изменено: восстановление идёт только в новую папку, назовите её в --home.",
    "There is something in “{path}” already. Nothing was changed: a copy is restored into a new folder only, name one with --home.",
)


def make_backup(home: Home, path: Path, *, actor: Any = None, progress: Progress | None = None) -> Path:
    """Write the stream, the database, keys, uploads, rejected rows and reports into one archive; return its path.

    Writers wait until the copy is made, so that all its parts are of one moment. Results are left out: they are
    computed anew. The database goes in as rows that any database takes, and with SQLite as its file, too.

    Raises
    ------
    BadInput : the archive exists, or cannot be written.
    Busy : somebody has been writing for all of ten minutes.
    """
    from lakmus.operations.journal.changes import record

    target = Path(path)
    if target.exists():
        raise BadInput("backup_exists", TARGET_EXISTS.filled(path=target))
    home.stream()
    record(actor=actor, verb="made_backup", object_kind="home")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            with lease(StreamFolder(home.path / "stream").lease, wait_seconds=WAIT_SECONDS):
                _pack(home.path, written, progress)
            written.flush()
            os.fsync(written.fileno())
        _put_in_place(draft, target)
    except FileExistsError as late:
        raise BadInput("backup_exists", TARGET_EXISTS.filled(path=target)) from late
    except OSError as problem:
        raise BadInput("backup_unwritable", UNWRITABLE.filled(path=target, problem=problem.strerror)) from problem
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return target


def restore_backup(path: Path, home_path: Path) -> Path:
    """Make a home folder from an archive, every file checked against its fingerprint; return the folder.

    Raises
    ------
    BadInput : no such archive, not one of ours, a damaged one, or the folder holds something already.
    """
    target = Path(home_path).expanduser().resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadInput("home_exists", HOME_EXISTS.filled(path=home_path))
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-restoring-", dir=target.parent))
    try:
        _unpack(Path(path), fresh)
        if target.exists():
            target.rmdir()
        os.replace(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def restore_database(home: Home) -> int:
    """Put the rows of a copy just unpacked into the database that is in use, unless its own file came with it; return how many.

    A home whose database cannot be restored is removed again, for half of it would be no copy.

    Raises
    ------
    BadInput : the database holds something already, or the copy does not fit.
    """
    from django.db import connection

    from lakmus.usecases.house.database_copy import holds_rows, read_database

    rows = home.path / ROWS
    came_with_its_file = connection.vendor == "sqlite" and holds_rows()
    try:
        return read_database(rows) if rows.exists() and not came_with_its_file else 0
    except BadInput:
        if not connection.in_atomic_block:
            connection.close()
        shutil.rmtree(home.path, ignore_errors=True)
        raise
    finally:
        rows.unlink(missing_ok=True)


def _put_in_place(draft: Path, target: Path) -> None:
    """Give the finished archive its name, never in the place of another file where the disk knows links."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:
        # A memory stick has no links.
        os.replace(draft, target)


def _pack(home: Path, written: IO[bytes], progress: Progress | None) -> None:
    listed: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="backup-", dir=home / "work") as work, zipfile.ZipFile(written, "w") as archive:
        files = [(ROWS, _rows_copy(Path(work))), *_files(home)]
        if (home / DATABASE).exists():
            files.insert(0, (DATABASE, _database_copy(home / DATABASE, Path(work))))
        whole = sum(file.stat().st_size for _, file in files) or 1
        done = 0
        for name, file in files:
            listed[name] = _pack_file(archive, name, file)
            done += int(str(listed[name]["size"]))
            if progress:
                progress(min(1.0, done / whole))
        manifest = {"format": FORMAT, "version": __version__, "made_at": datetime.now(UTC).isoformat(), "files": listed}
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for file in sorted((home / folder).rglob("*")):
            name = file.relative_to(home).as_posix()
            if file.is_file() and not file.is_symlink() and not name.startswith(SKIPPED):
                yield name, file


def _database_copy(path: Path, work: Path) -> Path:
    """Copy the database as one moment of it, while others read and write."""
    copy = work / DATABASE
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    return copy


def _rows_copy(work: Path) -> Path:
    from lakmus.usecases.house.database_copy import write_database

    copy = work / ROWS
    write_database(copy)
    return copy


def _pack_file(archive: zipfile.ZipFile, name: str, file: Path) -> dict[str, object]:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_STORED if file.suffix in PACKED_ALREADY else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


def _unpack(path: Path, fresh: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise ValueError("another format")
            for name, expected in manifest["files"].items():
                _unpack_file(archive, path, fresh, str(name), int(expected["size"]), str(expected["sha256"]))
    except FileNotFoundError as absent:
        raise BadInput("no_backup", NO_BACKUP.filled(path=path)) from absent
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as foreign:
        raise BadInput("not_a_backup", NOT_A_BACKUP.filled(path=path)) from foreign


def _unpack_file(archive: zipfile.ZipFile, path: Path, fresh: Path, name: str, size: int, digest: str) -> None:
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or (name not in (DATABASE, ROWS) and inside.parts[0] not in FOLDERS):
        raise ValueError(name)
    file = fresh.joinpath(*inside.parts)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found, left = hashlib.sha256(), size
    try:
        with archive.open(name) as source, file.open("wb") as target:
            file.chmod(0o600)
            while chunk := source.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                found.update(chunk)
                target.write(chunk)
    except (KeyError, zipfile.BadZipFile) as damage:
        raise BadInput("backup_damaged", DAMAGED_BACKUP.filled(path=path, name=name)) from damage
    if left or found.hexdigest() != digest:
        raise BadInput("backup_damaged", DAMAGED_BACKUP.filled(path=path, name=name))
