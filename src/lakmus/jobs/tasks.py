"""The tasks of the queue. Each may be delivered twice or start anew after a kill, and has its effect once."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import datetime
from pathlib import Path

from lakmus.usecases.house.home import Home, open_home


def run_import(number: int) -> bool:
    """Carry out an import that a person agreed to; say whether it was this call that did."""
    from lakmus.usecases.imports.import_jobs import run_job

    return run_job(_home(), number, runner=runner_name())


def compute_verdict(moment: str) -> str:
    """Compute the verdict as of a moment (ISO 8601, with its zone) unless it is there already; return its key.

    What the pages of signals read is the next task, so that the verdict is there first and an error in the pages harms them alone.
    """
    from lakmus.usecases.prepare_pages import ask_for_pages
    from lakmus.usecases.show_verdict import show_verdict

    shown = show_verdict(_home(), as_of=datetime.fromisoformat(moment))
    ask_for_pages(shown)
    return shown.key


def prepare_pages(moment: str) -> str:
    """Compute the verdict as of a moment and what the pages of signals read beside it, tell what is news; return its key."""
    from lakmus.usecases.alerts.tell_alerts import tell_alerts
    from lakmus.usecases.prepare_pages import prepare_pages as prepare
    from lakmus.usecases.show_verdict import show_verdict

    shown = show_verdict(_home(), as_of=datetime.fromisoformat(moment))
    prepare(_home(), shown)
    tell_alerts(_home(), shown)
    return shown.key


def take_over_labels() -> str:
    """Take labels, themes and what marks taught over into the reading; return the moment until which they count."""
    from lakmus.usecases.texts.learn_reading import take_over

    return take_over(_home()).taken.until.isoformat()


def deliver_alert(number: int) -> str:
    """Make one attempt at a message about alerts, if it is due and nobody else is at it; return how it stands."""
    from lakmus.usecases.alerts.deliver_alerts import deliver

    attempted = deliver(number, runner=runner_name())
    return "" if attempted is None else str(attempted.state)


def runner_name() -> str:
    """Return a name that no other process and no other call has, so that a job is never run by two under one name."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


def _home() -> Home:
    from django.conf import settings

    return open_home(Path(settings.LAKMUS_HOME))
