"""One customer's page: where they stand, what happened, our errors with their evidence, who they are known as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from lakmus.engine.scoring import score_bucket
from lakmus.engine.signals.lamps import Lamp, lamps
from lakmus.engine.signals.sight import SignalReading, signals_of
from lakmus.engine.verdict import DoNotTouch, Person
from lakmus.history.catalogue import Family, Feature
from lakmus.history.failures import NotFound
from lakmus.history.kinds import KINDS
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.stream.store import Stream
from lakmus.usecases.home import Home
from lakmus.usecases.show_verdict import Shown

NO_CUSTOMER = Wording(
    "Клиента «{customer}» на эту дату нет. Проверьте номер или найдите клиента по имени, телефону или почте.",
    "There is no customer “{customer}” as of this date. Check the number, or search by name, phone or e-mail.",
)
SINCE_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline. `features`: what the activity says, as (feature, value); `error_codes`: errors it is evidence of."""

    activity_id: str
    at: datetime
    kind: str
    title: Wording
    family: Family
    text: str | None
    features: tuple[tuple[Feature, Any], ...]
    error_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Everything about one customer as of a moment; `row` and `errors` are rows of the verdict's tables, the latest error first."""

    customer: str
    row: dict[str, Any]
    orders: list[dict[str, Any]]
    errors: list[dict[str, Any]]
    timeline: tuple[Happening, ...]
    lamps: tuple[Lamp, ...]
    signals: tuple[SignalReading, ...]
    person: Person | None
    do_not_touch: DoNotTouch | None
    identifiers: tuple[tuple[str, str], ...]


def show_customer(home: Home, shown: Shown, customer: str) -> CustomerView:
    """Return one customer's page, computed from their own history by the function that scores whole buckets.

    Raises
    ------
    NotFound : nothing is known of such a customer as of that moment.
    """
    stream = home.stream()
    canonical = stream.identity.canonical(customer)
    history = stream.history_of(canonical, as_of=shown.as_of)
    if not history.num_rows:
        raise NotFound("customer_unknown", NO_CUSTOMER.filled(customer=customer))
    company = company_terms()
    scored = score_bucket(history, learned=shown.learned, company=company, as_of=shown.as_of)
    rows = scored.tables["customers"].to_pylist()
    if not rows:
        raise NotFound("customer_unknown", NO_CUSTOMER.filled(customer=customer))
    errors = sorted(scored.tables["errors"].to_pylist(), key=lambda error: error["at"], reverse=True)
    evidence: dict[str, list[str]] = {}
    for error in errors:
        for activity in error["evidence"] or ():
            evidence.setdefault(activity, []).append(error["code"])
    return CustomerView(
        customer=canonical,
        row=rows[0],
        orders=sorted(scored.tables["orders"].to_pylist(), key=lambda order: order["ts"], reverse=True),
        errors=errors,
        timeline=_timeline(history.to_pylist(), evidence),
        lamps=lamps(history, as_of=shown.as_of),
        signals=signals_of(history, company_rhythm=shown.learned.rhythm, company=company, as_of=shown.as_of),
        person=next(iter(scored.people), None),
        do_not_touch=next(iter(scored.do_not_touch), None),
        identifiers=_identifiers(stream, canonical),
    )


def _identifiers(stream: Stream, customer: str) -> tuple[tuple[str, str], ...]:
    state = stream.identity.state()
    held = state.held.filter(pl.col("customer").is_in(state.keys_of(customer)))
    return tuple(sorted(held.select("kind", "normal").iter_rows()))


def _timeline(rows: Sequence[dict[str, Any]], evidence: dict[str, list[str]]) -> tuple[Happening, ...]:
    happenings = []
    for row in rows:
        kind = KINDS.get(row["activity"])
        if kind is None or row["ts"] <= SINCE_ALWAYS:
            continue
        features = tuple(
            (feature, row[feature.column])
            for feature in kind.features
            if feature.column not in ("_text", "_currency") and row[feature.column] is not None
        )
        codes = tuple(dict.fromkeys(evidence.get(row["activity_id"], ())))
        happenings.append(Happening(row["activity_id"], row["ts"], kind.name, kind.title, kind.family, row["_text"], features, codes))
    return tuple(reversed(happenings))
