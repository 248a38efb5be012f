"""Claim: every page of signals answers within 300 ms in 95 of 100 cases, at a million customers and with twenty users.

    python -m benchmarks.signal_pages --customers 1000000 [--home FOLDER]

Whole pages over HTTP: a company is laid into the stream, its verdict is computed for today and for a past day, what pages keep beside it
is prepared, and the server is started as `lakmus serve` starts it. Twenty users log in; each opens every page in an order of their own,
reading for some seconds between two, and follows links that the pages themselves offer. There is no peer: the claim is a limit. `--home`
keeps the company for further runs.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import numpy as np
import polars as pl

from benchmarks import verdict_time
from benchmarks.measuring import Line, publish, run
from lakmus.stream.store import Stream

USERS, ROUNDS, PAUSE_SECONDS = 20, 2, (2.0, 8.0)
LIMIT_SECONDS = 0.3
PASSWORD = "twenty-users-read"
LAST_DAY, PAST_DAY = date(2024, 12, 20), date(2024, 9, 15)
END = f"timestamptz '{LAST_DAY} 18:00:00+00'"
CHANNEL = "['сайт', 'приложение', 'магазин', 'телефон'][1 + (hash(customer) % 4)::int]"
# Since the end of November the mobile application loses half of its orders, so that there is something to report.
KEPT = f"not ({CHANNEL} = 'приложение' and ts > timestamptz '2024-11-25 00:00:00+00' and hash(i, 'fall') % 2 = 0) and ts <= {END}"
KINDS: verdict_time.Kinds = {
    **{kind: (key, ts, {**more}, f"({when}) and {KEPT} and {ts} <= {END}") for kind, (key, ts, more, when) in verdict_time.KINDS.items()},
    "ordered_item": (
        "number, 'Т' || (hash(i) % 300), '1', amount",
        "ts",
        {"_product": "'Т' || (hash(i, 'product') % 300)", "_quantity": "1", "_amount": "amount", "_currency": "'RUB'"},
        KEPT,
    ),
    "gave_details": (
        "customer",
        "timestamptz '2022-01-01 00:00:00+00'",
        {"_name": "'Клиент ' || customer", "_place": "'Город ' || (hash(customer, 'place') % 40)", "_order": "null"},
        "hash(i, 'told') % 3 = 0",
    ),
}
KINDS["placed_order"][2]["_channel"] = CHANNEL
"""What `verdict_time` lays, with cities, channels and products, cut off at one moment."""

PREPARE = """
import sys
from datetime import date
import django
django.setup()
from pathlib import Path
from lakmus.usecases.house.home import open_home
from lakmus.usecases.prepare_pages import prepare_pages
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.alerts.tell_alerts import tell_alerts
if __name__ == "__main__":
    home = open_home(Path(sys.argv[1]))
    shown = show_verdict(home, as_of=date.fromisoformat(sys.argv[2]) if sys.argv[2:] else None)
    prepare_pages(home, shown)
    tell_alerts(home, shown)
