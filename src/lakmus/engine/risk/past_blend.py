"""The blend as of now, and the blends that would have been learned before each past cut, and how far their level was off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from scipy import special
from threadpoolctl import threadpool_limits

from lakmus.engine.arrays import Floats
from lakmus.engine.risk.backtest import JudgedRows
from lakmus.engine.risk.blend import Fits, Picture, RiskModel, fit_model, in_season
from lakmus.engine.risk.levels import level_of, missing_level
from lakmus.engine.risk.lives import PastPicture, Reading, histories_of, together
from lakmus.engine.risk.snapshots import PICTURES_A_HORIZON


def blends_over(
    pictures: Sequence[Sequence[PastPicture]],
    now: Floats,
    reading: Reading,
    *,
    year_ago: Sequence[Sequence[PastPicture]] = (),
    as_of: datetime,
) -> tuple[RiskModel | None, list[JudgedRows | None]]:
    """Return the blend learned as of now, and what blends learned before each cut said at it (None where none could be learned).

    How far the level was off is measured at each cut on a blend that had learned from earlier pictures only. It widens the intervals and is
    not followed: on the development cuts levels taken from the horizons before did harm where there is a season, and no good elsewhere.
    What is followed is the same season a year before, where the history reaches so far.

    Parameters
    ----------
    pictures, year_ago : every bucket's share in each picture of `reading.moments` and `reading.year_ago`. now : (3, m) x, t_x, T of
    everybody at as_of.
    """
    with threadpool_limits(1):  # on so little data threads only wait for each other
        return _blends_over(pictures, now, reading, year_ago, as_of=as_of)


def _blends_over(
    pictures: Sequence[Sequence[PastPicture]], now: Floats, reading: Reading, year_ago: Sequence[Sequence[PastPicture]], *, as_of: datetime
) -> tuple[RiskModel | None, list[JudgedRows | None]]:
    horizon = float(reading.horizon_days)
    whole, seasons = (
        [together(parts, days_ago=(as_of - moment).total_seconds() / 86_400) for parts, moment in zip(taken, moments, strict=True)]
        for taken, moments in ((pictures, reading.moments), (year_ago, reading.year_ago))
    )
    fits: Fits = {}
    rows: list[JudgedRows | None] = []
    missing: list[tuple[float, float]] = []
    for place in reversed(range(len(reading.cuts))):
        at, row = PICTURES_A_HORIZON * place, None
        if at < len(whole):
            row = _judged_rows(whole[at:], pictures[at], horizon, fits, seasons[place + 1 : place + 2], level_of(missing).drift)
        if row is not None:
            missing.append(missing_level(special.logit(np.clip(row.probability, 1e-6, 1 - 1e-6)), row.lost))
        rows.insert(0, row)
    model = fit_model(whole, now, horizon_days=horizon, fits=fits) if whole else None
    if model is not None and seasons:
        model = in_season(model, seasons[0])
    return None if model is None else replace(model, drift=level_of(missing).drift), rows


def _judged_rows(
    pictures: Sequence[Picture], parts: Sequence[PastPicture], horizon: float, fits: Fits, year_ago: Sequence[Picture], drift: float
) -> JudgedRows | None:
    """Return what a blend says of the first picture's customers that learned only from pictures whose horizon had ended by then."""
    at = pictures[0]
    before = [one for one in pictures if one.days_ago >= at.days_ago + horizon]
    model = fit_model(before, at.everybody, horizon_days=horizon, fits=fits) if before else None
    if model is None:
        return None
    model = in_season(model, year_ago[0]) if year_ago else model
    eligible = at.everybody[:, at.eligible]
    said = model.of(at.features, histories_of(eligible))
    silent_days = np.concatenate([part.silent_days for part in parts])
    return JudgedRows(said.probability, at.lost, silent_days, eligible[0] + 1, model.mean, drift, model)
