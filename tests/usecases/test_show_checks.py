"""Each count of the check on the past is the number of customers it opens to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from lakmus.engine.risk.backtest import EXPERIENCE_TITLES
from lakmus.engine.risk.groups import REGULAR
from lakmus.engine.risk.probability import MODEL
from lakmus.history.failures import BadInput
from lakmus.usecases.house.home import Home
from lakmus.usecases.risk.show_backtest import cut_key, show_backtest
from lakmus.usecases.risk.show_checks import counted, judged_by_everybody, said_then
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.signals.customer_groups import Group, count_group, group_told, list_group
from tests.once import made_once
from tests.usecases.conftest import bring_in, empty_home
from tests.usecases.leaving_shop import write_orders

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def leaving_home(tmp_path_factory, django_db_setup, django_db_blocker):
    def bring_in_orders(folder) -> None:
        home = empty_home(folder)
        write_orders(folder / "orders.csv")
        with django_db_blocker.unblock(), transaction.atomic():
            bring_in(home, folder / "orders.csv")
            show_verdict(home)
            transaction.set_rollback(True)

    return Home(made_once(tmp_path_factory, "usecases-leaving-home", bring_in_orders))


@pytest.fixture
def leaving(leaving_home, db):
    return show_verdict(leaving_home)


def opened(home, shown, **asked: str) -> int:
    return count_group(home, shown, Group("check", asked))


def test_every_count_of_every_check_opens_to_as_many_customers(leaving, leaving_home) -> None:
    judged = leaving.verdict.backtest
    assert judged.cuts and not judged.shortage
    for cut in judged.cuts:
        at = cut_key(cut.as_of)
        assert opened(leaving_home, leaving, cut=at) == cut.n
        assert opened(leaving_home, leaving, cut=at, left="1") == cut.churned
        for way, figures in ((MODEL, cut.model), *cut.rules.items()):
            told = {"cut": at, "way": way}
            assert opened(leaving_home, leaving, **told, named="1") == figures.named
            assert opened(leaving_home, leaving, **told, named="1", left="1") == figures.named_and_lost
            assert opened(leaving_home, leaving, **told, named="1", left="0") == figures.named - figures.named_and_lost
            assert opened(leaving_home, leaving, **told, named="0", left="1") == cut.churned - figures.named_and_lost
        by_purchases = {part.code: (part.n, part.churned) for part in cut.segments}
        found = {
            code: (opened(leaving_home, leaving, cut=at, purchases=code), opened(leaving_home, leaving, cut=at, purchases=code, left="1"))
            for code in EXPERIENCE_TITLES
        }
        assert {code: counts for code, counts in found.items() if counts[0]} == by_purchases
    assert sum(cut.model.named for cut in judged.cuts) > 0


def test_groups_without_a_rhythm_open_too(leaving, leaving_home) -> None:
    cuts = [(group.code, cut) for group in leaving.verdict.backtest.groups for cut in group.cuts]
    assert cuts
    for code, cut in cuts:
        at = cut_key(cut.as_of)
        assert opened(leaving_home, leaving, cut=at, group=code) == cut.n
        assert opened(leaving_home, leaving, cut=at, group=code, left="1") == cut.churned


def test_the_rows_are_counted_as_the_figures_are(leaving, leaving_home) -> None:
    cut = leaving.verdict.backtest.cuts[0]
    whole = counted(leaving_home, leaving)[cut_key(cut.as_of), REGULAR, MODEL]
    figures = {"n": cut.n, "churned": cut.churned, "named": cut.model.named, "named_and_lost": cut.model.named_and_lost}
    assert whole == figures


def test_where_customers_were_drawn_by_lot_everybody_is_counted(leaving, leaving_home) -> None:
    learned, judged = leaving.learned, leaving.verdict.backtest
    cut = replace(judged.cuts[0], model=replace(judged.cuts[0].model, named=1, named_and_lost=0), false_alarms=1.0)
    drawn = replace(
        leaving,
        verdict=replace(leaving.verdict, backtest=replace(judged, cuts=(cut, *judged.cuts[1:]))),
        learned=replace(learned, reading=replace(learned.reading, share=0.5)),
    )
    assert judged_by_everybody(leaving_home, drawn) == judged
    assert judged_by_everybody(leaving_home, leaving) is judged


def test_a_season_that_the_files_never_saw_is_said_to_be_unseen(leaving, leaving_home) -> None:
    young = replace(leaving, learned=replace(leaving.learned, reading=replace(leaving.learned.reading, year_ago=())))
    for shown, unseen in ((leaving, False), (young, True)):
        assert show_backtest(shown, judged_by_everybody(leaving_home, shown))["season_unseen"] is unseen


def test_each_customer_is_told_what_was_said_then_and_what_came(leaving, leaving_home) -> None:
    cut = leaving.verdict.backtest.cuts[0]
    group = Group("check", {"cut": cut_key(cut.as_of), "way": MODEL, "named": "1", "left": "1"})
    rows = list_group(leaving_home, leaving, group, size=500).rows
    said = said_then(leaving_home, leaving, group.asked, [row["customer"] for row in rows])
    assert len(said) == len(rows) and all(lost and probability > 0.1 for probability, lost in said.values())
    assert group_told(leaving, group).en.endswith("Regulars, named by the model, left")


def test_a_figure_that_is_not_there_is_refused(leaving, leaving_home) -> None:
    at = cut_key(leaving.verdict.backtest.cuts[0].as_of)
    for asked in (
        {},
        {"cut": "2001-01-01"},
        {"cut": at, "named": "1", "way": "lost; --"},
        {"cut": at, "left": "2"},
        {"cut": at, "group": "x"},
    ):
        with pytest.raises(BadInput):
            opened(leaving_home, leaving, **asked)
