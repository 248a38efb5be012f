"""Climbing a smooth log-likelihood to its top, and telling whether the data point to one place there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from lakmus.engine.arrays import Floats
from lakmus.engine.risk.purchase_histories import PurchaseHistories, coarse, grouped
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording

Slope = tuple[float, Floats, Floats]
"""Log-likelihood, its gradient (k,) and its Hessian (k, k) in the logarithms of the parameters."""

GAIN = 1e-4
STEPS = 80
FARTHEST = 12.0
"""A parameter e^12 times its start has run to infinity."""
WIDEST = 2.5
"""Standard error of a log-parameter beyond which its 95 % interval spans a factor of 10^4: the data do not tell it."""
NEEDED_REPEAT_CUSTOMERS = 50


@dataclass(frozen=True)
class Summit:
    """Where the climb ended: log-parameters (k,), log-likelihood, covariance of the log-parameters (k, k); `found`: it is a maximum."""

    logs: Floats
    log_likelihood: float
    covariance: Floats
    found: bool

    @property
    def parameters(self) -> list[float]:
        """The parameters themselves."""
        return [float(part) for part in np.exp(self.logs)]

    @property
    def standard_errors(self) -> list[float]:
        """Standard errors of the parameters (delta method)."""
        return [float(part) for part in np.exp(self.logs) * np.sqrt(np.diag(self.covariance))]


def climb(slope: Callable[[Floats], Slope], start: Floats) -> Summit:
    """Return the top of a log-likelihood, from `start` (k,) log-parameters.

    Newton's method within a trust region; eigenvalues of the wrong sign are turned round, so that a saddle is left (Conn, Gould and Toint,
    Trust Region Methods, 2000). The last step is taken unchecked when it promises less than GAIN, since Newton's error is squared by it.
    """
    logs, radius = start.astype(np.float64), 1.0
    here = slope(logs)
    for _ in range(STEPS):
        step, promised = _newton_step(here, radius)
        if promised < GAIN:
            return _summit(logs + step, here[0] + promised, here, start)
        there = slope(logs + step)
        gained = there[0] - here[0]
        if not np.isfinite(there[0]) or gained < 0.1 * promised:
            radius = min(radius, float(np.linalg.norm(step))) / 3
        elif gained > 0.7 * promised:
            radius = min(2 * radius, 4.0)
        if np.isfinite(there[0]) and gained > 0:
            logs, here = logs + step, there
        if radius < 1e-9 or np.abs(logs - start).max() > FARTHEST:
            break
    return Summit(logs, here[0], np.full((logs.size, logs.size), np.nan), False)


def _newton_step(here: Slope, radius: float) -> tuple[Floats, float]:
    """Return the step and the gain that the quadratic model promises for it."""
    _, gradient, hessian = here
    curve, axes = np.linalg.eigh(-hessian)
    steep = axes.T @ gradient
    along = steep / np.maximum(np.abs(curve), 1e-9 * np.abs(curve).max() + 1e-12)
    length = float(np.linalg.norm(along))
    if length > radius:
        along = along * (radius / length)
    promised = float(steep @ along - 0.5 * (np.abs(curve) * along) @ along)
    return axes @ along, promised


def _summit(logs: Floats, log_likelihood: float, here: Slope, start: Floats) -> Summit:
    curve = np.linalg.eigvalsh(-here[2])
    peaked = bool(curve.min() > 1e-10 * curve.max() and np.abs(logs - start).max() < FARTHEST)
    covariance: Floats = np.full(here[2].shape, np.nan)
    if peaked:
        covariance = np.linalg.inv(-here[2]).astype(np.float64)
    return Summit(logs, log_likelihood, covariance, peaked)


def starts_of(histories: PurchaseHistories, guesses: Iterable[tuple[float, float, float]], *, last_in_ages: bool = False) -> list[Floats]:
    """Return log-parameters (4,) to begin from: r, alpha that fits the mean rate of repeats, and the two that tell of leaving.

    Parameters
    ----------
    guesses : (r, third, fourth) each. last_in_ages : whether the fourth is a time, guessed as a part of the mean age.
    """
    mean_age = float((histories.age * histories.weight).sum() / histories.weight.sum())
    mean_repeats = float((histories.repeats_count * histories.weight).sum() / histories.weight.sum())
    scale = mean_age if last_in_ages else 1.0
    return [np.log([r, r * mean_age / max(mean_repeats, 0.05), third, fourth * scale]) for r, third, fourth in guesses]


def best_summit(slopes: Iterable[Callable[[Floats], Slope]], starts: Iterable[Floats]) -> Summit:
    """Return the top reached over ever finer slopes, beginning the next where the last ended; another start only when the first failed."""
    rough_to_fine = list(slopes)
    best: Summit | None = None
    for start in starts:
        logs = start
        for slope in rough_to_fine:
            found = climb(slope, logs)
            logs = found.logs if found.found else start
        if best is None or (found.found, found.log_likelihood) > (best.found, best.log_likelihood):
            best = found
        if found.found:
            break
    assert best is not None
    return best


def fitted(
    histories: PurchaseHistories,
    slope_of: Callable[[PurchaseHistories, bool], Callable[[Floats], Slope]],
    guesses: Iterable[tuple[float, float, float]],
    *,
    last_in_ages: bool = False,
    however_wide: bool = False,
) -> Summit | NotEnoughEvidence:
    """Return the top of a purchase model's log-likelihood, from a rough copy of the histories to the exact one, or why there is none.

    Parameters
    ----------
    slope_of : of histories, and whether they are the rough copy. guesses, last_in_ages : see `starts_of`. however_wide : take parameters
    that the data leave open where the climb ended; standard errors are then NaN.
    """
    if (lack := too_few_repeats(histories.repeat_customers_count)) is not None:
        return lack
    exact = grouped(histories)
    rough = coarse(exact)
    slopes = [slope_of(exact, False)] if rough is None else [slope_of(rough, True), slope_of(exact, False)]
    summit = best_summit(slopes, starts_of(exact, guesses, last_in_ages=last_in_ages))
    lack = undetermined(summit, histories.repeat_customers_count)
    return summit if lack is None or however_wide else lack


def too_few_repeats(available: int) -> NotEnoughEvidence | None:
    """Return why a purchase model cannot be fitted to so few customers who bought again; None when there are enough."""
    if available >= NEEDED_REPEAT_CUSTOMERS:
        return None
    reason = Wording(
        "Слишком мало клиентов, которые покупали ещё раз: модель покупок по ним не построить.",
        "Too few customers bought again: a model of purchases cannot be fitted to them.",
    )
    return NotEnoughEvidence(reason, NEEDED_REPEAT_CUSTOMERS, available)


def undetermined(summit: Summit, repeat_customers: int) -> NotEnoughEvidence | None:
    """Return why the data do not determine the parameters; None when they do.

    They do not when the climb left for infinity, when the top is flat in some direction, or when a standard error exceeds WIDEST.
    """
    if summit.found and np.sqrt(np.diag(summit.covariance)).max() <= WIDEST:
        return None
    reason = Wording(
        "Покупки не определяют модель: данным одинаково подходят очень разные её значения. Нужна более долгая история покупок.",
        "The purchases do not determine the model: very different parameters fit them equally well. "
        "A longer history of purchases is needed.",
    )
    return NotEnoughEvidence(reason, 4 * max(repeat_customers, NEEDED_REPEAT_CUSTOMERS), repeat_customers)
