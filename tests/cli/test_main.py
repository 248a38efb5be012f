"""The shell of the command line: exit codes, languages, where things are said."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lakmus.cli.main import build_parser, main
from lakmus.cli.options import home_by_default, language_of
from lakmus.cli.voice import columns, plain

HEAVY = "django polars pyarrow duckdb numpy deltalake"


def test_help_needs_none_of_the_heavy_packages() -> None:
    helped = "import sys; from lakmus.cli.main import build_parser; build_parser().format_help()"
    asking = f"{helped}; print(set('{HEAVY}'.split()) & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True).stdout.strip() == "set()"


@pytest.mark.parametrize(
    "command", "simulate import verdict signals risk errors causes money measures proof text serve worker doctor export".split()
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_each_command_says_what_it_is_for(command: str, language: str) -> None:
    assert f" {command} " in build_parser(language).format_help()


@pytest.mark.parametrize("words", [["--home", "x", "verdict"], ["verdict", "--home", "x"], ["risk", "backtest", "--home", "x"]])
def test_the_home_may_stand_before_and_after_the_command(words: list[str]) -> None:
    assert build_parser().parse_args(words).home == Path("x")


def test_a_home_before_the_command_is_not_lost_to_the_default_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKMUS_HOME", "/elsewhere")
    asked = build_parser().parse_args(["--home", "x", "--format", "json", "errors"])
    assert (asked.home, asked.format, home_by_default()) == (Path("x"), "json", Path("/elsewhere"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("31.03.2026", date(2026, 3, 31)),
        ("2026-03-31T12:00:00+00:00", datetime(2026, 3, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_day_and_a_moment_are_read(written: str, meant: date) -> None:
    assert build_parser().parse_args(["verdict", "--as-of", written]).as_of == meant


@pytest.mark.parametrize("written", ["31.02.2026", "2026-02-30", "2026-03-31T12:00:00", "yesterday"])
def test_what_is_no_day_is_wrong_usage(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["verdict", "--as-of", written])
    assert left.value.code == 2
    assert written in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "lang", "spoken"),
    [([], "ru_RU.UTF-8", "ru"), ([], "en_US.UTF-8", "en"), ([], "C", "ru"), ([], "de_DE", "ru"), (["--language", "en"], "ru_RU", "en")],
)
def test_the_language_is_that_asked_for_else_the_terminals_else_russian(
    words: list[str], lang: str, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)
    assert language_of(words) == spoken


def test_the_language_of_the_product_goes_before_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("LAKMUS_LANGUAGE", "ru")
    assert (language_of([]), language_of(["--language", "en"])) == ("ru", "en")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["import"],
        ["verdict", "--nonsense"],
        ["verdict", "--format"],
        ["verdict", "--format", "doc"],
        ["verdict", "--as-of", "31.03"],
        ["demo", "--months", "many"],
        ["user", "add", "anna"],
        ["import", "--yes=1", "a.csv"],
    ],
)
def test_wrong_usage_is_told_in_russian_without_a_word_of_english(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        build_parser("ru").parse_args(words)
    sentence = capsys.readouterr().err.splitlines()[-1].partition(": ")[2]
    english = set(
        re.findall(
            r"\b(?:the|are|required|argument|arguments|invalid|choice|choose|from|expected|one|unrecognized|value|ignored)\b", sentence
        )
    )
    assert left.value.code == 2 and sentence and not english


@pytest.mark.parametrize("command", ["", "import", "user", "risk"])
def test_help_in_russian_has_russian_headings(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser("ru").parse_args([*command.split(), "--help"])
    shown = capsys.readouterr().out
    assert shown.startswith("вызов: ") and not {"options:", "usage:", "exit", "positional"} & set(shown.split())


def test_json_holds_no_number_that_json_does_not_know() -> None:
    written = json.dumps(plain({"a": float("nan"), "b": [float("inf"), 1.5], "c": datetime(2026, 1, 1, tzinfo=UTC)}), allow_nan=False)
    assert json.loads(written) == {"a": None, "b": [None, 1.5], "c": "2026-01-01T00:00:00+00:00"}


def test_columns_stand_under_each_other() -> None:
    assert columns([["a", "7"], ["bcd", "10"]], right=(1,)) == "a     7\nbcd  10"


def test_a_missing_home_is_refused_and_not_made(lakmus, tmp_path: Path) -> None:
    done = lakmus("verdict", "--home", "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_program_reads_why_there_is_no_answer(lakmus) -> None:
    done = lakmus("verdict", "--home", "nowhere", "--format", "json")
    failure = json.loads(done.stdout)["failure"]
    assert (done.returncode, failure["code"]) == (1, "no_home") and "nowhere" in failure["words"]["ru"]


def test_an_unknown_command_is_wrong_usage(lakmus) -> None:
    assert lakmus("nonsense").returncode == 2


def test_refusals_speak_the_language_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LAKMUS_HOME", "LAKMUS_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert main(["verdict", "--language", "ru"]) == main(["verdict"]) == 1
    said = capsys.readouterr().err
    assert "Папки «lakmus-home» нет" in said and "There is no folder “lakmus-home”" in said


@pytest.mark.slow
def test_a_failure_of_ours_is_written_to_the_log_and_told_in_words(lakmus, tmp_path: Path) -> None:
    assert lakmus("user", "add", "anna", "--role", "owner").returncode == 0
    (tmp_path / "lakmus-home/stream").rmdir() if (tmp_path / "lakmus-home/stream").exists() else None
    (tmp_path / "lakmus-home/stream").write_text("not a folder")
    done = lakmus("verdict")
    assert done.returncode == 1
    assert "lakmus.log" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in (tmp_path / "lakmus-home/logs/lakmus.log").read_text()


@pytest.mark.slow
def test_a_token_from_the_command_line_opens_what_it_was_issued_for(lakmus, tmp_path: Path) -> None:
    assert lakmus("user", "add", "anna", "--role", "administrator").returncode == 0
    made = json.loads(lakmus("user", "token", "anna", "--scope", "push", "--format", "json").stdout)
    assert made["token"].startswith("lakmus_")
    assert lakmus("user", "add", "egor", "--role", "agent").returncode == 0
    refused = lakmus("user", "token", "egor")
    assert refused.returncode == 1 and "lakmus_" not in refused.stdout
    assert lakmus("user", "token", "nobody").returncode == 1
