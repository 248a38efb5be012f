"""Finds imports and messages that wait although no worker will come for them, and queues them once more.

The queue hands a task to one worker and, if that worker is killed, keeps it locked for hours. The import itself says the
truth: it is agreed on, or it runs and its heartbeat has fallen silent.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError

from lakmus.operations.alerts.queries import dispatches_due
from lakmus.operations.imports.queries import jobs_to_take
from lakmus.usecases.house.home import Home

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


def queue_alerts(home: Home, *, at: datetime, seen: Seen) -> list[int]:
    """Look for alerts once a day, make the day's letter when its hour has come, queue every message that is due; return their numbers."""
    from django_q.tasks import async_task

    from lakmus.usecases.alerts.deliver_alerts import queue_digest
    from lakmus.usecases.alerts.tell_alerts import look_for_alerts

    try:
        look_for_alerts(home, at=at)
        queue_digest(at=at)
    except DatabaseError:
        raise
    except Exception:
        # What is due goes out all the same, and imports and computations must not wait for it; tomorrow is another day to look.
        logging.getLogger("lakmus.jobs").warning("could not look for alerts", exc_info=True)
    queued = []
    for message in dispatches_due(at=at):
        standing = (int(message.pk), int(message.attempt_count), str(message.state))
        if standing not in seen:
            seen.add(standing)
            async_task("lakmus.jobs.tasks.deliver_alert", message.pk, task_name=f"alert-{message.pk}-{message.attempt_count}")
            queued.append(standing[0])
    return queued
