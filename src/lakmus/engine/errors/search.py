"""All detectors over one bucket."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from lakmus.engine.bucket import KEY, Facts
from lakmus.engine.errors import broken_promise, no_aftersales, no_reply, slow_reply, unresolved_problem
from lakmus.engine.errors.clocks import waiting_clocks
from lakmus.engine.errors.detector import Detector, Found, Scene, nothing_found
from lakmus.engine.feeds import Feeds
from lakmus.history.company import Company

DETECTORS: tuple[Detector, ...] = (
    slow_reply.DETECTOR,
    no_reply.DETECTOR,
    unresolved_problem.DETECTOR,
    broken_promise.DETECTOR,
    no_aftersales.DETECTOR,
)
"""Every detector; to add one, write its module and name it here."""


def find_errors(facts: Facts, orders: pl.DataFrame, *, feeds: Feeds, company: Company, as_of: datetime) -> Found:
    """Return the errors and moments of one bucket from every detector whose facts the company sends.

    Parameters
    ----------
    facts, orders : `facts_until` with `SCORE_COLUMNS`, and `order_table` of them.

    Returns
    -------
    Found : errors with the columns of `ROW_SCHEMA` and code, detector, error_id; moments with `MOMENT_SCHEMA`, code and known customers
    only.
    """
    clocks = waiting_clocks(facts, company=company, as_of=as_of)
    scene = Scene(facts=facts, orders=orders, clocks=clocks, feeds=feeds, company=company, as_of=as_of)
    errors, moments = [], []
    for detector in DETECTORS:
        found = detector.find(scene) if detector.measures(feeds) else nothing_found()
        code = pl.lit(detector.code).alias("code")
        errors.append(
            found.errors.with_columns(
                code, pl.lit(detector.name).alias("detector"), pl.format(detector.code + ":{}", "anchor").alias("error_id")
            )
        )
        moments.append(found.moments.with_columns(code))
    known = pl.col("customer").is_not_null()
    return Found(
        pl.concat(errors).sort(KEY, "at", "code", "error_id"), pl.concat(moments).filter(known).sort(KEY, "at", "code", "order", "case")
    )
