"""What the environment may choose, as a fresh process reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "DEBUG",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "LANGUAGE_CODE",
)
PRINT = f"import json; from lakmus.config import settings; print(json.dumps({{name: getattr(settings, name) for name in {NAMES!r}}}))"


def read(tmp_path: Path, **chosen: str) -> dict[str, Any]:
    environment = {name: held for name, held in os.environ.items() if not name.startswith(("LAKMUS_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-c", PRINT], cwd=tmp_path, env={**environment, **chosen}, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_without_a_word_the_site_serves_this_machine_alone_and_shows_no_tracebacks(tmp_path: Path) -> None:
    said = read(tmp_path)
    assert (said["DEBUG"], said["ALLOWED_HOSTS"], said["LANGUAGE_CODE"]) == (False, ["localhost", "127.0.0.1", "[::1]"], "ru")
    assert not said["SESSION_COOKIE_SECURE"]
    assert (tmp_path / "lakmus-home" / "keys" / "secret").exists()


def test_behind_https_cookies_travel_nowhere_else(tmp_path: Path) -> None:
    said = read(tmp_path, LAKMUS_HTTPS="1", LAKMUS_HOSTS="lakmus.example, crm.example", LAKMUS_HOME=str(tmp_path / "h"))
    assert said["SESSION_COOKIE_SECURE"] and said["CSRF_COOKIE_SECURE"] and said["SECURE_SSL_REDIRECT"]
    assert said["SECURE_HSTS_SECONDS"] > 0
    assert said["ALLOWED_HOSTS"][-2:] == ["lakmus.example", "crm.example"]


@pytest.mark.slow
def test_djangos_own_check_for_deployment_finds_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "LAKMUS_HOME": str(tmp_path), "LAKMUS_HTTPS": "1", "DATABASE_URL": ""}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
