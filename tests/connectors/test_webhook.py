"""A message to another program: what is signed, where it may go, what an attempt can bring."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lakmus.connectors.webhook import checked_address, cloud_event, secret_text, send, sending, signed_headers, verified
from lakmus.connectors.webhook.addresses import is_inner, looked_up
from lakmus.history.failures import BadInput, LakmusError

KEY = bytes(range(32))
INNER = {"127.0.0.1"}


def test_the_signature_is_the_one_that_the_convention_publishes() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body, key = b'{"test": 2432232314}', base64.b64decode(secret.removeprefix("whsec_"))
    headers = signed_headers(body, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, keys=[key])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert verified(body, headers, secret=secret, now=1614265331)


def test_a_receiver_refuses_what_is_changed_old_or_signed_by_another() -> None:
    headers = signed_headers(b"{}", message_id="alert_1", timestamp=1000, keys=[KEY])
    assert verified(b"{}", headers, secret=secret_text(KEY), now=1300)
    assert not verified(b"{} ", headers, secret=secret_text(KEY), now=1000)
    assert not verified(b"{}", headers | {"webhook-id": "alert_2"}, secret=secret_text(KEY), now=1000)
    assert not verified(b"{}", headers | {"webhook-timestamp": "1200"}, secret=secret_text(KEY), now=1000)
    assert not verified(b"{}", headers, secret=secret_text(KEY), now=1301)
    assert not verified(b"{}", headers, secret=secret_text(KEY[::-1]), now=1000)
    assert not verified(b"{}", {}, secret="whsec_!", now=1000)


def test_while_a_secret_changes_both_the_old_and_the_new_one_verify() -> None:
    headers = signed_headers(b"{}", message_id="alert_1", timestamp=1000, keys=[KEY, KEY[::-1]])
    assert all(verified(b"{}", headers, secret=secret_text(key), now=1000) for key in (KEY, KEY[::-1]))


def test_an_id_that_could_shift_what_is_signed_is_refused() -> None:
    with pytest.raises(ValueError, match="full stops"):
        signed_headers(b"{}", message_id="a.1", timestamp=1, keys=[KEY])


def test_the_envelope_has_what_cloudevents_requires_and_the_same_bytes_each_time() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=3)))
    parts = {"message_id": "a1", "kind": "lakmus.alert.raised", "source": "urn:x", "subject": "Тверь", "at": at, "content": {"n": 1}}
    written = cloud_event(**parts)
    told = json.loads(written)
    assert {name: told[name] for name in ("specversion", "id", "source", "type")} == {
        "specversion": "1.0", "id": "a1", "source": "urn:x", "type": "lakmus.alert.raised"
    }  # fmt: skip
    assert (told["time"], told["datacontenttype"], told["data"], told["subject"]) == (
        "2026-03-01T09:00:00.000Z", "application/json", {"n": 1}, "Тверь"
    )  # fmt: skip
    assert cloud_event(**parts | {"at": at.astimezone(UTC)}) == written


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_inner_addresses_are_known_in_every_disguise(ip: str) -> None:
    assert is_inner(ip)


@pytest.mark.parametrize("ip", ["93.184.216.34", "2a02:6b8::2:242", "::ffff:93.184.216.34"])
def test_outer_addresses_are_let_through(ip: str) -> None:
    assert not is_inner(ip)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("http://example.org/hook", "webhook_plain_http"),
        ("https://127.0.0.1/hook", "webhook_inner_address"),
        ("https://[::1]:8443/hook", "webhook_inner_address"),
        ("https://LOCALHOST./hook", "webhook_inner_address"),
        ("https://bus.internal/hook", "webhook_inner_address"),
        ("https://user:pw@example.org/", "webhook_address"),
        ("ftp://example.org/", "webhook_address"),
        ("https://", "webhook_address"),
        ("https://example.org:99999/", "webhook_address"),
        ("https://example.org/\r\nX: y", "webhook_address"),
        ("", "webhook_address"),
    ],
)
def test_addresses_that_will_not_do_are_refused_before_anything_is_looked_up(written: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked_address(written)
    assert refused.value.code == code


def test_an_address_is_taken_apart_and_a_cyrillic_host_is_spelled_for_the_network() -> None:
    address = checked_address("https://пример.рф/крюк?a=1")
    assert (address.host, address.port, address.is_tls) == ("xn--e1afmkfd.xn--p1ai", 443, True)
    assert address.target == "/%D0%BA%D1%80%D1%8E%D0%BA?a=1"


@pytest.mark.parametrize("numbers", [["10.0.0.5"], ["93.184.216.34", "127.0.0.1"]])
def test_a_name_any_of_whose_addresses_lies_inside_is_refused(monkeypatch: pytest.MonkeyPatch, numbers: list[str]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (number, 443)) for number in numbers])
    with pytest.raises(BadInput) as refused:
        looked_up(checked_address("https://outside.example/"))
    assert refused.value.code == "webhook_inner_address"


def test_the_connection_goes_to_the_address_that_was_judged_and_no_second_look_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, reached = [], []
    answers = iter([[(2, 1, 6, "", ("93.184.216.34", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: asked.append(host) or next(answers))
    monkeypatch.setattr(
        socket, "create_connection", lambda place, *_: reached.append(place) or (_ for _ in ()).throw(ConnectionRefusedError)
    )
    assert send("https://outside.example/", b"{}", {}).trouble == "refused"
    assert (asked, reached) == (["outside.example"], [("93.184.216.34", 443)])


def test_a_name_that_nobody_has_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(socket.gaierror()))
    with pytest.raises(LakmusError) as unknown:
        send("https://outside.example/", b"{}", {})
    assert unknown.value.code == "webhook_no_host" and not isinstance(unknown.value, BadInput)


class Receiver(BaseHTTPRequestHandler):
    """Answers by its path: /204, /302, /503, /drip; keeps what came."""

    came: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((self.path, {name.lower(): given for name, given in self.headers.items()}, body))
        if self.path == "/drip":
            for _ in range(100):
                self.wfile.write(b"H")
                time.sleep(0.05)
            return
        self.send_response(int(self.path[1:]))
        self.send_header("Location", "/204")
        self.send_header("Retry-After", "120")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """A receiver on this machine: its address, and what it was sent."""
    came: list[tuple[str, dict[str, str], bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Kept", (Receiver,), {"came": came}))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", came
    server.shutdown()
    server.server_close()


def test_a_message_arrives_whole_with_its_headers(receiver) -> None:
    address, came = receiver
    answer = send(f"{address}/204", '{"a":"Тверь"}'.encode(), {"webhook-id": "a1"}, inner_hosts=INNER)
    assert answer.is_taken and answer.status == 204
    ((path, headers, body),) = came
    assert (path, headers["webhook-id"], json.loads(body)) == ("/204", "a1", {"a": "Тверь"})


def test_a_redirect_is_not_followed_and_a_busy_receiver_says_when_to_come_back(receiver) -> None:
    address, came = receiver
    assert not send(f"{address}/302", b"{}", {}, inner_hosts=INNER).is_taken
    busy = send(f"{address}/503", b"{}", {}, inner_hosts=INNER)
    assert (busy.is_taken, busy.status, busy.retry_after_seconds) == (False, 503, 120)
    assert [path for path, *_ in came] == ["/302", "/503"]


def test_a_receiver_that_drips_its_answer_does_not_hold_the_worker(receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WHOLE_SECONDS", 0.3)
    began = time.monotonic()
    answer = send(f"{receiver[0]}/drip", b"{}", {}, inner_hosts=INNER)
    assert not answer.is_taken and answer.trouble and time.monotonic() - began < 2


def test_without_leave_nothing_is_sent_inside(receiver) -> None:
    address, came = receiver
    for written in (f"{address}/204", address.replace("http", "https") + "/204"):
        with pytest.raises(BadInput):
            send(written, b"{}", {})
    assert came == []
