"""The documents say what is there: paths exist, links lead somewhere, commands are known, the reference is current."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import generate
from docs.failure_codes import collect

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")])
WRITTEN = [page for page in PAGES if page.parent != generate.REFERENCE]
PLACES = ("src/", "tests/", "docs/", "benchmarks/", "requirements/", "scripts/", ".ci/")
TEXTS = {page.relative_to(ROOT): page.read_text(encoding="utf-8") for page in WRITTEN}


def commands(text: str, program: str) -> Iterator[str]:
    """Every call of `program` in the code blocks of a page, continued lines joined."""
    for block in re.findall(r"^```(?:\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
            if words.split(" ")[0] == program:
                yield words


def found(pattern: str) -> list[tuple[Path, str]]:
    """Whatever a pattern finds in the pages, each with its page."""
    return [(page, one) for page, text in TEXTS.items() for one in re.findall(pattern, text)]


def test_every_path_that_a_page_names_exists() -> None:
    named = {(page, path) for page, path in found(r"`([\w./*-]+)`") if path.startswith(PLACES)}
    assert [(page, path) for page, path in sorted(named) if not list(ROOT.glob(path.rstrip("/")))] == []


def test_every_link_leads_to_a_file() -> None:
    links = found(r"\]\(([^)#\s]+)[^)]*\)")
    assert [(page, link) for page, link in links if "://" not in link and not (ROOT / page.parent / link).exists()] == []


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert [(page, named) for page, named in found(r"`make ([a-z-]+)") if named not in targets] == []


def test_pages_name_no_host_but_this_machine() -> None:
    assert [(page, host) for page, host in found(r"\w+://([\w.-]+)") if host not in {"localhost", "127.0.0.1", "user"}] == []


def test_every_command_in_a_page_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    from lakmus.cli.main import build_parser

    parser, unknown = build_parser(), []
    for page, text in TEXTS.items():
        for command in commands(text, "lakmus"):
            words = shlex.split(command, comments=True)[1:]
            try:
                parser.parse_args(words[: words.index("|")] if "|" in words else words)
            except SystemExit:
                unknown.append((page, command, capsys.readouterr().err))
    assert unknown == []


@pytest.mark.parametrize("name", ["README.md", *(f"{name}.md" for name in generate.PAGES)])
def test_the_reference_is_current(name: str) -> None:
    committed = (generate.REFERENCE / name).read_text(encoding="utf-8")
    assert committed == generate.render_page(name), "run `make docs` and commit what it writes"


def test_every_error_can_be_told_by_reading_the_code() -> None:
    codes = [failure.code for failure in collect()]
    assert "stream_busy" in codes
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*(\{name\})?", code) for code in codes)


def test_every_error_stands_in_the_reference_with_its_sentences() -> None:
    written = (generate.REFERENCE / "errors.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in written.splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row[1] for row in rows if "…" in (row[4].strip(), row[5].strip()) or "bad_{" in row[1]] == []


def test_the_two_readmes_show_the_same_commands() -> None:
    english, russian = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ru.md"))
    assert list(commands(english, "make")) == list(commands(russian, "make")) == ["make demo", "make test"]


def test_every_decision_is_listed() -> None:
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md")}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the tutorial's commands were run, one after the other."""
    folder = tmp_path_factory.mktemp("tutorial")
    for command in commands((ROOT / "docs/tutorial/first-verdict.md").read_text(encoding="utf-8"), "lakmus"):
        if "serve" not in command.split():
            run(f"set -o pipefail; {sys.executable} -m {command}", folder)
    return folder


def run(command: str, folder: Path) -> str:
    """Run a command as a user would, in a folder of its own; return what it printed."""
    ours = {"LAKMUS_HOME", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST"}
    environment = {name: setting for name, setting in os.environ.items() if name not in ours}
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=900, env=environment)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_the_tutorial_does_what_it_says(walked: Path) -> None:
    said = json.loads(run(f"{sys.executable} -m lakmus verdict --format json", walked))
    assert said["customers"]["known"] == 2000
    assert said["customers"]["lost"] > 0
    assert "broken_promise" in {error["code"] for error in said["errors"]}


@pytest.mark.slow
def test_the_python_of_the_how_to_pages_runs(walked: Path) -> None:
    text = (ROOT / "docs/how-to/read-with-sql-and-python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 3
    for number, block in enumerate(blocks):
        script = walked / f"block{number}.py"
        script.write_text(block, encoding="utf-8")
        assert run(f"{sys.executable} {script}", walked).strip()
