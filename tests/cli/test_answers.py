"""The answers of every command on one imported shop: promised fields, one figure in every form."""

from __future__ import annotations

import csv
import functools
import html
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from lakmus.usecases.writing import number
from tests.cli.conftest import run_lakmus

pytestmark = pytest.mark.slow
SAID = {
    "verdict": "as_of definition customers orders loss errors people coverage",
    "signals": "signals customers",
    "risk": "customers used",
    "errors": "errors",
    "causes": "effects",
    "money": "loss months errors customers",
    "measures": "people do_not_touch",
    "proof": "experiments",
}


@functools.cache
def answer(shop: Path, *words: object) -> Any:
    """Ask once for the same answer: each start of the program takes a second or two."""
    done = run_lakmus(*words, "--format", "json", folder=shop)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", SAID)
def test_each_stage_answers_with_the_promised_fields(shop: Path, command: str) -> None:
    assert set(SAID[command].split()) <= set(answer(shop, command))


def test_the_rows_of_each_stage_have_the_promised_fields(shop: Path) -> None:
    risk = answer(shop, "risk")["customers"][0]
    assert {"customer", "churn_probability", "low", "high", "horizon_days", "state", "contributions"} <= set(risk)
    error = answer(shop, "errors", "--limit", 1)["errors"][0]
    assert {"customer", "code", "at", "case", "order", "detector", "evidence", "severity", "confidence"} <= set(error)
    effect = answer(shop, "causes")["effects"][0]
    assert {"code", "outcome", "exposed", "effect", "negative_control", "sensitivity"} <= set(effect)
    judged = answer(shop, "risk", "backtest")
    assert {"cuts", "used", "why", "told", "stability", "groups", "horizon_days"} <= set(judged)
    found = answer(shop, "verdict")["errors"][0]
    assert {"code", "exposed", "complained", "left", "left_silently", "difference", "effect", "money"} <= set(found)


def test_a_signal_is_counted_among_those_who_stay_and_what_nothing_tells_is_no_zero(shop: Path) -> None:
    told = answer(shop, "signals")
    staying = [row for row in told["customers"] if row["state"] in ("warm", "cooling", "cold")]
    for row in told["signals"]:
        assert row["customers"] == (sum(row["code"] in (one["reasons"] or ()) for one in staying) if row["measured"] else None)
    assert "not measured" in run_lakmus("signals", "--language", "en", folder=shop).stdout


def test_the_pages_of_signals_stand_in_json_and_as_a_table_with_the_same_figures(shop: Path) -> None:
    retention = answer(shop, "signals", "retention", "--by", "place")
    table = run_lakmus("signals", "retention", "--by", "place", "--language", "en", folder=shop).stdout
    for row in retention["rows"]:
        line = next(line for line in table.splitlines() if line.startswith(row["key"]))
        assert line.split(row["key"])[1].split()[0] == number(row["size"], "en")
    for page in ("alerts", "survival", "map", "moves", "groups"):
        assert answer(shop, "signals", page)["page"] == page
        assert run_lakmus("signals", page, "--language", "ru", folder=shop).returncode == 0
    behind = answer(shop, "signals", "customers", "of=cohort", "by=place", f"segment={retention['rows'][0]['key']}", "--limit", 2)
    assert (behind["total"], len(behind["customers"])) == (retention["rows"][0]["size"], 2)
    assert run_lakmus("signals", "survival", "--by", "moon", folder=shop).returncode == 1


def test_the_same_figures_stand_in_text_json_and_html(shop: Path) -> None:
    verdict = answer(shop, "verdict")
    text = run_lakmus("verdict", "--language", "ru", folder=shop).stdout
    path = Path(run_lakmus("verdict", "--format", "html", "--language", "ru", folder=shop).stdout.strip())
    page = html.unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")))
    told = [error for error in verdict["errors"] if error["title"]["ru"].lower() in text.lower()]
    assert len(told) >= 3
    figures = [verdict["customers"][name] for name in ("known", "active", "lost", "lost_silently")]
    figures += [verdict["orders"]["count"], *(error["exposed"] for error in told)]
    for figure in figures:
        assert number(figure) in text
        assert number(figure) in page


