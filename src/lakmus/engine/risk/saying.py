"""What is said of each customer's risk: the probability, its interval, and what each sign adds to the company's mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import special

from lakmus.engine.risk.blend import PROCESS, RiskModel
from lakmus.engine.risk.features import SIGNS, Lives, feature_titles
from lakmus.engine.risk.lives import Reading, features_of, histories_at, histories_of
from lakmus.engine.risk.probability import RiskTable
from lakmus.engine.risk.snapshots import Cells
from lakmus.engine.signals.rhythm import Flags, Floats, Ints, Purchases

GAP = "purchase_gap"
EXPERIENCE = "experience"
CONTRIBUTIONS = pl.List(pl.Struct({"signal": pl.String(), "points": pl.Float64(), "logit": pl.Float64()}))


@dataclass(frozen=True)
class Told:
    """Of n customers: `probability`, `low`, `high` (NaN where nothing is said), the `cases` behind it, and contributions.

    `signs`: what contributes; `logits` (n, signs): their sum is the logit of the probability minus that of the company's mean; `points`:
    the same difference in probabilities, shared out in proportion.
    """

    present: Flags
    probability: Floats
    low: Floats
    high: Floats
    cases: Ints
    signs: tuple[str, ...]
    logits: Floats
    points: Floats

    def contributions(self) -> pl.Series:
        """Return a list of (signal, points, logit) for each customer, the strongest first; null where nothing is said."""
        n, k = self.logits.shape
        if not self.present.any():
            return pl.Series("contributions", [None] * n, CONTRIBUTIONS)
        order = np.argsort(-np.abs(self.logits), axis=1, kind="stable")
        rows = np.repeat(np.arange(n), k)
        flat = pl.DataFrame(
            {
                "signal": np.array(self.signs, dtype=object)[order].ravel().tolist(),
                "points": np.take_along_axis(self.points, order, axis=1).ravel().round(9),
                "logit": np.take_along_axis(self.logits, order, axis=1).ravel().round(9),
            },
            schema={"signal": pl.String, "points": pl.Float64, "logit": pl.Float64},
        )
        whole = pl.DataFrame({"row": rows, "one": flat.to_struct("one")}).group_by("row", maintain_order=True).agg("one")["one"]
        return pl.DataFrame({"whole": whole, "said": self.present}).select(pl.when("said").then("whole")).to_series().cast(CONTRIBUTIONS)

    def points_of(self, sign: str) -> Floats:
        """Return the points of one sign, (n,), NaN where nothing is said."""
        chosen = self.points[:, self.signs.index(sign)] if sign in self.signs else np.zeros(len(self.probability))
        return np.where(self.present, chosen, np.nan)


def nothing_told(n: int) -> Told:
    """Return that nothing is said of n customers."""
    blank: Floats = np.full(n, np.nan)
    empty: Floats = np.zeros((n, 0))
    return Told(np.zeros(n, dtype=bool), blank, blank, blank, np.zeros(n, np.int64), (), empty, empty)


def told_by_table(table: RiskTable, cells: Cells) -> Told:
    """Return what the table of cells (or a rule) says of each customer."""
    probability, low, high, cases, silence_only = table.of(cells)
    mean, alone, said = special.logit(np.clip([np.full(probability.size, table.mean), silence_only, probability], 1e-9, 1 - 1e-9))
    logits = np.stack([alone - mean, said - alone], axis=1)
    points = np.stack([silence_only - table.mean, probability - silence_only], axis=1)
    return _blanked(Told(cells.present, probability, low, high, cases, (GAP, EXPERIENCE), logits, points))


def told_by_model(model: RiskModel, lives: Lives, bought: Purchases, cells: Cells, reading: Reading, *, moment_us: int) -> Told:
    """Return what the blend says of each customer; signs are sums over the features of `features.SIGNS`."""
    n, present = bought.count, cells.present
    histories, _ = histories_at(bought, moment_us=moment_us)
    features = features_of(lives, reading, moment_us=moment_us)[present]
    said = model.of(features, histories_of(histories[:, present]))
    place = {code: number for number, code in enumerate([*feature_titles(lives.others), PROCESS])}
    signs = tuple(sign for sign, (_, parts) in SIGNS.items() if any(part in place for part in parts))
    summed = [said.contributions[:, [place[part] for part in SIGNS[sign][1] if part in place]].sum(axis=1) for sign in signs]
    logits = np.zeros((n, len(signs)))
    logits[present] = np.stack(summed, axis=1) if present.any() else np.zeros((0, len(signs)))
    whole, blank = logits.sum(axis=1), np.full(n, np.nan)
    probability, low, high = blank.copy(), blank.copy(), blank.copy()
    # Rounded, so that the page of one customer and the whole company show the same last digit.
    probability[present], low[present], high[present] = (np.round(special.expit(one), 9) for one in (said.logit, said.low, said.high))
    steep = np.where(np.abs(whole) > 1e-6, (probability - model.mean) / np.where(np.abs(whole) > 1e-6, whole, 1.0), 0.0)
    points = logits * np.where(np.isfinite(steep), steep, 0.0)[:, None]
    return _blanked(Told(present, probability, low, high, np.full(n, model.cases), signs, logits, points))


def _blanked(told: Told) -> Told:
    probability, low, high = (np.where(told.present, one, np.nan) for one in (told.probability, told.low, told.high))
    cases = np.where(told.present, told.cases, 0).astype(np.int64)
    return Told(told.present, probability, low, high, cases, told.signs, told.logits, told.points)
