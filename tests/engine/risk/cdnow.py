"""CDNOW's customers of early 1997 as purchase histories; the data lie beside the repository or nowhere."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from lakmus.engine.risk.purchase_histories import PurchaseHistories

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "cdnow"
CALIBRATION_ENDS = date(1997, 9, 30)


def cdnow(name: str) -> tuple[PurchaseHistories, np.ndarray]:
    """Histories in weeks until the end of September 1997, and the mean amount of each customer's repeat purchases (NaN without any)."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip("CDNOW's purchases do not lie in ../shared/data")
    bought: dict[str, dict[date, float]] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        words = line.split()
        if words and words[0].isdigit():
            on = datetime.strptime(words[-3], "%Y%m%d").date()
            if on <= CALIBRATION_ENDS:
                days = bought.setdefault(words[0], {})
                days[on] = days.get(on, 0.0) + float(words[-1])
    rows, amounts = [], []
    for days in bought.values():
        first, last = min(days), max(days)
        rows.append((len(days) - 1, (last - first).days / 7, (CALIBRATION_ENDS - first).days / 7))
        repeats = [paid for on, paid in days.items() if on > first]
        amounts.append(np.mean(repeats) if repeats else np.nan)
    x, last_age, age = (np.array(column, float) for column in zip(*rows, strict=True))
    return PurchaseHistories.of(x, last_age, age), np.array(amounts)
