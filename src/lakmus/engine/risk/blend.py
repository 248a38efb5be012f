"""The risk model: linear, boosted and purchase-process logits, blended by how well they did on the company's later past.

Every part is a sum over features (`additive`) or one number (the purchase process), so the blend's logit is a sum, too, and a customer's
contributions are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, special

from lakmus.engine.arrays import Flags, Floats
from lakmus.engine.risk.additive import LIMIT, Linear, Steps, fit_linear, fit_steps
from lakmus.engine.risk.levels import DRIFT_UNSEEN, missing_level, spread_between
from lakmus.engine.risk.mbg_cnbd import MbgCnbd, fit_mbg_cnbd
from lakmus.engine.risk.pareto_nbd import ParetoNbd, fit_pareto_nbd
from lakmus.engine.risk.purchase_histories import PurchaseHistories
from lakmus.history.estimate import NotEnoughEvidence

HALF_LIFE_HORIZONS = 2.0 / 3.0
"""A snapshot weighs half of one that is so much nearer."""
NEEDED_EACH = 50
"""So many lost and so many kept customers are needed to learn from."""
EQUAL_CASES = 300.0
"""The weights of the blend leave equality as if so many cases spoke for it."""
YEARS_APART = 0.1
"""By so much at least, a standard deviation on the logit's scale, the level of a season differs from that of the same one a year before."""
PROCESS = "purchase_process"


Process = ParetoNbd | MbgCnbd


@dataclass(frozen=True)
class Picture:
    """What was known of customers at a past moment, and what became of them.

    `days_ago`: how long ago the moment is. `everybody` (3, m): x, t_x, T of all who had bought; `eligible` (m,): of whom something is said.
    `features` (n, k) and `lost` (n,; 0 or 1): those eligible, in the same order.
    """

    days_ago: float
    everybody: Floats
    eligible: Flags
    features: Floats
    lost: Floats


@dataclass(frozen=True)
class Said:
    """What is said of n customers: `logit`, its `low` and `high` (95 %), and contributions (n, k + 1) that sum to logit - mean logit."""

    logit: Floats
    low: Floats
    high: Floats
    contributions: Floats

    @property
    def probability(self) -> Floats:
        """Probability of loss within the horizon, 0..1."""
        return np.asarray(special.expit(self.logit))


@dataclass(frozen=True)
class RiskModel:
    """Enough to say what the blend says of any customer.

    `weights`: of the linear, the boosted and the purchase-process part. `centres` (k + 1,): mean contributions; `drift`: standard deviation
    of the level from one horizon to the next (see `levels`); `swing`: variance of the level over the pictures, their own variance apart.
    """

    linear: Linear
    steps: Steps
    process: Process | None
    weights: tuple[float, float, float]
    centres: Floats
    mean_logit: float
    drift: float
    horizon_days: float
    cases: int
    swing: float = 0.0

    @property
    def mean(self) -> float:
        """The probability that the mean logit stands for."""
        return float(special.expit(self.mean_logit))

    def of(self, features: Floats, histories: PurchaseHistories) -> Said:
        """Return what is said of customers; `features` (n, k) and `histories` in the same order.

        The interval holds three doubts, as if independent: of the fitted slopes (Laplace), between the parts of the blend, and of the
        level, which drifts from one horizon to the next.
        """
        logits, parts = self._parts(features, histories)
        logit = np.clip(self.mean_logit + parts.sum(axis=1), -LIMIT, LIMIT)
        weights = np.array(self.weights) / max(sum(self.weights), 1e-9)
        apart = ((logits - logits @ weights[:, None]) ** 2) @ weights
        spread = 1.96 * np.sqrt(self.linear.variance(features) + apart + self.drift**2)
        return Said(logit, logit - spread, logit + spread, parts)

    def _parts(self, features: Floats, histories: PurchaseHistories) -> tuple[Floats, Floats]:
        logits, parts = _summands(self.linear, self.steps, self.process, self.weights, features, histories, self.horizon_days)
        return logits, parts - self.centres


Fits = dict[float, tuple[Linear, Steps]]
"""Linear and boosted parts already fitted, by `days_ago` of the nearest picture they were learned from."""


def fit_model(pictures: Sequence[Picture], now: Floats, *, horizon_days: float, fits: Fits | None = None) -> RiskModel | None:
    """Return the blend learned from past pictures; None while there are fewer than NEEDED_EACH lost or kept customers.

    Parameters
    ----------
    pictures : latest first, all with their whole horizon behind them. now : (3, m) x, t_x, T of everybody at the moment of saying, from
    which the purchase process is fitted (no outcome is in it). fits : kept between calls over the same pictures, so that what is learned
    from the same ones is learned once.
    """
    if not _enough(pictures):
        return None
    latest, fits = pictures[0], {} if fits is None else fits
    earlier = [one for one in pictures if one.days_ago >= latest.days_ago + horizon_days]
    weights = (1 / 3, 1 / 3, 1 / 3)
    if _enough(earlier):
        parts = _fitted(earlier, latest.everybody, horizon_days, fits)
        logits, _ = _summands(*parts, weights, latest.features, _histories(latest.everybody, latest.eligible), horizon_days)
        weights, _ = blend_weights(logits, latest.lost, has_process=parts[2] is not None)
    linear, steps, process = _fitted(pictures, now, horizon_days, fits)
    if process is None:
        weights = (weights[0] + weights[2] / 2, weights[1] + weights[2] / 2, 0.0)
    model = RiskModel(linear, steps, process, weights, np.zeros(1), 0.0, DRIFT_UNSEEN, horizon_days, 0)
    return _levelled(model, pictures)


