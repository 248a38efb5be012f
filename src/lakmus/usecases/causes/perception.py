"""What we believe of our errors beside what customers write and what the facts show; and what cannot be measured at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from lakmus.engine.causes.difference import wilson
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.errors.search import DETECTORS
from lakmus.engine.verdict import ErrorFinding
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.operations.reasons import changes
from lakmus.operations.reasons.queries import all_estimates, own_estimates
from lakmus.usecases.asking import ask
from lakmus.usecases.causes.standing import has_rows
from lakmus.usecases.kept_beside import kept_json
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

NEEDED = 30
FEW_CUSTOMERS = Wording("мало клиентов с покупками", "few customers with purchases")
NOT_MEASURED = Wording("этот вид ошибки пока нечем измерить", "this kind of error cannot be measured yet")
FEW_TEXTS = Wording("мало прочитанных текстов клиентов", "few texts of customers were read")


@dataclass(frozen=True, slots=True)
class Believed:
    """One error three ways, each a share 0..1: of buyers, as colleagues believe; of buyers, by the facts; of customers' texts.

    `met` buyers and `named` texts are behind the second and the third.
    """

    error: ErrorFinding
    mine: float | None
    colleagues: int
    believed: float | None
    facts: Finding
    voices: Finding
    met: int
    named: int
    detectors: tuple[Any, ...]


def show_perception(shown: Shown, user: Any) -> tuple[Believed, ...]:
    """Return every kind of error as believed, as it is, and as customers tell it."""
    own = own_estimates(user) if user is not None else {}
    everybody = all_estimates()
    buyers, met = _buyers(shown)
    texts, named = _texts(shown)
    told = []
    for error in shown.verdict.errors:
        beliefs = everybody.get(error.code, [])
        told.append(
            Believed(
                error,
                own.get(error.code),
                len(beliefs),
                fmean(beliefs) if beliefs else None,
                _share(met.get(error.code, 0), buyers, FEW_CUSTOMERS) if error.measured else NotEnoughEvidence(NOT_MEASURED, NEEDED, 0),
                _share(named.get(error.code, 0), texts, FEW_TEXTS),
                met.get(error.code, 0),
                named.get(error.code, 0),
                tuple(detector for detector in DETECTORS if detector.code == error.code),
            )
        )
    return tuple(told)


def _buyers(shown: Shown) -> tuple[int, dict[str, int]]:
    """Return how many customers bought in the last 12 months, and how many of them met with each error."""

    def counted() -> dict[str, Any]:
        since = shown.verdict.definition.window_start_at
        who = "SELECT count(*) AS n FROM read_parquet(?) WHERE last_order_at > ?"
        buyers = ask(who, [shown.table(PEOPLE), since])[0]["n"]
        each = """SELECT code, count(DISTINCT customer) AS n FROM read_parquet(?) WHERE in_window
                  AND customer IN (SELECT customer FROM read_parquet(?) WHERE last_order_at > ?) GROUP BY code"""
        met = {row["code"]: row["n"] for row in ask(each, [shown.table("errors"), shown.table(PEOPLE), since])}
        return {"buyers": buyers, "met": met}

    kept = kept_json(shown, "buyers_who_met", counted)
    return kept["buyers"], kept["met"]


def _texts(shown: Shown) -> tuple[int, dict[str, int]]:
    """Return the number of customers' texts of the last 12 months, and how many of them name each error."""
    if not has_rows(shown, "texts"):
        return 0, {}
    parameters = [shown.table("texts"), shown.verdict.definition.window_start_at]
    total = ask('SELECT count(*) AS n FROM read_parquet(?) WHERE "at" > ?', parameters)[0]["n"]
    each = 'SELECT code, count(*) AS n FROM (SELECT unnest(codes) AS code FROM read_parquet(?) WHERE "at" > ?) GROUP BY code'
    return total, {row["code"]: row["n"] for row in ask(each, parameters)}


def _share(part: int, whole: int, few: Wording) -> Finding:
    if whole < NEEDED:
        return NotEnoughEvidence(few, NEEDED, whole)
    return Estimate(*wilson(part, whole), whole, Badge.COUNTED)


def estimate_errors(shares: Mapping[str, float | None], *, actor: Any) -> None:
    """Keep a colleague's own estimates of the errors of the catalogue.

    Raises
    ------
    BadInput : an estimate is not within 0..1.
    """
    changes.estimate_errors(shares={code: share for code, share in shares.items() if code in ERROR_CODES}, actor=actor)
