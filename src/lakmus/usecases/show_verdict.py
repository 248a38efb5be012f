"""The verdict as of a moment: computed once for each state of the stream and the terms, kept with its tables."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from lakmus import __version__, engine
from lakmus.engine.learning import Learned
from lakmus.engine.pipeline import analyse
from lakmus.engine.tables import TABLES
from lakmus.engine.verdict import Verdict
from lakmus.history.company import READ_BY_PAGES
from lakmus.history.failures import Busy, NotFound
from lakmus.history.period import end_of_day
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.operations.reasons.queries import decided_reasons
from lakmus.runners.choosing import Run, runner_at
from lakmus.stream.lease import is_held, lease
from lakmus.stream.store import Stream
from lakmus.usecases.house.home import Home
from lakmus.usecases.signals.lay_out_people import write_people, write_rows
from lakmus.usecases.taken_decisions import taken_at
from lakmus.usecases.texts.own_reading import company_reading, reading_key

FORMAT = 4
KEPT = 8
PASSES = 3
ROWS_TOGETHER = 4096
"""Rows of a table that are read together: those of one customer stand in one or two such groups of a file."""
RUN = "run.json"
"""Beside each verdict: from what moment it looks, which engine computed it, and by which definition of loss."""
WAIT_SECONDS = 3600.0
PATIENCE_SECONDS = 45.0
NO_DATA = Wording(
    "Пока нет ни одной загруженной записи. Загрузите файлы заказов, обращений и отзывов: страница «Данные» или lakmus import.",
    "Nothing was imported yet. Import files of orders, cases and reviews: the page “Data”, or lakmus import.",
)
UPDATED = Wording(
    "Пока шёл расчёт, программу обновили, и он не закончен. История клиентов не изменена; перезапустите Лакмус и повторите.",
    "The program was updated while the computation ran, which was not finished. The history is unchanged; restart Lakmus and repeat.",
)
_READ: dict[Path, tuple[tuple[int, int, int], Shown]] = {}
"""The verdicts that this process read last, by folder, with what their file looked like: every request asks for one."""
R = TypeVar("R")
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A verdict with the folder of its tables (`customers`, `orders`, `errors`, `moments`, and `people`, see `lay_out_people`)."""

    verdict: Verdict
    learned: Learned
    as_of: datetime
    folder: Path
    key: str

    def table(self, name: str) -> str:
        """Return the path pattern of a table's files, for DuckDB."""
        return str(self.folder / name / "*.parquet")


def has_data(home: Home) -> bool:
    """Say whether anything was imported."""
    return home.stream().count > 0


def moment_of(home: Home, *, as_of: date | datetime | None) -> datetime:
    """Return the moment that is looked from: a day means its end in the company's zone, nothing the end of the data.

    Raises
    ------
    NotFound : there are no data.
    """
    if isinstance(as_of, datetime):
        return as_of
    if as_of is not None:
        return end_of_day(as_of, company_terms().time_zone)
    return _last_moment(home.stream())


def _last_moment(stream: Stream) -> datetime:
    last = stream.watermarks().last_at
    if last is None:
        raise NotFound("no_data", NO_DATA)
    return min(last, timezone.now())


def show_verdict(home: Home, *, as_of: date | datetime | None = None, progress: Progress | None = None, runner: str | None = None) -> Shown:
    """Return the verdict, computing it where nobody has yet; callers that come meanwhile wait for the first.

    `runner` says where to compute (see `runners.choosing`), None where the installation says; the figures are the same.

    Raises
    ------
    NotFound : there are no data. Busy : the program was replaced by another version meanwhile, and the two do not fit.
    WrongUsage : `runner` names no runner.
    """
    moment, key = _asked(home, as_of)
    kept = _kept(home, moment, key)
    if kept is not None:
        return kept
    with lease(home.results / f"{key}.lock", wait_seconds=WAIT_SECONDS):
        kept = _kept(home, moment, key)
        if kept is None:
            _compute_by_one_program(home, moment, key, progress, settings.LAKMUS_RUNNER if runner is None else runner)
            _sweep(home, key)
            kept = _kept(home, moment, key)
    if kept is None:
        raise NotFound("no_data", NO_DATA)
    return kept


