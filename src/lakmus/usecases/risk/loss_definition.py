"""Decide what "lost" means: see beforehand what a change would do, keep it as a version, take up any version again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lakmus.engine.risk.definition import WINDOW_DAYS
from lakmus.engine.verdict import Definition, plain
from lakmus.history.company import LossTerms
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.loss_changes import checked_loss
from lakmus.operations.company.queries import company_terms, loss_definitions, terms_of
from lakmus.usecases.asking import ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.risk.loss_facts import SEGMENTS, SegmentRhythm, loss_facts, segment_rhythms
from lakmus.usecases.show_verdict import Shown

NO_RHYTHM = Wording(
    "Ритм покупок компании ещё не виден: слишком мало клиентов купили дважды. Срок молчания задать пока нельзя; можно считать по договору.",
    "The company's rhythm of purchases cannot be seen yet: too few bought twice. No horizon can be set yet; counting by contract can.",
)
BASES = {
    "": Wording("молчание или конец договора, что раньше", "silence or the end of a contract, whichever comes first"),
    "purchases": Wording("только молчание: не покупает дольше срока", "silence alone: no purchase for longer than the horizon"),
    "contract": Wording("только договор: предупредил об уходе или закончил", "the contract alone: notice was given or it ended"),
}
BY = {"place": Wording("по городам", "by place"), "channel": Wording("по каналу первого заказа", "by channel of the first order")}
BY_DATA = Wording("выбрано по данным", "chosen by the data")
FROM_DATA = Wording("срок по данным", "horizon by the data")
DAYS = Wording("срок {days} дн.", "horizon {days} days")
LEAST = Wording("от {least} покупок", "from {least} purchases on")
OWN = Wording("свой срок {by}: {own}", "own horizons {by}: {own}")


@dataclass(frozen=True, slots=True)
class LossCounts:
    """How many customers a definition counts: `counted` = `lost` in the 12 months + `staying`."""

    counted: int
    lost: int
    staying: int


@dataclass(frozen=True, slots=True)
class LossPreview:
    """What a definition would change: counts as they are and as they would be, who would become lost, who no longer would be."""

    terms: LossTerms
    words: Wording
    before: LossCounts
    after: LossCounts
    newly_lost: int
    no_longer_lost: int


@dataclass(frozen=True, slots=True)
class DefinitionVersion:
    """One version as it was kept; number 0 is the one that the data choose, without date and author."""

    number: int
    words: Wording
    note: str
    created_at: datetime | None
    author: str
    used: bool
    terms: LossTerms


def loss_versions() -> list[DefinitionVersion]:
    """Return all versions, the latest first, the one that the data choose last."""
    used = company_terms().loss.version
    rows = [
        DefinitionVersion(row.number, said(terms_of(row)), row.note, row.created_at, row.author_name, row.number == used, terms_of(row))
        for row in loss_definitions()
    ]
    return [*rows, DefinitionVersion(0, BY_DATA, "", None, "", used == 0, LossTerms())]


def said(terms: LossTerms) -> Wording:
    """Say terms in a line."""
    parts = [BASES[terms.basis]]
    if terms.basis != "contract":
        parts.append(FROM_DATA if terms.horizon_days is None else DAYS.filled(days=terms.horizon_days))
        parts.append(LEAST.filled(least=terms.least_purchases))
        if terms.horizons:
            own = ", ".join(f"{segment} {days}" for segment, days in sorted(terms.horizons.items()))
            parts.append(OWN.filled(by=BY[terms.horizon_by], own=own))
    return Wording("; ".join(part.ru for part in parts), "; ".join(part.en for part in parts))


def preview_loss(home: Home, shown: Shown, terms: LossTerms) -> LossPreview:
    """Return what the terms would change as of the verdict's moment, counted from the same facts; nothing is saved.

    Raises
    ------
    BadInput : terms that cannot be, or a horizon where no rhythm is known.
    """
    wanted = checked_loss(terms)
    counts = ask(*_counting(home, shown, wanted))[0]
    before = _before(shown)
    after = LossCounts(counts["counted"], counts["lost"], counts["counted"] - counts["lost"])
    return LossPreview(wanted, said(wanted), before, after, counts["newly"], counts["no_longer"])


def change_definition(*, actor: Any, terms: LossTerms, note: str = "") -> LossTerms:
    """Keep the terms as a new version and take it up; every figure is read by it from then on.

    Raises
    ------
    BadInput : terms that cannot be, or that are in use already.
    """
    from lakmus.operations.company.loss_changes import define_loss

    return define_loss(actor=actor, terms=terms, note=note)


def take_up_definition(*, actor: Any, number: int) -> LossTerms:
    """Take up a version that is kept; 0 is the one that the data choose.

    Raises
    ------
    NotFound : there is no such version. BadInput : it is in use already.
    """
    from lakmus.operations.company.loss_changes import use_definition

    return use_definition(actor=actor, number=number)


def suggested(home: Home, shown: Shown, by: str) -> list[SegmentRhythm]:
    """Return the rhythm of each segment; those that differ from the company's are worth a horizon of their own."""
    return segment_rhythms(home, shown, by) if by in SEGMENTS else []


