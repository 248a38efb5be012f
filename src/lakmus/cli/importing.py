"""`lakmus import`: look into files, show how they are read, import each fact once."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice, columns
from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording

if TYPE_CHECKING:
    from lakmus.connectors.files import FilePlan, ImportPlan
    from lakmus.usecases.imports.import_files import FileReport, ImportReport

ABOUT = Wording("загрузить файлы: что узнано, показать, каждую запись взять один раз", "import files: recognise, show, take each fact once")
FILES = Wording("файлы CSV, XLSX, Parquet, JSON или ZIP", "CSV, XLSX, Parquet, JSON or ZIP files")
KIND = Wording(
    "что в файлах: orders, cases, reviews, …; для одного из файлов ИМЯ=ВИД",
    "what the files hold: orders, cases, reviews, …; for one of the files NAME=KIND",
)
MAPPING = Wording("файл JSON: какая колонка что значит", "a JSON file that says which column means what")
YES = Wording("не спрашивать", "do not ask")
SAMPLE = 24
SAMPLES = 3

TABLE = Wording("{name}: {kind}, строк около {rows}", "{name}: {kind}, about {rows} rows")
UNKNOWN = Wording("не узнано", "not recognised")
HEADER = (Wording("колонка", "column"), Wording("значит", "means"), Wording("примеры", "samples"))
NOT_READ = Wording("не читается", "not read")
KEPT = Wording("хранится как подробность", "kept as a detail")
REFERENCE = Wording("справочник, не загружается", "a list, not imported")
ASK = Wording("Загрузить? [д/Н] ", "Import? [y/N] ")
AGREED = {"y", "yes", "д", "да"}
NOT_AGREED = Wording("Ничего не загружено.", "Nothing was imported.")
ADD_YES = Wording(
    "Здесь некого спросить, верно ли всё узнано, поэтому ничего не загружено. Посмотрите на колонки выше и добавьте --yes.",
    "Nobody can be asked here whether this is right, so nothing was imported. Look at the columns above and add --yes.",
)
SKIPPED = Wording("Пропущен файл {reason}", "Passed over: {reason}")
NOTHING_LEFT = Wording("Ни один файл нельзя загрузить, ничего не изменено.", "None of the files can be imported, nothing was changed.")
TEXTS_ALONE = Wording(
    "Прочитать сами тексты можно и без дат: lakmus text read ФАЙЛ --column КОЛОНКА.",
    "The texts alone can be read without dates: lakmus text read FILE --column NAME.",
)
TO_BE_NAMED = Wording(
    "Вид файла можно назвать: --as ВИД (или --as ИМЯ=ВИД), колонки – в файле --mapping.",
    "The kind of a file can be named: --as KIND (or --as NAME=KIND), its columns in a --mapping file.",
)
NAMING_HELPS = frozenset({"unknown_kind", "ambiguous_kind", "missing_column", "no_dates", "duplicate_field"})
STEPS = {
    "reading": Wording("Читаю файлы: строк {done}", "Reading files: {done} rows"),
    "writing": Wording("Записываю историю клиентов: записей {done}", "Writing the customer history: {done} activities"),
}
REPORT = (
    Wording("файл", "file"),
    Wording("вид", "kind"),
    Wording("прочитано", "read"),
    Wording("принято", "accepted"),
    Wording("уже было", "duplicate"),
    Wording("отклонено", "rejected"),
)
FACTS = Wording("Новых событий в истории клиентов: {count}", "New activities in the customers' history: {count}")
REASONS = Wording("{name}: отклонено: {why}", "{name}: rejected: {why}")
REJECTED = Wording("{name}: не принятые строки с причинами в {file}", "{name}: rejected rows with their reasons in {file}")
NO_MAPPING = Wording(
    "Не получилось прочитать «{path}»: {problem}. Ничего не загружено.", "Could not read “{path}”: {problem}. Nothing was imported."
)
NO_COLUMN = Wording(
    "В файле «{name}» нет колонки «{column}», которую называет «{path}». Ничего не загружено; проверьте названия.",
    "The file “{name}” has no column “{column}”, which “{path}” names. Nothing was imported; check the names.",
)


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("import", ABOUT, import_files)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=commands.say(FILES))
    parser.add_argument("--as", dest="kinds", action="append", default=[], metavar="KIND", help=commands.say(KIND))
    parser.add_argument("--mapping", type=Path, default=None, metavar="FILE", help=commands.say(MAPPING))
    parser.add_argument("--yes", action="store_true", help=commands.say(YES))


def import_files(asked: Namespace, voice: Voice) -> None:
    """Import what the files hold, after showing it."""
    from lakmus.cli.home import home_at

    mapping = read_mapping(asked.mapping) if asked.mapping else None
    home = home_at(asked.home, create=True)
    from lakmus.usecases.imports.import_files import plan_import
    from lakmus.usecases.imports.import_jobs import run_here

    kinds = named_kinds(asked.files, asked.kinds)
    if mapping is not None and mapping.get("kind"):
        kinds = {path: str(mapping["kind"]) for path in asked.files} | kinds
    plan = plan_import(home, asked.files, kinds=kinds)
    if mapping is not None:
        plan = with_mapping(plan, mapping, asked.mapping)
    if not asked.yes:
        voice.message(written_plan(plan, voice))
    plan, skipped = readable(plan, voice, told=not asked.yes)
    if not asked.yes:
        agree(voice)
    report = run_here(home, plan, actor=None, progress=lambda step, done, expected: tell(voice, step, done))
    if voice.wants_json:
        voice.json({**report.as_json(), "skipped": skipped})
    else:
        voice.text(written_report(report, voice))


def named_kinds(files: list[Path], written: list[str]) -> dict[Path, str]:
    """Return the kind of each file that `--as` speaks of: KIND for all, NAME=KIND for one."""
    kinds: dict[Path, str] = {}
    for word in written:
        name, _, kind = word.rpartition("=")
        kinds |= {path: kind for path in files if name in ("", path.name, str(path))}
    return kinds


def read_mapping(path: Path) -> dict[str, Any]:
    """Return what a person wrote about the columns.

    Raises
    ------
    BadInput : no such file, or not what a mapping looks like.
    """
    try:
        written = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(written, dict) or not isinstance(written.get("fields"), dict):
            raise ValueError("{kind, fields}")
    except (OSError, ValueError) as problem:
        raise BadInput("mapping_unreadable", NO_MAPPING.filled(path=path, problem=problem)) from problem
    return written


def with_mapping(plan: ImportPlan, mapping: dict[str, Any], path: Path) -> ImportPlan:
    """Return the plan with the columns that a person named; the others stay as recognised.

    Raises
    ------
    BadInput : a file lacks a column that is named.
    """
    from lakmus.connectors.files import ImportPlan, check_plan
    from lakmus.connectors.files.joins import describe_joins

    formats = mapping.get("date_formats") or {}
    files = []
    for file in plan.files:
        known = {column.name for column in file.columns}
        for column, target in mapping["fields"].items():
            if column not in known:
                raise BadInput("mapping_column_unknown", NO_COLUMN.filled(name=file.name, column=column, path=path))
            file = file.with_column(column, target, formats.get(column))
        files.append(check_plan(file))
    return ImportPlan(describe_joins(tuple(files)))


def readable(plan: ImportPlan, voice: Voice, *, told: bool = False) -> tuple[ImportPlan, list[dict[str, Any]]]:
    """Return the files that can be read, and what is said of the others; once, unless the plan that was shown said it.

    Raises
    ------
    BadInput : none can.
    """
    from lakmus.connectors.files import ImportPlan

    good = tuple(file for file in plan.files if not file.problems)
    skipped: list[dict[str, Any]] = [
        {"name": file.name, "code": code, "reason": problem}
        for file in plan.files
        for code, problem in zip(file.problem_codes, file.problems, strict=True)
    ]
    hints = [TO_BE_NAMED] if any(one["code"] in NAMING_HELPS for one in skipped) else []
    hints += [TEXTS_ALONE] if any(file.kind == "reviews" and "no_dates" in file.problem_codes for file in plan.files) else []
    if not good and len(skipped) == 1 and not told:
        said = [skipped[0]["reason"], *hints]
        raise BadInput(skipped[0]["code"], Wording(" ".join(one.ru for one in said), " ".join(one.en for one in said)))
    for one in skipped if not told else ():
        voice.message(SKIPPED.filled(reason=voice.word(one["reason"])))
    for hint in hints:
        voice.message(hint)
    if not good or all(file.is_reference for file in good):
        raise BadInput("nothing_to_import", NOTHING_LEFT)
    return ImportPlan(good), skipped


def agree(voice: Voice) -> None:
    """Ask the person at the terminal.

    Raises
    ------
    LakmusError : the answer is no, or nobody is there.
    """
    if not sys.stdin.isatty():
        raise LakmusError("import_not_confirmed", ADD_YES)
    print(voice.word(ASK), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in AGREED:
        raise LakmusError("import_declined", NOT_AGREED)


def written_plan(plan: ImportPlan, voice: Voice) -> str:
    """Return how the files would be read, for a person to judge."""
    return "\n\n".join(_written_file(file, voice) for file in plan.files)


def _written_file(file: FilePlan, voice: Voice) -> str:
    from lakmus.connectors.files.fields import FIELDS
    from lakmus.usecases.writing import number

    kind = voice.word(title_of_kind(file.kind))
    lines = [voice.word(TABLE.filled(name=file.name, kind=kind, rows=number(file.row_estimate, voice.language)))]
    if file.columns:
        rows = [[voice.word(title) for title in HEADER]]
        for column in file.columns:
            meaning = NOT_READ if column.field is None else FIELDS[column.field].title if column.field in FIELDS else KEPT
            shown = ", ".join(_short(sample) for sample in column.samples[:SAMPLES])
            rows.append([_short(column.name), voice.word(meaning) + (f" ({column.date_format})" if column.date_format else ""), shown])
        lines += ["  " + line for line in columns(rows).splitlines()]
    lines += ["  " + voice.word(note) for note in (*file.joins, *file.notes, *file.problems)]
    return "\n".join(lines)


def title_of_kind(kind: str | None) -> Wording:
    """Return what people call a kind of file."""
    from lakmus.connectors.files.file_kinds import FILE_KINDS

    if kind is None:
        return UNKNOWN
    if kind == "reference":
        return REFERENCE
    return FILE_KINDS[kind].title if kind in FILE_KINDS else Wording(kind, kind)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SAMPLE else flat[: SAMPLE - 1] + "…"


def written_report(report: ImportReport, voice: Voice) -> str:
    """Return what became of the files, for a person."""
    from lakmus.usecases.writing import number

    rows = [[voice.word(title) for title in REPORT]]
    for file in report.files:
        counts = [number(count, voice.language) for count in (file.read, file.accepted, file.duplicate, file.rejected)]
        rows.append([file.name, voice.word(title_of_kind(file.kind)), *counts])
    lines = [columns(rows, right=(2, 3, 4, 5))]
    for file in report.files:
        lines += _remarks(file, voice)
    # A row known before may say something new: its order came to an end, its contract too.
    lines.append(voice.word(FACTS.filled(count=number(report.appended, voice.language))))
    return "\n".join(lines)


def _remarks(file: FileReport, voice: Voice) -> list[str]:
    from lakmus.connectors.files.refusals import row_reason_title
    from lakmus.usecases.writing import number

    lines = [f"{file.name}: {voice.word(note)}" for note in file.notes]
    reasons = sorted(file.reasons.items(), key=lambda reason: -reason[1])
    if reasons:
        why = "; ".join(f"{voice.word(row_reason_title(code))} – {number(count, voice.language)}" for code, count in reasons)
        lines.append(voice.word(REASONS.filled(name=file.name, why=why)))
    if file.rejected_file is not None:
        lines.append(voice.word(REJECTED.filled(name=file.name, file=file.rejected_file)))
    return lines


def tell(voice: Voice, step: str, done: int) -> None:
    """Show how far an import is."""
    from lakmus.usecases.writing import number

    words = voice.word(STEPS.get(step, STEPS["reading"]).filled(done=number(done, voice.language)))
    voice.progress(words)
