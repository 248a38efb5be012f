"""Random numbers: one independent stream per block of customers and purpose, so that neither order nor memory changes them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Table = TypeVar("Table", bound=DataclassInstance)

PURPOSES = (
    "people",
    "rhythm",
    "orders",
    "lines",
    "deliveries",
    "cases",
    "reviews",
    "surveys",
    "contacts",
    "loss",
    "lots",
    "manner",
    "behaviour",
    "words",
    "identity",
    "letters",
    "charges",
    "calls",
    "conduct",
    "comments",
    "attention",
    "offers",
    "checkouts",
)
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
NEVER = np.int64(1) << 40
"""A moment (in minutes) after any file's end: it did not happen."""


@dataclass(frozen=True, slots=True)
class Draws:
    """The random numbers of one block of customers."""

    seed: int
    block: int

    def of(self, purpose: str) -> np.random.Generator:
        """Return a fresh generator for `purpose`; the same one every time it is asked for."""
        spawned = np.random.SeedSequence(self.seed, spawn_key=(self.block, PURPOSES.index(purpose)))
        return np.random.Generator(np.random.PCG64(spawned))


def choose(rng: np.random.Generator, weights: Floats, count: int) -> Whole:
    """Draw `count` indices with chances in proportion to `weights`."""
    grown = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(grown, rng.random(count), side="right"), len(weights) - 1).astype(np.int64)


def only_rows(table: Table, kept: Flags | Whole) -> Table:
    """Return a table (a dataclass of arrays of one length) with the rows where `kept` holds, or that it names."""
    return replace(table, **{field.name: getattr(table, field.name)[kept] for field in fields(table)})


def join_rows(first: Table, second: Table) -> Table:
    """Return the rows of one table and then of another."""
    return replace(
        first, **{field.name: np.concatenate((getattr(first, field.name), getattr(second, field.name))) for field in fields(first)}
    )
