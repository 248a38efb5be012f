"""What every request meets: a login, security headers, CSRF, throttled guessing, language and zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from lakmus.config.middleware import OPEN_ADDRESSES

PASSWORD = "зимний-лакмус-42"
SAMPLE = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}
OPEN = {"/login/", "/language/", "/theme/", "/health/", "/health", "/api/health", "/api/openapi.json", "/api/"}
pytestmark = pytest.mark.django_db


def addresses(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        route = str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + route)
        else:
            yield before + _filled(route, one), one


def _filled(route: str, one: URLPattern) -> str:
    for name, converter in one.pattern.converters.items():
        sort = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{sort}:{name}>", f"<{name}>"):
            route = route.replace(written, SAMPLE.get(sort, "x"))
    return route


ALL = [(path, one) for path, one in addresses(get_resolver().url_patterns)]
PAGES = sorted({path for path, _ in ALL if not path.startswith("/api/")})


def test_the_resolver_is_walked_down_to_the_leaves() -> None:
    assert {"/login/", "/api/activities", "/api/health"} <= {path for path, _ in ALL}
    assert all("<" not in path for path, _ in ALL)


@pytest.mark.parametrize("path", sorted({path for path, _ in ALL}))
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_served_to_whoever_is_not_logged_in(path: str, method: str) -> None:
    response = getattr(Client(), method)(path)
    if path in OPEN:
        assert response.status_code in {200, 302, 404, 405}
    elif path.startswith("/api/") and path != "/api/docs":
        assert response.status_code in {401, 404, 405}
    else:
        assert response.status_code == 302 and response["Location"].startswith("/login/?next=")


def test_the_list_of_open_addresses_is_as_short_as_it_was_decided() -> None:
    assert {"login", "health", "set_language", "set_theme"} == OPEN_ADDRESSES


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/static/nowhere.css", "/api/health", "/api/openapi.json", "/api/customers"])
def test_every_answer_carries_the_strict_headers(path: str, client_of: Any) -> None:
    for client in (Client(raise_request_exception=False), client_of("owner")):
        client.raise_request_exception = False
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "*" not in policy and "http" not in policy
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_of_a_logged_in_user_stay_out_of_caches(client_of: Any) -> None:
    assert "no-store" in client_of("owner").get("/api/docs").headers["Cache-Control"]


@pytest.mark.parametrize("path", [path for path in PAGES if path not in ("/health/", "/health")])
def test_a_form_of_another_site_changes_nothing(path: str, client_of: Any) -> None:
    response = client_of("owner", enforce_csrf_checks=True).post(path, {"x": "1"})
    assert response.status_code in {403, 405}


def test_every_page_names_its_cell_of_the_permission_table() -> None:
    unmarked = [path for path, one in ALL if not path.startswith("/api/") and not hasattr(one.callback, "permit")]
    assert set(unmarked) <= OPEN | {"/logout/"}


def test_a_host_that_is_not_ours_is_refused() -> None:
    assert Client(headers={"host": "evil.example"}).get("/login/").status_code == 400


def test_after_five_wrong_passwords_the_right_one_has_to_wait(user_of: Any) -> None:
    user_of("agent")
    user_of("owner")
    client = Client()
    for _ in range(4):
        assert client.post("/login/", {"username": "agent", "password": "не тот"}).status_code == 200
    assert client.post("/login/", {"username": "agent", "password": "не тот"}).status_code == 429
    waiting = client.post("/login/", {"username": "agent", "password": PASSWORD}, headers={"accept-language": "en"})
    assert waiting.status_code == 429
    assert waiting.headers["Retry-After"] == "900"
    assert "15 minutes" in waiting.content.decode()
    assert client.post("/login/", {"username": "owner", "password": PASSWORD}).status_code == 302


def test_logging_in_starts_a_session_with_guarded_cookies(user_of: Any) -> None:
    user_of("owner")
    client = Client()
    response = client.post("/login/", {"username": "OWNER", "password": PASSWORD})
    assert response.status_code == 302
    session = response.cookies["lakmus_session"]
    assert session["httponly"] and session["samesite"] == "Lax"


def test_login_leads_nowhere_outside(user_of: Any) -> None:
    user_of("administrator")
    response = Client().post("/login/?next=https://evil.example/", {"username": "administrator", "password": PASSWORD})
    assert response.status_code == 302
    assert "evil" not in response["Location"]


def test_a_user_who_is_deactivated_is_out_at_once(client_of: Any, user_of: Any) -> None:
    from lakmus.operations.accounts.changes import deactivate_user

    user_of("administrator")
    client = client_of("owner")
    assert client.get("/api/docs").status_code == 200
    deactivate_user(user=user_of("owner"), actor=None)
    assert client.get("/api/docs").status_code == 302


@pytest.mark.parametrize(("chosen", "asked", "spoken"), [("", "en", "en"), ("", "de", "ru"), ("ru", "en", "ru"), ("en", "ru", "en")])
def test_the_language_chosen_by_the_user_wins_over_the_browsers(chosen: str, asked: str, spoken: str, client_of: Any, user_of: Any) -> None:
    from lakmus.operations.accounts.changes import change_profile

    change_profile(user=user_of("owner"), language=chosen, actor=None)
    response = client_of("owner").get("/nowhere", headers={"accept-language": asked})
    assert response.headers["Content-Language"] == spoken


def test_a_new_password_ends_every_open_session(client_of: Any, user_of: Any) -> None:
    from lakmus.operations.accounts.changes import set_password

    client = client_of("owner")
    assert client.get("/api/docs").status_code == 200
    set_password(user=user_of("owner"), password="другой-лакмус-43", actor=None)
    assert client.get("/api/docs").status_code == 302
