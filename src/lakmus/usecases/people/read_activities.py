"""One customer's activities, in the form in which they are pushed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.usecases.house.home import Home

NO_HISTORY = Wording(
    "О клиенте «{customer}» на этот момент ничего не известно. Проверьте номер: он такой, как в загруженных файлах.",
    "Nothing is known about customer “{customer}” at this moment. Check the id: it is written as in the imported files.",
)
NOT_SHOWN = frozenset({"feature_json", "revenue_impact", "activity", "link"})


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """Part of a history, latest first; `total` counts all of it."""

    total: int
    rows: tuple[dict[str, Any], ...]


def read_activities(
    home: Home, customer: str, *, as_of: datetime | None = None, kind: str = "", page: int = 1, page_size: int = 100, actor: Any = None
) -> ActivityPage:
    """Return one page of what was known of a customer at `as_of`; without it, of what is known now.

    Raises
    ------
    NotFound : nothing was.
    """
    history = home.stream().history_of(customer, as_of=as_of or timezone.now())
    if not history.num_rows:
        raise NotFound("customer_unknown", NO_HISTORY.filled(customer=customer[:60]))
    rows = [row for row in reversed(history.to_pylist()) if not kind or row["activity"] == kind]
    first = (page - 1) * page_size
    return ActivityPage(len(rows), tuple(_friendly(row) for row in rows[first : first + page_size]))


def _friendly(row: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"activity_id": row["activity_id"], "kind": row["activity"]}
    for column, held in row.items():
        if held is not None and column not in NOT_SHOWN and column != "activity_id":
            told[column.lstrip("_")] = held.isoformat() if isinstance(held, datetime) else held
    if row["feature_json"]:
        told["features"] = json.loads(row["feature_json"])
    return told
