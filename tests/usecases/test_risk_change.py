"""What moved a risk since the last run: its parts add up to the whole change, and the past is what was said then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lakmus.history.company import LossTerms
from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from lakmus.usecases.people.show_customer import show_customer
from lakmus.usecases.risk.loss_definition import change_definition
from lakmus.usecases.show_stages import Segment, show_risk
from lakmus.usecases.show_verdict import show_verdict

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_parts_add_up_to_the_change_since_the_last_run(home: Path, tmp_path: Path) -> None:
    simulate_company(tmp_path, customers=110, months=20, seed=4, scenario=load_scenario())
    place = open_home(home)
    run_import(place, plan_import(place, [tmp_path / "customers.csv", tmp_path / "orders.csv"]), actor=None)
    latest = show_verdict(place)
    customer = next(row["customer"] for row in show_risk(place, latest, Segment(limit=30))["customers"] if row["state"] == "warm")
    assert show_customer(place, latest, customer).change is None
    before = show_verdict(place, as_of=latest.as_of - timedelta(days=20))
    said = show_customer(place, before, customer).row["churn_probability"]
    change = show_customer(place, latest, customer).change
    assert change is not None and change.points is not None and change.parts
    assert (change.then_at, change.then_probability) == (before.as_of, said)
    assert change.points == pytest.approx(sum(part.points for part in change.parts), abs=1e-9)
    assert change.now_probability == pytest.approx(said + change.points)
    change_definition(actor=None, terms=LossTerms(horizon_days=33))
    other = show_customer(place, show_verdict(place), customer).change
    assert other is not None and not other.same_terms