def verdict_at_hand(home: Home, *, as_of: date | datetime | None = None) -> Shown | None:
    """Return the verdict if it is computed already.

    Raises
    ------
    NotFound : there are no data.
    """
    return _kept(home, *_asked(home, as_of))


def ask_for_verdict(home: Home, *, as_of: date | datetime | None = None) -> None:
    """Have the worker compute the verdict, unless somebody is at it."""
    moment, key = _asked(home, as_of)
    if _is_being_computed(home, key):
        return
    asked, now = home.results / f"{key}.asked", timezone.now().timestamp()
    if asked.exists() and now - asked.stat().st_mtime < 60:
        return
    # The file says since when it is asked for, its age when it was asked for last.
    if asked.exists():
        asked.touch()
    else:
        asked.write_text(str(now), encoding="ascii")
    from django_q.tasks import async_task

    async_task("lakmus.jobs.tasks.compute_verdict", moment.isoformat(), task_name=f"verdict-{key}")


def nobody_computes(home: Home, *, as_of: date | datetime | None = None) -> bool:
    """Say whether a verdict has been asked for so long that the worker seems not to run, or to be busy with something else."""
    key = _asked(home, as_of)[1]
    try:
        since = float((home.results / f"{key}.asked").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    return timezone.now().timestamp() - since > PATIENCE_SECONDS and not _is_being_computed(home, key)


def computing_share(home: Home, *, as_of: date | datetime | None = None) -> float | None:
    """Return how much of the computation is done, 0..1; None while nobody knows."""
    try:
        return float((home.results / f"{_asked(home, as_of)[1]}.share").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _asked(home: Home, as_of: date | datetime | None) -> tuple[datetime, str]:
    # One stream for all questions: it reads its log once.
    stream = home.stream()
    if not stream.count:
        raise NotFound("no_data", NO_DATA)
    moment = _last_moment(stream) if as_of is None else moment_of(home, as_of=as_of)
    said = [FORMAT, _engine_at_start(), stream.version, moment.isoformat(), _terms_of_a_verdict(), reading_key(home)]
    taken = taken_at(home)
    said += [taken.isoformat()] if taken is not None else []
    return moment, hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:24]


def _terms_of_a_verdict() -> dict[str, object]:
    """Return the terms that a verdict is computed from."""
    return {name: term for name, term in asdict(company_terms()).items() if name not in READ_BY_PAGES}


@cache
def _engine_at_start() -> str:
    """Return what `_engine_as_written` was when this process first asked."""
    return _engine_as_written()


def _engine_as_written() -> str:
    """Return a hash of the engine's source: what another engine computed is not this one's answer."""
    folder = Path(engine.__file__).parent
    whole = hashlib.sha256(__version__.encode())
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.txt")]):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _kept(home: Home, moment: datetime, key: str) -> Shown | None:
    folder = home.results / key
    path = folder / "verdict.pickle"
    try:
        found = path.stat()
        stands = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = _READ.get(folder)
        if known is not None and known[0] == stands and known[1].as_of == moment:
            return known[1]
        # Our own file in our own folder, which a backup leaves out; no foreign pickle is ever read.
        verdict, learned = pickle.loads(path.read_bytes())  # noqa: S301
    except FileNotFoundError:
        return None
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    shown = Shown(verdict, learned, moment, folder, key)
    while len(_READ) >= KEPT:
        _READ.pop(next(iter(_READ)), None)
    _READ[folder] = (stands, shown)
    return shown


def run_of(folder: Path) -> dict[str, str] | None:
    """Return what stands in `RUN` of a verdict's folder; None where there is no such run any longer."""
    try:
        told: dict[str, str] = json.loads((folder / RUN).read_text(encoding="ascii"))
    except OSError:
        return None
    return told


def _is_being_computed(home: Home, key: str) -> bool:
    return is_held(home.results / f"{key}.lock")


def _compute_by_one_program(home: Home, moment: datetime, key: str, progress: Progress | None, runner: str) -> None:
    """Compute; where that fails because the processes it starts load another version than ours, say that."""
    try:
        with runner_at(runner) as over:
            _compute(home, moment, key, progress, over)
    except Exception as failure:
        if _engine_as_written() == _engine_at_start():
            raise
        raise Busy("program_updated", UPDATED) from failure


def _compute(home: Home, moment: datetime, key: str, progress: Progress | None, over: Run) -> None:
    stream = home.stream()
    fresh = home.results / f".{key}"
    shutil.rmtree(fresh, ignore_errors=True)
    share = home.results / f"{key}.share"
    done_passes = 0

    def tell(done: int, total: int) -> None:
        part = min(1.0, (done_passes + done / max(total, 1)) / PASSES)
        share.write_text(f"{part:.3f}", encoding="ascii")
        if progress:
            progress(part)

    def over_buckets(function: Callable[[pa.Table, int], R], *, columns: Sequence[str]) -> Iterator[R]:
        nonlocal done_passes
        yield from over(stream, function, as_of=moment, columns=columns, progress=tell)
        done_passes += 1

    parts: dict[str, int] = dict.fromkeys(TABLES, 0)

    def keep(name: str, part: pa.Table) -> None:
        folder = fresh / name
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(part, folder / f"{parts[name]:04}.parquet", row_group_size=ROWS_TOGETHER, compression="zstd")
        if name == "customers":
            write_rows(fresh, parts[name], part)
        parts[name] += 1

    for name, schema in TABLES.items():
        keep(name, schema.empty_table())
    # Decisions are no part of the key: each would have everything computed anew. They are shown at once, and counted from the next time on,
    # at the latest when somebody takes them over.
    analysis = analyse(
        over_buckets, company=company_terms(), as_of=moment, keep=keep, decided=decided_reasons(), reading=company_reading(home)
    )
    write_people(fresh)
    run = {"as_of": moment.isoformat(), "engine": _engine_at_start(), "definition": analysis.verdict.definition.version}
    (fresh / RUN).write_text(json.dumps(run), encoding="ascii")
    (fresh / "verdict.json").write_text(json.dumps(analysis.verdict.as_json(), ensure_ascii=False), encoding="utf-8")
    (fresh / "verdict.pickle").write_bytes(pickle.dumps((analysis.verdict, analysis.learned)))
    shutil.rmtree(home.results / key, ignore_errors=True)
    os.replace(fresh, home.results / key)
    share.unlink(missing_ok=True)


def _sweep(home: Home, key: str) -> None:
    """Drop all but the latest results, and what killed computations left behind; what somebody is at stays."""
    folders = sorted(
        (path for path in home.results.iterdir() if path.is_dir() and path.name[0] != "."), key=lambda path: path.stat().st_mtime
    )
    for old in folders[:-KEPT]:
        if old.name != key:
            shutil.rmtree(old, ignore_errors=True)
    alive = {path.name for path in folders[-KEPT:]} | {key}
    for path in home.results.iterdir():
        of_key = path.name.lstrip(".").partition(".")[0]
        if of_key in alive and path.is_file():
            continue
        unfinished = path.is_dir() and path.name[0] == "."
        old_file = path.is_file() and timezone.now().timestamp() - path.stat().st_mtime > WAIT_SECONDS
        if (unfinished or old_file) and not _is_being_computed(home, of_key):
            shutil.rmtree(path, ignore_errors=True) if unfinished else path.unlink(missing_ok=True)
