"""What truth.json says of customers holds in the files: loss, silence, effects, the world without errors."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import mean, median

import pytest

from lakmus.simulate.company import load_scenario, simulate_company
from lakmus.simulate.scenario import ERROR_CODES
from tests.simulate.conftest import Company, simulate

COMPLAINTS = {"Опоздание доставки", "Брак или повреждение", "Качество обслуживания"}


@cache
def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def orders_by_customer(company: Company) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for row in company.files["orders"]:
        found[row["ID клиента"]].append(row)
    return found


def test_nobody_orders_after_they_left(default: Company) -> None:
    last = {customer: max(moment(row["Дата заказа"]) for row in rows) for customer, rows in orders_by_customer(default).items()}
    lost = [customer for customer in default.truth["customers"] if customer["lost"] and customer["customer"] in last]
    assert len(lost) > 100
    assert all(last[customer["customer"]] <= local(customer["lost_at"]) for customer in lost)


def test_those_whom_no_error_drove_away_live_the_same_in_both_worlds(default: Company) -> None:
    placed = orders_by_customer(default)
    for customer in default.truth["customers"]:
        rows, other = placed[customer["customer"]], customer["counterfactual"]
        if customer["cause"] in (None, "natural"):
            paid = sum(float(row["Сумма"].replace(",", ".")) for row in rows if row["Статус"] != "отменён")
            assert (len(rows), round(paid, 2)) == (other["orders_without_errors"], other["revenue_without_errors"])
            assert customer["lost"] == other["lost_without_errors"]
        else:
            assert len(rows) <= other["orders_without_errors"]


def test_those_driven_away_would_have_bought_more(default: Company) -> None:
    placed = orders_by_customer(default)
    driven = [customer for customer in default.truth["customers"] if customer["cause"] in ERROR_CODES]
    missed = [customer["counterfactual"]["orders_without_errors"] - len(placed[customer["customer"]]) for customer in driven]
    assert mean(missed) > 1


def test_loss_has_its_moment_its_shape_and_its_cause(default: Company) -> None:
    people = default.truth["customers"]
    for person in people:
        assert (person["lost_at"] is not None) == (person["shape"] is not None) == person["lost"]
        assert (person["cause"] is not None) == (person["lost"] or person["cooling_since"] is not None)
        assert person["shape"] != "abrupt" or person["cooling_since"] is None
    assert {person["shape"] for person in people} == {None, "abrupt", "gradual"}
    met = defaultdict(set)
    for error in default.truth["errors"]:
        met[error["customer"]].add(error["code"])
    assert all(person["cause"] in met[person["customer"]] for person in people if person["cause"] in ERROR_CODES)


def test_an_error_that_drove_someone_away_came_before_they_left(default: Company) -> None:
    first = {}
    for error in default.truth["errors"]:
        key = (error["customer"], error["code"])
        first[key] = min(first.get(key, datetime.max), local(error["at"]))
    driven = [person for person in default.truth["customers"] if person["lost"] and person["cause"] in ERROR_CODES]
    assert all(first[person["customer"], person["cause"]] <= local(person["lost_at"]) for person in driven)


def test_counts_of_errors_by_customer_add_up(default: Company) -> None:
    listed = Counter((error["customer"], error["code"]) for error in default.truth["errors"])
    told = {(person["customer"], code): count for person in default.truth["customers"] for code, count in person["errors"].items() if count}
    assert told == listed


def test_who_complained_can_be_recounted_from_the_files(default: Company) -> None:
    first: dict[str, datetime] = {}
    for error in default.truth["errors"]:
        first[error["customer"]] = min(first.get(error["customer"], datetime.max), local(error["at"]).replace(second=0))
    spoken = [(row["ID клиента"], moment(row["Дата обращения"])) for row in default.files["cases"] if row["Тема"] in COMPLAINTS]
    spoken += [
        (row["ID клиента"], moment(row["Дата повторного открытия"])) for row in default.files["cases"] if row["Дата повторного открытия"]
    ]
    spoken += [
        (row["ID клиента"], moment(row["Дата"])) for row in default.files["reviews"] if row["ID клиента"] and int(row["Оценка"]) <= 2
    ]
    vocal = {customer for customer, at in spoken if customer in first and at >= first[customer]}
    people = {person["customer"]: person for person in default.truth["customers"]}
    assert vocal <= {customer for customer, person in people.items() if person["complained"]}
    assert not any(people[customer]["silent"] for customer in vocal)
    assert all(person["silent"] == (not person["complained"]) for customer, person in people.items() if customer in first)


@pytest.mark.slow
def test_the_default_shop_is_as_its_scenario_says(tmp_path: Path) -> None:
    summary = simulate_company(tmp_path, customers=12_000, months=24, seed=5, scenario=load_scenario())
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert 4 < summary.silent / summary.complained < 6
    assert 0.10 < summary.errors["broken_promise"] / summary.orders < 0.14
    year = local(truth["end"]) - timedelta(days=365)
    still = [person for person in truth["customers"] if not person["lost"] or local(person["lost_at"]) >= year]
    assert 0.10 < mean(person["lost"] for person in still) < 0.16
    for code, effect in truth["effects"].items():
        spread = 4 * (effect["planted"] * (1 - effect["planted"]) / effect["exposed"]) ** 0.5
        assert abs(effect["realised_difference"] - effect["planted"]) <= spread, code


@pytest.mark.slow
def test_a_late_parcel_costs_the_shop_what_was_planted_as_the_files_alone_tell(tmp_path: Path) -> None:
    company = simulate(tmp_path, "late_deliveries", customers=6000, months=24)
    promised = {
        row["Номер заказа"]: (row["Обещанная дата доставки"], row["Фактическая дата доставки"]) for row in company.files["deliveries"]
    }
    limit = local(company.truth["end"]) - timedelta(days=365)
    stayed: dict[bool, list[bool]] = {True: [], False: []}
    for rows in orders_by_customer(company).values():
        ordered = sorted(rows, key=lambda row: moment(row["Дата заказа"]))
        for place, row in enumerate(ordered):
            until, delivered = promised[row["Номер заказа"]]
            if delivered and moment(row["Дата заказа"]) < limit:
                days = (moment(delivered).date() - datetime.strptime(until, "%d.%m.%Y").date()).days
                later = any(moment(other["Дата заказа"]) > moment(delivered) for other in ordered[place + 1 :])
                if days <= 0 or days >= 7:
                    stayed[days >= 7].append(later)
    assert 0.15 < mean(stayed[False]) - mean(stayed[True]) < 0.4


def test_the_quiet_company_loses_only_those_who_would_leave_anyway(quiet: Company) -> None:
    people = quiet.truth["customers"]
    assert {person["cause"] for person in people} == {None, "natural"}
    assert not any(person["silent"] or person["complained"] for person in people)
    assert all(person["lost"] == person["counterfactual"]["lost_without_errors"] for person in people)
    assert all(effect == {"planted": None, "realised_difference": None, "exposed": 0} for effect in quiet.truth["effects"].values())


@pytest.mark.slow
def test_frequent_buyers_of_the_confounded_company_meet_more_errors_and_leave_less(tmp_path: Path) -> None:
    company = simulate(tmp_path, "confounded", customers=3000)
    people, placed = company.truth["customers"], orders_by_customer(company)
    middle = median(person["rhythm_days"] for person in people)
    often = [person for person in people if person["rhythm_days"] < middle]
    seldom = [person for person in people if person["rhythm_days"] >= middle]
    late = [
        sum(person["errors"]["broken_promise"] for person in group) / sum(len(placed[person["customer"]]) for person in group)
        for group in (often, seldom)
    ]
    left = [mean(person["counterfactual"]["lost_without_errors"] for person in group) for group in (often, seldom)]
    assert late[0] > 1.4 * late[1]
    assert left[0] < 0.7 * left[1]
