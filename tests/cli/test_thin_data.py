"""Few or bad records: each command says what cannot be said, why, and what is needed; no command invents a figure."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import surroundings

FIRST = datetime(2024, 1, 1, 10)
COMMANDS = (
    ("verdict",), ("risk",), ("risk", "backtest"), ("causes",), ("causes", "ledger"), ("money",), ("signals",), ("errors",), ("measures",),
)  # fmt: skip
SAYING_IT = (("verdict",), ("risk",), ("risk", "backtest"), ("causes", "ledger"), ("money",), ("measures",))
ONE_BY_ONE = """
import contextlib, io, json, sys
from lakmus.cli.main import main
told = []
for words in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = main(words)
    told.append({"code": code, "said": said.getvalue()})
print(json.dumps(told))
"""
SHORT = {"status", "reason", "needed", "available"}


def orders(customers: int, days: int, each: int, lowest: float = 500.0, highest: float = 5000.0) -> list[list[Any]]:
    drawn = random.Random(3)
    return [
        [f"{customer}-{number}", f"c{customer}", FIRST + timedelta(days=drawn.random() * days), round(drawn.uniform(lowest, highest), 2)]
        for customer in range(customers)
        for number in range(drawn.randint(1, each))
    ]


THIN = {
    "thirty customers": lambda: orders(30, 700, 6),
    "one month": lambda: orders(400, 30, 3),
    "negative revenue": lambda: orders(200, 700, 6, -5000.0, -500.0),
}


def write(path: Path, rows: list[list[Any]], head: str = "order_id,customer_id,date,amount") -> Path:
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


def ask(folder: Path, *asked: tuple[str, ...]) -> list[Any]:
    """Return what each command says, all in one process: starting the program for each would take most of the time."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_BY_ONE, json.dumps([["--home", str(folder / "home"), *words] for words in asked])],
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert [one for one in told if one["code"]] == []
    return [one["said"] for one in told]


def ask_json(folder: Path, *asked: tuple[str, ...]) -> list[Any]:
    """Return the answers for programs; what is not a figure is refused."""
    return [json.loads(said, parse_constant=refuse) for said in ask(folder, *(("--format", "json", *words) for words in asked))]


def refuse(name: str) -> float:
    raise AssertionError(f"{name} is no figure")


def findings(told: Any) -> Iterator[dict[str, Any]]:
    if isinstance(told, dict):
        if "status" in told and "needed" in told:
            yield told
        for part in told.values():
            yield from findings(part)
    elif isinstance(told, list):
        for part in told:
            yield from findings(part)


@pytest.mark.slow
@pytest.mark.parametrize("made", THIN)
def test_too_little_is_said_with_what_is_needed_by_each_command(made: str, tmp_path: Path) -> None:
    ask(tmp_path, ("import", str(write(tmp_path / "orders.csv", THIN[made]())), "--yes"))
    told = dict(zip(COMMANDS, ask_json(tmp_path, *COMMANDS), strict=True))
    assert all(found.keys() >= SHORT and found["needed"] > found["available"] for found in findings(told[("verdict",)]))
    for words, place in ((("verdict",), "loss"), (("money",), "loss"), (("risk",), "shortage"), (("causes", "ledger"), "shortage")):
        assert told[words][place]["status"] == "not_enough_evidence", words
    assert told[("risk",)]["customers"] == [] and told[("causes", "ledger")]["lost"] is None
    (said,) = ask(tmp_path, ("--language", "en", "verdict"))
    assert "a gap in the data, not health" in " ".join(said.split()) and "Whom to call cannot be said" in said
    for language, needed in (("en", "are needed, there are"), ("ru", "Нужно")):
        for said in ask(tmp_path, *(("--language", language, *words) for words in SAYING_IT)):
            assert needed in " ".join(said.split())


@pytest.mark.slow
def test_moments_that_cannot_be_are_refused_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = orders(60, 700, 6)
    rows[0][2], rows[1][2] = "1970-01-01 00:00:00", "2093-05-05 10:00:00"
    done, verdict = ask_json(tmp_path, ("import", str(write(tmp_path / "orders.csv", rows)), "--yes"), ("verdict",))
    assert done["files"][0]["reasons"] == {"impossible_date": 1, "future_date": 1}
    assert verdict["as_of"] < "2026" and verdict["orders"]["count"] == len(rows) - 2 == done["files"][0]["accepted"]


@pytest.mark.slow
def test_orders_without_amounts_give_no_money_and_a_young_history_no_risk(tmp_path: Path) -> None:
    drawn = random.Random(5)
    rows = [[f"c{drawn.randrange(200)}", FIRST + timedelta(days=drawn.random() * 700)] for _ in range(900)]
    file = str(write(tmp_path / "orders.csv", rows, "customer_id,date"))
    _, money, risk = ask_json(tmp_path, ("import", file, "--yes"), ("money",), ("risk",))
    assert money["loss"]["status"] == "not_enough_evidence"
    assert risk["customers"] == [] and risk["shortage"].keys() >= SHORT
