"""What people decided on reasons is taken over into the verdict when somebody asks for it, all decisions of until then at once.

A decision in a verdict's key would have each click compute everything anew; when they were taken over last stands in `decisions.json`.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any

from django.utils import timezone

from lakmus.operations.journal.changes import record
from lakmus.operations.reasons.queries import decided_reasons
from lakmus.usecases.house.home import Home

KEPT_AS = "decisions.json"


def taken_at(home: Home) -> datetime | None:
    """Return when decisions were taken over last, None where they never were: then those count that stood when a verdict was computed."""
    try:
        return datetime.fromisoformat(json.loads((home.path / KEPT_AS).read_text(encoding="utf-8"))["until"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def take_over_decisions(home: Home, *, actor: Any) -> datetime:
    """Have the next verdict count what people decided on reasons until now; return that moment."""
    until = timezone.now()
    draft = home.path / f".{KEPT_AS}"
    draft.write_text(json.dumps({"until": until.isoformat()}), encoding="utf-8")
    os.replace(draft, home.path / KEPT_AS)
    details = {"decisions": sum(len(codes) for codes in decided_reasons().values())}
    record(actor=actor, verb="took_over_decisions", object_kind="reasons", details=details)
    return until
