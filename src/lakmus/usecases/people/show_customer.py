"""One customer's page: where they stand, what happened, our errors with their evidence; and stories without a known customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakmus.engine.bucket import Facts, facts_until
from lakmus.engine.measures.people import candidates, left_alone, people_of
from lakmus.engine.risk.segments import horizons_of
from lakmus.engine.signals.lamps import Lamp
from lakmus.engine.signals.sight import SignalReading, one_sight
from lakmus.engine.tables import CUSTOMERS
from lakmus.engine.verdict import DoNotTouch, Person
from lakmus.history.catalogue import Family, Feature
from lakmus.history.failures import NotFound
from lakmus.history.kinds import KINDS
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.stream.store import Stream
from lakmus.usecases.house.home import Home
from lakmus.usecases.people.risk_change import RiskChange, risk_change
from lakmus.usecases.results import list_errors
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import part_of, rank_of, rows_of
from lakmus.usecases.signals.list_answers import ListAnswer, list_answers

NO_CUSTOMER = Wording(
    "Клиента «{customer}» на эту дату нет. Проверьте номер или найдите клиента по имени, телефону или почте.",
    "There is no customer “{customer}” as of this date. Check the number, or search by name, phone or e-mail.",
)
NO_STORY = Wording(
    "Под номером «{key}» на эту дату ничего не известно. Проверьте номер или посмотрите на более позднюю дату.",
    "Nothing is known under “{key}” as of this date. Check the number, or look from a later day.",
)
NO_ERROR = Wording(
    "Такой ошибки на эту дату нет: данные могли обновиться. Откройте список ошибок заново.",
    "There is no such error as of this date: the data may have changed. Open the list of errors again.",
)
MOST_ERRORS = 500
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
    """Everything about one customer as of a moment; `row` and `errors` are rows of the verdict's tables, the latest error first.

    `loss_days`: after so many days without a purchase this customer is lost, None where nobody can say. `lists`: why on a list, or why not.
    `change`: how their risk moved since the last run, None where none is kept.
    """

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
    loss_days: int | None
    lists: tuple[ListAnswer, ...]
    change: RiskChange | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A customer's rows of the verdict's tables."""

    customers: pa.Table
    orders: pa.Table
    errors: pa.Table


@dataclass(frozen=True, slots=True)
class Story:
    """What is known under one key of the stream: `customer`, or None where it is an order or a case that no file links to one."""

    key: str
    customer: str | None
    errors: list[dict[str, Any]]
    timeline: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One error, a row of the verdict's table, and the activities that prove it, the earliest first; `key` is whose story holds them."""

    error: dict[str, Any]
    key: str
    proofs: tuple[Happening, ...]


