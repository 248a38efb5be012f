"""The Django application of the web face."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning, register

LOCALE = Path(__file__).parent / "locale"


class WebConfig(AppConfig):
    """Templates, static files and translations of the pages."""

    name = "lakmus.web"
    label = "web"
    verbose_name = "Lakmus pages"


@register()
def translations_are_compiled(app_configs: object, **_: object) -> list[CheckMessage]:
    """Warn when a catalogue of translations is newer than its compiled form, or was never compiled."""
    stale = [po for po in LOCALE.rglob("*.po") if not _is_fresh(po, po.with_suffix(".mo"))]
    return [
        Warning(
            f"the translations of {po.parents[1].name} are not compiled",
            hint="Run: python -m lakmus.web.compile_messages",
            id="lakmus.web.W001",
        )
        for po in stale
    ]


def _is_fresh(source: Path, compiled: Path) -> bool:
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime
