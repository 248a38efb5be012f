"""Invented tables beside the invented verdict, in the engine's own schemas: names are figures, so that pages keep to one language."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.engine.tables import TABLES
from lakmus.history.activity import TIMESTAMP
from lakmus.usecases.prepare_pages import DONE
from lakmus.usecases.signals.lay_out_people import write_people, write_rows
from tests.web.invented import AS_OF

PEOPLE = 12
REASONS = pa.schema(
    [
        ("customer", pa.string()), ("lost_at", TIMESTAMP), ("month", pa.string()), ("code", pa.string()), ("probability", pa.float64()),
        ("money", pa.int64()), ("silent", pa.bool_()), ("kinds", pa.list_(pa.string())), ("evidence", pa.list_(pa.string())),
        ("status", pa.string()),
    ]
)  # fmt: skip
ACTIVITY = "0" * 32


def write_tables(folder: Path) -> None:
    """Write every table of a verdict, and lay out its people."""
    made = {
        "customers": _customers(),
        "errors": _errors(),
        "texts": _texts(),
        "promises": _promises(),
        "messages": _messages(),
        "reasons": _reasons(),
    }
    for name, schema in ({"reasons": REASONS} | TABLES).items():
        rows = [dict.fromkeys(schema.names) | row for row in made.get(name, ())]
        table = pa.Table.from_pylist([{column: row[column] for column in schema.names} for row in rows], schema)
        (folder / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / name / "0000.parquet")
        if name == "customers":
            write_rows(folder, 0, table)
    write_people(folder)
    (folder / DONE).touch()


def _customers() -> list[dict[str, Any]]:
    return [
        {
            "customer": str(1001 + n), "place": str(n % 3), "state": "lost" if n % 4 == 0 else "warm", "risk_group": "regular",
            "revenue": 1000.0 * n, "lost_in_window": n % 4 == 0, "lost_silently": n % 8 == 0, "lost_value": 500.0 if n % 4 == 0 else None,
            "lost_at": AS_OF - timedelta(days=40 * (n + 1)) if n % 4 == 0 else None, "value_at_risk": 700.0, "orders_count": 9,
        }
        for n in range(PEOPLE)
    ]  # fmt: skip


def _errors() -> list[dict[str, Any]]:
    return [
        {
            "error_id": str(n), "customer": str(1001 + n % PEOPLE) if n % 9 else None, "code": ("broken_promise", "no_reply")[n % 2],
            "at": AS_OF - timedelta(days=11 * n, hours=5 * n), "order": str(n), "detector": "late_delivery", "evidence": [ACTIVITY],
            "severity": 0.5, "confidence": 0.9, "status": "hypothesis", "channel": ("chat", "7")[n % 2] if n % 5 else None,
            "staff": str(12 + n % 2) if n % 3 else None, "summary_ru": str(n), "summary_en": str(n), "in_window": True,
            "complained": n % 6 == 1, "left": n % PEOPLE % 4 == 0, "left_silently": n % PEOPLE % 8 == 0,
        }
        for n in range(30)
    ]  # fmt: skip


def _texts() -> list[dict[str, Any]]:
    told = {"activity_id": ACTIVITY, "customer": "1001", "activity": "left_review", "language": "ru", "codes": ["broken_promise"]}
    return [told | {"at": AS_OF - timedelta(days=9), "words": ["12345"], "polarity": "negative", "confidence": 0.9, "channel": "chat"}]


def _promises() -> list[dict[str, Any]]:
    statuses = ("kept", "late", "broken", "open")
    return [
        {
            "promise_id": str(n), "customer": str(1001 + n % PEOPLE), "case": str(70 + n), "order": str(n), "staff": str(12 + n % 2),
            "channel": "chat", "source": ("order", "message")[n % 2], "action": ("deliver", "call")[n % 2],
            "made_at": AS_OF - timedelta(days=20 + n), "due_at": AS_OF - timedelta(days=15 + n),
            "kept_at": AS_OF - timedelta(days=12 + n) if statuses[n % 4] in ("kept", "late") else None, "status": statuses[n % 4],
            "late_days": 3.0 if statuses[n % 4] == "late" else None, "evidence": [ACTIVITY], "quote": "12345",
        }
        for n in range(20)
    ]  # fmt: skip


def _messages() -> list[dict[str, Any]]:
    found = (["wrong_sum"], ["at_night", "placeholder"], [])
    return [
        {
            "activity_id": f"{n:032}", "customer": str(1001 + n % PEOPLE), "order": str(n), "template": str(n % 2), "channel": "email",
            "at": AS_OF - timedelta(days=n + 1), "findings": found[n % 3], "said": ["1 200"] * len(found[n % 3]),
            "fact": ["1 100"] * len(found[n % 3]), "evidence": [f"{n:032}"],
        }
        for n in range(12)
    ]  # fmt: skip


def _reasons() -> list[dict[str, Any]]:
    """Each lost customer, two thirds of whose loss a broken promise explains, and a third nobody knows."""
    rows = []
    for person in _customers():
        if not person["lost_in_window"]:
            continue
        at = person["lost_at"]
        told = {
            "customer": person["customer"],
            "lost_at": at,
            "month": f"{at:%Y-%m}",
            "silent": person["lost_silently"],
            "status": "hypothesis",
        }
        known = {"code": "broken_promise", "probability": 2 / 3, "money": 33333, "kinds": ["fact", "words"], "evidence": [ACTIVITY]}
        rows += [told | known, told | {"code": "unknown", "probability": 1 / 3, "money": 16667, "kinds": [], "evidence": []}]
    return rows
