"""Why on the list, why not: over a whole shop and several days, who meets all conditions is on the list and nobody else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from lakmus.usecases.people.show_customer import show_customer
from lakmus.usecases.results import list_customers
from lakmus.usecases.show_verdict import show_verdict

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_who_meets_every_condition_of_a_list_is_on_it_and_nobody_else(home: Path, tmp_path: Path) -> None:
    simulate_company(tmp_path, customers=110, months=20, seed=4, scenario=load_scenario())
    place = open_home(home)
    run_import(place, plan_import(place, sorted(tmp_path.glob("*.csv"))), actor=None)
    latest = show_verdict(place)
    unmet: Counter[str] = Counter()
    for back in (0, 120):
        shown = show_verdict(place, as_of=latest.as_of - timedelta(days=back))
        called = {person.customer for person in shown.verdict.people}
        cooling = {row["customer"] for row in list_customers(shown, home=place, filters={"states": ("cooling", "cold")}, size=1000).rows}
        assert called and cooling
        everybody = list_customers(shown, home=place, size=1000).rows
        # Both lists whole, and every fourth of the others.
        for row in [row for place_of, row in enumerate(everybody) if row["customer"] in called | cooling or place_of % 4 == 0]:
            told = {answer.code: answer for answer in show_customer(place, shown, row["customer"]).lists}
            assert (told["cooling"].listed, told["monday"].listed) == (row["customer"] in cooling, row["customer"] in called), row[
                "customer"
            ]
            unmet.update(condition.title.en for answer in told.values() for condition in answer.conditions if not condition.met)
    # Every condition keeps somebody off a list somewhere, so none is said for show.
    assert len(unmet) >= 6
