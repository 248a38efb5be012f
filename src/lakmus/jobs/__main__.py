"""`python -m lakmus.jobs`: the worker, for the home that LAKMUS_HOME names, until SIGTERM or SIGINT."""

from __future__ import annotations

import logging
import os
import signal
import time
from pathlib import Path

PAUSE_SECONDS = 1.0


def main() -> None:
    """Run the queue's cluster, and beside it the watch over what waits."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lakmus.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import DatabaseError, connection
    from django.utils import timezone
    from django_q.cluster import Cluster

    from lakmus.jobs.watch import Seen, queue_alerts, queue_what_waits
    from lakmus.usecases.house.home import open_home

    home = open_home(Path(settings.LAKMUS_HOME))
    # The cluster forks: no connection may be shared with its children.
    connection.close()
    cluster = Cluster()
    asked_to_end = _signals_seen()
    cluster.start()
    seen: Seen = set()
    seen_messages: Seen = set()
    while not asked_to_end and cluster.sentinel is not None and cluster.sentinel.is_alive():
        try:
            queue_what_waits(at=timezone.now(), seen=seen)
            queue_alerts(home, at=timezone.now(), seen=seen_messages)
        except DatabaseError:
            # The database may be away for a while (a restart of PostgreSQL); the next look finds it again.
            logging.getLogger("lakmus.jobs").warning("the database did not answer", exc_info=True)
            connection.close()
        time.sleep(PAUSE_SECONDS)
    cluster.stop()


def _signals_seen() -> list[int]:
    """Take the signals of the end from the cluster and return a list that they will be written to.

    The cluster stops within its handler: a second signal meanwhile (Ctrl-C twice, a parent that ends) would wait for a lock that the first
    one holds, forever.
    """
    seen: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda which, frame: seen.append(which))
    return seen


if __name__ == "__main__":
    main()
