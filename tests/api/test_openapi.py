"""The API does what its own description says, whatever is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from lakmus.config.wsgi import application
from lakmus.operations.accounts.changes import issue_token

SCHEMA = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_the_description_names_every_operation() -> None:
    named = {f"{operation.method.upper()} {operation.path}" for operation in OPERATIONS}
    assert named >= {"POST /api/activities", "GET /api/imports/{number}", "GET /api/health"}
    schemes = SCHEMA.raw_schema["components"]["securitySchemes"]
    assert schemes == {"Bearer": {"type": "http", "scheme": "bearer"}}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # the site closes its connection after each request
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
def test_whatever_is_sent_the_answer_is_one_that_was_described(
    operation: Any, user_of: Any, site_home: object, shop_folder: Path, settings: Any
) -> None:
    if operation.method == "get":
        settings.LAKMUS_HOME = shop_folder
    _, token = issue_token(user=user_of("owner"), name="x", scopes=["read", "push"], actor=None)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    @tried(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def send(given_by: Any) -> None:
        case = given_by.draw(operation.as_strategy())
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
