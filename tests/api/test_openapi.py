"""The API does what its own description says, whatever is sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lakmus.api.site import api
from lakmus.operations.accounts.changes import issue_token

OPERATIONS = sorted(
    (re.sub(r"\{\w+:(\w+)\}", r"{\1}", path), method)
    for _, router in api._routers
    for path, view in router.path_operations.items()
    for operation in view.operations
    for method in operation.methods
)


def test_the_description_names_every_operation() -> None:
    description = Client().get("/api/openapi.json").json()
    named = {(path.removeprefix("/api"), method.upper()) for path, methods in description["paths"].items() for method in methods}
    assert named == set(OPERATIONS) >= {("/activities", "POST"), ("/imports/{number}", "GET"), ("/health", "GET")}
    assert description["components"]["securitySchemes"] == {"Bearer": {"type": "http", "scheme": "bearer"}}


@pytest.mark.parametrize("path", ["/api/nothing", "/api/nothing/x", "/api/customers/a%0Ab", "/api/"])
@pytest.mark.django_db
def test_an_address_that_is_not_there_answers_in_json_in_the_language_asked_for(path: str) -> None:
    said = Client().get(path, headers={"Accept-Language": "ru"})
    assert (said.status_code, said.json()["code"]) == (404, "no_such_address")
    assert re.search("[а-я]", said.content.decode())


@pytest.mark.parametrize(("path", "method"), [("/api/verdict", "delete"), ("/api/activities", "put"), ("/api/health", "post")])
def test_a_method_that_an_address_does_not_know_is_refused_in_json(path: str, method: str) -> None:
    said = getattr(Client(enforce_csrf_checks=True), method)(path, headers={"Accept-Language": "ru"})
    assert (said.status_code, said.json()["code"]) == (405, "wrong_method")
    assert said.headers["Allow"] in said.json()["message"] and said.headers["Allow"] in {"GET", "POST"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # the site closes its connection after each request
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_whatever_is_sent_the_answer_is_one_that_was_described(
    path: str, method: str, user_of: Any, site_home: object, shop_folder: Path, settings: Any
) -> None:
    # Only here, for they take seconds to load.
    import schemathesis
    from hypothesis import HealthCheck, given
    from hypothesis import settings as tried
    from hypothesis import strategies as st
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

    from lakmus.config.wsgi import application

    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", application)[f"/api{path}"][method.lower()]
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    if method == "GET":
        settings.LAKMUS_HOME = shop_folder
    _, token = issue_token(user=user_of("owner"), name="x", scopes=["read", "push"], actor=None)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    @tried(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def send(given_by: Any) -> None:
        case = given_by.draw(operation.as_strategy())
        case.call_and_validate(headers=headers, checks=checks)

    send()
