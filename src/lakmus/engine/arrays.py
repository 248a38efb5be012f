"""What arrays of the engine hold, by name, and the day in the unit of its moments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY_US = 86_400_000_000
"""Moments are whole microseconds since the beginning of 1970, UTC."""
