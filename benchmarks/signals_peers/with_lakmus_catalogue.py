"""Every signal of the catalogue by Lakmus: `python -m benchmarks.signals_peers.with_lakmus_catalogue SOURCE TARGET DATE… [--lamps]`.

Now, before, as usual, a year ago, and whether it warns; with lamps, which of them are out, too.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.signals_peers.with_lakmus import WithoutPandas, spread, table_of
from lakmus.engine.arrays import DAY_US
from lakmus.engine.signals import deeds
from lakmus.engine.signals.catalogue import SIGNALS
from lakmus.engine.signals.lamps import dark_reading, lamps_out
from lakmus.engine.signals.prefix_sums import measured
from lakmus.engine.signals.readings import read_measured, wanted_of
from lakmus.engine.signals.seen import seen_at
from lakmus.engine.signals.trails import trails_of


def catalogue(source: Path, target: Path, dates: list[datetime], *, lamps: bool) -> None:
    """Read every signal of the catalogue off every bucket at every date."""
    typed = (*deeds.NUMBERS, *deeds.TEXTS)
    spread(source, target, dates, typed, partial(_read_piece, typed=typed, dates=dates, lamps=lamps))


def _read_piece(rows: pa.Table, *, typed: Sequence[str], dates: list[datetime], lamps: bool) -> list[pa.Table]:
    trails = trails_of(rows, columns=typed)
    asked = [signal.asked for signal in SIGNALS if signal.code != "lamps_dark"]
    seen = seen_at(trails, as_of=dates)
    found = measured(trails, wanted_of(asked), as_of=dates, seen=seen)
    out = lamps_out(trails, as_of=dates, seen=seen) if lamps else {}
    nothing = np.full(trails.count, np.nan)
    known = {"gap_p90_days": nothing, "gap_median_days": nothing}  # of another machine: the rhythm of purchases
    known_days = np.stack([np.maximum((now_us - trails.ts[trails.starts[:-1]]) / DAY_US, 0.0) for now_us in seen.dates])
    readings = read_measured(asked, found, known=known, known_days=known_days, season={})
    if lamps:
        readings["lamps_dark"] = dark_reading(out)
    shown = {
        f"{signal.code}_{side}": figure if figure.dtype == bool else figure.astype(np.float32)
        for signal in SIGNALS
        if signal.code in readings
        # What has no window has no period before and no usual.
        for side in (("now", "warns") if signal.window_days is None else ("now", "previous", "usual", "year_ago", "warns"))
        for figure in [getattr(readings[signal.code], side)]
    }
    return [
        table_of({"customer": found.customers, **{name: pa.array(figure[place]) for name, figure in shown.items()}})
        for place in range(len(dates))
    ]


if __name__ == "__main__":
    sys.meta_path.insert(0, WithoutPandas())
    source, target, *told = sys.argv[1:]
    moments = [datetime.fromisoformat(text) for text in told if text != "--lamps"]
    catalogue(Path(source), Path(target), moments, lamps="--lamps" in told)