"""
PEOPLE = """
import sys
import django
django.setup()
from pathlib import Path
from lakmus.operations.accounts.changes import create_user
from lakmus.operations.accounts.models import User
from lakmus.usecases.house.home import open_home
open_home(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    if not User.objects.filter(username=f"reader{number}").exists():
        create_user(username=f"reader{number}", role="owner", password=sys.argv[3], actor=None, language="ru" if number % 2 else "en")
"""
PAST = urlencode({"as_of": PAST_DAY.isoformat()})
# What each page is called here, and its addresses; where a pattern stands, links of these pages that match it.
PAGES: dict[str, tuple[list[str], str]] = {
    "who is cooling": (["/signals/"], ""),
    "who is cooling, filtered and sorted": (
        [
            "/signals/?state=cold&signal=frequency&sort=-churn_probability",
            "/signals/?state=cooling&sort=-revenue&page=3",
            "/signals/?state=lost&sort=-last_order_at&page=40",
        ],
        "",
    ),
    "retention": (["/signals/retention/", *(f"/signals/retention/?by={by}" for by in ("place", "channel", "product"))], ""),
    "customers of a cohort's cell": (["/signals/retention/", "/signals/retention/?by=place"], r"/signals/customers/\?of=cohort[^\"]*"),
    "survival": (["/signals/survival/", "/signals/survival/?by=place", "/signals/survival/?curve=gap&by=channel"], ""),
    "map of buyers": (["/signals/map/"], ""),
    "customers of a field of the map": (["/signals/map/"], r"/signals/customers/\?of=rfm[^\"]*"),
    "moves between states": (["/signals/moves/"], ""),
    "customers of a move": (["/signals/moves/"], r"/signals/customers/\?of=flow[^\"]*"),
    "what changed": (["/signals/alerts/"], ""),
    "customers behind an alert": (["/signals/alerts/"], r"/signals/customers/\?of=alert[^\"]*"),
    "rule of alerts": (["/signals/alerts/rule/"], ""),
    "check on the past": (["/signals/backtest/"], ""),
    "label card": (["/definition/"], ""),
    "saved groups": (["/signals/groups/"], ""),
    "customers of a saved group": (["/signals/groups/"], r"/signals/customers/\?of=[^\"]*"),
    "silent losses": (["/customers/?lost=window&silent=1", "/customers/?lost=window&silent=1&page=200&sort=-lost_at"], ""),
    "search by a name": (["/customers/?q=К12345", "/customers/?q=клиент+к77"], ""),
    "one customer": (["/signals/", "/signals/?state=cold", "/customers/?state=warm"], r"/customers/[^/?\"]+/"),
    "a past day: who is cooling": ([f"/signals/?{PAST}"], ""),
    "a past day: retention": ([f"/signals/retention/?{PAST}"], ""),
    "a past day: one customer": ([f"/signals/?{PAST}"], rf"/customers/[^/?\"]+/\?{PAST}"),
}
SAVED = ("of=cohort&by=place&segment=Город 7&month=3&outcome=not", "of=list&state=cold&signal=frequency", "of=rfm&recency=1&frequency=2")


class Reader:
    """A user with a browser's connection, kept alive while the server lets it, and a session of their own."""

    def __init__(self, port: int, number: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}
        self.csrf = self._token("/login/")
        self.send("/login/", {"username": f"reader{number}", "password": PASSWORD, "next": "/"})
        # Logging in renews the token of forms.
        self.csrf = self._token("/profile/")

    def _token(self, address: str) -> str:
        form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(address))
        assert form is not None
        return form[1]

    def page(self, address: str) -> str:
        """Return a page's HTML."""
        status, text = self._asked("GET", address)
        if status != 200:
            raise SystemExit(f"{address} answered {status}")
        return text

    def send(self, address: str, form: dict[str, str]) -> None:
        """Send a form; the answer leads elsewhere."""
        status, text = self._asked("POST", address, urlencode(form | {"csrfmiddlewaretoken": self.csrf}))
        if status != 302:
            raise SystemExit(f"{address} answered {status}: {text[:500]}")

    def _asked(self, method: str, address: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={told}" for name, told in self.cookies.items()), "Accept-Language": "ru"}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{self.connection.port}/"}
        # As browsers do: a connection that the server has closed meanwhile is opened anew.
        for attempt in (1, 2):
            try:
                self.connection.request(method, quote(address, safe="/?=&%+:"), body, headers)
                answer = self.connection.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()
                if attempt == 2:
                    raise
        for name, told in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, value = told.partition(";")[0].partition("=")
                self.cookies[key] = value
        return answer.status, answer.read().decode()


