"""Fixtures that more than one folder of tests wants: users by role, browsers that are logged in, the real data."""

from __future__ import annotations

import atexit
import gc
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import pytest
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.test import Client, override_settings
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from lakmus.usecases.house import home as home_of_tables

PASSWORD = "зимний-лакмус-42"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# A machine that has other things to do is no failure.
hypothesis_settings.register_profile("lakmus", deadline=None)
hypothesis_settings.load_profile("lakmus")
LEFT_OUT = re.compile(r"not (\w+)")
MARKED_WHOLE = re.compile(r"^pytestmark = \[?\s*(.*)", re.MULTILINE)
# Companies that are simulated, imported, computed: whatever looks at one of them takes longer than the fast tests may.
WHOLE_COMPANIES = set("company_home failing_city kept_desk small_company default quiet slow_desk large_plan shared_data".split())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a module unread of which `-m "not slow …"` would drop every test: what it loads takes seconds."""
    dropped = LEFT_OUT.findall(config.option.markexpr)
    if not dropped or collection_path.suffix != ".py" or "or" in config.option.markexpr.split():
        return None
    marked = MARKED_WHOLE.search(collection_path.read_text(encoding="utf-8"))
    return True if marked and any(f"pytest.mark.{name}" in marked[1] for name in dropped) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a whole company as slow."""
    for item in items:
        if WHOLE_COMPANIES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Take what was imported out of the garbage collector's rounds: it stays until the end."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords cheaply; a second for each user would be most of the suite."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_looked_up_once() -> Iterator[None]:
    """Let all clients of a process know the same static files: each would stat every one of them, as a server does when it starts."""
    found = WhiteNoiseMiddleware(HttpResponse).files
    with mock.patch.object(WhiteNoiseMiddleware, "add_files_from_finders", lambda self: self.files.update(found)):
        yield


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> None:
    """Make the tables as a new home gets them, at once, which takes a tenth of the time; PostgreSQL goes through every migration."""

    def at_once(self: Migrate, *args: object, **options: object) -> None:
        home_of_tables._lay_out(MigrationExecutor(connections[options["database"]]))

    made = mock.patch.object(Migrate, "handle", at_once) if connections["default"].vendor == "sqlite" else nullcontext()
    with made:
        request.getfixturevalue("django_db_setup")


@pytest.fixture
def user_of(db: None) -> Callable[..., object]:
    """Return a function that gives the user of a role, made on first call, with the password PASSWORD."""
    from lakmus.operations.accounts import changes
    from lakmus.operations.accounts.models import User

    def find_or_make(role: str, username: str = "", password: str = PASSWORD) -> User:
        name = username or role
        found = User.objects.filter(username=name).first()
        return found or changes.create_user(username=name, role=role, password=password, actor=None)

    return find_or_make


@pytest.fixture
def client_of(user_of: Callable[..., object]) -> Callable[..., Client]:
    """Return a function that gives a test client logged in as the user of a role; CSRF is checked on request."""

    def log_in(role: str, *, enforce_csrf_checks: bool = False) -> Client:
        client = Client(enforce_csrf_checks=enforce_csrf_checks)
        client.force_login(user_of(role), backend="lakmus.operations.accounts.backends.UsernameOrEmail")
        return client

    return log_in


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real data; the test is skipped, saying so, where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data are not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Path:
    """Return an empty home folder of this test alone."""
    folder = tmp_path / "home"
    folder.mkdir()
    settings.LAKMUS_HOME = folder
    return folder
