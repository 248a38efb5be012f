"""Run programs, measure wall time and the memory of all their processes, and lay the results out as a table."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

RECORD = Path(__file__).parent.parent / "docs" / "explanation" / "records.md"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Run:
    """One program's run: wall seconds, the largest sum of memory that it and its children held at one moment, and processor seconds."""

    seconds: float
    peak_bytes: int
    output: str
    cpu_seconds: float


@dataclass(frozen=True)
class Line:
    """One line of a table: who did it, how fast, in how much memory, and how it compares with the peer (1 = the peer's speed)."""

    name: str
    seconds: float
    peak_bytes: int | None = None
    ratio: float | None = None
    remark: str = ""
    cpu_seconds: float | None = None


def run(arguments: Sequence[str], *, environment: dict[str, str] | None = None) -> Run:
    """Run a program to its end and measure it.

    Memory is the proportional set size: what several processes share counts once. Looking at it walks all pages of a process and
    holds its page faults up, so it is looked at every 50 ms or less often, for a twentieth of the time at most.

    Raises
    ------
    SystemExit : the program failed; its last words are shown.
    """
    began, spent = time.perf_counter(), _cpu_of_children()
    process = subprocess.Popen(
        list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    output, complaints = process.communicate()
    seconds = time.perf_counter() - began
    watcher.join(timeout=1)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)[:200]}\nfailed with {process.returncode}:\n{complaints[-2000:]}")
    return Run(seconds, peak[0], output, _cpu_of_children() - spent)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_python(code: str, *arguments: str) -> Run:
    """Run `code` in a fresh interpreter of this environment."""
    return run([sys.executable, "-c", code, *arguments])


def _watch(pid: int, peak: list[int]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            began = time.perf_counter()
            peak[0] = max(peak[0], sum(_memory(process) for process in [root, *root.children(recursive=True)]))
            time.sleep(max(0.05, 20 * (time.perf_counter() - began)))
    except psutil.Error:
        return


def _memory(process: psutil.Process) -> int:
    try:
        with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as lines:
            return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except OSError:
        try:
            return int(process.memory_info().rss)
        except psutil.Error:
            return 0


def best(runs: Sequence[Run]) -> Run:
    """Return the quickest of several runs, with the largest memory of them all."""
    quickest = min(runs, key=lambda one: one.seconds)
    return replace(quickest, peak_bytes=max(one.peak_bytes for one in runs))


def table(title: str, lines: Sequence[Line]) -> str:
    """Return the lines as a Markdown table under their title."""
    rows = [f"### {title}", "", "| | wall, s | processor, s | peak, MB | ratio to the peer | |", "|---|---:|---:|---:|---:|---|"]
    for line in lines:
        peak = "" if line.peak_bytes is None else f"{line.peak_bytes / MEGABYTE:,.0f}"
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        cpu = "" if line.cpu_seconds is None else f"{line.cpu_seconds:.1f}"
        rows.append(f"| {line.name} | {line.seconds:.2f} | {cpu} | {peak} | {ratio} | {line.remark} |")
    return "\n".join(rows) + "\n"


def publish(title: str, lines: Sequence[Line], *, record: bool) -> None:
    """Print the table; with `record`, also append it, dated, to docs/explanation/records.md."""
    text = table(title, lines)
    print(text)
    if record:
        day = datetime.now(UTC).date().isoformat()
        machine = f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, Python {sys.version.split()[0]}"
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(f"\n## {day}, {machine}\n\n{text}")
