"""What a text says of one side of the company, on the whole: sayings of errors weighed against praise."""

from __future__ import annotations

from math import exp, log, log1p

from lakmus.engine.text.reader import Reading, negative_probability

SERVICE_CODES = frozenset(
    """
    slow_reply no_reply unresolved_problem wrong_information indifference rudeness formal_script misunderstanding inflexibility inattention
    untrained_staff poor_service broken_promise hard_to_reach no_personal_approach
    """.split()
)
"""Codes that speak of how the customer was served."""

SERVICE_WEIGHTS = (1.69, 0.45, -0.76, 0.24, 0.65)
"""Level, then those of `service_features`; `python -m benchmarks.text_reading --fit` prints them."""

_SURE = 0.99


def service_features(reading: Reading) -> tuple[float, ...] | None:
    """Return what speaks for displeasure with the service; None where no saying is about it.

    log(1 + sayings of service errors), log(1 + praises), log(1 + sayings of waiting), log-odds of the whole text's polarity.
    """
    said = {(one.start, one.code) for one in reading.sayings if one.code in SERVICE_CODES}
    if not said:
        return None
    places = len({start for start, _ in said})
    waits = len({start for start, code in said if code == "slow_reply"})
    negative = min(max(negative_probability(reading.feelings) or 0.5, 1 - _SURE), _SURE)
    return log1p(places), log1p(reading.feelings.praises), log1p(waits), log(negative / (1 - negative))


def service_displeasure(reading: Reading) -> float:
    """Return the probability (0..1) that a reader would say the writer is displeased with the service; 0 where nothing is said of it.

    A mild word of waiting in a text that praises the waiters is no displeasure: one logistic regression weighs the one against the other.
    """
    features = service_features(reading)
    if features is None:
        return 0.0
    level, *weights = SERVICE_WEIGHTS
    return 1 / (1 + exp(-level - sum(weight * feature for weight, feature in zip(weights, features, strict=True))))
