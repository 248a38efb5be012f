"""Causes: every count of an error's sides, of the ledger, of promises and of messages is the number of the rows that it opens to."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from lakmus.engine.harm import LedgerRow
from lakmus.history.estimate import Badge, Estimate
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.journal.models import JournalEntry
from lakmus.operations.reasons.changes import estimate_errors, forget_decisions
from lakmus.operations.reasons.queries import all_estimates, decided_reasons, own_estimates
from lakmus.usecases.causes import ledger as ledgers
from lakmus.usecases.causes.audit import FINDINGS, audit_messages, list_messages
from lakmus.usecases.causes.ledger import decide_reason, ledger_file, ledger_line, list_reasons, show_ledger
from lakmus.usecases.causes.pages import cause_page
from lakmus.usecases.causes.promises import BY, STATUSES, list_promises, promises_of
from lakmus.usecases.causes.ranking import check_controls, quiet_errors, rank_causes
from lakmus.usecases.causes.sides import DIMENSIONS, sides_of
from lakmus.usecases.results import list_errors
from lakmus.usecases.show_verdict import Shown
from tests.web.invented import AS_OF, error, invented_verdict, unmeasured
from tests.web.invented_tables import write_tables

HARM = Estimate(5000.0, 4000.0, 6000.0, 300, Badge.ADJUSTED)
NONE_SEEN = Estimate(500.0, -400.0, 1400.0, 300, Badge.ADJUSTED)


@pytest.fixture
def invented(tmp_path: Path, db: None) -> Shown:
    write_tables(tmp_path)
    return Shown(invented_verdict(), None, AS_OF, tmp_path, "invented")  # type: ignore[arg-type]


def test_errors_stand_in_parts_by_what_is_known_of_their_harm_the_dearest_first() -> None:
    dear = error("rudeness", "а", "a", replace(HARM, point=5500.0), 90, 9)
    plain, absent = error("no_reply", "б", "b", HARM, 90, 9), replace(error("indifference", "в", "c", HARM, 0, 0), found=0)
    harmless, gap = error("slow_reply", "г", "d", NONE_SEEN, 90, 9), unmeasured("hidden_charge", "д", "e")
    ranked = rank_causes([gap, harmless, plain, absent, dear])
    assert ranked.harmful == (dear, plain)
    assert (ranked.harmless, ranked.absent, ranked.unmeasured, ranked.unknown) == ((harmless,), (absent,), (gap,), ())


def test_quiet_but_deadly_is_what_visibly_costs_while_fewer_complain_than_usual() -> None:
    quiet = replace(error("no_aftersales", "а", "a", HARM, 100, 9), complained=1)
    loud = replace(error("rudeness", "б", "b", HARM, 100, 9), complained=60)
    cheap = replace(error("slow_reply", "в", "c", NONE_SEEN, 100, 9), complained=1)
    found = quiet_errors([loud, quiet, cheap])
    assert found.usual_share == pytest.approx(62 / 300)
    assert [row.error.code for row in found.rows if row.deadly] == ["no_aftersales"]


def test_a_made_up_error_shows_something_only_where_its_whole_interval_lies_off_zero() -> None:
    def control(low: float, high: float) -> SimpleNamespace:
        return SimpleNamespace(negative_control=Estimate((low + high) / 2, low, high, 200, Badge.ADJUSTED))

    holds, shows, below, unchecked = control(-0.01, 0.02), control(0.01, 0.03), control(-0.03, -0.01), SimpleNamespace()
    checked = check_controls([holds, shows, below, unchecked])  # type: ignore[list-item]
    assert (checked.checked, list(checked.showing)) == (3, [shows, below])


@pytest.mark.slow
@pytest.mark.parametrize("code", ["broken_promise", "slow_reply"])
def test_each_part_of_an_errors_sides_is_as_many_rows_and_customers_as_its_list(shown: Shown, code: str) -> None:
    sides = sides_of(shown, code)
    assert sum(len(parts) for parts in sides.values()) > 20
    for dimension, parts in sides.items():
        for part in parts:
            listed = list_errors(shown, filters={"in_window": True, "code": code, dimension: part.asked}, size=1)
            assert (listed.total, listed.customers) == (part.cases, part.customers), (dimension, part)
        if parts:
            assert sum(part.cases for part in parts) == list_errors(shown, filters={"in_window": True, "code": code}, size=1).total


def test_sides_name_channels_once_however_the_files_write_them(invented: Shown) -> None:
    parts = sides_of(invented, "broken_promise")
    assert set(parts) == set(DIMENSIONS)
    assert [part.key for part in parts["channel"]].count("chat") == 1
    listed = list_errors(invented, filters={"in_window": True, "code": "broken_promise", "worth": "most"}, size=1)
    assert listed.total == next(part.cases for part in parts["worth"] if part.key == "most")


def test_the_ledger_sums_to_the_lost_customers_and_each_cell_to_its_rows(invented: Shown) -> None:
    ledger = show_ledger(invented)
    assert ledger is not None and ledger.reconciled
    assert (ledger.lost, ledger.total.customers) == (3, 3)
    assert ledger.total.money == pytest.approx(1500.0) == sum(line.total.money for line in ledger.lines)
    assert [line.code for line in ledger.lines] == ["broken_promise", "unknown"]
    for month in ledger.months:
        for line in ledger_line(ledger, invented, month):
            for silent in (None, True, False):
                rows = list_reasons(invented, {"month": month, "code": line.code, "silent": silent})
                cell = line.total
                left, money = {
                    None: (cell.left, cell.money),
                    True: (cell.left_silently, cell.money_silent),
                    False: (cell.left - cell.left_silently, cell.money_visible),
                }[silent]
                assert (rows.left, rows.money) == (pytest.approx(left), pytest.approx(money))
                assert sum(row["money"] for row in rows.rows) == pytest.approx(money)


def test_the_ledger_tells_which_places_by_money_the_data_leave_open(invented: Shown) -> None:
    year = (LedgerRow("", "broken_promise", 0, 0, 1.0, None, HARM, 1, 2), LedgerRow("", "unknown", 0, 0, 1.0, None, HARM))
    shown = replace(invented, verdict=replace(invented.verdict, ledger_year=year))
    told = cause_page(None, shown, "ledger", {})["lines"]  # type: ignore[arg-type]
    assert [(line["rank_low"], line["rank_high"]) for line in told] == [(1, 2), (None, None)]


def test_an_empty_ledger_is_none_and_not_zero(invented: Shown) -> None:
    (invented.folder / "reasons" / "0000.parquet").unlink()
    assert show_ledger(invented) is None
    assert list_reasons(invented, {"code": "unknown"}).total == 0


def test_the_ledgers_file_neutralises_formulas_and_sums_to_the_ledger(invented: Shown, monkeypatch, user_of) -> None:
    monkeypatch.setattr(ledgers, "title_of", lambda code: Wording("=1+1", "@x"))
    written = ledger_file(None, invented, language="ru", actor=user_of("owner"))  # type: ignore[arg-type]
    head, *rows = list(csv.reader(io.StringIO(written.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")), delimiter=";"))
    assert head == ledgers.HEAD
    assert {row[2] for row in rows} == {"'=1+1"}
    assert sum(float(row[7].replace(",", ".")) for row in rows) == pytest.approx(1500.0)


def test_a_reason_is_confirmed_rejected_and_taken_back_with_a_row_in_the_journal(invented: Shown, user_of) -> None:
    asked = {"customer": "1001", "code": "broken_promise"}
    for status in ("confirmed", "rejected", "hypothesis"):
        decide_reason(invented, **asked, status=status, actor=user_of("analyst"))
        assert list_reasons(invented, asked).rows[0]["status"] == status
    assert JournalEntry.objects.filter(verb="decided_reason").count() == 3
    assert "1001" not in str(list(JournalEntry.objects.filter(verb="decided_reason").values()))


def test_a_reason_that_nobody_computed_or_a_word_that_is_no_decision_is_refused(invented: Shown, user_of) -> None:
    with pytest.raises(NotFound):
        decide_reason(invented, customer="1001", code="rudeness", status="confirmed", actor=user_of("owner"))
    with pytest.raises(BadInput):
        decide_reason(invented, customer="1001", code="broken_promise", status="maybe", actor=user_of("owner"))
    assert decided_reasons() == {}


def test_a_forgotten_customers_decisions_are_gone(invented: Shown, user_of) -> None:
    for customer in ("1001", "1005"):
        decide_reason(invented, customer=customer, code="broken_promise", status="confirmed", actor=user_of("owner"))
    assert forget_decisions(customers=["1001"], actor=None) == 1
    assert decided_reasons() == {"1005": {"broken_promise": "confirmed"}}


@pytest.mark.parametrize("by", BY)
def test_each_count_of_promises_is_the_number_of_its_rows(invented: Shown, by: str) -> None:
    for group in promises_of(invented, by=by) or ():
        for status in STATUSES:
            assert list_promises(invented, {by: group.asked, "status": status}).total == getattr(group, status)
    assert sum(group.made for group in promises_of(invented, by=by) or ()) == list_promises(invented, {}).total == 20


def test_each_count_of_the_audit_is_the_number_of_its_messages(invented: Shown) -> None:
    audit = audit_messages(invented)
    assert audit is not None and (audit.sent, audit.wrong) == (12, 8)
    assert list_messages(invented, {}).total == audit.wrong
    for finding in FINDINGS:
        assert list_messages(invented, {"finding": finding}).total == audit.by_finding[finding]
        for template in audit.templates:
            assert list_messages(invented, {"finding": finding, "template": template.asked}).total == template.by_finding[finding]


def test_own_estimates_are_kept_by_colleague_and_can_be_taken_back(db: None, user_of) -> None:
    owner, head = user_of("owner"), user_of("head_of_service")
    estimate_errors(shares={"rudeness": 0.02, "no_reply": 0.5}, actor=owner)
    estimate_errors(shares={"rudeness": 0.1}, actor=head)
    estimate_errors(shares={"no_reply": None}, actor=owner)
    assert own_estimates(owner) == {"rudeness": 0.02}
    assert sorted(all_estimates()["rudeness"]) == [0.02, 0.1]
    with pytest.raises(BadInput):
        estimate_errors(shares={"rudeness": 1.2}, actor=owner)


def test_service_errors_of_the_ledger_open_to_the_rows_that_they_sum_to(invented: Shown) -> None:
    ledger = show_ledger(invented)
    behind = list_reasons(invented, {"errors": True})
    assert ledger is not None and behind.left == pytest.approx(ledger.errors_left)
    assert {row["code"] for row in behind.rows} == {"broken_promise"}
    assert list_reasons(invented, {}).customers == ledger.total.customers


def test_messages_that_were_sent_open_with_those_that_are_right(invented: Shown) -> None:
    audit = audit_messages(invented)
    assert audit is not None and list_messages(invented, {"sent": "1"}).total == audit.sent
    assert list_messages(invented, {}).customers == audit.customers
    for template in audit.templates:
        assert list_messages(invented, {"sent": "1", "template": template.asked}).total == template.sent
