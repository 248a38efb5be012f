"""The present state of identity: which identifier belongs to whom, who is merged into whom, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

import polars as pl
import pyarrow as pa

from lakmus.stream.identifiers import key_of, keys
from lakmus.stream.lookup import Lookup, Parts

LONGEST_CHAIN = 32
FEW_KEYS = 10_000
LINK_SCHEMA = {"key": pl.String, "kind": pl.String, "normal": pl.String, "customer": pl.String}
SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Merge:
    """`customer` was found to be `into`, by a person or `automatic`."""

    merge_id: str
    customer: str
    into: str
    actor: str
    at: datetime


@dataclass(slots=True)
class Events:
    """What people and merges said, folded: active merges by customer, keys no longer merged, pairs kept apart, claims and answers."""

    merges: dict[str, Merge] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    apart: set[tuple[str, str]] = field(default_factory=set)
    claims: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def followed_by(self, facts: pl.DataFrame) -> Events:
        """Return the state after further facts."""
        after = Events(
            dict(self.merges),
            set(self.undone),
            set(self.apart),
            {k: list(v) for k, v in self.claims.items()},
            dict(self.decided),
            set(self.shared),
        )
        for fact in facts.iter_rows(named=True):
            after._fold(fact)
        return after

    def _fold(self, fact: dict[str, Any]) -> None:
        action, customer, other = fact["action"], fact["customer"], fact["other"]
        if action == "merge":
            self.merges[customer] = Merge(fact["fact_id"], customer, other, fact["source"] or "", fact["at"])
            self.undone.discard(customer)
            self.apart -= {(customer, other), (other, customer)}
        elif action == "undo":
            self.merges.pop(customer, None)
            self.undone.add(customer)
            self.apart |= {(customer, other), (other, customer)}
        elif action == "claim":
            self.claims.setdefault(fact["fact_id"], []).append(fact)
        elif action == "decide":
            self.decided[fact["fact_id"]] = other
            if other == SHARED:
                self.shared.add(key_of(fact["kind"], fact["normal"]))


@dataclass(frozen=True)
class WhoIsWho:
    """State folded from facts; a new one for each version, never changed.

    `links` has one row per identifier: `key` (see `key_of`), `kind`, `normal`, `customer` (null when taken away).
    """

    links: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINK_SCHEMA))
    events: Events = field(default_factory=Events)

    def with_facts(self, facts: pl.DataFrame) -> WhoIsWho:
        """Return the state after further facts."""
        said = facts.filter(pl.col("action") == "link").with_columns(keys().alias("key")).select(list(LINK_SCHEMA))
        if self.links.height and said.height:
            said = said.unique("key", keep="last", maintain_order=True)
            said = pl.concat([self.links.join(said, on="key", how="anti"), said])
        elif said.height:
            said = said.unique("key", keep="last", maintain_order=True)
        events = facts.filter(pl.col("action") != "link")
        after = self.events.followed_by(events) if events.height else self.events
        return replace(self, links=said if said.height else self.links, events=after)

    @property
    def held(self) -> pl.DataFrame:
        """The links in force."""
        return self.links.filter(pl.col("customer").is_not_null())

    def canonical_column(self, customers: pl.Series) -> pl.Series:
        """Return for each customer key the key of the person it ends at, shape (rows,)."""
        if not self.links.height and not self.events.merges:
            return customers
        ends = customers.unique().to_frame("key").with_columns(pl.col("key").alias("end"))
        for _ in range(LONGEST_CHAIN):
            following = self._next(ends["end"].unique())
            if not following.height:
                break
            ends = ends.join(following, left_on="end", right_on="at", how="left").select("key", pl.coalesce("next", "end").alias("end"))
        return customers.to_frame("key").join(ends, on="key", how="left", maintain_order="left", nulls_equal=True)["end"]

    def canonical(self, customer: str) -> str:
        """Return the key of the person that a customer key or an identifier's key stands for; microseconds."""
        for _ in range(LONGEST_CHAIN):
            following = self._step(customer)
            if following is None:
                break
            customer = following
        return customer

    def keys_of(self, customer: str) -> list[str]:
        """Return every key that ends at a canonical customer, itself included; microseconds."""
        found, fresh = {customer}, {customer}
        while fresh:
            linked = self.links[self._by_customer.rows(fresh)]
            named = set(linked["key"]) | set(linked.filter(pl.col("kind") == "site")["normal"])
            merged = {key for into in fresh for key in self._merged_into.get(into, ())}
            fresh = ((named - set(self.events.merges) - self.events.undone) | merged) - found
            found |= fresh
        return sorted(found)

    def held_under(self, keys: Iterable[str]) -> pl.DataFrame:
        """Return the links in force of some identifiers, by their keys (see `key_of`), in the order of `links`; microseconds."""
        return self.links[sorted(self._by_key.rows(keys))].filter(pl.col("customer").is_not_null())

    def held_by(self, keys: Iterable[str]) -> pl.DataFrame:
        """Return the links in force that name one of these customer keys, in the order of `links`; microseconds."""
        return self.links[sorted(self._by_customer.rows(keys))]

    def held_with(self, parts: Iterable[str], *, most: int) -> pl.DataFrame:
        """Return the first links in force whose identifiers contain one of the parts, in the order of `links`, `most` of them at most."""
        holders, found = self.links["customer"], set[int]()
        for part in parts:
            found.update(islice((row for row in self._normals.rows(part) if holders[row] is not None), most))
        return self.links[sorted(found)[:most]]

    @cached_property
    def _normals(self) -> Parts:
        whole = self.links["normal"].to_arrow()
        return Parts(pa.chunked_array([whole.cast(pa.large_string())]))

    @cached_property
    def _by_key(self) -> Lookup:
        return Lookup(self.links["key"])

    @cached_property
    def _by_customer(self) -> Lookup:
        return Lookup(self.links["customer"])

    @cached_property
    def _merged_into(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, merge in self.events.merges.items():
            found.setdefault(merge.into, []).append(key)
        return found

    @cached_property
    def _has_site_ids(self) -> bool:
        return bool((self.links["kind"] == "site").any())

    def _step(self, customer: str) -> str | None:
        if customer in self.events.merges:
            return self.events.merges[customer].into
        if customer in self.events.undone:
            return None
        holders = self.links[self._by_key.rows([customer, f"site:{customer}"])]["customer"]
        return next((holder for holder in holders if holder is not None and holder != customer), None)

    def _next(self, wanted: pl.Series) -> pl.DataFrame:
        """Return `at` and `next` for those of the keys that stand for another customer, one step along."""
        wanted = wanted.drop_nulls().alias("at")
        merges = {key: merge.into for key, merge in self.events.merges.items()}
        merged = pl.DataFrame({"at": list(merges), "next": list(merges.values())}, schema={"at": pl.String, "next": pl.String})
        merged = merged.join(wanted.to_frame(), on="at", how="semi")
        # Activities carry a site's client id as it is; its link carries the kind too.
        named = pl.DataFrame([wanted, wanted.alias("key")])
        if self._has_site_ids:
            named = pl.concat([named, pl.DataFrame([wanted, ("site:" + wanted).alias("key")])])
        few = named.height < FEW_KEYS
        links = self.links.filter(pl.col("key").is_in(named["key"].implode())) if few else self.links
        links = links.join(named, on="key")
        linked = links.filter(pl.col("customer").is_not_null() & (pl.col("customer") != pl.col("at")))
        linked = linked.filter(~pl.col("at").is_in(list(self.events.undone))).select("at", pl.col("customer").alias("next"))
        return pl.concat([merged, linked]).unique("at", keep="first", maintain_order=True)
