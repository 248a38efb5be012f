"""The house: who may go where, the company's terms, users, passwords, tokens, language and look."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lakmus.operations.accounts.changes import create_first_users
from lakmus.operations.accounts.permissions import TABLE, first_page
from lakmus.operations.accounts.queries import tokens_visible_to, user_named
from lakmus.operations.accounts.roles import Role
from lakmus.operations.company.queries import company_terms
from lakmus.operations.journal.queries import entries
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.push_activities import push_activities
from lakmus.usecases.people.forget_customer import forget_customer
from lakmus.usecases.people.forgotten_people import forgotten_count
from lakmus.web import urls, wordings
from lakmus.web.wordings import journal_title
from tests.conftest import PASSWORD
from tests.web import invented_answers
from tests.web.test_pages import invented

ROLES = [role.value for role in Role]
TERMS = {
    "name": "Север", "currency": "EUR", "time_zone": "Asia/Omsk", "margin_percent": "42.5", "no_reply_after_hours": "48",
    "repeat_contact_days": "20", "aftersales_days": "10", "target_chat": "30", "target_messenger": "120", "target_social": "2880",
    "target_email": "600", "target_phone": "60", "target_": "1440",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _answers(monkeypatch: pytest.MonkeyPatch) -> None:
    invented(monkeypatch)


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_leads_nobody_to_a_closed_door(client_of, role: str) -> None:
    client = client_of(role)
    head = client.get("/results/" if role not in {"agent", "administrator"} else "/customers/").content.decode().split("<main")[0]
    doors = {address.split("?")[0] for address in re.findall(r'href="(/[^"#]*)', head)}
    closed = {door for door in doors if client.get(door).status_code != 200 and not door.startswith("/static/")}
    assert closed == set()


@pytest.mark.parametrize("role", ROLES)
def test_logging_in_leads_to_the_first_page_of_the_role(user_of, role: str) -> None:
    user = user_of(role)
    response = Client().post("/login/", {"username": role, "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == reverse(first_page(user))


def test_more_files_than_are_taken_at_once_are_refused_on_a_page_that_says_so(client_of, settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = [SimpleUploadedFile(f"{number}.csv", b"a;b") for number in range(3)]
    refused = client_of("owner").post("/data/import/", {"files": files})
    assert refused.status_code == 413 and "файлов может быть до 2. Ничего не загружено" in refused.content.decode()


def test_every_page_says_which_permission_it_asks_for() -> None:
    open_to_all = {"login", "logout", "set_language", "set_theme", "health"}
    for pattern in urls.urlpatterns:
        if pattern.name not in open_to_all:
            name, *verbs = pattern.callback.permit
            assert all((name, verb) in TABLE for verb in verbs), pattern.name


@pytest.mark.parametrize(("language", "said"), [("ru", "Эта страница не для вашей роли"), ("en", "This page is not for your role")])
def test_a_closed_page_says_so_and_where_to_go(client_of, language: str, said: str) -> None:
    client = client_of("agent")
    client.cookies["lakmus_language"] = language
    response = client.get("/causes/")
    assert response.status_code == 403
    assert said in response.content.decode()
    assert 'href="/customers/"' in response.content.decode()


def test_an_agent_sees_a_customer_without_money(client_of) -> None:
    seen = client_of("agent").get("/customers/1001/").content.decode()
    assert "412" not in seen
    assert "412" in client_of("owner").get("/customers/1001/").content.decode()


def test_the_terms_that_the_form_was_given_are_the_companys_terms(client_of) -> None:
    assert client_of("owner").post("/settings/", TERMS).status_code == 302
    company = company_terms()
    assert (company.name, company.currency, company.time_zone, company.margin_share) == ("Север", "EUR", "Asia/Omsk", 0.425)
    assert not company.margin_is_assumed
    assert (company.no_reply_after_minutes, company.reply_target_minutes["chat"], company.reply_target_minutes[""]) == (2880, 30, 1440)


def test_a_margin_that_cannot_be_changes_nothing(client_of) -> None:
    response = client_of("owner").post("/settings/", TERMS | {"margin_percent": "130"})
    assert response.status_code == 422
    assert company_terms().name == "Лакмус"


def test_an_analyst_reads_the_terms_and_cannot_change_them(client_of) -> None:
    client = client_of("analyst")
    assert client.get("/settings/").status_code == 200
    assert client.post("/settings/", TERMS).status_code == 403


def test_a_new_user_logs_in_with_the_password_that_was_shown_once(client_of) -> None:
    page = client_of("administrator").post("/users/", {"do": "add", "username": "anna", "role": "agent"}).content.decode()
    password = re.search(r"<code>([^<]+)</code>", page).group(1)
    assert Client().post("/login/", {"username": "anna", "password": password}).status_code == 302


def test_a_user_who_was_shut_out_is_out_and_comes_back(client_of, user_of) -> None:
    user_of("agent")
    keeper = client_of("administrator")
    keeper.post("/users/", {"do": "deactivate", "username": "agent"})
    assert not user_named("agent").is_active
    keeper.post("/users/", {"do": "activate", "username": "agent"})
    assert user_named("agent").is_active


def test_the_last_keeper_of_users_cannot_be_shut_out(client_of) -> None:
    response = client_of("administrator").post("/users/", {"do": "deactivate", "username": "administrator"})
    assert response.status_code == 422
    assert user_named("administrator").is_active


def test_changing_ones_password_keeps_this_session_and_needs_the_old_one(client_of) -> None:
    client = client_of("agent")
    fresh = {"new": "совсем-другой-пароль-7", "again": "совсем-другой-пароль-7"}
    assert client.post("/profile/", {"old": "не тот", **fresh}).status_code == 422
    assert client.post("/profile/", {"old": PASSWORD, **fresh}).status_code == 302
    assert client.get("/profile/").status_code == 200
    assert user_named("agent").check_password("совсем-другой-пароль-7")


def test_a_token_is_shown_once_and_can_be_revoked(client_of, user_of) -> None:
    client = client_of("analyst")
    shown = client.post("/tokens/", {"do": "issue", "name": "выгрузка", "scopes": ["read"]}).content.decode()
    secret = re.search(r'<code id="token">([^<]+)</code>', shown).group(1)
    assert secret not in client.get("/tokens/").content.decode()
    token = tokens_visible_to(user_of("analyst")).get()
    client.post("/tokens/", {"do": "revoke", "number": token.pk})
    assert tokens_visible_to(user_of("analyst")).get().revoked_at is not None


def test_language_and_look_are_kept_with_the_user(client_of, user_of) -> None:
    client = client_of("owner")
    client.post("/language/", {"language": "en", "next": "/results/"})
    client.post("/theme/", {"theme": "dark", "next": "/results/"})
    user = user_named("owner")
    assert (user.language, user.theme) == ("en", "dark")
    assert '<html lang="en" data-theme="dark">' in client.get("/results/").content.decode()


def test_the_way_back_after_a_choice_never_leads_to_another_site(client_of) -> None:
    assert client_of("owner").post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_the_journal_shows_what_was_changed_in_words(client_of) -> None:
    client = client_of("owner")
    client.post("/settings/", TERMS)
    client.cookies["lakmus_language"] = "en"
    assert "changed the company&#x27;s terms" in client.get("/journal/").content.decode()


def test_every_verb_of_the_journal_has_its_words() -> None:
    source = Path(wordings.__file__).parents[1]
    verbs = {verb for path in source.rglob("*.py") for verb in re.findall(r'record\([^)]*?verb="(\w+)"', path.read_text(encoding="utf-8"))}
    with translation.override("ru"):
        assert sorted(verb for verb in verbs if journal_title(verb) == verb.replace("_", " ")) == []
    assert len(verbs) > 15


@pytest.mark.parametrize(("language", "title"), [("ru", "Владелец"), ("en", "Owner")])
def test_the_first_users_are_called_by_their_role_in_the_language_of_the_page(db, language: str, title: str) -> None:
    owner = next(made for made in create_first_users() if made.role == Role.OWNER)
    client = Client()
    client.cookies["lakmus_language"] = language
    assert client.post("/login/", {"username": owner.username, "password": owner.password}).status_code == 302
    assert f'<span class="user-name">{title}</span>' in client.get("/profile/").content.decode()
    assert f"<b>{title}</b>" in client.get("/users/").content.decode()


def test_the_data_page_shows_imports_first_and_little_of_each_list_at_a_time(client_of, monkeypatch: pytest.MonkeyPatch) -> None:
    known = invented_answers.coverage()
    monkeypatch.setattr(invented_answers, "coverage", lambda: known | {"conflicts": known["conflicts"] * 12, "kinds": known["kinds"] * 20})
    client = client_of("owner")
    page = client.get("/data/").content.decode()
    assert page.index('id="imports"') < page.index("79001234567")
    assert page.count('name="decision" value="same"') == 5
    assert (page.split('<details class="open">')[0].count('<td class="when">'), page.count('<td class="when">')) == (6, 20)
    assert 'href="?conflicts=2#conflicts"' in page
    assert client.get("/data/?conflicts=3").content.decode().count('name="decision" value="same"') == 2


@pytest.mark.parametrize(("group", "said"), [("regular", "уйдёт с вероятностью"), ("one_time", "не вернётся с вероятностью")])
def test_of_who_bought_once_the_page_says_whether_they_come_back(client_of, monkeypatch: pytest.MonkeyPatch, group: str, said: str) -> None:
    told = invented_answers.customer_page(None, "1001")
    told["row"].risk_group = group
    monkeypatch.setattr(invented_answers, "customer_page", lambda *asked, **more: told)
    assert said in client_of("owner").get("/customers/1001/").content.decode()


def test_health_answers_without_a_login(db) -> None:
    assert Client().get("/health/").json() == {"status": "ok"}


@pytest.fixture
def one_forgotten(home: Path, client_of) -> Client:
    """Return the administrator's browser in a home whose customer K-71 was erased."""
    place = open_home(home)
    told = [{"kind": "placed_order", "ts": "2026-03-01T10:00:00+03:00", "customer": "K-71", "order": "A-1", "amount": 100}]
    push_activities(place, told, actor=None)
    forget_customer(place, "K-71", actor=None)
    return client_of("administrator")


def test_an_administrator_sees_how_many_were_forgotten_and_lifts_one_by_their_number(one_forgotten: Client) -> None:
    page = one_forgotten.get("/forgotten/").content.decode()
    assert "Забыт 1 человек" in page and "K-71" not in page
    assert "нет среди забытых" in one_forgotten.post("/forgotten/", {"written": "K-72"}).content.decode()
    assert forgotten_count() == 1
    assert one_forgotten.post("/forgotten/", {"written": "K-71"}).status_code == 302
    assert forgotten_count() == 0
    entry = entries(verb="lifted_forgotten").get()
    assert (entry.actor_name, "K-71" in f"{entry.object_key} {entry.details}") == ("administrator", False)


def test_the_page_takes_nobody_else_off_the_list(one_forgotten: Client, client_of) -> None:
    everybody = one_forgotten.post("/forgotten/", {"written": "*"})
    assert everybody.status_code == 422 and "--lift" in everybody.content.decode()
    for role in ROLES:
        if role not in {"owner", "administrator"}:
            assert client_of(role).post("/forgotten/", {"written": "K-71"}).status_code == 403
    assert forgotten_count() == 1
