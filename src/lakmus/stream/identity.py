"""Who is who: identifiers, customers, merges that can be undone, and contradictions that wait for a person."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

import polars as pl

from lakmus.history.failures import NotFound, WrongUsage
from lakmus.history.wording import Wording
from lakmus.stream.facts import FactFiles, Stands, facts
from lakmus.stream.identifiers import (
    KINDS,
    PHONE_NOISE,
    Identifier,
    key_of,
    keys,
    normalise_email,
    normalise_identifier,
    normalise_phone,
    provisional,
)
from lakmus.stream.linking import LinkReport, conflict_id, decide_links, merge_fact
from lakmus.stream.whois import SHARED, Merge, WhoIsWho

__all__ = ["Identifier", "Identity", "LinkReport", "Merge", "normalise_email", "normalise_identifier", "normalise_phone"]

Decision = Literal["same", "different", "shared"]
MOST_FOUND = 50
SHORTEST_SEARCH = 3
PHONE_PART = re.compile(r"^(?:\+|8)?([0-9]{3,})$")
SAME_ALREADY = Wording("Это и так один и тот же клиент.", "They are one customer already.")
NO_MERGE = Wording("Такого объединения нет, или его уже отменили.", "There is no such merge, or it was undone already.")
NO_CONFLICT = Wording("Такого вопроса нет, или на него уже ответили.", "There is no such question, or it was answered already.")
NO_KIND = Wording("Неизвестный вид идентификатора: {kind}.", "Unknown kind of identifier: {kind}.")
NO_DECISION = Wording(
    "Ответ должен быть одним из: same (один человек), different (разные люди), shared (общий, ничей).",
    "The decision must be one of same (one person), different (two people), shared (nobody's own).",
)


_KNOWN: dict[Path, tuple[tuple[Stands, ...], WhoIsWho]] = {}
"""By folder: how its files stood on the disk, and what they say together. Every request opens the stream anew, and reading a million
identifiers takes half a second."""
_ONE_AT_A_TIME = threading.Lock()


class LeaseMaker(Protocol):
    """Gives the writer's lease for the length of a `with` block."""

    def __call__(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class Conflict:
    """An identifier that `holder` has and `claimants` name as theirs too; waits for a person."""

    conflict_id: str
    identifier: Identifier
    holder: str
    claimants: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class IdentityCoverage:
    """How much is known about who is who: counts of identifiers (also by kind), of real customers with one, of what waits."""

    identifier_count: int
    customer_count: int
    by_kind: dict[str, int]
    merge_count: int
    conflict_count: int


class Identity:
    """The link table of a stream.

    Facts are only added; activities are never rewritten, and reading resolves them through `canonical`.
    """

    def __init__(self, folder: Path, lease: LeaseMaker) -> None:
        self._files = FactFiles(folder)
        self._lease = lease

    @property
    def version(self) -> int:
        """A number that grows with every change; 0 when nothing was ever linked."""
        return self._files.version()

    def state(self) -> WhoIsWho:
        """Return the present state, read from the disk only as far as it changed."""
        files = self._files.current()
        stands = self._files.stands(files)
        with _ONE_AT_A_TIME:
            before, known = _KNOWN.get(self._files.folder, ((), WhoIsWho()))
            if stands != before:
                follows = stands[: len(before)] == before
                fresh = self._files.read(files[len(before) :] if follows else files)
                known = (known if follows else WhoIsWho()).with_facts(fresh)
                _KNOWN[self._files.folder] = (stands, known)
        return known

    def link(self, rows: Iterable[tuple[Identifier, str] | tuple[str, str, str]], *, source: str, at: datetime) -> LinkReport:
        """Note that identifiers belong to customers; rows are (Identifier, customer) or (kind, written, customer).

        Raises
        ------
        WrongUsage : an unknown kind of identifier.
        Busy : somebody else is writing.
        """
        kinds, written, customers = [], [], []
        for row in rows:
            kind, text, customer = (row[0].kind, row[0].written, row[1]) if isinstance(row[0], Identifier) else row
            kinds.append(kind)
            written.append(text)
            customers.append(customer)
        schema = {"kind": pl.String, "written": pl.String, "customer": pl.String}
        return self.link_table(pl.DataFrame([kinds, written, customers], schema=schema), source=source, at=at)

    def link_table(self, rows: pl.DataFrame, *, source: str, at: datetime) -> LinkReport:
        """Do what `link` does for a table with text columns `kind`, `written`, `customer`; millions of rows are fine.

        Raises
        ------
        WrongUsage : an unknown kind of identifier.
        Busy : somebody else is writing.
        """
        unknown = set(rows["kind"].unique()) - set(KINDS)
        if unknown:
            raise WrongUsage("unknown_identifier_kind", NO_KIND.filled(kind=", ".join(map(str, unknown))))
        with self._lease():
            fresh, report = decide_links(self.state(), rows, source=source, at=at)
            self._add(fresh)
        return report

    def canonical(self, customer: str) -> str:
        """Return the customer that a key (a customer's id, `email:…`, `site:…`) stands for; itself when it is nobody else's."""
        return self.state().canonical(customer)

    def merge(self, customer: str, into: str, *, actor: str, at: datetime) -> str:
        """Note that two customers are one person, and return the merge's id, by which it can be undone.

        Raises
        ------
        WrongUsage : they are one already.
        """
        with self._lease():
            state = self.state()
            source, target = state.canonical(customer), state.canonical(into)
            if source == target:
                raise WrongUsage("same_customer", SAME_ALREADY)
            name, fact = merge_fact(source, target, actor=actor, at=at)
            self._add(fact)
        return name

    def undo(self, merge_id: str, *, actor: str, at: datetime) -> None:
        """Take a merge back; the two are never merged automatically again.

        Raises
        ------
        NotFound : no such merge, or it was undone already.
        """
        with self._lease():
            found = next((merge for merge in self.state().events.merges.values() if merge.merge_id == merge_id), None)
            if found is None:
                raise NotFound("no_merge", NO_MERGE)
            undo = {"action": "undo", "customer": found.customer, "other": found.into, "fact_id": merge_id, "source": actor, "at": at}
            self._add(facts([undo]))

    def unlink(self, identifier: Identifier, *, actor: str, at: datetime) -> None:
        """Take an identifier from whoever holds it; the two are not linked again by an import.

        Raises
        ------
        NotFound : nobody holds it.
        """
        with self._lease():
            normal = normalise_identifier(identifier) or ""
            key = key_of(identifier.kind, normal)
            held = self.state().held.filter(pl.col("key") == key)
            if not held.height:
                raise NotFound("no_merge", NO_MERGE)
            gone = {"action": "link", "kind": identifier.kind, "normal": normal, "written": identifier.written, "source": actor, "at": at}
            apart = {"action": "undo", "customer": key, "other": held["customer"][0], "source": actor, "at": at}
            self._add(facts([gone, apart]))

    def merges(self) -> list[Merge]:
        """Return the merges in force, newest first."""
        return sorted(self.state().events.merges.values(), key=lambda merge: merge.at, reverse=True)

    def conflicts(self) -> list[Conflict]:
        """Return what waits for a person, oldest first."""
        state = self.state()
        waiting = []
        for name, claims in state.events.claims.items():
            first = claims[0]
            holder = state.canonical(str(first["other"]))
            claimants = dict.fromkeys(state.canonical(str(claim["customer"])) for claim in claims)
            claimants.pop(holder, None)
            moment = first["at"]
            if name not in state.events.decided and claimants and isinstance(moment, datetime):
                identifier = Identifier(str(first["kind"]), str(first["written"]))
                waiting.append(Conflict(name, identifier, holder, tuple(claimants), moment))
        return waiting

    def resolve(self, conflict_id: str, decision: Decision, *, actor: str = "", at: datetime | None = None) -> None:
        """Answer a conflict.

        `same` merges the claimants into the holder, `different` leaves all as it is, `shared` takes the identifier from all.

        Raises
        ------
        NotFound : no such conflict waits.
        WrongUsage : another decision than these three.
        """
        if decision not in ("same", "different", "shared"):
            raise WrongUsage("unknown_decision", NO_DECISION)
        moment = at or datetime.now(UTC)
        with self._lease():
            conflict = next((conflict for conflict in self.conflicts() if conflict.conflict_id == conflict_id), None)
            if conflict is None:
                raise NotFound("no_conflict", NO_CONFLICT)
            kind, normal = conflict.identifier.kind, normalise_identifier(conflict.identifier)
            about: dict[str, object] = {"kind": kind, "normal": normal, "source": actor, "at": moment}
            made = [facts([{"action": "decide", "fact_id": conflict_id, "other": decision, **about}])]
            if decision == "same":
                made += [merge_fact(claimant, conflict.holder, actor=actor, at=moment)[1] for claimant in conflict.claimants]
            if decision == SHARED:
                made.append(facts([{"action": "link", **about}]))
            self._add(pl.concat(made))

    def find(self, text: str) -> list[str]:
        """Return the customers who have this text as an identifier, else those whose identifiers contain it; at most 50."""
        text, state = text.strip(), self.state()
        if not text or not state.links.height:
            return []
        forms = {kind: normalise_identifier(Identifier(kind, text)) for kind in KINDS}
        matching = state.held_under(key_of(kind, form) for kind, form in forms.items() if form)
        if not matching.height and len(text) >= SHORTEST_SEARCH:
            parts = {text, text.lower(), text.upper(), *PHONE_PART.findall(re.sub(PHONE_NOISE, "", text))}
            matching = state.held_with(sorted(parts), most=MOST_FOUND)
        return state.canonical_column(matching["customer"].head(MOST_FOUND)).unique(maintain_order=True).to_list()

    def coverage(self) -> IdentityCoverage:
        """Return how much is known about who is who."""
        state = self.state()
        held = state.held
        people = state.canonical_column(held["customer"].unique()).unique().to_frame("customer")
        by_kind = dict(sorted(held["kind"].value_counts().iter_rows()))
        real = people.filter(~provisional("customer")).height
        return IdentityCoverage(held.height, real, by_kind, len(state.events.merges), len(self.conflicts()))

    def forget(self, gone: Sequence[str]) -> None:
        """Remove every fact about a person, given all their keys; the caller holds the lease."""
        everything = self._files.read()
        kept = _without(everything, list(gone))
        if kept.height < everything.height:
            self._files.rewrite(lambda _: kept)
        _KNOWN.pop(self._files.folder, None)

    def compact(self) -> None:
        """Join the files of facts; the caller holds the lease."""
        self._files.join()

    def sweep(self) -> None:
        """Remove leftovers of a killed writer; the caller holds the lease."""
        self._files.sweep()

    def _add(self, fresh: pl.DataFrame) -> None:
        if fresh.height:
            self._files.add(fresh)


def _without(rows: pl.DataFrame, gone: list[str]) -> pl.DataFrame:
    """Drop what names one of the keys, and what speaks of their identifiers while naming nobody."""
    mine = pl.col("customer").is_in(gone).fill_null(False) | pl.col("other").is_in(gone).fill_null(False)
    identifiers = rows.filter(mine & pl.col("kind").is_not_null()).select("kind", "normal").unique()
    about = [conflict_id(kind, normal) for kind, normal in identifiers.iter_rows()]
    written = identifiers.select(keys().alias("key"))["key"].to_list()
    nobodys = pl.col("customer").is_null() & (keys().is_in(written) | pl.col("fact_id").is_in(about)).fill_null(False)
    return rows.filter(~mine & ~nobodys)
