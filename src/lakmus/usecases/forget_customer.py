"""Forget a person: their activities, their identifiers, and what was computed or kept with them in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.journal.changes import pseudonym, record
from lakmus.usecases.home import Home

ABANDONED_SECONDS = 24 * 3600.0
"""An import that runs keeps copies of its files in the work folder; what is older was left by one that was killed."""
NOBODY = Wording(
    "О клиенте «{customer}» ничего не хранится, стирать нечего. Проверьте номер: он такой же, как в загруженных файлах.",
    "Nothing is kept about customer “{customer}”, so there is nothing to erase. Check the id: it is written as in the imported files.",
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased: activities of the person, results and reports that named them, files of rejected rows that may have."""

    activities: int
    results: int
    reports: int
    rejected_files: int

    def as_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def forget_customer(home: Home, customer: str, *, actor: Any) -> Forgotten:
    """Erase a person for good; asked again after a crash, it finishes.

    Results and reports are computed from everybody, so all of them go; the next verdict is computed without the person.
    Rejected rows are whole lines of the company's files and may name anybody: they go too.

    Raises
    ------
    NotFound : nothing is kept about the customer.
    Busy : an import is writing; nothing was erased.
    """
    stream = home.stream()
    identity = stream.identity
    known, found = identity.canonical(customer), identity.find(customer)
    erased = stream.erase(known)
    if not erased and not found and known == customer:
        raise NotFound("customer_unknown", NOBODY.filled(customer=customer[:60]))
    traces = (_emptied(home.results), _emptied(home.reports), _emptied(home.rejected))
    _emptied(home.work, older_than_seconds=ABANDONED_SECONDS)
    record(actor=actor, verb="forgot_customer", object_kind="customer", object_key=pseudonym(known), details={"activities": erased})
    return Forgotten(erased, *traces)


def _emptied(folder: Path, *, older_than_seconds: float = 0.0) -> int:
    """Remove everything in a folder but locks that somebody may hold and what is too young; return how many things went."""
    removed = 0
    latest = timezone.now().timestamp() - older_than_seconds
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix == ".lock" or path.stat().st_mtime > latest:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed += 1
    return removed
