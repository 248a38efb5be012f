"""Where a message may go: to the outside, and inside only to hosts that the person who runs the machine has named.

A name is looked up once, every address it has is judged, and the connection goes to the very address that was judged, so that a name
which changes its mind in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording

TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
LONGEST = 500
UNREADABLE = Wording(
    "«{address}» не адрес для уведомлений: нужен вид https://example.ru/путь, без имени и пароля внутри. Ничего не изменилось.",
    "“{address}” is no address for notices: it takes the form https://example.com/path, with no name or password in it. "
    "Nothing was changed.",
)
NEEDS_TLS = Wording(
    "Наружу уведомления идут только по https, а здесь http. Ничего не отправлено; исправьте адрес.",
    "Notices go out by https only, and this is http. Nothing was sent; correct the address.",
)
INSIDE = Wording(
    "Адрес «{host}» ведёт во внутреннюю сеть, туда уведомления не отправляются. Ничего не отправлено. "
    "Если так и задумано, назовите узел в LAKMUS_WEBHOOK_HOSTS на сервере.",
    "The address “{host}” leads into an inner network, where notices are not sent. Nothing was sent. "
    "If it is meant so, name the host in LAKMUS_WEBHOOK_HOSTS on the server.",
)
NO_SUCH_HOST = Wording(
    "Узел «{host}» не найден. Ничего не отправлено; проверьте адрес и сеть.",
    "The host “{host}” was not found. Nothing was sent; check the address and the network.",
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to, taken apart: `ip` is the address that was judged and is connected to; `target` is path and query."""

    host: str
    port: int
    target: str
    is_tls: bool
    ip: str = ""


def checked_address(written: str, *, inner_hosts: Collection[str] = ()) -> Address:
    """Return an address taken apart, without looking its name up.

    Raises
    ------
    BadInput : it is none, it asks for plain HTTP outside, or it names an inner address that is not among `inner_hosts`.
    """
    shown = written.strip()[:LONGEST]
    try:
        parts = urlsplit(shown)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host.encode("idna").decode("ascii") if not _is_ip(host) else host
    except (ValueError, UnicodeError) as problem:
        raise BadInput("webhook_address", UNREADABLE.filled(address=shown)) from problem
    plain = shown.isprintable() and " " not in shown and len(written.strip()) <= LONGEST
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or parts.password is not None or not plain:
        raise BadInput("webhook_address", UNREADABLE.filled(address=shown))
    may_be_inner = host in inner_hosts
    if parts.scheme == "http" and not may_be_inner:
        raise BadInput("webhook_plain_http", NEEDS_TLS)
    if not may_be_inner and (host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or _is_inner_ip(host)):
        raise BadInput("webhook_inner_address", INSIDE.filled(host=host))
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe="/?#[]@!$&'()*+,;=%:~")
    return Address(host, port or (443 if parts.scheme == "https" else 80), target, parts.scheme == "https")


def looked_up(address: Address, *, inner_hosts: Collection[str] = ()) -> Address:
    """Return the address with the `ip` to connect to.

    Raises
    ------
    LakmusError : nobody has this name. BadInput : any of its addresses lies inside and the host is not among `inner_hosts`.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise LakmusError("webhook_no_host", NO_SUCH_HOST.filled(host=address.host)) from problem
    ips = [str(entry[4][0]) for entry in found]
    if address.host not in inner_hosts and any(is_inner(ip) for ip in ips):
        raise BadInput("webhook_inner_address", INSIDE.filled(host=address.host))
    return Address(address.host, address.port, address.target, address.is_tls, ips[0])


def is_inner(ip: str) -> bool:
    """Say whether an IP address is private, loopback, link-local, multicast, reserved, or a disguise of such a one."""
    parsed = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        carried = [parsed.ipv4_mapped, parsed.sixtofour, *(parsed.teredo or ())]
        if parsed in TRANSLATED:
            carried.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        if any(inside is not None and is_inner(str(inside)) for inside in carried):
            return True
        if parsed.ipv4_mapped is not None:
            return False
    return not parsed.is_global or parsed.is_multicast or parsed.is_reserved


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_inner_ip(host: str) -> bool:
    return _is_ip(host) and is_inner(host)
