"""The catalogue of signals as it is told: what each measures, over which window, in what unit, by what source, and if it is measured."""

from __future__ import annotations

from typing import Any

from lakmus.engine.signals.catalogue import SIGNALS
from lakmus.usecases.show_verdict import Shown

TOLD = ("code", "title", "unit", "window_days", "definition", "source")


def told_signals(shown: Shown) -> list[dict[str, Any]]:
    """Return each signal by the names of `TOLD`, and `measured`: whether the company sends what it reads."""
    return [{name: getattr(signal, name) for name in TOLD} | {"measured": signal.measured_with(shown.learned.feeds)} for signal in SIGNALS]