def _levelled(model: RiskModel, pictures: Sequence[Picture]) -> RiskModel:
    """Return the model with the level at which it says as many losses as came over all pictures, each weighing alike, and centred.

    The weights of the blend were found with a level of their own, and parts learn most from the nearest pictures; over all of them no
    season weighs more than another.
    """
    said = [model.of(one.features, _histories(one.everybody, one.eligible)) for one in pictures]
    lost = [one.lost for one in pictures]
    level, _ = missing_level(np.concatenate([one.logit for one in said]), np.concatenate(lost))
    centres = said[0].contributions.mean(axis=0)
    apart = [missing_level(one.logit + level, came) for one, came in zip(said, lost, strict=True)]
    cases = sum(one.size for one in lost)
    return replace(model, centres=centres, mean_logit=float(level + centres.sum()), swing=spread_between(apart), cases=cases)


def in_season(model: RiskModel, year_ago: Picture) -> RiskModel:
    """Return the model with its level moved towards that of the same season a year ago.

    Formula: the shift that was missing a year ago, of variance v, times t2 / (t2 + v + YEARS_APART^2), t2 = `swing`: where pictures hardly
    differ nothing is believed of a season (empirical Bayes; Efron and Morris, 1975).
    """
    shift, variance = missing_level(model.of(year_ago.features, _histories(year_ago.everybody, year_ago.eligible)).logit, year_ago.lost)
    believed = model.swing / (model.swing + variance + YEARS_APART**2)
    return replace(model, mean_logit=model.mean_logit + shift * believed)


def blend_weights(logits: Floats, lost: Floats, *, has_process: bool = True) -> tuple[tuple[float, float, float], float]:
    """Return weights >= 0 that minimise the log loss of the blended logits (n, 3), drawn to equal ones, and the level that was missing.

    Stacking (Wolpert, 1992; Breiman, 1996) with a free level beside the weights: levels drift from one horizon to the next, so a part is
    not to be chosen because its level happened to fit.
    """
    free = 3 if has_process else 2
    z, equal = logits[:, :free], 1.0 / free

    def loss(chosen: Floats) -> tuple[float, Floats]:
        blended = z @ chosen[:-1] + chosen[-1]
        away = chosen[:-1] - equal
        total = float((np.logaddexp(0, blended) - lost * blended).sum() + EQUAL_CASES / 2 * (away @ away))
        wrong = special.expit(blended) - lost
        return total, np.append(z.T @ wrong + EQUAL_CASES * away, wrong.sum())

    bounds = [(0.0, None)] * free + [(-2.0, 2.0)]
    found = optimize.minimize(loss, np.append(np.full(free, equal), 0.0), jac=True, method="L-BFGS-B", bounds=bounds).x
    return (float(found[0]), float(found[1]), float(found[2]) if has_process else 0.0), float(found[-1])


def _enough(pictures: Sequence[Picture]) -> bool:
    lost = sum(float(one.lost.sum()) for one in pictures)
    return lost >= NEEDED_EACH and sum(one.lost.size for one in pictures) - lost >= NEEDED_EACH


def _fitted(pictures: Sequence[Picture], everybody: Floats, horizon_days: float, fits: Fits) -> tuple[Linear, Steps, Process | None]:
    nearest = pictures[0].days_ago
    if nearest not in fits:
        features = np.concatenate([one.features for one in pictures])
        lost = np.concatenate([one.lost for one in pictures])
        half_life = HALF_LIFE_HORIZONS * horizon_days
        weight = np.concatenate([np.full(one.lost.size, 0.5 ** ((one.days_ago - nearest) / half_life)) for one in pictures])
        fits[nearest] = fit_linear(features, lost, weight), fit_steps(features, lost, weight)
    return *fits[nearest], _process_of(PurchaseHistories.of(*everybody))


def _process_of(histories: PurchaseHistories) -> Process | None:
    """Return the purchase process of the company: Pareto/NBD where purchases come at random, condensed purchases where they are regular."""
    regular = fit_mbg_cnbd(histories)
    if isinstance(regular, MbgCnbd) and regular.shape > 1 and np.isfinite(regular.log_likelihood):
        return regular
    process = fit_pareto_nbd(histories, however_wide=True)
    return None if isinstance(process, NotEnoughEvidence) or not np.isfinite(process.log_likelihood) else process


def _histories(everybody: Floats, eligible: Flags) -> PurchaseHistories:
    return PurchaseHistories.of(*everybody[:, eligible])


def _summands(
    linear: Linear,
    steps: Steps,
    process: Process | None,
    weights: tuple[float, float, float],
    features: Floats,
    histories: PurchaseHistories,
    horizon_days: float,
) -> tuple[Floats, Floats]:
    """Return the three logits (n, 3) and the weighted summands (n, k + 1), the last one of the purchase process."""
    by_line, by_step = linear.parts(features), steps.parts(features)
    if process is None:
        apart = np.zeros(len(features))
    else:
        stays = process.purchase_probability(histories, horizon_days)
        apart = -special.logit(np.clip(stays, 0.002, 0.998))
    logits = np.stack([linear.intercept + by_line.sum(axis=1), steps.intercept + by_step.sum(axis=1), apart], axis=1)
    return logits, np.concatenate([weights[0] * by_line + weights[1] * by_step, weights[2] * apart[:, None]], axis=1)
