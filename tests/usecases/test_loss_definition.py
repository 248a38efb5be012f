"""Deciding what "lost" means: the look ahead tells exactly what the verdict tells afterwards, and a version carries its number."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lakmus.history.company import LossTerms
from lakmus.history.failures import BadInput
from lakmus.usecases.house.home import Home, open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from lakmus.usecases.risk.loss_definition import change_definition, loss_versions, preview_loss, suggested, take_up_definition
from lakmus.usecases.show_verdict import Shown, show_verdict
from lakmus.usecases.signals.show_flows import show_flows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LAST = datetime(2026, 3, 1, 20)


@pytest.fixture
def shop(home: Path, tmp_path: Path) -> Home:
    """A shop of 160: those of Omsk buy every ten days or so, those of Tver every forty; one in six stopped at some time."""
    draw = random.Random(3)
    rows = ["Номер заказа;Дата заказа;ID клиента;Сумма;Город;Канал"]
    for customer in range(160):
        gap = 10 if customer % 2 else 40
        moment = LAST - timedelta(days=draw.uniform(300, 700))
        end = LAST - timedelta(days=draw.uniform(0, 250)) if customer % 6 == 0 else LAST
        while moment < end:
            city, channel = "Омск" if customer % 2 else "Тверь", draw.choice(("сайт", "магазин"))
            rows.append(f"{len(rows)};{moment:%d.%m.%Y %H:%M};{customer};1000;{city};{channel}")
            moment += timedelta(days=gap * draw.uniform(0.6, 1.4))
    (tmp_path / "orders.csv").write_text("\n".join(rows), encoding="utf-8")
    place = open_home(home)
    run_import(place, plan_import(place, [tmp_path / "orders.csv"]), actor=None)
    return place


def counts(shown: Shown) -> tuple[int, int | None]:
    return shown.verdict.definition.eligible_count, shown.verdict.customers.lost


CHANGES = (
    LossTerms(horizon_days=20),
    LossTerms(basis="purchases", least_purchases=9),
    LossTerms(horizon_by="place", horizons={"Омск": 15, "Тверь": 90}),
    LossTerms(horizon_days=45, horizon_by="channel", horizons={"сайт": 200}),
    LossTerms(basis="contract"),
)


def test_the_look_ahead_tells_what_the_verdict_then_tells(shop: Home) -> None:
    for number, terms in enumerate(CHANGES, start=1):
        before = show_verdict(shop)
        told = preview_loss(shop, before, terms)
        assert counts(before) == (told.before.counted, told.before.lost)
        change_definition(actor=None, terms=terms)
        after = show_verdict(shop)
        assert counts(after) == (told.after.counted, told.after.lost)
        assert after.verdict.definition.version == f"loss-1.{number}"
    take_up_definition(actor=None, number=0)
    assert show_verdict(shop).verdict.definition.version == "loss-1"
    assert [(version.number, version.used) for version in loss_versions()][::5] == [(5, False), (0, True)]


def test_segments_whose_rhythms_differ_are_told_and_the_moves_between_states_keep_to_their_horizons(shop: Home) -> None:
    rhythms = {rhythm.segment: rhythm for rhythm in suggested(shop, show_verdict(shop), "place")}
    assert rhythms["Омск"].days < rhythms["Тверь"].days and rhythms["Омск"].differs
    own = {segment: rhythm.days for segment, rhythm in rhythms.items()}
    change_definition(actor=None, terms=LossTerms(horizon_by="place", horizons=own))
    shown = show_verdict(shop)
    assert show_flows(shop, shown).ends[-1].counts["lost"] == shown.verdict.customers.lost
    assert not any(rhythm.differs for rhythm in suggested(shop, shown, "channel"))


def test_a_definition_that_cannot_be_is_refused_before_anything_is_counted(shop: Home) -> None:
    with pytest.raises(BadInput):
        preview_loss(shop, show_verdict(shop), LossTerms(horizon_days=1))
