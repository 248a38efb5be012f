"""Which format a file is in, by its first bytes; its name is only a hint."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lakmus.connectors.files.refusals import refusal

UNKNOWN_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
BINARIES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"SQLite format 3", b"MZ", b"RIFF", b"ORC\n")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def detect_format(path: Path, name: str) -> str:
    """Return csv, xlsx, parquet, jsonl, json, zip or gzip.

    Raises
    ------
    BadInput : the file is absent, a folder, unreadable, empty, binary, markup, or protected by a password.
    """
    head = _first_bytes(path, name)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return _packed_format(path, name)
    if head.startswith(b"PK\x05\x06"):
        raise refusal("archive_empty", name)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(OLE):
        return _old_excel(path, name)
    if head.startswith(UNKNOWN_ARCHIVES):
        raise refusal("unknown_archive", name)
    if head.startswith(BINARIES):
        raise refusal("binary", name)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.strip(b'\r\n\t ;,|"'):
        raise refusal("empty", name)
    if text[:1] == b"<" and (text[:5].lower() == b"<?xml" or b"<html" in text[:2048].lower() or b"<table" in text[:2048].lower()):
        raise refusal("markup", name)
    if text[:1] == b"{" and b'"' in text[:64]:
        return "jsonl"
    if text[:1] == b"[" and text[1:].lstrip()[:1] == b"{":
        return "json"
    return "csv"


def _first_bytes(path: Path, name: str) -> bytes:
    if not path.exists():
        raise refusal("not_found", name)
    if not path.is_file():
        raise refusal("not_a_file", name)
    try:
        with path.open("rb") as source:
            head = source.read(65536)
    except OSError as failure:
        raise refusal("not_readable", name) from failure
    if not head:
        raise refusal("empty", name)
    return head


def _packed_format(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = set(archive.namelist())
            sort = archive.read("mimetype")[:100] if "mimetype" in inside and archive.getinfo("mimetype").file_size < 1000 else b""
    except (zipfile.BadZipFile, OSError, RuntimeError) as failure:
        raise refusal("damaged", name) from failure
    if "xl/workbook.xml" in inside or "xl/workbook.bin" in inside:
        return "xlsx"
    if sort.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "xlsx"
    if "[Content_Types].xml" in inside or "mimetype" in inside:
        raise refusal("binary", name)
    return "zip"


def _old_excel(path: Path, name: str) -> str:
    """An OLE container: a workbook with a password, an old .xls (which can be read), or something else."""
    with path.open("rb") as source:
        content = source.read(4 * 1024 * 1024)
    if "EncryptedPackage".encode("utf-16-le") in content or "EncryptionInfo".encode("utf-16-le") in content:
        raise refusal("password", name)
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return "xlsx"
    raise refusal("binary", name)
