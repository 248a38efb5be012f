"""The company behaves like one: season, shifts, chains of errors, mood, identities."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from statistics import mean

import phonenumbers

from tests.simulate.conftest import Company
from tests.simulate.recount import slow_replies


def test_december_is_busier_than_june_and_promotions_lift_orders(default: Company) -> None:
    days = Counter(datetime.strptime(row["Дата заказа"].split()[0], "%d.%m.%Y").date() for row in default.files["orders"])
    by_month = defaultdict(list)
    for day, count in days.items():
        if day.year == 2025:
            by_month[day.month].append(count)
    sale = [count for day, count in days.items() if day.month == 11 and day.day >= 24]
    assert mean(by_month[12]) > 1.2 * mean(by_month[6])
    assert mean(sale) > 1.1 * mean(count for day, count in days.items() if day.month == 11 and day.day < 24)


def test_promotions_lower_prices(default: Company) -> None:
    prices = defaultdict(set)
    day = {row["Номер заказа"]: row["Дата заказа"][:5] for row in default.files["orders"]}
    for row in default.files["order_lines"]:
        prices[row["Артикул"]].add((float(row["Цена"].replace(",", ".")), day[row["Номер заказа"]] == "25.11"))
    cheap = [price < max(each for each, _ in seen) for seen in prices.values() for price, sale in seen if sale]
    assert len(cheap) > 10
    assert all(cheap)


def test_a_complaint_of_lateness_is_answered_slowly_more_often(slow_desk: Company) -> None:
    end = datetime.fromisoformat(slow_desk.truth["end"]).replace(tzinfo=None)
    slow = {case for _, case in slow_replies(slow_desk.files, end)}
    late = [row["Номер обращения"] in slow for row in slow_desk.files["cases"] if row["Тема"] == "Опоздание доставки"]
    asked = [row["Номер обращения"] in slow for row in slow_desk.files["cases"] if row["Тема"] == "Вопрос о товаре"]
    assert mean(late) > 1.2 * mean(asked)


def test_some_staff_are_slower_and_everybody_answers_in_their_own_shift(slow_desk: Company) -> None:
    end = datetime.fromisoformat(slow_desk.truth["end"]).replace(tzinfo=None)
    slow = {case for _, case in slow_replies(slow_desk.files, end)}
    by_staff, shifts = defaultdict(list), defaultdict(set)
    seen = set()
    for row in slow_desk.files["messages"]:
        if row["Автор"] == "сотрудник" and row["Номер обращения"] not in seen:
            seen.add(row["Номер обращения"])
            by_staff[row["Сотрудник"]].append(row["Номер обращения"] in slow)
            shifts[row["Сотрудник"]].add(int(row["Дата"][11:13]) // 8)
    shares = {name: mean(cases) for name, cases in by_staff.items()}
    assert shares["Соболев Игорь"] > 1.5 * shares["Орлова Марина"]
    assert len(by_staff) == 10
    assert all(len(hours) == 1 for hours in shifts.values())


def test_bots_and_the_system_answer_at_once_and_sign_no_name(default: Company) -> None:
    automatic = [row for row in default.files["messages"] if row["Автор"] in ("бот", "система")]
    assert len(automatic) > 100
    assert {row["Сотрудник"] for row in automatic} == {""}
    assert all(row["Сотрудник"] for row in default.files["messages"] if row["Автор"] == "сотрудник")


def test_the_unhappy_answer_surveys_less_and_score_lower(default: Company) -> None:
    unhappy = {error["order"] for error in default.truth["errors"] if error["code"] == "broken_promise"}
    answered: dict[bool, list[bool]] = {True: [], False: []}
    points: dict[bool, list[int]] = {True: [], False: []}
    for row in default.files["surveys"]:
        if row["Опрос"] == "NPS":
            mood = row["Номер заказа"] in unhappy
            answered[mood].append(bool(row["Дата ответа"]))
            points[mood] += [int(row["Оценка"])] if row["Оценка"] else []
    assert mean(answered[True]) < 0.7 * mean(answered[False])
    assert mean(points[True]) + 2 < mean(points[False])


def test_about_the_stated_share_of_reviews_names_its_customer(default: Company) -> None:
    reviews = default.files["reviews"]
    assert 0.36 < mean(bool(row["ID клиента"]) for row in reviews) < 0.48
    assert any(row["Номер заказа"] and not row["ID клиента"] for row in reviews)
    assert any(not row["Номер заказа"] for row in reviews)


def test_identities_give_work_to_do_and_belong_to_nobody(default: Company) -> None:
    people = default.files["customers"]
    phones = [phonenumbers.parse(row["Телефон"], "RU") for row in people if row["Телефон"]]
    valid = [
        phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164) for phone in phones if phonenumbers.is_valid_number(phone)
    ]
    assert 0.97 < len(valid) / len(phones) < 1
    assert len(set(valid)) == len(valid)
    assert len({row["Телефон"][:4] for row in people if row["Телефон"]}) >= 3
    emails = Counter(row["E-mail"].lower() for row in people if row["E-mail"])
    assert any(count > 1 for count in emails.values())
    assert all(email.rpartition(".")[0].rpartition("@")[2].split(".")[-1] in ("example", "exmaple") for email in emails)
    assert any(not row["E-mail"] for row in people)


def test_those_who_stay_keep_visiting_and_those_who_left_do_not(default: Company) -> None:
    left = {person["customer"]: person["lost_at"] for person in default.truth["customers"] if person["lost"]}
    for row in default.files["visits"]:
        if row["ID клиента"] in left:
            at = datetime.strptime(row["Дата"], "%d.%m.%Y %H:%M")
            assert at.date() <= datetime.fromisoformat(left[row["ID клиента"]]).date()
