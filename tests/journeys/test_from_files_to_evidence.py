# ruff: noqa: E501
"""The whole way in a real browser against a real server: log in, import files, verdict, figure, rows, customer, evidence."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NARROW, overflow

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "зимний-лакмус-42"
FILES = ("orders.csv", "deliveries.csv", "reviews.csv", "customers.csv", "cases.csv", "messages.csv", "contacts.csv")
WORDS = {
    "ru": {"send": "Заглянуть в файлы", "import": "Загрузить", "verdict": "Посмотреть вердикт", "proof": "Чем доказано", "promise": "получил обещание доставки"},
    "en": {"send": "Look into the files", "import": "Import now", "verdict": "See the verdict", "proof": "What proves it", "promise": "was promised delivery"},
}  # fmt: skip


def surroundings() -> dict[str, str]:
    """Return the environment of a shell that knows nothing of the test runner's database and home."""
    ours = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LAKMUS_HOME", "PYTEST_CURRENT_TEST"}
    return {key: value for key, value in os.environ.items() if key not in ours} | {"PYTHONUTF8": "1"}


def lakmus(home: Path, *command: str, said: str = "") -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "lakmus", *command, "--home", str(home)],
        input=said, text=True, encoding="utf-8", capture_output=True, timeout=900, env=surroundings(),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of a small invented shop."""
    folder = tmp_path_factory.mktemp("company")
    lakmus(folder / "home", "simulate", str(folder / "files"), "--customers", "300", "--months", "24", "--seed", "7")
    return folder / "files"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Serve an empty home with its worker, as a company would; return the address."""
    with served(tmp_path) as address:
        yield address


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same for tests that import nothing."""
    with served(tmp_path_factory.mktemp("empty")) as address:
        yield address


@contextmanager
def served(tmp_path: Path) -> Iterator[str]:
    home = tmp_path / "home"
    lakmus(home, "user", "add", "maria", "--role", "owner", "--password-from-input", said=PASSWORD)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "lakmus", "serve", "--home", str(home), "--port", str(port)]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=surroundings(), stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/health/", server, tmp_path / "server.log")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


def log_in(page: Page) -> None:
    page.goto("/")
    page.locator("#id_username").fill("maria")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#id_password")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()


def bring(page: Page, company: Path, words: dict[str, str]) -> None:
    """Send the files, look at what was recognised, import, wait for the end."""
    page.goto("/data/import/")
    page.set_input_files("#files", [company / name for name in FILES])
    page.get_by_role("button", name=words["send"]).click()
    page.wait_for_url(re.compile(r"/data/imports/\d+/columns/"))
    expect(page.locator("table.columns")).to_have_count(len(FILES))
    expect(page.locator("#kind-0")).to_have_value("orders")
    expect(page.locator("#f-0-0")).to_have_value("order")
    page.get_by_role("button", name=words["import"], exact=True).click()
    page.get_by_role("link", name=words["verdict"]).click(timeout=120_000)
    expect(page.locator("h1.answer .leaving").first).to_be_visible(timeout=120_000)


def figure(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_from_three_files_to_the_evidence_behind_a_figure(site: str, company: Path, window, language: str) -> None:
    words = WORDS[language]
    with window(site, language=language) as page:
        log_in(page)
        bring(page, company, words)

        lost = page.locator("h1.answer a.leaving").first
        said = figure(lost.inner_text())
        lost.click()
        expect(page).to_have_url(re.compile("/customers/"))
        assert figure(re.split(r"\s(?=\D)", page.locator("h1").inner_text())[0]) == said

        page.goto("/causes/broken_promise/")
        met = page.locator("h1.answer a").first
        met_said = figure(met.inner_text())
        met.click()
        expect(page).to_have_url(re.compile(r"/errors/\?"))
        assert figure(page.locator("h1 .range").inner_text()) == met_said

        row = page.locator(".rows-list > li").first
        row.get_by_text(words["proof"]).click()
        expect(row.locator(".evidence li").filter(has_text=words["promise"])).to_be_visible()
        row.locator(".evidence li a").first.click()
        expect(page).to_have_url(re.compile(r"/customers/.+#a-[0-9a-f]{32}"))
        expect(page.locator("li:target")).to_be_visible()
        expect(page.locator("#errors .chip.error").first).to_be_visible()
        assert [rule["id"] for rule in Axe().run(page).response["violations"] if rule["impact"] in {"serious", "critical"}] == []


def test_the_time_machine_and_a_phone_show_the_same_company(site: str, company: Path, window) -> None:
    with window(site) as page:
        log_in(page)
        bring(page, company, WORDS["ru"])
        now = page.locator("h1.answer").inner_text()
        page.goto("/?as_of=2025-06-01")
        expect(page.locator(".past")).to_contain_text("01.06.2025")
        expect(page.locator("h1.answer")).not_to_have_text(now)
        page.locator(".way a", has_text="Причины").click()
        expect(page).to_have_url(re.compile("as_of=2025-06-01"))
        page.set_viewport_size({"width": NARROW, "height": 800})
        wider = {}
        for room in ("/", "/signals/", "/causes/", "/measures/", "/customers/", "/orders/", "/errors/", "/definition/", "/data/"):
            page.goto(room)
            wider[room] = overflow(page)
        page.goto("/customers/")
        page.locator("[data-row]").first.click()
        expect(page.locator(".lamps")).to_be_visible()
        wider["customer"] = overflow(page)
    assert {room: by for room, by in wider.items() if by > 0} == {}


def test_before_any_file_the_pages_say_how_to_begin(empty_site: str, window) -> None:
    with window(empty_site) as page:
        log_in(page)
        for room in ("/", "/signals/", "/causes/", "/measures/", "/customers/"):
            page.goto(room)
            expect(page.get_by_role("link", name="Загрузить файлы")).to_be_visible()


def test_a_file_that_cannot_be_read_is_refused_in_words(empty_site: str, window, tmp_path: Path) -> None:
    picture = tmp_path / "orders.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20)
    with window(empty_site) as page:
        log_in(page)
        page.goto("/data/import/")
        page.locator("#main").focus()
        page.keyboard.press("Tab")
        assert page.locator("label[for=files]").evaluate("label => getComputedStyle(label).outlineStyle") == "solid"
        page.set_input_files("#files", picture)
        page.get_by_role("button", name="Заглянуть в файлы").click()
        expect(page.locator(".card .notice")).to_contain_text("orders.csv")
        page.get_by_role("button", name="Выбрать другие файлы").click()
        expect(page.locator("#files")).to_be_attached()


def test_the_steps_of_an_import_can_be_used_on_a_phone_whatever_a_file_is_called(site: str, window, tmp_path: Path) -> None:
    long = tmp_path / "a_very_long_name_of_a_file_without_a_single_space_of_orders_of_the_shop_in_2026.csv"
    long.write_text("order_id;order_date;customer_id;amount\n1;01.02.2026;7;100\n2;never;7;100\n", encoding="utf-8")
    with window(site, width=NARROW) as page:
        log_in(page)
        page.goto("/data/import/")
        page.set_input_files("#files", long)
        grave, wider = [], []
        for step, button in (("files", WORDS["ru"]["send"]), ("columns", WORDS["ru"]["import"]), ("result", "")):
            if step == "columns":
                expect(page.locator("table.columns")).to_be_visible()
            if step == "result":
                expect(page.get_by_role("link", name=WORDS["ru"]["verdict"])).to_be_visible(timeout=60_000)
            grave += [(step, rule["id"]) for rule in Axe().run(page).response["violations"] if rule["impact"] in {"serious", "critical"}]
            wider += [(step, overflow(page))]
            if button:
                page.get_by_role("button", name=button, exact=True).click()
                page.wait_for_url(re.compile(r"/columns/$" if step == "files" else r"/imports/\d+/$"))
        assert grave == [] and wider == [("files", 0), ("columns", 0), ("result", 0)]


def test_more_files_than_are_taken_at_once_are_refused_in_words(empty_site: str, window, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order;date\n1;01.02.2026\n", encoding="utf-8")
    with window(empty_site) as page:
        log_in(page)
        page.goto("/data/import/")
        page.set_input_files("#files", [tmp_path / "orders.csv"] * 201)
        page.get_by_role("button", name="Заглянуть в файлы").click()
        expect(page.locator(".lead")).to_contain_text("файлов может быть до 200")


def test_a_page_that_nobody_answers_says_so_until_somebody_does(empty_site: str, window, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order;date\n1;01.02.2026\n", encoding="utf-8")
    with window(empty_site) as page:
        log_in(page)
        page.goto("/data/import/")
        page.set_input_files("#files", tmp_path / "orders.csv")
        page.route("**/data/import/", lambda route: route.abort())
        page.get_by_role("button", name="Заглянуть в файлы").click()
        expect(page.locator("#unanswered")).to_be_visible()
        page.unroute("**/data/import/")
        page.get_by_role("button", name="Заглянуть в файлы").click()
        expect(page).to_have_url(re.compile(r"/data/imports/\d+/columns/"))
        expect(page.locator("#unanswered")).to_be_hidden()
