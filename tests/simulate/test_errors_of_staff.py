"""What goes wrong in replies is in the texts: stated facts and promises exactly, words but for what hasty fingers spoil."""

from __future__ import annotations

from collections import Counter

import pytest

from lakmus.simulate.texts import conduct_words
from tests.simulate.conftest import Company
from tests.simulate.recount_staff import replies, unkept_promises, wrong_information

SLOTS = {
    "indifference": conduct_words.COLD[1],
    "rudeness": (*conduct_words.RUDE[1], *conduct_words.INSULTED[1]),
    "formal_script": conduct_words.OFFICIAL[2],
    "inflexibility": conduct_words.REFUSAL[1],
    "untrained_staff": conduct_words.IGNORANCE[1],
    "misunderstanding": conduct_words.NOT_ASKED[0],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["default", "slow_desk"])
def test_wrong_sums_and_days_are_those_that_replies_state(request: pytest.FixtureRequest, name: str) -> None:
    company: Company = request.getfixturevalue(name)
    truth = {(error["finding"], error["case"]) for error in company.truth["errors"] if error["code"] == "wrong_information"}
    found = wrong_information(company.files)
    assert len(truth) > 5
    # Hasty fingers may spoil a number, which is then wrong or cannot be read.
    assert len(found ^ truth) <= 0.1 * len(truth)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["default", "slow_desk", "quiet"])
def test_unkept_promises_are_those_that_nothing_followed(request: pytest.FixtureRequest, name: str) -> None:
    company: Company = request.getfixturevalue(name)
    truth = {(error["finding"], error["case"]) for error in company.truth["errors"] if str(error["finding"]).startswith("promise")}
    found = unkept_promises(company.files)
    assert bool(truth) == (name != "quiet")
    assert len(found ^ truth) <= 0.05 * len(truth)


@pytest.mark.parametrize("code", SLOTS)
def test_words_of_an_error_stand_where_it_was_planted_and_nowhere_else(slow_desk: Company, code: str) -> None:
    options = [option.replace("{а}", ending).lower() for option in SLOTS[code] for ending in ("", "а")]
    planted = {error["case"] for error in slow_desk.truth["errors"] if error["code"] == code}
    spoken = {row["Номер обращения"] for row in slow_desk.files["messages"] if any(option in row["Текст"].lower() for option in options)}
    assert len(planted) > 5
    assert spoken <= planted
    assert len(spoken) >= 0.8 * len(planted)


def test_a_complaint_is_answered_warmly_unless_indifference_was_planted(slow_desk: Company) -> None:
    complaints = {row["Номер обращения"] for row in slow_desk.files["cases"] if row["Тема"].split()[0] in ("Опоздание", "Брак", "Качество")}
    cold = {error["case"] for error in slow_desk.truth["errors"] if error["code"] == "indifference"}
    names = {row["ID клиента"]: row["ФИО"].split() for row in slow_desk.files["customers"]}
    seen, warm = set(), {True: [], False: []}
    for row in replies(slow_desk.files):
        case, text = row["Номер обращения"], row["Текст"].lower()
        if case in complaints and case not in seen:
            named = any(name.lower() in text for name in names[row["клиент"]])
            warm[case in cold].append(named or any(word in text for word in ("извин", "простите", "жаль", "?")))
        seen.add(case)
    assert not any(warm[True])
    assert sum(warm[False]) > 0.98 * len(warm[False]) > 50


def test_staff_differ_in_how_often_they_err(slow_desk: Company) -> None:
    careless = {error["case"] for error in slow_desk.truth["errors"] if error["code"] in ("rudeness", "inflexibility", "untrained_staff")}
    answered, erred = Counter(), Counter()
    for row in slow_desk.files["cases"]:
        answered[row["Сотрудник"]] += 1
        erred[row["Сотрудник"]] += row["Номер обращения"] in careless
    rate = {name: erred[name] / count for name, count in answered.items() if name}
    assert rate["Соболев Игорь"] > 1.3 * rate["Орлова Марина"]
