"""Whether anybody turned to a customer within a time: replies by a person, our contacts, calls that got through."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lakmus.simulate.draws import NEVER, Flags, Whole

WIDTH = int(NEVER) * 4
"""More than any moment, so that a customer and a moment make one number."""


def attended(moments: Iterable[tuple[Whole, Whole]]) -> Whole:
    """Return sorted keys of (customer, moment) from columns of customers and moments; what never happens is left out."""
    keys = [owner[at < NEVER] * WIDTH + at[at < NEVER] for owner, at in moments]
    return np.sort(np.concatenate(keys)) if keys else np.zeros(0, np.int64)


def attended_within(keys: Whole, owner: Whole, since: Whole, until: Whole) -> Flags:
    """Say for each row whether its customer was attended from `since` to `until`, both included."""
    opening = owner * WIDTH
    return np.asarray(np.searchsorted(keys, opening + until, side="right") > np.searchsorted(keys, opening + since, side="left"))


def next_attended(keys: Whole, owner: Whole, since: Whole) -> Whole:
    """Return the first moment after `since` at which each row's customer was attended, NEVER where there is none."""
    place = np.searchsorted(keys, owner * WIDTH + since, side="right")
    found = np.concatenate((keys, [np.int64(WIDTH) * (np.int64(1) << 20)]))[place]
    return np.where(found // WIDTH == owner, found % WIDTH, NEVER)