def test_a_pdf_is_written_where_it_is_asked_for(shop: Path, tmp_path: Path) -> None:
    done = run_lakmus("verdict", "--format", "pdf", "--output", tmp_path / "v.pdf", folder=shop)
    assert done.stdout.strip() == str(tmp_path / "v.pdf")
    assert (tmp_path / "v.pdf").read_bytes().startswith(b"%PDF")


def test_the_counts_of_the_verdict_are_the_rows_of_the_tables(shop: Path, tmp_path: Path) -> None:
    verdict = answer(shop, "verdict")
    run_lakmus("export", "customers", "--output", tmp_path / "customers.csv", "--language", "en", folder=shop)
    with (tmp_path / "customers.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == verdict["customers"]["known"]
    lost = [row for row in rows if row["lost_in_window"].lower() in ("1", "true")]
    assert len(lost) == verdict["customers"]["lost"]
    exposed = {error["customer"] for error in answer(shop, "errors", "--code", "slow_reply", "--in-window")["errors"]}
    assert len(exposed - {None}) == next(error["exposed"] for error in verdict["errors"] if error["code"] == "slow_reply")


def test_one_customer_or_a_segment_can_be_asked_about(shop: Path) -> None:
    everybody = answer(shop, "risk")["customers"]
    first = everybody[0]
    assert answer(shop, "risk", "--customer", first["customer"])["customers"] == [first]
    cold = answer(shop, "risk", "--state", "cold")["customers"]
    assert [row for row in everybody if row["state"] == "cold"] == cold
    assert run_lakmus("risk", "--customer", "nobody", folder=shop).returncode == 1


def test_contributions_add_up_to_the_probability(shop: Path) -> None:
    # Each part is written to nine places, so a sum of many may differ in the eighth.
    for row in answer(shop, "risk", "--limit", 50)["customers"]:
        assert sum(part["points"] for part in row["contributions"]) == pytest.approx(row["churn_probability"], abs=1e-7)
        assert row["low"] <= row["churn_probability"] <= row["high"]


def test_a_past_day_knows_nothing_of_later_orders(shop: Path) -> None:
    past, now = answer(shop, "verdict", "--as-of", "2025-09-01"), answer(shop, "verdict")
    assert past["as_of"] == "2025-09-01T20:59:59.999999+00:00"
    assert past["orders"]["count"] < now["orders"]["count"]


def test_the_proof_is_honest_before_the_first_experiment(shop: Path) -> None:
    assert answer(shop, "proof")["experiments"] == []


def test_texts_are_read_line_by_line_and_undecided_ones_say_so(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id;Текст\n1;Это кошмар, больше никогда!\n2;Спасибо!\n3;Когда привезут?\n", encoding="utf-8")
    done = run_lakmus("text", "read", "t.csv", "--column", "Текст", "--format", "json", folder=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["polarity"] for line in lines] == ["negative", "positive", None]
    assert lines[0]["codes"] == ["leaving", "complaint"]
    assert [line["row"] for line in lines] == [1, 2, 3]
    assert run_lakmus("text", "read", "t.csv", "--column", "нет", folder=tmp_path).returncode == 1


def test_a_user_is_added_with_a_password_that_is_shown_once(tmp_path: Path) -> None:
    done = run_lakmus("user", "add", "anna", "--role", "owner", "--format", "json", folder=tmp_path)
    password = json.loads(done.stdout)["password"]
    assert len(password) >= 12
    with sqlite3.connect(tmp_path / "lakmus-home/lakmus.sqlite3") as database:
        stored = database.execute("select password from accounts_user where username = 'anna'").fetchone()[0]
    assert password not in stored
    assert run_lakmus("user", "add", "anna", "--role", "owner", folder=tmp_path).returncode == 1
    assert run_lakmus("user", "add", "eva", "--role", "king", folder=tmp_path).returncode == 2