def build(home: Path, customers: int) -> list[Line]:
    """Lay a company, compute its verdicts and its pages, add users; what stands already is not done again."""
    if (home / "stream").exists():
        return []
    home.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    stream = Stream.open_or_create(home / "stream")
    activities = verdict_time.fill(stream, customers, KINDS)
    keys = pl.DataFrame({"number": range(customers)}).select(
        pl.lit("email").alias("kind"),
        pl.format("k{}@example.ru", "number").alias("written"),
        pl.format("К{}", "number").alias("customer"),
    )
    stream.identity.link_table(keys, source="benchmark", at=datetime(2024, 12, 1, tzinfo=UTC))
    filled = time.perf_counter() - began
    environment = django(home)
    run([sys.executable, "-c", PEOPLE, str(home), str(USERS), PASSWORD], environment=environment)
    lakmus = [sys.executable, "-m", "lakmus", "--home", str(home), "--format", "json", "verdict"]
    verdict = run(lakmus)
    pages = run([sys.executable, "-c", PREPARE, str(home)], environment=environment)
    run([*lakmus, "--as-of", PAST_DAY.isoformat()])
    past = run([sys.executable, "-c", PREPARE, str(home), PAST_DAY.isoformat()], environment=environment)
    return [
        Line("laying the activities into the stream", filled, None, None, f"{activities:,} activities, {customers:,} e-mail addresses"),
        Line("the verdict", verdict.seconds, verdict.peak_bytes, None, "", verdict.cpu_seconds),
        Line("what pages of signals keep beside it", pages.seconds, pages.peak_bytes, None, "", pages.cpu_seconds),
        Line(f"the same as of {PAST_DAY}", past.seconds, past.peak_bytes, None, "", past.cpu_seconds),
    ]


def django(home: Path) -> dict[str, str]:
    """Return what a program of this home needs to know."""
    return {"LAKMUS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "lakmus.config.settings"}


@contextmanager
def served(home: Path) -> Iterator[int]:
    """Serve the pages as `lakmus serve` does, and give the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "lakmus", "--home", str(home), "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        server.stdout.readline()
        yield port
    finally:
        server.terminate()
        server.wait(30)


def addresses(reader: Reader) -> dict[str, list[str]]:
    """Return what can be opened under each name; every page was opened once when this returns."""
    saved = unescape(reader.page("/signals/groups/"))
    for each in (one for one in SAVED if one[:40] not in saved):
        reader.send("/signals/groups/", dict(part.split("=", 1) for part in each.split("&")) | {"name": each[:40]})
    found = {}
    for name, (pages, pattern) in PAGES.items():
        texts = [unescape(reader.page(page)) for page in pages]
        links = sorted({link for text in texts for link in re.findall(pattern, text)}) if pattern else pages
        if not links:
            raise SystemExit(f"nothing leads to {name}")
        found[name] = links
    return found


def read_on(
    readers: list[Reader], offered: dict[str, list[str]], *, rounds: int = ROUNDS, pause: tuple[float, float] = PAUSE_SECONDS
) -> dict[str, list[float]]:
    """Let all users read at once; return how many seconds each page took, by name."""
    waits: dict[str, list[float]] = {name: [] for name in offered}

    def user(number: int) -> None:
        chance = random.Random(number)
        for _ in range(rounds):
            for name in chance.sample(list(offered), len(offered)):
                time.sleep(chance.uniform(*pause))
                began = time.perf_counter()
                readers[number].page(chance.choice(offered[name]))
                waits[name].append(time.perf_counter() - began)

    users = [threading.Thread(target=user, args=(number,)) for number in range(len(readers))]
    for one in users:
        one.start()
    for one in users:
        one.join()
    return waits


def measure(home: Path, customers: int) -> list[Line]:
    """Build the company, serve it, let twenty users read."""
    lines = build(home, customers)
    load = os.getloadavg()[0]
    with served(home) as port:
        readers = [Reader(port, number) for number in range(USERS)]
        offered = addresses(readers[0])
        # Both processes of the server are to have begun before it counts: each user opens one page of each kind.
        read_on(readers, offered, rounds=1, pause=(0.0, 1.0))
        waits = read_on(readers, offered)
    everything = [wait for those in waits.values() for wait in those]
    for name, those in [*waits.items(), ("all pages", everything)]:
        late = sum(wait > LIMIT_SECONDS for wait in those)
        middle, most = (float(np.quantile(those, share)) for share in (0.5, 0.95))
        told = f"half within {1000 * middle:.0f} ms; {late} of {len(those)} later than {1000 * LIMIT_SECONDS:.0f} ms"
        lines.append(Line(f"95 of 100: {name}", most, None, None, told))
    return [*lines, Line("load of the machine before", load)]


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--home", type=Path, help="folder of the company, kept for further runs")
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lakmus-signal-pages-") as folder:
        lines = measure(arguments.home or Path(folder) / "home", arguments.customers)
    publish(f"Pages of signals, {arguments.customers:,} customers, {USERS} users", lines, record=arguments.record)


if __name__ == "__main__":
    main()
