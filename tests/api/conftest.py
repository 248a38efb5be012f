"""A home folder with a stream, and a program that holds a token."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.operations.accounts.changes import issue_token
from lakmus.stream.store import Stream
from lakmus.usecases.house.home import Home, open_home
from lakmus.usecases.imports.pushed_rows import read_row
from tests.once import made_once

SHOP_BEGINS = datetime(2024, 1, 1, tzinfo=UTC)
SHOP_ENDS = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def site_home(home: Path) -> Home:
    """Return the home folder that the API works on."""
    return open_home(home)


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with a small shop: 60 customers buy every ten days for two years; the first 20 get one order late and leave."""
    return made_once(tmp_path_factory, "api-shop", _make_shop)


def _make_shop(folder: Path) -> None:
    seen: Counter[tuple[object, ...]] = Counter()
    told = [read_row(row, now=SHOP_ENDS, currency="RUB", seen=seen).activity for row in _shop_rows()]
    batch = pa.RecordBatch.from_pylist(told, schema=ACTIVITY_SCHEMA)
    Stream.open_or_create(folder / "stream", buckets=4).append(pa.RecordBatchReader.from_batches(ACTIVITY_SCHEMA, [batch]))


def _shop_rows() -> Iterator[dict[str, object]]:
    for customer in range(60):
        leaves = customer < 20
        for n in range(50 if leaves else 73):
            at = SHOP_BEGINS + timedelta(days=10 * n, hours=customer % 12)
            late = timedelta(days=6) if leaves and n == 49 else timedelta()
            order = {"customer": f"c{customer}", "order": f"{customer}-{n}"}
            yield {"kind": "placed_order", "ts": at.isoformat(), "amount": 1000.0, **order}
            yield {"kind": "was_promised_delivery", "ts": at.isoformat(), "promised_at": (at + timedelta(days=3)).isoformat(), **order}
            yield {"kind": "received_order", "ts": (at + timedelta(days=2) + late).isoformat(), **order}


@pytest.fixture
def shop(shop_folder: Path, settings: Any) -> Path:
    """Let the API work on the shop."""
    settings.LAKMUS_HOME = shop_folder
    return shop_folder


@pytest.fixture
def program(user_of: Callable[..., Any], site_home: Home) -> Callable[..., Any]:
    """Return a function that calls the API with a token of a role: `program("get", "/api/verdict", role="owner")`."""

    def call(method: str, path: str, body: Any = None, *, role: str = "owner", language: str = "en", scopes: Any = ("read", "push")) -> Any:
        _, secret = issue_token(user=user_of(role), name="CRM", scopes=list(scopes), actor=None)
        headers = {"authorization": f"Bearer {secret}", "accept-language": language}
        if method == "get":
            return Client().get(path, headers=headers)
        written = body if isinstance(body, bytes | str) else json.dumps(body)
        return Client().post(path, written, content_type="application/json", headers=headers)

    return call
