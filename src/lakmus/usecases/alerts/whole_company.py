"""The whole company as a segment: it has no others of its kind, so the same weeks of the year before stand in for them.

An alert compares a segment's window and reference with those of the others (`engine.signals.alerts`). Of the company as a whole the others
are its own weeks 52 weeks earlier: season and holidays moved them alike, and how far the two years drift apart without a reason is learned
from the earlier windows, as for any segment. So it is told from 52 weeks of history later than a segment is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
YEAR_WEEKS = 52
ROW_NOW = 0


def beside_last_year(weekly: Counts) -> Counts:
    """Return the company's weeks and, below them, those of the year before; both empty while there is no year before.

    Parameters
    ----------
    weekly : shape (weeks,), the oldest first.
    """
    rows = np.zeros((2, weekly.size), np.int64)
    rows[ROW_NOW, YEAR_WEEKS:] = weekly[YEAR_WEEKS:]
    rows[1, YEAR_WEEKS:] = weekly[:-YEAR_WEEKS] if weekly.size > YEAR_WEEKS else 0
    return rows
