"""From files to a plan: what each table is, how it will be read, and how the tables hang together."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from lakmus.connectors.files.activity_table import as_activity_columns, is_activity_table
from lakmus.connectors.files.archives import Unpacked
from lakmus.connectors.files.dates import SLASHES, day_first
from lakmus.connectors.files.fields import FIELDS, Sort
from lakmus.connectors.files.file_kinds import ACTIVITIES, ALIASES, FILE_KINDS
from lakmus.connectors.files.joins import describe_joins
from lakmus.connectors.files.plan import ColumnPlan, FilePlan, ImportPlan, SavedMapping
from lakmus.connectors.files.recognise import recognise, with_date_format
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.second_thoughts import first_rows_name_the_order
from lakmus.connectors.files.sniff import decimal_mark
from lakmus.connectors.files.tables import Glance, glance, tables_of
from lakmus.connectors.files.whole import relation_of
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording

SCANNED_WHOLE = 400 * 1024**2


def inspect_files(
    paths: Sequence[Path],
    *,
    kinds: Mapping[Path, str] | None = None,
    mappings: Sequence[SavedMapping] = (),
    work_dir: Path,
    time_zone: str,
) -> ImportPlan:
    """Look into the files and say what each is and how it would be read; nothing is imported.

    `kinds` names the kind of a file beforehand, `mappings` are those saved for files with the same header. A file that
    cannot be used stands in the plan with its problem. `time_zone` (IANA) is where naive times belong.

    Raises
    ------
    BadInput : no file was given, or a named kind does not exist.
    """
    if not paths:
        raise refusal("no_files")
    named_kinds = {Path(path): _known_kind(kind) for path, kind in (kinds or {}).items()}
    files: list[FilePlan] = []
    for path in map(Path, paths):
        try:
            for place in tables_of(path, work_dir):
                for seen in glance(place, f"{path.name}: {place.member}" if place.member else path.name):
                    files.append(plan_table(path, place, seen, named_kinds.get(path), mappings, work_dir))
        except BadInput as failure:
            files.append(FilePlan(path, problems=(failure.wording,), problem_codes=(failure.code,)))
    return ImportPlan(describe_joins(tuple(files)))


def _known_kind(kind: str) -> str:
    plain = ALIASES.get(kind, kind.replace("-", "_"))
    if plain not in FILE_KINDS and plain != ACTIVITIES:
        raise refusal("no_such_kind", found=kind, known=", ".join([*FILE_KINDS, ACTIVITIES]))
    return plain


def plan_table(path: Path, place: Unpacked, seen: Glance, kind: str | None, mappings: Sequence[SavedMapping], work_dir: Path) -> FilePlan:
    """Return the plan of one table."""
    plan = FilePlan(
        path=path,
        member=seen.member,
        format=seen.format,
        encoding=seen.encoding,
        delimiter=seen.delimiter,
        header_row=seen.header_row,
        row_estimate=seen.row_estimate,
        columns=tuple(ColumnPlan(name) for name in seen.names),
    )
    cells = [[row[index] if index < len(row) else "" for row in seen.rows] for index in range(len(seen.names))]
    saved = next((mapping for mapping in mappings if mapping.signature == plan.signature), None)
    if saved is not None and kind in (None, saved.kind):
        plan = _by_mapping(plan, saved, cells)
    elif kind in (None, ACTIVITIES) and is_activity_table(seen.names):
        plan = replace(plan, kind=ACTIVITIES, kind_confidence=1.0, columns=as_activity_columns(seen.names, cells))
    elif kind == ACTIVITIES:
        return _with_problem(plan, refusal("missing_column", plan.name, field="activity", kind=ACTIVITIES))
    else:
        title = Path(seen.member).stem if seen.member and seen.format != "xlsx" else path.stem
        found = recognise(seen.names, seen.rows, title, kind=kind)
        plan = replace(plan, kind=found.kind, kind_confidence=found.confidence, columns=found.columns)
        if found.rivals:
            first, second = (FILE_KINDS[rival].title for rival in found.rivals)
            return _with_problem(plan, _ambiguous(plan.name, first, second))
    if saved is None and plan.kind != ACTIVITIES:
        numbers = [cells[i] for i, column in enumerate(plan.columns) if column.field and FIELDS[column.field].sort is Sort.NUMBER]
        plan = replace(plan, decimal=decimal_mark([cell for column in numbers for cell in column]))
    fields = [column.field for column in plan.columns]
    plan = replace(plan, grouped=first_rows_name_the_order(plan.kind, fields, cells))
    return decide_days(check_plan(plan), place, work_dir)


def _by_mapping(plan: FilePlan, saved: SavedMapping, cells: Sequence[Sequence[str]]) -> FilePlan:
    columns = []
    for column, samples in zip(plan.columns, cells, strict=True):
        shown = tuple(dict.fromkeys(cell.strip()[:80] for cell in samples if cell.strip()))[:5]
        target = saved.fields.get(column.name)
        column = ColumnPlan(column.name, shown, target, 1.0 if target else 0.0, saved.date_formats.get(column.name))
        columns.append(with_date_format(column, samples) if target in FIELDS else column)
    return replace(plan, kind=saved.kind, kind_confidence=1.0, columns=tuple(columns), decimal=saved.decimal or ".")


def check_plan(plan: FilePlan) -> FilePlan:
    """Return the plan with the problems that its kind and columns still have (those of an unreadable file are kept)."""
    if plan.format == "unknown" or (plan.kind is None and "ambiguous_kind" in plan.problem_codes):
        return plan
    # Dates written both ways stay a problem until a person has said which way to read them.
    doubtful = any(column.field and column.confidence < 1 and column.date_format in SLASHES for column in plan.columns)
    kept = [pair for pair in zip(plan.problem_codes, plan.problems, strict=True) if doubtful and pair[0] == "contradicting_dates"]
    plan = replace(plan, problems=tuple(wording for _, wording in kept), problem_codes=tuple(code for code, _ in kept))
    if plan.kind is None:
        return _with_problem(plan, refusal("unknown_kind", plan.name))
    if plan.kind not in FILE_KINDS:
        return (
            plan if plan.kind == ACTIVITIES else _with_problem(plan, refusal("no_such_kind", found=plan.kind, known=", ".join(FILE_KINDS)))
        )
    kind = FILE_KINDS[plan.kind]
    fed = [column.field for column in plan.columns if column.field]
    for field in dict.fromkeys(fed):
        if field not in FIELDS:
            return _with_problem(plan, refusal("unknown_field", plan.name, field=field))
        if field != "feature" and fed.count(field) > 1:
            twice = ", ".join(f"«{column.name}»" for column in plan.columns if column.field == field)
            plan = _with_problem(plan, _translated("duplicate_field", plan.name, field=FIELDS[field].title, columns=Wording(twice, twice)))
    if plan.is_reference:
        return plan
    for group in kind.required:
        if not any(field in fed for field in group):
            code = "no_dates" if group[0] == "ts" else "missing_column"
            wanted = Wording(" / ".join(FIELDS[each].title.ru for each in group), " / ".join(FIELDS[each].title.en for each in group))
            plan = _with_problem(plan, _translated(code, plan.name, field=wanted, kind=kind.title))
    return plan


def _translated(code: str, name: str, **parts: Wording) -> BadInput:
    """Return a refusal whose parts differ by language."""
    russian = refusal(code, name, **{key: part.ru for key, part in parts.items()}).wording.ru
    english = refusal(code, name, **{key: part.en for key, part in parts.items()}).wording.en
    return BadInput(code, Wording(russian, english))


def _ambiguous(name: str, first: Wording, second: Wording) -> BadInput:
    return _translated("ambiguous_kind", name, first=first, second=second)


def _with_problem(plan: FilePlan, failure: BadInput) -> FilePlan:
    return replace(plan, problems=(*plan.problems, failure.wording), problem_codes=(*plan.problem_codes, failure.code))


def decide_days(plan: FilePlan, place: Unpacked, work_dir: Path) -> FilePlan:
    """Settle day/month against month/day by the whole column where the file is not huge, else by what was seen."""
    doubtful = [index for index, column in enumerate(plan.columns) if column.field and column.date_format in SLASHES]
    if not doubtful or plan.problems or place.path.stat().st_size > SCANNED_WHOLE:
        return plan
    columns = list(plan.columns)
    decided: dict[int, bool | None] = {}
    for index in doubtful:
        try:
            decided[index] = day_first(*_largest_parts(plan, index, work_dir))
        except ValueError:
            plan = _with_problem(plan, refusal("contradicting_dates", plan.name, column=columns[index].name))
            return plan
    others = {answer for answer in decided.values() if answer is not None}
    for index, answer in decided.items():
        first = answer if answer is not None else (others != {False})
        if not first:
            columns[index] = replace(columns[index], date_format=SLASHES[columns[index].date_format or ""])
        if answer is None and not others:
            columns[index] = replace(columns[index], confidence=min(columns[index].confidence, 0.5))
    return replace(plan, columns=tuple(columns))


def _largest_parts(plan: FilePlan, index: int, work_dir: Path) -> tuple[int, int]:
    """Return the largest first and second number of the dates a/b/Y of a whole column."""
    pattern = r"'^\s*(\d{1,2})/(\d{1,2})/'"
    with duckdb.connect() as connection:
        relation = relation_of(plan, work_dir)
        query = (
            f"select coalesce(max(try_cast(regexp_extract(c{index}, {pattern}, 1) as integer)), 0),"
            f" coalesce(max(try_cast(regexp_extract(c{index}, {pattern}, 2) as integer)), 0) from {relation}"
        )
        try:
            first, second = connection.execute(query).fetchall()[0]
        except duckdb.Error as failure:
            raise refusal("damaged", plan.name) from failure
    return int(first), int(second)
