"""The present state of identity: which identifier belongs to whom, who is merged into whom, what waits for a person."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from lakmus.stream.facts import in_fact_schema
from lakmus.stream.identifiers import BARE_KINDS, PROVISIONAL_PREFIXES, keys

LONGEST_CHAIN = 32
LINK_COLUMNS = ["kind", "normal", "written", "customer", "source", "at"]


class WhoIsWho:
    """State folded from facts; made anew for each version of the facts and never changed.

    Parameters
    ----------
    links : one row per identifier: kind, normal, written, customer, source, at.
    events : the facts other than links, in order.
    """

    def __init__(self, links: pl.DataFrame, events: pl.DataFrame) -> None:
        self.links = links
        self.events = events
        self.merges: dict[str, tuple[str, str]] = {}
        self.apart: set[frozenset[str]] = set()
        self.undone: set[str] = set()
        self.decided: dict[str, str] = {}
        self.claims: dict[str, list[dict[str, object]]] = {}
        for fact in events.iter_rows(named=True):
            self._fold(fact)

    @classmethod
    def of(cls, rows: pl.DataFrame) -> WhoIsWho:
        """Fold a table of facts."""
        return cls(in_fact_schema(rows).clear().select(LINK_COLUMNS), in_fact_schema(rows).clear()).with_facts(rows)

    def with_facts(self, rows: pl.DataFrame) -> WhoIsWho:
        """Return the state after further facts."""
        links = rows.filter(pl.col("action") == "link").select(LINK_COLUMNS).unique(["kind", "normal"], keep="last", maintain_order=True)
        older = self.links.join(links, on=["kind", "normal"], how="anti") if links.height and self.links.height else self.links
        return WhoIsWho(pl.concat([older, links]), pl.concat([self.events, rows.filter(pl.col("action") != "link")]))

    @cached_property
    def aliases(self) -> pl.DataFrame:
        """Keys that stand for another customer: `key`, `customer`; one step, not the end of a chain."""
        undone = pl.Series(sorted(self.undone), dtype=pl.String)
        linked = self.links.filter(pl.col("customer").is_not_null()).select(keys().alias("key"), "customer")
        bare_site = self.links.filter((pl.col("kind") == "site") & pl.col("customer").is_not_null())
        linked = pl.concat([linked, bare_site.select(("site:" + pl.col("normal")).alias("key"), "customer")])
        linked = linked.filter((pl.col("key") != pl.col("customer")) & ~pl.col("key").is_in(undone.implode()))
        merged = pl.DataFrame(
            {"key": list(self.merges), "customer": [into for into, _ in self.merges.values()]},
            schema={"key": pl.String, "customer": pl.String},
        )
        return pl.concat([merged, linked]).unique(subset="key", keep="first", maintain_order=True)

    def canonical_column(self, customers: pl.Series) -> pl.Series:
        """Return for each customer key the key of the person it ends at."""
        steps = self.aliases.rename({"customer": "next"})
        if not steps.height:
            return customers
        state = pl.DataFrame({"key": customers, "start": customers})
        for _ in range(LONGEST_CHAIN):
            moved = state.join(steps, on="key", how="left", maintain_order="left")
            if moved["next"].null_count() == moved.height:
                break
            state = moved.select(pl.coalesce("next", "key").alias("key"), "start")
        return state["key"]

    def canonical(self, customer: str) -> str:
        """Return the key of the person that a customer key or an identifier's key stands for."""
        seen = {customer}
        for _ in range(LONGEST_CHAIN):
            following = self._step(customer)
            if following is None or following in seen:
                return customer
            customer = following
            seen.add(customer)
        return customer

    def keys_of(self, customer: str) -> list[str]:
        """Return every key that ends at a canonical customer, itself included."""
        found, fresh = {customer}, {customer}
        for _ in range(LONGEST_CHAIN):
            linked = self.links.filter(pl.col("customer").is_in(list(fresh)))
            named = set(linked.select(keys().alias("key"))["key"]) if linked.height else set()
            named |= {f"site:{normal}" for normal in linked.filter(pl.col("kind") == "site")["normal"]}
            merged = {key for key, (into, _) in self.merges.items() if into in fresh}
            fresh = ((named - set(self.merges) - self.undone) | merged) - found
            if not fresh:
                break
            found |= fresh
        return sorted(found)

    def _step(self, customer: str) -> str | None:
        if customer in self.merges:
            return self.merges[customer][0]
        if customer in self.undone:
            return None
        prefix = next((prefix for prefix in PROVISIONAL_PREFIXES if customer.startswith(prefix)), None)
        same = pl.col("kind").is_in(BARE_KINDS) & (pl.col("normal") == customer)
        if prefix:
            same |= (pl.col("kind") == prefix[:-1]) & (pl.col("normal") == customer.removeprefix(prefix))
        holders = self.links.filter(same & pl.col("customer").is_not_null() & (pl.col("customer") != customer))["customer"]
        return str(holders[0]) if len(holders) else None

    def _fold(self, fact: dict[str, object]) -> None:
        action, customer, other, fact_id = fact["action"], str(fact["customer"]), str(fact["other"]), str(fact["fact_id"])
        if action == "merge":
            self.merges[customer] = (other, fact_id)
            self.undone.discard(customer)
            self.apart.discard(frozenset((customer, other)))
        elif action == "undo":
            self.merges.pop(customer, None)
            self.undone.add(customer)
            self.apart.add(frozenset((customer, other)))
        elif action == "claim":
            self.claims.setdefault(fact_id, []).append(fact)
        elif action == "decide":
            self.decided[fact_id] = other
