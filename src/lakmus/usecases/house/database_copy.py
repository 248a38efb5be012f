"""The relational state in a form that any database takes: one JSON line for each row of our own tables."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording

OURS = "lakmus.operations."
ROWS_AT_ONCE = 2000
NOT_EMPTY = Wording(
    "В базе данных, которую называет DATABASE_URL, уже есть данные Лакмуса. Ничего не восстановлено; назовите пустую базу.",
    "The database that DATABASE_URL names holds data of Lakmus already. Nothing was restored; name an empty one.",
)
UNFIT = Wording(
    "Базу данных из копии не удалось восстановить: {problem}. Ничего не восстановлено; нужна та же или более новая версия программы.",
    "The database of the copy could not be restored: {problem}. Nothing was restored; it takes this version of the program or a newer one.",
)


def write_database(path: Path) -> int:
    """Write every row of our tables, as of one moment, in an order in which each finds what it refers to; return how many."""
    rows = 0
    with transaction.atomic(), path.open("w", encoding="utf-8") as target:
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for model in _our_models():
            for row in model._default_manager.order_by("pk").iterator(ROWS_AT_ONCE):
                serializers.serialize("jsonl", [row], stream=target, ensure_ascii=False)
                rows += 1
    return rows


def read_database(path: Path) -> int:
    """Put the rows of a copy into a database that holds none of ours yet; all of them or none. Return how many.

    Raises
    ------
    BadInput : the database is not empty, or the copy does not fit this version of the program.
    """
    if holds_rows():
        raise BadInput("database_not_empty", NOT_EMPTY)
    rows = 0
    try:
        with transaction.atomic(), path.open(encoding="utf-8") as source:
            for row in serializers.deserialize("jsonl", source):
                row.save()
                rows += 1
            _count_on()
    except (serializers.base.DeserializationError, DatabaseError, UnicodeDecodeError) as problem:
        said = " ".join(str(problem).split())[:120]
        raise BadInput("database_copy_unfit", UNFIT.filled(problem=said)) from problem
    return rows


def holds_rows() -> bool:
    """Say whether there is anything in our tables."""
    return any(model._default_manager.exists() for model in _our_models())


def _our_models() -> list[type[models.Model]]:
    ours = [config for config in apps.get_app_configs() if config.name.startswith(OURS)]
    return sorted((model for config in ours for model in config.get_models()), key=lambda model: (_depth(model), model._meta.label))


def _depth(model: type[models.Model]) -> int:
    """How long the longest chain of references from a table is: rows come after what they refer to."""
    named = [field.related_model for field in model._meta.concrete_fields if field.is_relation and field.related_model is not model]
    return 1 + max((_depth(other) for other in named if isinstance(other, type)), default=0)


def _count_on() -> None:
    """Let the next row of each table get a number that none has."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _our_models()):
            cursor.execute(statement)
