"""The folder that holds everything of one company: stream, database, keys, uploads, results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.stream.store import Stream

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

NO_HOME = Wording(
    "Папки «{path}» нет. Проверьте --home или начните с загрузки файлов: lakmus import ФАЙЛ.",
    "There is no folder “{path}”. Check --home, or begin by importing files: lakmus import FILE.",
)
FOLDERS = ("uploads", "rejected", "work", "results", "reports", "logs")


@dataclass(frozen=True, slots=True)
class Home:
    """One company's home folder; see docs/reference for what lies where."""

    path: Path

    def stream(self) -> Stream:
        """Open the customer stream, making an empty one at first."""
        return Stream.open_or_create(self.path / "stream")

    @property
    def uploads(self) -> Path:
        """Files as people brought them, a folder for each import."""
        return self.path / "uploads"

    @property
    def rejected(self) -> Path:
        """Rows that were not taken, with reasons."""
        return self.path / "rejected"

    @property
    def work(self) -> Path:
        """Files that live only while something runs."""
        return self.path / "work"

    @property
    def results(self) -> Path:
        """Computed verdicts and their tables; may be deleted at any time."""
        return self.path / "results"

    @property
    def reports(self) -> Path:
        """Reports for print and mail."""
        return self.path / "reports"


_ready: set[Path] = set()


def open_home(path: Path, *, create: bool = True) -> Home:
    """Return the home in this folder, with its folders made and its database up to date.

    Raises
    ------
    NotFound : there is no such folder and `create` is off.
    """
    whole = Path(path).expanduser().resolve()
    if not create and not (whole / "stream").is_dir():
        raise NotFound("no_home", NO_HOME.filled(path=path))
    if whole not in _ready:
        for name in FOLDERS:
            (whole / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        _bring_up_the_database()
        _ready.add(whole)
    return Home(whole)


def _bring_up_the_database() -> None:
    """Apply the migrations that are missing; an empty database gets the tables of today at once, in one transaction."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not connection.introspection.table_names():
        _lay_out(executor)
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _lay_out(executor: MigrationExecutor) -> None:
    from django.apps import apps
    from django.core.management.sql import emit_post_migrate_signal

    connection = executor.connection
    with connection.schema_editor() as editor:
        if connection.introspection.table_names():
            return  # somebody else was quicker
        executor.recorder.ensure_schema()
        for model in apps.get_models():
            if model._meta.can_migrate(connection) and not model._meta.proxy:
                editor.create_model(model)
        for app, name in executor.loader.graph.nodes:
            executor.recorder.record_applied(app, name)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
