"""From a confirmed plan to a stream of activities."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from lakmus.connectors.files import emissions_deeds, emissions_talk
from lakmus.connectors.files.activities_sql import Emission
from lakmus.connectors.files.activity_table import activity_emissions, stage_activities
from lakmus.connectors.files.cutting import Cutter
from lakmus.connectors.files.emissions import Reading, cancelling_invoices, emissions
from lakmus.connectors.files.few_words import FewWords
from lakmus.connectors.files.file_kinds import ACTIVITIES
from lakmus.connectors.files.inspect import check_plan
from lakmus.connectors.files.joins import SKIPPED
from lakmus.connectors.files.kept_rows import kept, streamed
from lakmus.connectors.files.linking import DATED_BY_ORDER, link_all, promises_are_dates
from lakmus.connectors.files.plan import FilePlan, ImportPlan
from lakmus.connectors.files.refusals import refusal, row_reason
from lakmus.connectors.files.rejected import Refused, late_refusals, refused_rows, write_refused
from lakmus.connectors.files.staging import Staged, connect, stage
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording

STAGING_SHARE = 0.5
LEFT_SECONDS = 24 * 3600

Progress = Callable[[str, int, int], None]
"""Called as progress(name of the file, rows done, rows expected) a few times a second, from the caller's thread."""

