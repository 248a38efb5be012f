"""What is said of each customer's risk: the probability, its interval, and what each sign adds to the company's mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import special

from lakmus.engine.arrays import Flags, Floats, Ints
from lakmus.engine.risk.blend import PROCESS, RiskModel
from lakmus.engine.risk.features import SIGNS, Lives, feature_titles
from lakmus.engine.risk.lives import Reading, features_of, histories_at, histories_of
from lakmus.engine.risk.probability import RiskTable
from lakmus.engine.risk.snapshots import Cells
from lakmus.engine.risk.survival import LifeRisk
from lakmus.engine.risk.waiting import Standing
from lakmus.engine.signals.rhythm import Purchases

GAP = "purchase_gap"
EXPERIENCE = "experience"
PURCHASE_SIGNS = ("time_since_first", "first_amount", "recent_trouble", "signs_of_life")
CONTRACT_SIGNS = ("contract_age", "contract_payments", "recent_trouble", "signs_of_life")
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
        """Return a list of (signal, points, logit) for each customer, the strongest first; null where nothing is said.

        Signs that add nothing are left out, since several groups of customers with signs of their own stand in one table.
        """
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
        ordered = pl.DataFrame({"row": rows, "one": flat.to_struct("one"), "adds": flat["logit"] != 0})
        whole = ordered.group_by("row", maintain_order=True).agg(pl.col("one").filter("adds"))["one"]
        return pl.DataFrame({"whole": whole, "said": self.present}).select(pl.when("said").then("whole")).to_series().cast(CONTRIBUTIONS)

    def only(self, kept: Flags) -> Told:
        """Return what is said of those kept, nothing of others."""
        return _blanked(replace(self, present=self.present & kept))

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
    blank = np.full(n, np.nan)
    probability, low, high = blank.copy(), blank.copy(), blank.copy()
    # Rounded, so that the page of one customer and the whole company show the same last digit.
    probability[present], low[present], high[present] = (np.round(special.expit(one), 9) for one in (said.logit, said.low, said.high))
    points = _shared_out(logits, probability - model.mean)
    return _blanked(Told(present, probability, low, high, np.full(n, model.cases), signs, logits, points))


def told_by_lives(risk: LifeRisk, stands: Standing, n: int) -> Told:
    """Return what is said of those who wait: by how long, and by three things that shift their chances, each beside the ordinary."""
    step, *classes, entered = stands.place
    ordinary = np.zeros_like(step)
    said, logits = risk.logit[stands.place], [risk.logit[step, ordinary, ordinary, ordinary, entered] - risk.mean_logit[step]]
    for place in range(3):
        reached = [*classes[: place + 1], *([ordinary] * (2 - place)), entered]
        logits.append(risk.logit[(step, *reached)] - risk.mean_logit[step] - sum(logits))
    present = np.zeros(n, dtype=bool)
    present[stands.owner] = np.isfinite(said)
    whole, probability, low, high = np.zeros((n, 4)), np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    whole[stands.owner] = np.nan_to_num(np.stack(logits, axis=1))
    spread = risk.spread[stands.place]
    for told, figure in ((probability, said), (low, said - spread), (high, said + spread)):
        told[stands.owner] = np.round(special.expit(figure), 9)
    mean = np.zeros(n)
    mean[stands.owner] = special.expit(np.nan_to_num(risk.mean_logit[step]))
    signs = CONTRACT_SIGNS if risk.axis.happening_is_loss else PURCHASE_SIGNS
    return _blanked(Told(present, probability, low, high, np.full(n, risk.cases), signs, whole, _shared_out(whole, probability - mean)))


def _shared_out(logits: Floats, difference: Floats) -> Floats:
    """Return a difference of probabilities, shared out as the logits that make it."""
    whole = logits.sum(axis=1)
    steep = np.where(np.abs(whole) > 1e-6, difference / np.where(np.abs(whole) > 1e-6, whole, 1.0), 0.0)
    return np.asarray(logits * np.where(np.isfinite(steep), steep, 0.0)[:, None])


def one_told(parts: Sequence[Told]) -> Told:
    """Return what several say of the same customers as one; each customer is told of by the first that says anything."""
    n, signs = len(parts[0].probability), tuple(dict.fromkeys(sign for part in parts for sign in part.signs))
    present: Flags = np.zeros(n, dtype=bool)
    columns = {name: np.full(n, np.nan) for name in ("probability", "low", "high")}
    cases, logits, points = np.zeros(n, np.int64), np.zeros((n, len(signs))), np.zeros((n, len(signs)))
    for part in parts:
        new, place = part.present & ~present, np.array([signs.index(sign) for sign in part.signs], np.int64)
        for name, column in columns.items():
            column[new] = getattr(part, name)[new]
        cases[new] = part.cases[new]
        where = np.ix_(np.flatnonzero(new), place)
        logits[where], points[where] = part.logits[new], part.points[new]
        present = present | new
    return Told(present, columns["probability"], columns["low"], columns["high"], cases, signs, logits, points)


def _blanked(told: Told) -> Told:
    probability, low, high = (np.where(told.present, one, np.nan) for one in (told.probability, told.low, told.high))
    cases = np.where(told.present, told.cases, 0).astype(np.int64)
    return Told(told.present, probability, low, high, cases, told.signs, told.logits, told.points)
