"""Who may call what, and how the API says no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lakmus.api.site import api
from lakmus.api.tokens import Bearer
from lakmus.operations.accounts.changes import issue_token, revoke_token
from lakmus.operations.accounts.models import ApiToken

pytestmark = pytest.mark.django_db
OPERATIONS = [
    (method, path, operation)
    for _, router in api._routers
    for path, view in router.path_operations.items()
    for operation in view.operations
    for method in operation.methods
]
OPEN = {"/health"}
SCOPES = {
    **dict.fromkeys(("/definition/preview", "/automatic-messages/check"), "read"),
    **dict.fromkeys(("/definition", "/definition/take-up", "/alerts/reading", "/alerts/{number}/reading"), "decide"),
}
"""Of operations that are no push: a look ahead saves nothing, a decision moves every figure, or what its user still has to read."""


def called(secret: str, path: str = "/api/imports/1", **headers: str) -> Any:
    return Client().get(path, headers={"authorization": f"Bearer {secret}", **headers})


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[f"{method} {path}" for method, path, _ in OPERATIONS])
def test_every_operation_names_its_scope_and_its_cell_of_the_table(method: str, path: str, operation: Any) -> None:
    asked = operation.auth_callbacks
    if path in OPEN:
        assert not asked
    else:
        assert len(asked) == 1 and isinstance(asked[0], Bearer)
        assert asked[0].scope == ("read" if method == "GET" else SCOPES.get(path, "push"))


def test_without_a_token_the_answer_says_where_to_get_one() -> None:
    for response in (
        Client().get("/api/imports/1"),
        called("lakmus_wrong"),
        Client().get("/api/imports/1", headers={"authorization": "Basic x"}),
    ):
        assert response.status_code == 401
        assert response.json()["code"] == "no_token"
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_alone_opens_no_operation(client_of: Any) -> None:
    assert client_of("owner").get("/api/imports/1").status_code == 401


def test_a_token_goes_as_far_as_its_scope_and_its_users_role(user_of: Any) -> None:
    _, reading = issue_token(user=user_of("owner"), name="x", scopes=["read"], actor=None)
    _, pushing = issue_token(user=user_of("owner"), name="x", scopes=["push"], actor=None)
    _, agents = issue_token(user=user_of("agent"), name="x", scopes=["read", "push"], actor=None)
    assert called(reading).status_code == 404  # allowed; there is no such import
    assert called(pushing).json()["code"] == "wrong_scope"
    refused = called(agents, **{"accept-language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert "support agent" in refused.json()["message"]


def test_a_revoked_or_expired_token_opens_nothing(user_of: Any) -> None:
    token, secret = issue_token(user=user_of("owner"), name="x", scopes=["read"], actor=None)
    past = timezone.now() - timedelta(seconds=1)
    _, expired = issue_token(user=user_of("owner"), name="x", scopes=["read"], actor=None, expires_at=past)
    assert called(secret).status_code == 404
    revoke_token(token=token, actor=None)
    assert called(secret).status_code == 401
    assert called(expired).status_code == 401


def test_a_call_leaves_the_time_of_use(user_of: Any) -> None:
    token, secret = issue_token(user=user_of("owner"), name="x", scopes=["read"], actor=None)
    called(secret)
    assert ApiToken.objects.get(pk=token.pk).last_used_at is not None


@pytest.mark.parametrize(("language", "word"), [("ru", "ключ"), ("en", "token"), ("en-GB,en;q=0.9,ru;q=0.5", "token"), ("de", "ключ")])
def test_errors_speak_the_language_asked_for(language: str, word: str) -> None:
    assert word in Client().get("/api/imports/1", headers={"accept-language": language}).json()["message"]


def test_an_unknown_address_below_api_is_said_to_be_unknown() -> None:
    response = Client().get("/api/nothing")
    assert response.status_code in {302, 404}


def test_the_description_is_open_and_its_page_is_not(client_of: Any) -> None:
    assert Client().get("/api/openapi.json").json()["info"]["title"] == "Lakmus"
    assert Client().get("/api/docs").status_code == 302
    page = client_of("analyst").get("/api/docs").content.decode()
    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "http" + "s://" not in page.replace("https://127", "")