def definition_told(shown: Shown, *, language: str | None = None) -> dict[str, Any]:
    """Return the card and its versions, ready for JSON; texts in one language, or in both as `{ru, en}`."""
    told = {"as_of": shown.as_of, "definition": shown.verdict.definition, "terms": company_terms().loss, "versions": loss_versions()}
    return {name: plain(part, language) for name, part in told.items()}


def preview_told(home: Home, shown: Shown, terms: LossTerms, *, language: str | None = None) -> dict[str, Any]:
    """Return `preview_loss` ready for JSON, as `definition_told`.

    Raises
    ------
    BadInput : see `preview_loss`.
    """
    found = preview_loss(home, shown, terms)
    told = {"as_of": shown.as_of, **{name: getattr(found, name) for name in found.__slots__}}
    return {name: plain(part, language) for name, part in told.items()}


def _before(shown: Shown) -> LossCounts:
    definition, customers = shown.verdict.definition, shown.verdict.customers
    lost = customers.lost or 0
    return LossCounts(definition.eligible_count, lost, definition.eligible_count - lost)


def _counting(home: Home, shown: Shown, terms: LossTerms) -> tuple[str, list[Any]]:
    """Return the question that counts customers by these terms, as `engine.customer_table` does."""
    definition: Definition = shown.verdict.definition
    days = terms.horizon_days if terms.horizon_days is not None else definition.found_days
    facts = [loss_facts(home, shown)]
    if terms.basis == "contract":
        horizon, parameters = "NULL::INTEGER", []
    elif days is None or not definition.completed_gaps_count:
        raise BadInput("no_rhythm", NO_RHYTHM)
    else:
        horizon, parameters = "coalesce(own.days, ?)", [days]
    by = terms.horizon_by if terms.horizons else "place"
    own = list(terms.horizons.items()) or [("", days or 0)]
    moment = shown.as_of.astimezone(UTC)
    sql = COUNTS.format(
        horizon=horizon,
        by=by,
        own=", ".join("(?, ?)" for _ in own),
        silence="false" if terms.basis == "contract" else "true",
        contracts="false" if terms.basis == "purchases" else "true",
    )
    flat = [part for pair in own for part in pair]
    window = moment - timedelta(days=WINDOW_DAYS)
    return sql, [*flat, *parameters, *facts, moment, moment, window, terms.least_purchases]


COUNTS = """
WITH own(segment, days) AS (VALUES {own}),
read AS (SELECT facts.*, bought_days >= 2 AND {silence} AS silent, contract AND {contracts} AS held,
                CASE WHEN {contracts} THEN ended_at END AS end_at,
                last_order_at + to_hours(24 * ({horizon})::INTEGER) AS silent_at
         FROM read_parquet(?) AS facts LEFT JOIN own ON own.segment = facts.{by}),
placed AS (SELECT *, least(CASE WHEN silent AND silent_at <= ?::TIMESTAMPTZ THEN silent_at END,
                           CASE WHEN end_at <= ?::TIMESTAMPTZ THEN end_at END) AS lost_at FROM read),
judged AS (SELECT *, lost_at > ?::TIMESTAMPTZ AS in_window, bought_days < ? AND NOT held AS few FROM placed),
counts AS (SELECT *, coalesce(NOT few AND (held OR silent) AND (lost_at IS NULL OR in_window), false) AS counts_now,
                  coalesce(NOT few AND (held OR silent) AND in_window, false) AS lost_now FROM judged)
SELECT count(*) FILTER (counts_now) AS counted, count(*) FILTER (lost_now) AS lost,
       count(*) FILTER (lost_now AND NOT lost) AS newly, count(*) FILTER (lost AND NOT lost_now) AS no_longer FROM counts
"""
