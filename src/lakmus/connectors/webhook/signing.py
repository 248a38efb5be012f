"""Signatures of webhooks by the conventions of Standard Webhooks 1.0.

Signed is `{id}.{timestamp}.{body}` with HMAC-SHA256. The timestamp is that of the attempt, so that a receiver can refuse an old one;
the id stays the same over all attempts, so that it can tell a repetition. While a secret is being changed, both sign.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
"""How far a receiver lets the timestamp lie from its own clock."""


def secret_text(key: bytes) -> str:
    """Return a key as people carry it to the receiver: `whsec_` and base64."""
    return PREFIX + base64.b64encode(key).decode("ascii")


def signed_headers(body: bytes, *, message_id: str, timestamp: int, keys: Sequence[bytes]) -> dict[str, str]:
    """Return the three headers of a message, one signature for each key.

    Parameters
    ----------
    message_id : without full stops, which set the parts of what is signed apart. timestamp : seconds since 1970 UTC.

    Raises
    ------
    ValueError : no key, or a full stop in `message_id`.
    """
    if not keys or "." in message_id:
        raise ValueError("a key and an id without full stops are needed")
    signatures = " ".join(f"v1,{_signature(body, message_id, str(timestamp), key)}" for key in keys)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def verified(body: bytes, headers: Mapping[str, str], *, secret: str, now: int, tolerance_seconds: int = TOLERANCE_SECONDS) -> bool:
    """Say, as a receiver would, whether a message is ours and of now; headers under lower-case names.

    `secret` is as `secret_text` writes it. Compares in constant time.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        timestamp = int(headers["webhook-timestamp"])
        message_id, given = headers["webhook-id"], headers["webhook-signature"]
    except (KeyError, ValueError, binascii.Error):
        return False
    expected = _signature(body, message_id, headers["webhook-timestamp"], key)
    matches = [
        hmac.compare_digest(one.removeprefix("v1,").encode(), expected.encode()) for one in given.split(" ") if one.startswith("v1,")
    ]
    return abs(now - timestamp) <= tolerance_seconds and any(matches)


def _signature(body: bytes, message_id: str, timestamp: str, key: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")
