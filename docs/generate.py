"""Write docs/reference from the catalogues: `make docs`. A test compares what is committed with what this would write."""

from __future__ import annotations

import argparse
import atexit
import dataclasses
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT))
if "LAKMUS_HOME" not in os.environ:
    os.environ["LAKMUS_HOME"] = tempfile.mkdtemp(prefix="lakmus-docs-")
    atexit.register(shutil.rmtree, os.environ["LAKMUS_HOME"], ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lakmus.config.settings")

if TYPE_CHECKING:
    from docs.failure_codes import Failure


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; what would break a cell is made harmless."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(_cell(part) for part in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(part: object) -> str:
    return re.sub(r"\s+", " ", str("" if part is None else part)).replace("|", "\\|").strip()


def page(title: str, source: str, *parts: str) -> str:
    """Return a page with its title and the file it was made from."""
    head = f"# {title}\n\nWritten by `make docs` from `{source}`; change it there.\n"
    return "\n".join([head, *(part.strip() + "\n" for part in parts)])


def activities() -> str:
    """The catalogue of activity kinds and the columns of the stream."""
    from lakmus.history.activity import ACTIVITY_SCHEMA
    from lakmus.history.catalogue import Family
    from lakmus.history.kinds import FEATURES, KINDS

    columns = []
    for field in ACTIVITY_SCHEMA:
        feature = FEATURES.get(field.name)
        said = (feature.unit, feature.meaning.ru, feature.meaning.en) if feature else ("", "", "")
        columns.append((f"`{field.name}`", field.type, *said))
    heads = ("kind", "на русском", "in English", "columns", "one fact is known by", "revenue")
    families = []
    for family in Family:
        rows = [
            (
                f"`{kind.name}`",
                kind.title.ru,
                kind.title.en,
                " ".join(f"`{column}`" for column in kind.columns),
                " ".join(f"`{part}`" for part in kind.identity),
                {1: "+", -1: "−", 0: ""}[kind.revenue_sign],
            )
            for kind in KINDS.values()
            if kind.family is family
        ]
        families.append(f"### {family.value}\n\n" + table(heads, rows))
    return page(
        "Activities",
        "src/lakmus/history/kinds.py",
        "A customer's history is a table of activities in the form of Activity Schema 2.0. Columns that begin with `_` are typed features.",
        "## Columns",
        table(("column", "type", "unit", "на русском", "meaning"), columns),
        "## Kinds",
        *families,
    )


def signals() -> str:
    """The signals that a customer is cooling: what is read, in which unit and window, and when it warns."""
    from lakmus.engine.signals.catalogue import SIGNALS

    rows = [
        (
            f"`{one.code}`",
            one.title.ru,
            one.title.en,
            one.unit.en,
            one.window_days or "",
            one.definition.ru,
            one.definition.en,
            one.source,
        )
        for one in SIGNALS
    ]
    heads = ("code", "на русском", "in English", "unit", "window, days", "определение", "definition", "source")
    return page("Signals", "src/lakmus/engine/signals/catalogue.py", table(heads, rows))


def service_errors() -> str:
    """The service errors that the product looks for, and other reasons for leaving."""
    from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
    from lakmus.engine.errors.search import DETECTORS

    looked_for = {detector.code for detector in DETECTORS}
    rows = [
        (
            f"`{one.code}`",
            one.title.ru,
            one.title.en,
            f"{one.article_share:.0%}" if one.article_share else "–",
            "yes" if one.code in looked_for else "not yet",
        )
        for one in ERROR_CODES.values()
    ]
    detectors = [(f"`{one.code}`", f"`{one.name}`", one.rule.ru, one.rule.en, one.needed.en) for one in DETECTORS]
    reasons = [(f"`{code}`", title.ru, title.en) for code, title in OTHER_REASONS.items()]
    return page(
        "Service errors",
        "src/lakmus/engine/errors/catalogue.py",
        "The articles' figure is a prior, shown as such; the company's own data replace it.",
        table(("code", "на русском", "in English", "the articles' figure", "looked for"), rows),
        "## Detectors",
        "A detector speaks only where the company sends the facts that it reads; otherwise the error is “not measured”.",
        table(("finds", "detector", "правило", "rule", "reads"), detectors),
        "## Other reasons for leaving",
        table(("code", "на русском", "in English"), reasons),
    )


def errors() -> str:
    """Every error that a person may get to see, with its exit code and HTTP status."""
    from docs.failure_codes import collect
    from lakmus.history import failures

    families = table(
        ("family", "meaning", "exit", "HTTP"),
        (
            (f"`{family.__name__}`", (family.__doc__ or "").strip(), family.exit_code, family.http_status)
            for family in failures.LakmusError.__subclasses__()
        ),
    )
    rows = [(f"`{one.code}`", one.family, f"`{one.package}`", *(one.texts or ("…", "…"))) for one in _each_term(collect())]
    return page(
        "Errors",
        "src/lakmus/",
        "Each error says what happened, that nothing was lost, and what to do, in both languages."
        " What stands in braces differs from case to case.",
        families,
        "## Codes",
        table(("code", "family", "arises in", "на русском", "in English"), rows),
    )


def _each_term(failures: Iterable[Failure]) -> Iterator[Failure]:
    """Spell out the codes that are made from the name of a company's term."""
    import django

    django.setup()
    from lakmus.operations.company.changes import BAD_TERM, CHECKS

    for one in failures:
        if one.code != "bad_{name}":
            yield one
            continue
        for name, (_, needed) in CHECKS.items():
            said = BAD_TERM.filled(written="{written}", needed_ru=needed.ru, needed_en=needed.en)
            yield dataclasses.replace(one, code=f"bad_{name}", texts=(said.ru, said.en))


def settings() -> str:
    """Environment variables, and the terms on which a company's history is read."""
    from lakmus.config import settings as module
    from lakmus.history.company import Company

    variables = re.findall(r"^([A-Z_]+) {2,}(.+)$", module.__doc__ or "", re.MULTILINE)
    meanings = {
        name: meaning
        for names, meaning in re.findall(r"^ +([\w, ]+?) : (.+)$", Company.__doc__ or "", re.MULTILINE)
        for name in names.split(", ")
    }
    company = Company()
    names = [field.name for field in dataclasses.fields(Company)]
    terms = [(f"`{name}`", f"`{getattr(company, name)}`", meanings.get(name, "")) for name in names]
    return page(
        "Settings",
        "src/lakmus/config/settings.py",
        "## Environment",
        table(("variable", "meaning"), ((f"`{name}`", meaning) for name, meaning in variables)),
        "## Terms of the company",
        "Every figure depends on them; they are changed on the settings page, and each change is written in the journal.",
        table(("term", "until it is changed", "meaning"), terms),
    )


def roles() -> str:
    """Who may do what."""
    import django

    django.setup()
    from lakmus.operations.accounts.permissions import PERMITS
    from lakmus.operations.accounts.roles import Role

    rows = [(f"`{one.page}`", f"`{one.verb}`", *("+" if role in one.roles else "" for role in Role), one.reason) for one in PERMITS]
    return page(
        "Roles",
        "src/lakmus/operations/accounts/permissions.py",
        "What stands here is allowed, everything else is not. The web, the API and the command line ask this one table.",
        table(("page", "verb", *(role.value.replace("_", " ") for role in Role), "why"), rows),
    )


def files() -> str:
    """What kinds of files are understood, and by which names of columns."""
    from lakmus.connectors.files.fields import FIELDS
    from lakmus.connectors.files.file_kinds import FILE_KINDS
    from lakmus.connectors.files.refusals import ROW_REFUSALS

    kinds = [
        (
            f"`{kind.name}`",
            kind.title.ru,
            ", ".join(" or ".join(f"`{name}`" for name in group) for group in kind.required),
            " ".join(f"`{name}`" for name in sorted(kind.fields - {name for group in kind.required for name in group})),
        )
        for kind in FILE_KINDS.values()
    ]
    fields = [(f"`{field.name}`", field.title.ru, field.title.en, field.sort.value, ", ".join(field.synonyms)) for field in FIELDS.values()]
    return page(
        "Files",
        "src/lakmus/connectors/files/file_kinds.py",
        "## Kinds of files",
        "`lakmus import FILE --as KIND` says the kind where it is not recognised. Where “or” stands, one of the fields is enough.",
        table(("kind", "на русском", "needed", "also read"), kinds),
        "## Fields",
        "A column is recognised by these names (spaces, case and punctuation do not matter) and by its content.",
        table(("field", "на русском", "in English", "sort", "names of columns"), fields),
        "## Why a row is not taken",
        "Such rows go to a file of their own, each with one of these reasons.",
        table(("reason", "на русском", "in English"), ((f"`{code}`", text.ru, text.en) for code, text in ROW_REFUSALS.items())),
    )


def api() -> str:
    """The addresses of the API, what they ask and what they answer."""
    import django

    django.setup()
    from lakmus.api.site import api as site

    schema = site.get_openapi_schema()
    operations = []
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            asked = [
                (f"`{one['name']}`", one["in"], "yes" if one.get("required") else "", one.get("description", ""))
                for one in operation.get("parameters", [])
            ]
            answers = ", ".join(str(int(status)) for status in operation["responses"])
            text = f"## {method.upper()} {address}\n\n{operation['summary']}. {operation.get('description', '')}\n\nAnswers: {answers}.\n"
            operations.append(text + ("\n" + table(("parameter", "in", "needed", "meaning"), asked) if asked else ""))
    described = "The same as OpenAPI lies at `/api/openapi.json`, with a page to read and try it at `/api/docs`."
    return page("API", "src/lakmus/api/site.py", schema["info"]["description"], described, *operations)


def commands() -> str:
    """The command line: every command with its options."""
    from lakmus.cli.main import build_parser

    parser = build_parser("en")
    with mock.patch.dict(os.environ, COLUMNS="110"):
        parts = [f"```\n{parser.format_help()}```"]
        parts += [f"## {one.prog}\n\n```\n{one.format_help()}```" for one in _commands_below(parser)]
    exits = (
        "Exit code 0: done; 1: refused, for a reason that is printed; 2: wrong usage. With `--format json` a refusal also prints "
        '`{"failure": {"code", "words": {"ru", "en"}}}`, with a code from [errors](errors.md).'
    )
    return page("Commands", "src/lakmus/cli/main.py", "`lakmus` is the same as `python -m lakmus`.", exits, *parts)


def _commands_below(parser: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield below
                yield from _commands_below(below)


PAGES: dict[str, Callable[[], str]] = {
    "activities": activities,
    "signals": signals,
    "service-errors": service_errors,
    "errors": errors,
    "settings": settings,
    "roles": roles,
    "files": files,
    "commands": commands,
    "api": api,
}


def contents() -> str:
    """The page that lists the others."""
    rows = [(f"[{name}]({name}.md)", (make.__doc__ or "").strip()) for name, make in PAGES.items()]
    return page("Reference", "docs/generate.py", table(("page", "holds"), rows))


def render_page(name: str) -> str:
    """Return the text of one file of the reference."""
    return contents() if name == "README.md" else PAGES[name.removesuffix(".md")]()


def render() -> dict[str, str]:
    """Return {name of the file: text} of the whole reference."""
    return {name: render_page(name) for name in ("README.md", *(f"{name}.md" for name in PAGES))}


def main() -> None:
    """Write what changed and remove pages that nothing makes any longer."""
    pages = render()
    for stale in {path.name for path in REFERENCE.glob("*.md")} - set(pages):
        (REFERENCE / stale).unlink()
    for name, text in pages.items():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