Link = tuple[str, str, str]
"""(kind of identifier: external, email, phone, card, site; the identifier as written; the customer)."""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: rows read, taken, refused (each with one reason, in `rejected_file`)."""

    name: str
    kind: str
    read: int
    accepted: int
    rejected: int
    rejected_file: Path | None
    reasons: dict[str, int]
    notes: tuple[Wording, ...] = ()


@dataclass(slots=True)
class ReadResult:
    """A running read. Take `batches` to their end; then `files` is complete and `links` may be taken (once).

    `named()` gives the links too, at any time before and as often as wanted.
    """

    batches: pa.RecordBatchReader
    links: Iterator[Link]
    named: Callable[[], Iterator[Link]]
    files: list[FileOutcome] = field(default_factory=list)


def read_plan(
    plan: ImportPlan,
    *,
    work_dir: Path,
    rejected_dir: Path,
    time_zone: str,
    currency: str,
    now: datetime,
    progress: Progress | None = None,
    known_activities: Sequence[str] = (),
) -> ReadResult:
    """Read the planned files into activities.

    All files are staged, checked and joined before the first batch is given out, so a file that cannot be used leaves
    nothing half imported. `time_zone` (IANA) is where naive times belong, `currency` (ISO 4217) what amounts are in
    where the file does not say; rows dated after `now` plus a day are refused. `known_activities` are Parquet files of
    the stream, in which orders and cases imported before are looked up.

    Raises
    ------
    BadInput : a file cannot be used; its code and message say which and why.
    """
    files = [check_plan(file) for file in plan.files]
    for file in files:
        if file.problems:
            raise BadInput(file.problem_codes[0], file.problems[0])
    if not files:
        raise refusal("no_files")
    if all(file.is_reference for file in files):
        raise refusal("only_reference")
    work_dir.mkdir(parents=True, exist_ok=True)
    _sweep(work_dir, now)
    folder = Path(tempfile.mkdtemp(prefix="read-", dir=work_dir))
    try:
        reader = _Reader(folder, work_dir, rejected_dir, time_zone, currency, now, progress or (lambda name, done, total: None))
        reader.prepare(files, known_activities)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    result = ReadResult(pa.RecordBatchReader.from_batches(ACTIVITY_SCHEMA, reader.batches()), reader.links(), reader.named)
    result.files = reader.outcomes
    return result


def _sweep(work_dir: Path, now: datetime) -> None:
    """Remove what reads that were killed, and copies of files looked at, left in the work folder more than a day ago."""
    for left in work_dir.iterdir():
        ours = left.name.startswith("read-") or re.match(r"[0-9a-f]{24}\.", left.name)
        if ours and left.stat().st_mtime < now.timestamp() - LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


class _Reader:
    """One read in progress: its folder, its connection, and what it has found so far."""

    def __init__(
        self, folder: Path, work_dir: Path, rejected_dir: Path, time_zone: str, currency: str, now: datetime, progress: Progress
    ) -> None:
        self.folder, self.work_dir, self.rejected_dir = folder, work_dir, rejected_dir
        self.time_zone, self.currency, self.now, self.progress = time_zone, currency, now, progress
        self.outcomes: list[FileOutcome] = []
        self.linked: list[Staged] = []
        self.cutters: list[tuple[Staged, list[tuple[str | None, Cutter]]]] = []
        self.connection: duckdb.DuckDBPyConnection = connect(folder)
        # Whoever drops the read half way leaves nothing behind either.
        self.tidy = weakref.finalize(self, shutil.rmtree, folder, True)

    def prepare(self, files: Sequence[FilePlan], known_activities: Sequence[str]) -> None:
        """Stage, check and join all files; write down the refused rows."""
        staged = [self._stage(file, self.folder / f"file{number}.arrow") for number, file in enumerate(files) if not file.is_reference]
        for each in staged:
            each.show_to(self.connection)
        self.linked = link_all(self.connection, staged, known_activities=known_activities, time_zone=self.time_zone)
        together = frozenset(file.kind or "" for file in files)
        for file in files:
            first = next((each for each in staged if each.plan is file), None)
            if first is None:
                self.outcomes.append(FileOutcome(file.name, file.kind or "", 0, 0, 0, None, {}, (SKIPPED,)))
                continue
            linked = next(each for each in self.linked if each.plan is file)
            made = self._emissions(linked, together)
            self._settle(first, linked)
            relations = dict.fromkeys(each.relation for each in made)
            self.cutters.append((linked, [(relation, self._cutter(linked, relation, made)) for relation in relations]))

    def _stage(self, file: FilePlan, target: Path) -> Staged:
        total = max(file.row_estimate, 1)

        def ticking(share: float) -> None:
            self.progress(file.name, int(share * STAGING_SHARE * total), total)

        if file.kind == ACTIVITIES:
            return stage_activities(self.connection, file, target, work_dir=self.work_dir, now=self.now, ticking=ticking)
        return stage(self.connection, file, target, work_dir=self.work_dir, time_zone=self.time_zone, now=self.now, ticking=ticking)

    def _cutter(self, linked: Staged, relation: str | None, made: Sequence[Emission]) -> Cutter:
        chosen = [each for each in made if each.relation == relation]
        source = f"file:{linked.plan.name}"
        return Cutter(self.connection, relation or linked.relation, chosen, source=source, currency=self.currency)

    def _emissions(self, linked: Staged, together: frozenset[str]) -> list[Emission]:
        if linked.plan.kind == ACTIVITIES:
            return activity_emissions(self.connection, linked)
        lines = linked.plan.kind == "order_lines"
        cancelling = lines and bool(self.connection.execute(cancelling_invoices(linked.relation)).fetchall()[0][0])
        dates = promises_are_dates(self.connection, linked)
        words = FewWords(self.connection, linked.relation)
        return emissions(Reading(linked, self.time_zone, dates, together, cancelling, words))

    def _settle(self, first: Staged, linked: Staged) -> None:
        """Write the file of refused rows and the outcome; a file of which nothing can be taken is refused whole."""
        late: list[Iterator[Refused]] = []
        for where, code in _late_checks(linked, FewWords(self.connection, linked.relation)):
            late.append(late_refusals(self.connection, linked, where, code, self.work_dir))

        def everything() -> Iterator[Refused]:
            yield from refused_rows(first)
            for each in late:
                yield from each

        plan = first.plan
        names = [column.name for column in plan.columns]
        target = self.rejected_dir / f"{self.folder.name.removeprefix('read-')}-{len(self.outcomes) + 1}-{_file_name(plan)}.csv"
        reasons = write_refused(target, names, everything())
        read, rejected = first.rows + len(first.broken), sum(reasons.values())
        if rejected >= read:
            target.unlink(missing_ok=True)
            code = reasons.most_common(1)[0][0]
            column = next((column.name for column in plan.columns if column.field == "ts"), "")
            wording = row_reason(code, column)
            russian = refusal("no_usable_rows", plan.name, reason=wording.ru + ".").wording.ru
            english = refusal("no_usable_rows", plan.name, reason=wording.en + ".").wording.en
            raise BadInput("no_usable_rows", Wording(russian, english))
        outcome = FileOutcome(
            plan.name,
            plan.kind or "",
            read,
            read - rejected,
            rejected,
            target if rejected else None,
            dict(reasons),
            (*plan.notes, *linked.notes),
        )
        self.outcomes.append(outcome)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give out the activities, file by file, batch by batch."""
        for linked, cutters in self.cutters:
            name, total, done = linked.plan.name, max(linked.plan.row_estimate, 1), 0
            for relation, cutter in cutters:
                with self._seeing(linked) as cursor:
                    for batch in kept(linked.path) if relation is None else streamed(cursor, f"from {relation}"):
                        yield from cutter.activities(batch, done)
                        done += batch.num_rows if relation is None else 0
                        share = STAGING_SHARE + (1 - STAGING_SHARE) * min(1.0, done / max(linked.rows, 1))
                        self.progress(name, int(share * total), total)
            self.progress(name, total, total)

    def _seeing(self, staged: Staged) -> duckdb.DuckDBPyConnection:
        """Return a cursor of its own that sees a file's rows, so that its result lasts while others are asked."""
        cursor = self.connection.cursor()
        staged.show_to(cursor)
        return cursor

    def links(self) -> Iterator[Link]:
        """Give out which identifier belongs to whom, then tidy up."""
        try:
            yield from self.named()
        finally:
            self.connection.close()
            self.tidy()

    def named(self) -> Iterator[Link]:
        """Give out which identifier belongs to whom."""
        for staged in self.linked:
            for kind, column in (
                ("external", "customer_given"),
                ("email", "email"),
                ("phone", "phone"),
                ("card", "card"),
                ("site", "anonymous"),
            ):
                if {column, "customer"} <= staged.columns and (kind != "external" or "customer_master" in staged.columns):
                    yield from self._links_of(staged, kind, column)

    def _links_of(self, staged: Staged, kind: str, column: str) -> Iterator[Link]:
        # In the order of the file: of two customers who name one identifier the first holds it, in every run.
        query = (
            f'select "{column}", customer from {staged.relation} where "{column}" is not null and customer is not null'
            f' and "{column}" <> customer group by all order by min(_row), customer'
        )
        with self._seeing(staged) as cursor:
            for batch in streamed(cursor, query):
                for written, customer in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield kind, written, customer


def _late_checks(linked: Staged, words: FewWords) -> list[tuple[str, str]]:
    """SQL conditions over linked rows for which there is no place in the stream, with the reason of each."""
    columns, kind = linked.columns, linked.plan.kind
    checks = []
    if kind in DATED_BY_ORDER and kind != "deliveries":
        dates = [name for name in ("ts", "order_paid_at", "order_ts") if name in columns]
        checks.append((f"coalesce({', '.join(dates)}) is null" if dates else "true", "unknown_order"))
    if kind == "messages":
        reading = Reading(linked, "UTC", False, frozenset(), words=words)
        checks.append((f"({emissions_talk.author(reading)}) is null", "unknown_author"))
    if kind == "loyalty":
        reading = Reading(linked, "UTC", False, frozenset(), words=words)
        checks.append((f"({emissions_talk.operation(reading)}) is null", "unknown_operation"))
    if kind in emissions_deeds.OPERATIONS:
        reading = Reading(linked, "UTC", False, frozenset(), words=words)
        checks.append((f"({emissions_deeds.operation(reading)}) is null", "unknown_operation"))
    return checks


def _file_name(plan: FilePlan) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in plan.name.removesuffix(".csv"))[:60]
