"""By which server letters go out: the one that LAKMUS_MAIL names, or none."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

SMTP = "django.core.mail.backends.smtp.EmailBackend"
FILES = "django.core.mail.backends.filebased.EmailBackend"
NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
PORTS = {"smtp": 587, "smtps": 465}
NO = {"0", "no", "false", "off"}


@dataclass(frozen=True, slots=True)
class Mail:
    """What Django needs to know of the server; `folder` is where letters are written that go nowhere."""

    backend: str = NOWHERE
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False
    sender: str = "lakmus@localhost"
    folder: str = ""


def mail_settings(url: str) -> Mail:
    """Return the settings of a server: `smtp://user:password@host:587?from=lakmus@example.ru`, `smtps://…:465`, or `file:///folder`.

    `smtp` asks for STARTTLS unless `tls=0` says otherwise. An empty `url` means that no letters go out.

    Raises
    ------
    ValueError : `url` names no server.
    """
    if not url:
        return Mail()
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    user = unquote(parts.username or "")
    sender = options.get("from") or (user if "@" in user else f"lakmus@{parts.hostname or 'localhost'}")
    if parts.scheme == "file" and parts.path.strip("/"):
        return Mail(FILES, sender=sender, folder=unquote(parts.path))
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("LAKMUS_MAIL must look like smtp://user:password@host:587?from=lakmus@example.ru")
    is_tls = parts.scheme == "smtps"
    return Mail(
        SMTP,
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        user,
        unquote(parts.password or ""),
        not is_tls and options.get("tls", "1").lower() not in NO,
        is_tls,
        sender,
    )
