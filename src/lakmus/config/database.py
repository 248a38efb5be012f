"""Which relational database holds the state: SQLite in the home folder, or the PostgreSQL that DATABASE_URL names."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

BUSY_SECONDS = 20

# WAL lets readers go on while one writes. FULL flushes each commit to the disk: a job that says "done" stays done
# when the power fails. IMMEDIATE takes the write lock when a transaction begins, so that two writers queue up
# (for BUSY_SECONDS) where otherwise the second would fail half-way.
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"

POSTGRES_SCHEMES = ("postgres", "postgresql")


def database_settings(home: Path, url: str) -> dict[str, Any]:
    """Return Django's entry for the default database; an empty `url` means SQLite in `home`.

    Raises
    ------
    ValueError : `url` names another kind of database, or none.
    """
    return _postgres(url) if url else _sqlite(home)


def _sqlite(home: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home / "lakmus.sqlite3",
        "OPTIONS": {"timeout": BUSY_SECONDS, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS},
        # A file, not memory: worker processes and the test's own process then see one database.
        "TEST": {"NAME": home / "test.sqlite3"},
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in POSTGRES_SCHEMES:
        raise ValueError(f"DATABASE_URL must begin with postgres://, not with {parts.scheme or 'nothing'}://")
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ValueError("DATABASE_URL must end in the name of a database: postgres://user:password@host/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket folder comes as ?host=/folder, for a slash cannot stand in the host of an address.
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
