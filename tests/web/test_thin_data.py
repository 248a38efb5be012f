"""Companies with little: every page says what is missing and what to bring, and no zero reads as health."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from tests.web.test_pages import opened, said

pytestmark = pytest.mark.slow
BRING = 'href="/data/import/"'
DAYS = [date(2026, 1, 1) + timedelta(days=7 * step) for step in range(12)]


@pytest.fixture
def company(home: Path, client_of, tmp_path: Path) -> Callable[..., Client]:
    """Return a function that imports one file and gives its owner's browser."""

    def bring(name: str, head: str, rows: list[str]) -> Client:
        path = tmp_path / name
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        place = open_home(home)
        run_import(place, plan_import(place, [path]), actor=None)
        return client_of("owner")

    return bring


@pytest.fixture
def orders_only(company) -> Client:
    """Sixty customers who buy every week; fifteen of them stop. Nothing else is known."""
    rows = [
        f"{customer}-{week};{DAYS[0] + timedelta(days=7 * week - 200):%d.%m.%Y};{customer};1000"
        for customer in range(1, 61)
        for week in range(12 if customer <= 15 else 36)
    ]
    return company("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма", rows)


@pytest.fixture
def cases_without_customers(company) -> Client:
    """Twenty cases, five of them answered two days late; no customer anywhere."""
    rows = [
        f"C{number};{day:%d.%m.%Y} 09:00;чат;{day + timedelta(days=2 if number < 5 else 0):%d.%m.%Y} 09:30;утро"
        for number, day in enumerate([*DAYS, *DAYS[:8]])
    ]
    return company("cases.csv", "Номер обращения;Дата обращения;Канал;Дата первого ответа;Смена", rows)


@pytest.fixture
def reviews_only(company) -> Client:
    """Reviews of orders that no file names."""
    return company(
        "reviews.csv", "ID отзыва;Дата;Номер заказа;Оценка;Текст", [f"R{n};{day:%d.%m.%Y};{n};5;Хорошо" for n, day in enumerate(DAYS)]
    )


def test_with_orders_only_no_page_speaks_of_complaints_or_of_errors_not_found(orders_only: Client) -> None:
    verdict = said(opened(orders_only, "/", "ru"))
    assert "это пробел в данных, а не здоровье" in verdict
    for address in ("/", "/measures/", "/customers/", "/signals/"):
        assert "и разу не жаловался" not in said(opened(orders_only, address, "ru")), address
    causes = opened(orders_only, "/causes/", "ru")
    assert "пока нельзя проверить ни одного вида ошибок" in causes and BRING in causes
    assert "пока нельзя проверить" in opened(orders_only, "/errors/", "ru")


@pytest.mark.parametrize("address", ["/", "/signals/", "/measures/", "/customers/", "/orders/", "/errors/", "/causes/", "/causes/waiting/"])
def test_with_reviews_only_every_page_says_what_to_bring(reviews_only: Client, address: str) -> None:
    page = opened(reviews_only, address, "ru")
    assert BRING in page
    assert not re.search(r"[Нн]ет таких|звонить некому|ошибок сервиса не найдено|[Нн]икого не нашлось", said(page))


def test_cases_without_customers_show_their_errors_but_no_customers_who_left(cases_without_customers: Client) -> None:
    for address in ("/", "/causes/"):
        page = said(opened(cases_without_customers, address, "ru"))
        assert "найдено 5 случаев" in page.replace("\N{NO-BREAK SPACE}", " "), address
        assert "клиент неизвестен" in page
    cause = said(opened(cases_without_customers, "/causes/slow_reply/", "ru"))
    assert "Ни один не связан с клиентом" in cause
    assert "ушли 0" not in " ".join(cause.split())


def test_evidence_opens_although_the_customer_is_not_known(cases_without_customers: Client) -> None:
    rows = opened(cases_without_customers, "/errors/?code=slow_reply", "ru")
    evidence = re.search(r'hx-get="(/errors/[^"]+/evidence/)"', rows).group(1)
    proofs = opened(cases_without_customers, evidence, "ru")
    address, anchor = re.search(r'href="(/stories/case:C\d+/)#(a-[0-9a-f]{32})"', proofs).groups()
    story = opened(cases_without_customers, address, "ru")
    assert f'id="{anchor}"' in story
    assert "долгое ожидание ответа" in said(story).lower()
    assert cases_without_customers.get("/stories/case:nothing/").status_code == 404


def test_waits_of_cases_without_customers_are_told_with_what_they_cannot_say(cases_without_customers: Client) -> None:
    page = opened(cases_without_customers, "/causes/waiting/", "ru")
    assert "Ни у одного обращения нет номера клиента" in page
    assert re.search(r"В срок ответили на 75\s%", said(page))
    late = re.search(r'href="(/causes/waiting/cases/\?by=shift&amp;group=[^"]+&amp;outcome=late)">5<', page).group(1)
    assert re.search(
        r"<h1[^>]*>5 обращений", opened(cases_without_customers, late.replace("&amp;", "&"), "ru").replace("\N{NO-BREAK SPACE}", " ")
    )


def test_staff_are_never_ordered_by_the_figure_they_are_judged_by(cases_without_customers: Client) -> None:
    page = opened(cases_without_customers, "/causes/waiting/?by=staff", "ru")
    assert "В файлах не сказано, кто ответил" in page
