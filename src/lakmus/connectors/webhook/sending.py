"""One attempt to hand a message over: a POST to the address that was judged, no redirects, no proxy, bounded in time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lakmus.connectors.webhook.addresses import Address, checked_address, looked_up

TIMEOUT_SECONDS = 15.0
WHOLE_SECONDS = 25.0
"""However slowly the other side drips its answer, an attempt ends by then."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: the status of the answer, or None and why there was none (`refused`, `timeout`, `tls`, `cut_off`)."""

    status: int | None
    trouble: str = ""
    retry_after_seconds: int | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300


def send(written: str, body: bytes, headers: Mapping[str, str], *, inner_hosts: Collection[str] = ()) -> Answer:
    """Post a message and return what came of it. What the other side says beyond its status is neither read nor kept.

    Raises
    ------
    BadInput : the address is none, or leads inside. LakmusError : nobody has this name.
    """
    address = looked_up(checked_address(written, inner_hosts=inner_hosts), inner_hosts=inner_hosts)
    connection = _connection(address)
    timer = threading.Timer(WHOLE_SECONDS, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", address.target, body=body, headers={**headers, "Host": _host_header(address)})
        response = connection.getresponse()
        return Answer(response.status, retry_after_seconds=_seconds(response.getheader("Retry-After")))
    except TimeoutError:
        return Answer(None, "timeout")
    except ssl.SSLError:
        return Answer(None, "tls")
    except ConnectionRefusedError:
        return Answer(None, "refused")
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(None, "cut_off")
    finally:
        timer.cancel()
        connection.close()


class _Judged(http.client.HTTPConnection):
    """A connection to the address that was judged, under the name that was written."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.host, address.port, timeout=TIMEOUT_SECONDS)
        self._address = address

    def connect(self) -> None:
        """Connect; the certificate must be one of the host's name."""
        plain = socket.create_connection((self._address.ip, self._address.port), TIMEOUT_SECONDS)
        self.sock = plain
        if self._address.is_tls:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._address.host)


def _connection(address: Address) -> _Judged:
    return _Judged(address)


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _host_header(address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    usual = 443 if address.is_tls else 80
    return host if address.port == usual else f"{host}:{address.port}"


def _seconds(written: str | None) -> int | None:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 7 else None