def show_customer(home: Home, shown: Shown, customer: str) -> CustomerView:
    """Return one customer's page: the verdict's own rows, and what is read off their history.

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
    kept = _kept(shown, canonical)
    if kept is None:
        raise NotFound("customer_unknown", NO_CUSTOMER.filled(customer=customer))
    row, orders, errors = (table.to_pylist() for table in (kept.customers, kept.orders, kept.errors))
    errors.sort(key=lambda error: error["at"], reverse=True)
    facts = facts_until(history, as_of=shown.as_of)
    frames = [pl.DataFrame(pl.from_arrow(table)) for table in (kept.customers, kept.orders, kept.errors)]
    alone = left_alone(facts, *frames[1:], as_of=shown.as_of)
    people, untouched = people_of(candidates(frames[0], frames[2], as_of=shown.as_of), frames[2], facts, alone, as_of=shown.as_of)
    loss_days = _loss_days(facts, shown)
    learned = shown.learned
    sight = one_sight(
        facts,
        frames[1],
        company_rhythm=learned.rhythm,
        company=company,
        feeds=learned.feeds,
        season=learned.season,
        as_of=shown.as_of,
    )
    return CustomerView(
        customer=canonical,
        row=row[0],
        orders=sorted(orders, key=lambda order: order["ts"], reverse=True),
        errors=errors,
        timeline=_timeline(history.to_pylist(), errors),
        lamps=sight.lamps,
        signals=sight.signals,
        person=next(iter(people), None),
        do_not_touch=next(iter(untouched), None),
        identifiers=_identifiers(stream, canonical),
        loss_days=loss_days,
        lists=list_answers(
            row[0],
            errors,
            shown.verdict,
            alone=alone.get(canonical),
            horizon_days=loss_days,
            as_of=shown.as_of,
            time_zone=company.time_zone,
        ),
        change=risk_change(home, shown, canonical, row[0]),
    )


def _kept(shown: Shown, customer: str) -> Kept | None:
    """Return what the verdict's tables say of a customer; a bucket's rows stand in files of one number."""
    rank = rank_of(shown.folder, customer)
    if rank is None:
        return None
    file = f"{part_of(shown.folder, rank):04}.parquet"
    orders, errors = (_rows_about(shown.folder / name / file, customer) for name in ("orders", "errors"))
    return Kept(pa.Table.from_pylist(rows_of(shown.folder, [rank]), CUSTOMERS), orders, errors)


def _rows_about(path: Path, customer: str) -> pa.Table:
    """Return a customer's rows of one file, of whose groups only those are read that can hold them."""
    with pq.ParquetFile(path) as file:
        place = file.schema_arrow.names.index("customer")
        bounds = [file.metadata.row_group(number).column(place).statistics for number in range(file.num_row_groups)]
        groups = [n for n, of in enumerate(bounds) if of is None or not of.has_min_max or of.min <= customer <= of.max]
        rows = file.read_row_groups(groups, use_threads=False)
    return rows.filter(pc.equal(rows["customer"], customer))


def _loss_days(facts: Facts, shown: Shown) -> int | None:
    """Return after how many days without a purchase this customer is lost, None where nobody can say."""
    definition = shown.verdict.definition
    if definition.horizon_days is None:
        return None
    own = horizons_of(facts, horizon_days=definition.horizon_days, by=definition.horizon_by, horizons=definition.horizons)
    return own if isinstance(own, int) else int(own[0])


def show_story(home: Home, shown: Shown, key: str) -> Story:
    """Return what is known under a key of the stream, such as `case:5512` or `order:1002`, or under a customer's.

    Raises
    ------
    NotFound : nothing is known under this key as of that moment.
    """
    history = home.stream().history_of(key, as_of=shown.as_of).to_pylist()
    if not history:
        raise NotFound("customer_unknown", NO_STORY.filled(key=key))
    customer = next((row["customer"] for row in history if row["customer"]), None)
    errors = list_errors(shown, filters={"customer" if customer else "anonymous_customer_id": customer or key}, size=MOST_ERRORS).rows
    return Story(key, customer, errors, _timeline(history, errors))


def show_evidence(home: Home, shown: Shown, error_id: str) -> Evidence:
    """Return one service error with the activities that prove it, whether or not its customer is known.

    Raises
    ------
    NotFound : there is no error of this number as of that moment.
    """
    found = list_errors(shown, filters={"error_id": error_id}, size=1).rows if error_id else []
    if not found:
        raise NotFound("error_unknown", NO_ERROR)
    error = found[0]
    key = error["customer"] or error["anonymous_customer_id"]
    wanted = set(error["evidence"] or ())
    history = home.stream().history_of(key, as_of=shown.as_of).to_pylist()
    proofs = _timeline([row for row in history if row["activity_id"] in wanted], [error])
    return Evidence(error, key, tuple(reversed(proofs)))


def _identifiers(stream: Stream, customer: str) -> tuple[tuple[str, str], ...]:
    state = stream.identity.state()
    held = state.held_by(state.keys_of(customer))
    return tuple(sorted(held.select("kind", "normal").iter_rows()))


def _timeline(rows: Sequence[dict[str, Any]], errors: Sequence[dict[str, Any]]) -> tuple[Happening, ...]:
    """Return the activities as happenings, the latest first, each with the codes of the errors that it proves."""
    evidence: dict[str, list[str]] = {}
    for error in errors:
        for activity in error["evidence"] or ():
            evidence.setdefault(activity, []).append(error["code"])
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
