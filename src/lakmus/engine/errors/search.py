"""All detectors over one bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from lakmus.engine.bucket import KEY
from lakmus.engine.errors import (
    automatic_message_error,
    broken_promise,
    checkout_obstacle,
    hard_to_reach,
    hidden_charge,
    inattention,
    misunderstanding,
    no_aftersales,
    no_personal_approach,
    no_reply,
    slow_reply,
    unresolved_problem,
    wrong_information,
)
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.errors.detector import ROW_SCHEMA, Detector, Found, Scene, nothing_found
from lakmus.engine.errors.staff_words import STAFF_DETECTORS
from lakmus.engine.errors.words import WORDS_DETECTORS
from lakmus.engine.feeds import Feeds
from lakmus.history.wording import Wording

FACTS_DETECTORS: tuple[Detector, ...] = (
    slow_reply.DETECTOR,
    no_reply.DETECTOR,
    no_reply.COMMENTS,
    unresolved_problem.DETECTOR,
    wrong_information.DETECTOR,
    inattention.MIXED_UP,
    inattention.VIOLATED,
    automatic_message_error.DETECTOR,
    no_aftersales.DETECTOR,
    no_personal_approach.DETECTOR,
    broken_promise.DETECTOR,
    broken_promise.IN_WORDS,
    hidden_charge.DETECTOR,
    hard_to_reach.DETECTOR,
    checkout_obstacle.DETECTOR,
    misunderstanding.DETECTOR,
    *STAFF_DETECTORS,
)
DETECTORS: tuple[Detector, ...] = (*FACTS_DETECTORS, *WORDS_DETECTORS)
"""Every detector, those of facts first; to add one, write its module and name it here."""

CODES: tuple[str, ...] = tuple(code for code in ERROR_CODES if any(detector.code == code for detector in DETECTORS))
"""The kinds of error that are looked for, in the catalogue's order."""

TOLD_LATER_DAYS = 30
"""Words that name neither order nor case speak of an error of their kind that the facts show in so many days before."""

_FIRST_OF_CODE = {detector.code: detector.name for detector in reversed(DETECTORS)}


def detectors_of(code: str) -> tuple[Detector, ...]:
    """Return the detectors of a code, those of facts first."""
    return tuple(detector for detector in DETECTORS if detector.code == code)


def by_facts(errors: pl.DataFrame) -> pl.DataFrame:
    """Return the errors that facts show: what customers say of an error is said in anger, often at what went wrong before."""
    return errors.filter(pl.col("detector").is_in([detector.name for detector in FACTS_DETECTORS]))


def leading(feeds: Feeds) -> dict[str, str]:
    """Return, by code, the detector whose moments the effect of the code is taken from: the first that measures, facts before words."""
    return {detector.code: detector.name for detector in reversed(DETECTORS) if detector.measures(feeds)}


def measured_by(code: str, feeds: Feeds, read: Mapping[str, int]) -> bool:
    """Say whether any detector of a code measures; `read`: how many `texts` and `replies` there were to read."""
    return any(detector.measures(feeds) and (not detector.reads or read.get(detector.reads, 0) > 0) for detector in detectors_of(code))


def needed_for(code: str) -> Wording:
    """Return what the company would have to send for a code to be measured by its first detector."""
    return detectors_of(code)[0].needed


def find_errors(scene: Scene, detectors: Sequence[Detector] = DETECTORS) -> Found:
    """Return the errors and moments of one bucket from every one of the detectors whose facts the company sends.

    Words of a customer that tell of an error which facts show as well (of the same order or case, or in `TOLD_LATER_DAYS` before) become
    evidence of that error: an error is counted once, however it is known. `error_id` is `code:anchor` of the code's first detector and
    `code:detector:anchor` of its others.

    Returns
    -------
    Found : errors with the columns of `ROW_SCHEMA` and code, detector, error_id; moments with `MOMENT_SCHEMA`, code, detector and known
        customers only. Moments of words only where they lead (see `leading`).
    """
    leads, nothing = leading(scene.feeds), _nothing()
    errors, told, moments = [nothing.errors], [nothing.errors], [nothing.moments]
    for detector in detectors:
        leading_one = leads.get(detector.code) == detector.name
        silent = detector.source == "words" and not leading_one and detector.code not in scene.codes_said
        if silent or not detector.has_work(scene):
            continue
        found, named = detector.find(scene), (pl.lit(detector.code).alias("code"), pl.lit(detector.name).alias("detector"))
        if not found.errors.is_empty():
            prefix = detector.code if detector.name == _FIRST_OF_CODE[detector.code] else f"{detector.code}:{detector.name}"
            rows = found.errors.with_columns(*named, pl.format(f"{prefix}:{{}}", "anchor").alias("error_id"))
            (told if detector.source == "words" else errors).append(rows)
        if detector.source == "facts" or leading_one:
            moments.append(found.moments.with_columns(*named))
    known = pl.col("customer").is_not_null()
    return Found(
        _counted_once(pl.concat(errors), pl.concat(told)).sort(KEY, "at", "code", "error_id"),
        pl.concat(moments).filter(known).sort(KEY, "at", "code", "detector", "order", "case"),
    )


@cache
def _nothing() -> Found:
    """Return no errors and no moments, in the columns of `find_errors`."""
    found, named = nothing_found(), (pl.lit("").alias("code"), pl.lit("").alias("detector"))
    return Found(found.errors.with_columns(*named, pl.lit("").alias("error_id")), found.moments.with_columns(*named))


def _counted_once(errors: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return all errors; words about an error of `errors` are put to its evidence instead of standing as one more."""
    if told.is_empty() or errors.is_empty():
        return pl.concat([errors, told])
    words = told.select(KEY, "code", "order", "case", pl.col("at").alias("told_at"), pl.col("error_id").alias("told_id"), "anchor")
    shown = errors.select(KEY, "code", pl.col("order", "case").name.suffix("_shown"), "at", "error_id")
    same = (pl.col("order") == pl.col("order_shown")) | (pl.col("case") == pl.col("case_shown"))
    after = pl.col("told_at") - pl.col("at")
    recent = (after >= pl.duration(days=0)) & (after <= pl.duration(days=TOLD_LATER_DAYS))
    about = words.join(shown, on=[KEY, "code"], how="inner").filter(same.fill_null(False) | recent)
    nearest = about.sort(~same.fill_null(False), after.abs(), "error_id").unique("told_id", keep="first", maintain_order=True)
    more = nearest.sort("told_at", "anchor").group_by("error_id", maintain_order=True).agg(pl.col("anchor").alias("more"))
    joined = errors.join(more, on="error_id", how="left", maintain_order="left")
    evidence = pl.concat_list("evidence", pl.col("more").fill_null(pl.lit([], dtype=ROW_SCHEMA["evidence"])))
    proved = joined.with_columns(evidence.list.unique(maintain_order=True).alias("evidence")).drop("more")
    return pl.concat([proved, told.join(nearest.select(pl.col("told_id").alias("error_id")), on="error_id", how="anti")])
