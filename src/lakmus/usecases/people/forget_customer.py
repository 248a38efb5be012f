"""Forget a person: their activities, their identifiers, what was computed or kept with them in it, and their way back in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lakmus.history.failures import BadInput, Busy, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.imports.changes import keep_forgotten, lift_forgotten
from lakmus.operations.imports.queries import person_of_digests
from lakmus.operations.journal.changes import pseudonym, record
from lakmus.operations.labels.changes import forget_labels
from lakmus.operations.labels.queries import customers_with_labels
from lakmus.operations.reasons.changes import forget_decisions
from lakmus.operations.reasons.queries import decided_reasons
from lakmus.stream.store import Stream
from lakmus.usecases.house.home import Home
from lakmus.usecases.people.forgotten_people import EVER, digest_maker, keys_of_person, written_keys
from lakmus.usecases.people.traces import Recognised, cut_rejected, drop_copies, emptied, wipe_database, withdraw_uploads

NOBODY = Wording(
    "О клиенте «{customer}» ничего не хранится, стирать нечего. Проверьте номер: он такой же, как в загруженных файлах.",
    "Nothing is kept about customer “{customer}”, so there is nothing to erase. Check the id: it is written as in the imported files.",
)
BEFORE = Wording(
    "Клиент «{customer}» стёрт раньше, о нём ничего не хранится, и загрузки его не берут.",
    "Customer “{customer}” was erased before; nothing is kept about them, and imports leave them out.",
)
SEVERAL = Wording(
    "«{written}» – это несколько клиентов: {customers}. Ничего не стёрто; назовите номер клиента.",
    "“{written}” stands for several customers: {customers}. Nothing was erased; name the id of one.",
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased.

    Activities of the person; results and reports, all of them, for they are computed from everybody; rows cut out of
    files of rejected rows, and how many files that were; imports that waited with the person in their files.
    `identifiers` is the number of ids, e-mails, phones, orders and cases by which imports know whom to leave out.
    """

    activities: int
    results: int
    reports: int
    rejected_rows: int
    rejected_files: int
    imports: int
    identifiers: int

    def as_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def forget_customer(home: Home, customer: str, *, actor: Any) -> Forgotten:
    """Erase a person for good and keep imports from bringing them back; asked again after a crash, it finishes.

    `customer` is an id as in the files, or an e-mail, phone or card that belongs to one customer.

    Raises
    ------
    NotFound : nothing is kept about the customer.
    BadInput : an e-mail, phone or card of several customers.
    Busy : an import is writing; nothing was erased.
    """
    stream = home.stream()
    known = _customer_of(stream, customer)
    digest = digest_maker(home)
    keys = keys_of_person(stream, known)
    listed = person_of_digests(digest(key) for key in written_keys(customer))
    held = bool(stream.history_of(known, as_of=EVER).num_rows) or stream.identity.state().canonical(customer) != customer
    if not held and listed is None and not _linked(stream, known):
        raise NotFound("customer_unknown", NOBODY.filled(customer=customer[:60]))
    # The way back is closed first: an import that runs now leaves the person out, or erases them when it sees the list.
    person = keep_forgotten(digests=[digest(key) for key in {*keys, *written_keys(known)}], actor=actor)
    try:
        erased = stream.erase(known)
    except Busy:
        if listed is None:
            lift_forgotten(person=person, actor=actor)
        raise
    # After a crash the keys stand nowhere but on the list.
    known_keys, digests = frozenset(keys), frozenset(person.keys.values_list("digest", flat=True))
    recognised = known_keys.__contains__ if held else lambda key: digest(key) in digests
    forgotten = _without_traces(home, recognised, erased=erased, identifiers=len(digests), actor=actor)
    if not held and not erased:
        raise NotFound("customer_forgotten_before", BEFORE.filled(customer=customer[:60]))
    record(actor=actor, verb="forgot_customer", object_kind="customer", object_key=pseudonym(known), details=forgotten.as_json())
    return forgotten


def _without_traces(home: Home, recognised: Recognised, *, erased: int, identifiers: int, actor: Any) -> Forgotten:
    cut = cut_rejected(home, recognised)
    imports = withdraw_uploads(home, recognised, actor=actor)
    forget_decisions(customers=[customer for customer in decided_reasons() if recognised(customer)], actor=actor)
    forget_labels(customers=[customer for customer in customers_with_labels() if recognised(customer)], actor=actor)
    results, reports = emptied(home.results), emptied(home.reports)
    drop_copies(home)
    wipe_database()
    return Forgotten(erased, results, reports, cut.rows, cut.files, imports, identifiers)


def _customer_of(stream: Stream, written: str) -> str:
    """Return the customer whom an id, or else an e-mail, phone or card stands for.

    Raises
    ------
    BadInput : it stands for several.
    """
    state = stream.identity.state()
    known = state.canonical(written)
    if known != written or stream.history_of(known, as_of=EVER).num_rows:
        return known
    found = {state.canonical(key) for key in written_keys(written)} - {written}
    held = sorted(key for key in found if stream.history_of(key, as_of=EVER).num_rows)
    if len(held) > 1:
        raise BadInput("several_customers", SEVERAL.filled(written=written[:60], customers=", ".join(held[:5])))
    return held[0] if held else written


def _linked(stream: Stream, customer: str) -> bool:
    """Say whether an identifier is kept of a customer of whom no activity is."""
    return len(stream.identity.state().keys_of(customer)) > 1
