"""People who were erased and whom no import brings back: recognised by keyed digests, never kept in plain.

A digest says nothing without the key in the home's folder `keys`. What decides is the customer a row belongs to; a row
of nobody known is recognised by its order, its case, its e-mail or phone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import Damaged, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.imports import changes
from lakmus.operations.imports.queries import forgotten_digests, forgotten_people, person_of_digests
from lakmus.stream.identifiers import KINDS, PROVISIONAL_PREFIXES, Identifier, key_of, keys, normalise_identifier, with_normal
from lakmus.stream.parquet import read_columns
from lakmus.stream.store import Stream
from lakmus.usecases.house.home import Home
from lakmus.usecases.house.home_keys import secret_key

KEY_FILE = "forgotten"
DIGEST_BYTES = 20
EVER = datetime(9999, 1, 1, tzinfo=UTC)
LINKS_AT_ONCE = 100_000
NOT_LISTED = Wording(
    "Клиента «{customer}» нет среди забытых. Ничего не изменилось; номер, почту или телефон пишите как в файлах.",
    "Customer “{customer}” is not among the forgotten. Nothing was changed; write the id, e-mail or phone as the files do.",
)
KEY_LOST = Wording(
    "Нет файла «{path}», без него не узнать забытых клиентов, и они вернулись бы с загрузкой. Ничего не изменилось; "
    'верните файл из копии или вычеркните всех забытых: lakmus forget "*" --lift.',
    "The file “{path}” is gone. Without it forgotten customers are not recognised and would come back with an import. Nothing was changed; "
    'bring it back from a backup, or take everybody off the list: lakmus forget "*" --lift.',
)
EVERYBODY = "*"
Link = tuple[str, str, str]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


def digest_maker(home: Home) -> Callable[[str], str]:
    """Return the function that turns a customer key (`17`, `email:…`, `order:…`) into its digest under the home's key.

    Raises
    ------
    Damaged : the key is gone while there are forgotten people; a new one would know none of them.
    """
    path = home.path / "keys" / KEY_FILE
    if not path.exists() and forgotten_people().exists():
        raise Damaged("forgotten_key_lost", KEY_LOST.filled(path=path))
    key = secret_key(path).encode()[:64]
    return lambda text: hashlib.blake2b(text.encode(), key=key, digest_size=DIGEST_BYTES).hexdigest()


def written_keys(written: str) -> list[str]:
    """Return the customer keys that something written by a person may stand for: an id first, then e-mail, phone, card."""
    forms = {kind: normalise_identifier(Identifier(kind, written)) for kind in ("external", "email", "phone", "card", "messenger", "site")}
    return list(dict.fromkeys([written, *(key_of(kind, form) for kind, form in forms.items() if form)]))


def keys_of_person(stream: Stream, customer: str) -> list[str]:
    """Return every key by which rows of a customer are known: ids, e-mails, phones, and the orders and cases of theirs.

    Identifiers that somebody else claims too, and that wait for a decision, are not among them.
    """
    state = stream.identity.state()
    waiting = [(one.identifier.kind, normalise_identifier(one.identifier)) for one in stream.identity.conflicts()]
    contested = {key_of(kind, normal) for kind, normal in waiting if normal}
    history = stream.history_of(customer, as_of=EVER)
    found = {customer, *state.keys_of(state.canonical(customer))} - contested
    for column, prefix in (("customer", ""), ("anonymous_customer_id", ""), ("_order", "order:"), ("_case", "case:")):
        found |= {f"{prefix}{held}" for held in pc.unique(history[column]).to_pylist() if held}
    return sorted(found)


def forgotten_count() -> int:
    """Return how many people no import takes."""
    return forgotten_people().count()


def lift_forgetting(home: Home, customer: str, *, actor: Any) -> None:
    """Let imports take the rows of a forgotten person again, named as the files name them; `*` is everybody. For administrators.

    Raises
    ------
    NotFound : nobody on the list goes by this id, e-mail or phone.
    """
    if customer == EVERYBODY:
        for one in forgotten_people():
            changes.lift_forgotten(person=one, actor=actor)
        return
    digest = digest_maker(home)
    person = person_of_digests(digest(key) for key in written_keys(customer))
    if person is None:
        raise NotFound("not_forgotten", NOT_LISTED.filled(customer=customer[:60]))
    changes.lift_forgotten(person=person, actor=actor)


def people_left_out(home: Home) -> LeftOut | None:
    """Return who is left out of an import, None where nobody was ever forgotten."""
    digests = forgotten_digests()
    return LeftOut(digest_maker(home), digests) if digests else None


class LeftOut:
    """Leaves the rows of forgotten people out of one import, and counts them in `dropped` by (`_source`, kind)."""

    def __init__(self, digest: Callable[[str], str], digests: frozenset[str]) -> None:
        self._digest, self._digests = digest, set(digests)
        self.dropped: Counter[tuple[str, str]] = Counter()

    def knows(self, key: str | None) -> bool:
        """Say whether a customer key is a forgotten person's."""
        return key is not None and self._digest(key) in self._digests

    def knows_row(self, activity: dict[str, Any]) -> bool:
        """Say whether one activity, its columns by name, is a forgotten person's."""
        customer, order, case = activity["customer"], activity["_order"], activity["_case"]
        if self.knows(customer) or self.knows(activity["anonymous_customer_id"]):
            return True
        nobody = customer is None or customer.startswith(PROVISIONAL_PREFIXES)
        return nobody and ((bool(order) and self.knows(f"order:{order}")) or (bool(case) and self.knows(f"case:{case}")))

    def recognise(self, links: Iterable[Link], stream: Stream, *, actor: Any) -> None:
        """Find customers unknown so far whom the import names by an e-mail, phone or card of a forgotten person alone.

        Such a number is the same person's, learned late; it joins the list, so that later files leave it out as well.
        """
        named: dict[str, set[str]] = {}
        for part in _chunks(links):
            for key, customer in zip(part["key"], part["customer"], strict=True):
                if key is not None and self.knows(key):
                    named.setdefault(key, set()).add(customer)
        for key, customers in sorted(named.items()):
            fresh = customers.pop()
            alone = not customers and not fresh.startswith(PROVISIONAL_PREFIXES) and not self.knows(fresh)
            if alone and not stream.history_of(fresh, as_of=EVER).num_rows:
                changes.keep_forgotten(digests=[self._digest(fresh)], actor=actor, person=person_of_digests([self._digest(key)]))
                self._digests.add(self._digest(fresh))

    def batches(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """Return the activities without those of forgotten people."""

        def rest() -> Iterator[pa.RecordBatch]:
            for batch in reader:
                yield self._without(batch)

        return pa.RecordBatchReader.from_batches(ACTIVITY_SCHEMA, rest())

    def links(self, links: Iterable[Link]) -> Iterator[Link]:
        """Yield the identifiers that do not belong to forgotten people."""
        for part in _chunks(links):
            gone = {customer for customer in part["customer"].unique() if self.knows(customer)}
            yield from part.filter(~pl.col("customer").is_in(list(gone))).select("kind", "written", "customer").iter_rows()

    def latecomers(self) -> bool:
        """Say whether somebody was forgotten since this import began to look."""
        return not forgotten_digests() <= self._digests

    def _without(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        gone = self._known(batch["customer"]) | self._known(batch["anonymous_customer_id"])
        # A customer who is known decides alone; an order or a case speaks for nobody known.
        nobody = pc.is_null(batch["customer"]).to_numpy(zero_copy_only=False) | self._stands_in(batch["customer"])
        if nobody.any():
            gone |= nobody & (self._known(batch["_order"], "order:") | self._known(batch["_case"], "case:"))
        if not gone.any():
            return batch
        dropped = batch.filter(pa.array(gone))
        self.dropped.update(zip(dropped["_source"].fill_null("").to_pylist(), dropped["activity"].to_pylist(), strict=True))
        return batch.filter(pa.array(~gone))

    def _known(self, column: pa.Array, prefix: str = "") -> Mask:
        return _of_each(column, lambda text: self.knows(prefix + text))

    @staticmethod
    def _stands_in(column: pa.Array) -> Mask:
        return _of_each(column, lambda text: text.startswith(PROVISIONAL_PREFIXES))


def erase_latecomers(home: Home, left_out: LeftOut | None) -> int:
    """Erase people who were forgotten while an import that had begun before was bringing them back; return the activities erased."""
    if (left_out is None and not forgotten_digests()) or (left_out is not None and not left_out.latecomers()):
        return 0
    now = people_left_out(home)
    stream = home.stream()
    found: set[str] = set()
    for file in stream.files():
        held = read_columns(file, ["customer", "anonymous_customer_id"])
        for column in held.columns:
            found |= {key for key in pc.unique(column).to_pylist() if now is not None and now.knows(key)}
    return sum(stream.erase(key) for key in sorted(found))


def _of_each(column: pa.Array, asked: Callable[[str], bool]) -> Mask:
    """Answer a question for each row of a text column, asking once for each different text; null is no."""
    encoded = pc.dictionary_encode(column)
    answers = np.array([*(asked(text) for text in encoded.dictionary.to_pylist()), False])
    picked: Mask = answers[encoded.indices.fill_null(len(answers) - 1).to_numpy(zero_copy_only=False)]
    return picked


def _chunks(links: Iterable[Link]) -> Iterator[pl.DataFrame]:
    """Yield links in tables with the identifier's `key`, null where it means nobody."""
    rows: list[Link] = []
    for row in links:
        rows.append(row)
        if len(rows) == LINKS_AT_ONCE:
            yield _table(rows)
            rows = []
    if rows:
        yield _table(rows)


def _table(rows: Sequence[Link]) -> pl.DataFrame:
    schema = {"kind": pl.String, "written": pl.String, "customer": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row").filter(pl.col("kind").is_in(KINDS))
    return with_normal(table).with_columns(keys().alias("key"))
