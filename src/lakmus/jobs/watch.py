"""Finds imports that wait although no worker will come for them, and queues them once more.

The queue hands a task to one worker and, if that worker is killed, keeps it locked for hours. The import itself says the
truth: it is agreed on, or it runs and its heartbeat has fallen silent.
"""

from __future__ import annotations

from datetime import datetime

from lakmus.operations.imports.queries import jobs_to_take

Seen = set[tuple[int, int, str]]
"""(number, attempts so far, state) of what was queued by this watch, so that each is queued once and not every second."""


def queue_what_waits(*, at: datetime, seen: Seen) -> list[int]:
    """Queue every import that may be taken at `at` and was not queued in this standing yet; return their numbers.

    Queued too often does no harm: of all who ask, one is given the import.
    """
    from django_q.tasks import async_task

    queued = []
    for job in jobs_to_take(at=at):
        standing = (int(job.pk), int(job.attempt_count), str(job.state))
        if standing not in seen:
            seen.add(standing)
            async_task("lakmus.jobs.tasks.run_import", job.pk, task_name=f"import-{job.pk}-watch-{job.attempt_count}")
            queued.append(standing[0])
    return queued
