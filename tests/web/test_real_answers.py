"""The pages over a small invented shop that was really imported: figures agree with their rows, exports, decisions, erasure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from tests.web.test_pages import ROOMS, opened

pytestmark = pytest.mark.slow
NAMES = ("customers", "orders", "deliveries", "cases", "messages", "reviews", "contacts")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("shop")
    simulate_company(folder, customers=150, months=24, seed=11, scenario=load_scenario())
    return [folder / f"{name}.csv" for name in NAMES]


@pytest.fixture
def owner(home: Path, files: list[Path], client_of) -> Client:
    place = open_home(home)
    run_import(place, plan_import(place, files), actor=None)
    return client_of("owner")


def figures(html: str, pattern: str) -> list[int]:
    return [int(re.sub(r"\D", "", found)) for found in re.findall(pattern, html)]


def total(html: str) -> int:
    """Return the number in the first heading."""
    return int(re.sub(r"\D", "", re.search(r"<h1[^>]*>\s*([\d\u00a0]+)", html).group(1)))


def test_every_page_opens_over_real_data_in_both_languages(owner: Client) -> None:
    for language in ("ru", "en"):
        for room in ROOMS:
            if room not in {"/customers/1001/", "/stories/case:77/"}:
                opened(owner, room, language)


def test_each_figure_of_the_verdict_equals_the_number_of_its_rows(owner: Client) -> None:
    verdict = opened(owner, "/", "ru")
    links = re.findall(r'<a class="(?:leaving|cooling)" href="(/customers/\?[^"]+)">([\d\u00a0]+) ', verdict)
    assert len(links) >= 2
    for address, said in links:
        assert total(opened(owner, address.replace("&amp;", "&"), "ru")) == int(re.sub(r"\D", "", said))


def test_each_figure_of_an_error_equals_the_customers_of_its_rows(owner: Client) -> None:
    causes = opened(owner, "/causes/", "ru")
    links = re.findall(r'<a href="(/errors/\?[^"]+)">([\d\u00a0]+)</a>', causes)
    assert len(links) >= 8
    for address, said in links:
        rows = opened(owner, address.replace("&amp;", "&"), "ru")
        shown = re.search(r'<span class="range">у ([\d\u00a0]+)', rows)
        assert int(re.sub(r"\D", "", shown.group(1)) if shown else 0) == int(re.sub(r"\D", "", said))


def test_the_stars_of_late_deliveries_open_to_their_orders(owner: Client) -> None:
    cause = opened(owner, "/causes/broken_promise/", "ru")
    for address, said in re.findall(r'<a href="(/orders/\?late=[01](?:&amp;reviewed=1)?)">([\d\u00a0]+)</a>', cause):
        assert total(opened(owner, address.replace("&amp;", "&"), "ru")) == int(re.sub(r"\D", "", said))


def test_evidence_opens_to_the_very_activities_on_the_customers_page(owner: Client) -> None:
    row = re.search(r'hx-get="(/errors/[^"]+/evidence/)"', opened(owner, "/errors/?code=broken_promise", "ru")).group(1)
    proofs = opened(owner, row.replace("&amp;", "&"), "ru")
    address, anchor = re.search(r'href="([^"#]+)#(a-[0-9a-f]{32})"', proofs).groups()
    assert f'id="{anchor}"' in opened(owner, address.replace("&amp;", "&"), "ru")


def test_the_same_customer_is_found_by_name_and_by_number(owner: Client) -> None:
    page = opened(owner, "/customers/", "ru")
    number, name = re.search(r'href="/customers/(\d+)/">([^<]+)</a>', page).groups()
    assert f'href="/customers/{number}/"' in opened(owner, f"/customers/?q={number}", "ru")
    assert f'href="/customers/{number}/"' in opened(owner, f"/customers/?q={name.strip()}", "ru")


def test_an_export_holds_every_row_and_is_refused_to_an_agent(owner: Client, client_of) -> None:
    known = total(opened(owner, "/customers/", "ru"))
    exported = b"".join(owner.get("/data/export/customers/").streaming_content).decode("utf-8-sig")
    assert len(exported.strip().splitlines()) == known + 1
    assert client_of("agent").get("/data/export/customers/").status_code == 403


@pytest.mark.parametrize(
    ("page", "table"),
    [
        ("/customers/?state=lost&lost=window&silent=1", "customers"),
        ("/orders/?late=1", "orders"),
        ("/errors/?code=no_aftersales&then=left", "errors"),
    ],
)
def test_the_file_of_a_list_holds_the_rows_that_the_list_shows(owner: Client, page: str, table: str) -> None:
    listed = opened(owner, page, "ru")
    link = re.search(rf'href="(/data/export/{table}/[^"]*)" download', listed).group(1).replace("&amp;", "&")
    exported = b"".join(owner.get(link).streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(exported) == total(listed) + 1
    assert len(exported) < len(b"".join(owner.get(f"/data/export/{table}/").streaming_content).splitlines())


def test_a_role_that_may_not_see_money_exports_none(owner: Client, client_of) -> None:
    head = b"".join(client_of("administrator").get("/data/export/customers/").streaming_content).decode("utf-8-sig").splitlines()[0]
    assert "customer" in head
    assert not {"revenue", "mean_order_amount", "value_at_risk", "lost_value"} & set(head.split(";"))


def test_each_month_of_the_chart_opens_to_its_customers(owner: Client) -> None:
    links = re.findall(r'<a href="(/customers/\?[^"]*month=[^"]+)">([\d\u00a0]+)</a>', opened(owner, "/", "ru"))
    assert links
    for address, said in links:
        assert total(opened(owner, address.replace("&amp;", "&"), "ru")) == int(re.sub(r"\D", "", said))


def test_a_wait_opens_to_its_cases_and_a_case_to_the_customers_story(owner: Client) -> None:
    page = opened(owner, "/causes/waiting/?by=channel", "ru")
    for address, said in re.findall(r'<a href="(/causes/waiting/cases/\?by=[^"]+)">([\d\u00a0]+)</a>', page):
        assert total(opened(owner, address.replace("&amp;", "&"), "ru")) == int(re.sub(r"\D", "", said))
    story, anchor = re.search(
        r'data-row href="(/customers/[^"#]+)#(a-[0-9a-f]{32})"', opened(owner, "/causes/waiting/cases/", "ru")
    ).groups()
    assert f'id="{anchor}"' in opened(owner, story.replace("&amp;", "&"), "ru")


def test_staff_stand_by_name_with_a_word_that_this_is_no_ranking(owner: Client) -> None:
    page = opened(owner, "/causes/waiting/?by=staff", "ru")
    assert "Это не рейтинг" in page
    names = re.findall(r'<a class="who" data-row href="/causes/waiting/cases/[^"]*">([^<]+)</a>', page)
    known = [name for name in names if name != "в файлах не сказано"]
    assert len(known) > 3
    assert known == sorted(known, key=str.casefold)


def test_harm_that_is_not_seen_is_words_on_the_page_of_causes(owner: Client) -> None:
    page = opened(owner, "/causes/", "ru")
    costs = re.findall(r'data-label="Цена">(.*?)</td>', page, re.S)
    assert costs
    assert not [cost for cost in costs if re.search(r"\N{MINUS SIGN}[\d\u00a0]+\u00a0₽", cost)]


def test_the_report_is_a_pdf(owner: Client) -> None:
    assert owner.get("/report.pdf").content.startswith(b"%PDF")


def test_a_forgotten_customer_is_gone_from_every_list(owner: Client, client_of) -> None:
    number = re.search(r'href="/customers/(\d+)/"', opened(owner, "/customers/", "ru")).group(1)
    assert owner.post(f"/customers/{number}/forget/", {"number": "другой"}).status_code == 422
    assert client_of("analyst").post(f"/customers/{number}/forget/", {"number": number}).status_code == 403
    assert owner.post(f"/customers/{number}/forget/", {"number": number}).status_code == 302
    assert owner.get(f"/customers/{number}/").status_code == 404
    assert f'href="/customers/{number}/"' not in opened(owner, f"/customers/?q={number}", "ru")


def test_a_person_decides_who_is_who_and_can_take_it_back(owner: Client) -> None:
    page = opened(owner, "/data/", "ru")
    waiting = re.findall(r'name="number" value="([^"]+)"', page)
    if not waiting:
        pytest.skip("this shop has no contradictions")
    owner.post("/data/links/", {"number": waiting[0], "decision": "same"})
    merged = opened(owner, "/data/", "ru")
    merge = re.search(r'id="merges".*?name="number" value="([^"]+)"', merged, re.S).group(1)
    owner.post("/data/links/", {"number": merge, "do": "undo"})
    assert "Отменить" not in opened(owner, "/data/", "ru")


def test_two_customers_of_whom_no_file_says_that_they_are_one_are_merged_by_number(owner: Client) -> None:
    first, other = re.findall(r'href="/customers/(\d+)/"', opened(owner, "/customers/?sort=customer", "ru"))[:2]
    assert owner.post("/data/links/", {"do": "merge", "customer": other, "into": "нет такого"}).status_code == 404
    owner.post("/data/links/", {"do": "merge", "customer": other, "into": first})
    merged = opened(owner, "/data/", "ru")
    merge = re.search(r'id="merges".*?name="number" value="([^"]+)"', merged, re.S).group(1)
    owner.post("/data/links/", {"number": merge, "do": "undo"})


def test_a_past_day_shows_only_what_was_known_then(owner: Client) -> None:
    then = opened(owner, "/customers/?as_of=2025-01-01", "ru")
    assert total(then) < total(opened(owner, "/customers/", "ru"))
    assert "Вы смотрите на 01.01.2025" in then
    assert 'href="/causes/?as_of=2025-01-01"' in then
