"""The map of the engine: which stage follows which, and what crosses customers.

every bucket: gaps, feeds   -> learning.rhythm_learned -> what "lost" means
every bucket: past cuts     -> learning.past_learned   -> rates, risk, the back-test
every bucket: score_bucket  -> reduction.verdict_of    -> the verdict; its tables go to `keep`, bucket after bucket
                            -> staff_rates.staff_rates -> the table of staff
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import pyarrow as pa
from threadpoolctl import threadpool_limits

from lakmus.engine import tables
from lakmus.engine.bucket import SCORE_COLUMNS
from lakmus.engine.causes.reasons import Decided
from lakmus.engine.errors.staff_rates import staff_rates
from lakmus.engine.learning import (
    LEARNING_COLUMNS,
    RHYTHM_COLUMNS,
    Learned,
    PastPart,
    life_reading_of,
    past_learned,
    read_lives,
    read_past,
    read_rhythm,
    reading_of,
    rhythm_learned,
)
from lakmus.engine.reduction import Sums, causes_found, verdict_of
from lakmus.engine.risk.survival import LifeCounts
from lakmus.engine.scoring import score_bucket
from lakmus.engine.signals.season import seasons
from lakmus.engine.text.company_reading import CompanyReading
from lakmus.engine.verdict import Verdict
from lakmus.history.company import Company

R = TypeVar("R")
Keep = Callable[[str, pa.Table], None]


class MapBuckets(Protocol):
    """Run a picklable `function(table, bucket)` over every bucket as of a moment bound beforehand; results in bucket order."""

    def __call__(self, function: Callable[[pa.Table, int], R], *, columns: Sequence[str]) -> Iterator[R]:
        """Yield `function(table, bucket)` for every bucket, the table holding at least `columns`."""


@dataclass(frozen=True)
class Analysis:
    """What `analyse` returns: the verdict, what was learned from all customers, and the tables (empty when kept elsewhere)."""

    verdict: Verdict
    learned: Learned
    tables: dict[str, pa.Table]


def analyse(
    map_buckets: MapBuckets,
    *,
    company: Company,
    as_of: datetime,
    keep: Keep | None = None,
    decided: Decided | None = None,
    reading: CompanyReading | None = None,
) -> Analysis:
    """Return the verdict of a company as of a moment.

    Parameters
    ----------
    map_buckets : how to run a function over the buckets (see `MapBuckets`).
    company : the terms. as_of : aware moment; nothing known later is used.
    keep : called as `keep(name, part)` with each bucket's part of each table of `tables.TABLES`; None collects them in memory.
    decided : which reasons of which lost customers people confirmed or rejected: customer -> code -> `confirmed` or `rejected`.
    reading : what the company taught the reading of texts; None where the lexicon alone reads.

    Raises
    ------
    ValueError : `as_of` without a time zone.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a time zone")
    # The regressions are small and many: threads of the linear algebra would spend ten times as long in waiting for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        return _analysed(map_buckets, company, as_of, keep, decided, reading)


def _analysed(
    map_buckets: MapBuckets, company: Company, as_of: datetime, keep: Keep | None, decided: Decided | None, reading: CompanyReading | None
) -> Analysis:
    learned = learn(map_buckets, company=company, as_of=as_of)
    collected: dict[str, list[pa.Table]] = {name: [] for name in tables.TABLES}
    write = keep or (lambda name, part: collected[name].append(part))
    sums = Sums()
    score = partial(score_bucket, learned=learned, company=company, as_of=as_of, reading=reading)
    for result in map_buckets(score, columns=SCORE_COLUMNS):
        sums.add(result)
        for name, part in result.tables.items():
            write(name, part)
    write("staff", staff_rates(sums.staff).to_arrow().cast(tables.STAFF))
    causes = causes_found(sums, learned, decided)
    write("reasons", causes.reasons.to_arrow().cast(tables.REASONS))
    whole = {name: pa.concat_tables(parts) if parts else tables.TABLES[name].empty_table() for name, parts in collected.items()}
    return Analysis(verdict_of(sums, causes, learned=learned, company=company, as_of=as_of), learned, whole)


def learn(map_buckets: MapBuckets, *, company: Company, as_of: datetime) -> Learned:
    """Return what all customers teach: the definition of loss, the feeds, rates, risk and the back-test."""
    gaps = partial(read_rhythm, as_of=as_of, time_zone=company.time_zone)
    read = list(map_buckets(gaps, columns=RHYTHM_COLUMNS))
    learned = rhythm_learned(read, as_of=as_of, loss=company.loss)
    reading = reading_of(read, learned, as_of=as_of)
    lives = life_reading_of(read, learned, reading, as_of=as_of)
    parts: list[PastPart] = []
    counted: list[tuple[LifeCounts, ...]] = []
    if reading is not None:
        past = partial(read_past, reading=reading, company=company, as_of=as_of, lives=lives)
        parts = list(map_buckets(past, columns=LEARNING_COLUMNS))
        counted = [part.lives for part in parts]
    elif lives is not None:
        counted = list(map_buckets(partial(read_lives, lives=lives, company=company, as_of=as_of), columns=LEARNING_COLUMNS))
    learned = past_learned(parts, learned, reading, lives, counted, as_of=as_of)
    return replace(learned, season=seasons(part.season for part in read))
