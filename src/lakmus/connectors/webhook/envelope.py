"""The envelope of a message: CloudEvents 1.0 in the structured mode of its HTTP binding, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def cloud_event(*, message_id: str, kind: str, source: str, subject: str, at: datetime, content: Mapping[str, Any]) -> str:
    """Return one message as text, the same bytes for the same parts.

    Parameters
    ----------
    message_id : unique together with `source`. kind : the attribute `type`, such as `lakmus.alert.raised`.
    source : a URI reference. subject : what of the source it is about. at : when it happened, aware. content : the attribute `data`.
    """
    envelope = {
        "specversion": "1.0",
        "id": message_id,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(content),
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
