"""Archives, opened within bounds: how many files, how large, how tightly packed, and nowhere but the work folder."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from lakmus.connectors.files.refusals import refusal

MEMBERS = 100
LARGEST = 40 * 1024**3
TIGHTEST = 200
SMALL_ENOUGH = 64 * 1024**2
CHUNK = 1024 * 1024
SKIPPED = ("__MACOSX", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A table's bytes on disk, and its name inside the archive (None where there was no archive)."""

    path: Path
    member: str | None = None


def work_file(work_dir: Path, source: Path, member: str | None, suffix: str) -> Path:
    """Return the place for a copy of `source`; another content (size or time of change) has another place."""
    state = source.stat()
    key = f"{source.resolve()}|{state.st_size}|{state.st_mtime_ns}|{member or ''}"
    work_dir.mkdir(parents=True, exist_ok=True)
    return work_dir / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}{suffix}"


def unpack_zip(path: Path, work_dir: Path) -> list[Unpacked]:
    """Unpack the tables of a ZIP into the work folder.

    Raises
    ------
    BadInput : too many members, too large, too tightly packed, a path out of the folder, a password, a damaged archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and not _is_litter(member.filename)]
            _check_members(path, members)
            found = []
            for member in members:
                place = work_file(work_dir, path, member.filename, PurePosixPath(member.filename).suffix.lower() or ".csv")
                if not place.exists():
                    with archive.open(member) as packed:
                        _copy(packed, place, path.name, max(member.compress_size, 1))
                found.append(Unpacked(place, member.filename))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as failure:
        raise refusal("damaged", path.name) from failure
    if not found:
        raise refusal("archive_empty", path.name)
    return found


def unpack_gzip(path: Path, work_dir: Path) -> Unpacked:
    """Unpack a gzip file into the work folder.

    Raises
    ------
    BadInput : it is damaged, cut short, too large or too tightly packed.
    """
    place = work_file(work_dir, path, None, Path(path.stem).suffix.lower() or ".csv")
    if not place.exists():
        try:
            with gzip.open(path) as packed:
                _copy(packed, place, path.name, path.stat().st_size)
        except (gzip.BadGzipFile, zlib.error, EOFError, OSError) as failure:
            raise refusal("damaged", path.name) from failure
    return Unpacked(place)


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS:
        raise refusal("archive_too_many", path.name, limit=MEMBERS)
    if sum(member.file_size for member in members) > LARGEST:
        raise refusal("archive_too_large", path.name)
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
            raise refusal("archive_path", path.name, found=member.filename)
        if member.flag_bits & 1:
            raise refusal("password", path.name)
        if inside.suffix.lower() in (".zip", ".gz", ".7z", ".rar"):
            raise refusal("archive_nested", path.name, found=member.filename)
        if member.file_size > SMALL_ENOUGH and member.file_size > TIGHTEST * max(member.compress_size, 1):
            raise refusal("archive_bomb", path.name)


def _copy(packed: IO[bytes] | gzip.GzipFile, place: Path, name: str, packed_size: int) -> None:
    """Copy within bounds; what the archive claims about itself is not believed."""
    written = 0
    part = place.with_suffix(place.suffix + ".part")
    try:
        with part.open("wb") as target:
            while chunk := packed.read(CHUNK):
                written += len(chunk)
                if written > LARGEST:
                    raise refusal("archive_too_large", name)
                if written > SMALL_ENOUGH and written > TIGHTEST * packed_size:
                    raise refusal("archive_bomb", name)
                target.write(chunk)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _is_litter(name: str) -> bool:
    return any(part in SKIPPED or part.startswith("._") for part in PurePosixPath(name).parts)
