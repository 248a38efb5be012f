"""What the import contracts cannot see: sizes, names, clocks, documented errors, hosts.

An exception stands in `house_exceptions.txt` as `rule path[:name]`. The file may only shrink: an entry that is no longer needed fails.
"""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docs.source_trees import SOURCE, nodes_of, text_of, tree_of

ROOT = Path(__file__).parent.parent
EXCEPTIONS = Path(__file__).with_name("house_exceptions.txt")

MODULE_LINES = 400
FUNCTION_LINES = 50
CLASS_METHODS = 20
BANNED_MODULES = set(
    "utils util helpers helper common misc core base lib manager managers handler handlers processor service services".split()
)
BANNED_NAMES = set("score value data info event type".split())
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "timezone.now",
}
WRITING = {"save", "create", "update", "update_or_create", "get_or_create", "delete", "bulk_create", "record", "_write_down"}
IMPORTED_AS = {"charset-normalizer": "charset_normalizer", "django-ninja": "ninja", "pystemmer": "Stemmer", "scikit-learn": "sklearn"}
# Not imported, but named to what does the importing.
BY_NAME = {"django-axes", "django-htmx", "django-q2", "gunicorn", "psycopg", "pymorphy3-dicts-ru", "tzdata", "whitenoise"}
PURE = ("history", "engine")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


@functools.cache
def modules(folder: Path = SOURCE) -> list[tuple[str, ast.Module, str]]:
    """Every module below `folder`: its path from the root, its tree and its text; migrations are written by Django."""
    paths = [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]
    return [(str(path.relative_to(ROOT)), tree_of(path), text_of(path)) for path in paths]


def oversized_modules() -> Iterator[str]:
    for path, _, text in modules():
        if (lines := text.count("\n")) > MODULE_LINES:
            yield f"module-lines {path} ({lines})"


def oversized_functions() -> Iterator[str]:
    for path, tree, _ in modules():
        for node in nodes_of(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := _body_lines(node)) > FUNCTION_LINES:
                yield f"function-lines {path}:{node.name} ({lines})"


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def oversized_classes() -> Iterator[str]:
    for path, tree, _ in modules():
        for node in nodes_of(tree):
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
                if methods > CLASS_METHODS:
                    yield f"class-methods {path}:{node.name} ({methods})"


def banned_module_names() -> Iterator[str]:
    for path in sorted(SOURCE.rglob("*.py")):
        if BANNED_MODULES & {path.stem, path.parent.name}:
            yield f"module-name {path.relative_to(ROOT)}"


def banned_public_names() -> Iterator[str]:
    for path, tree, _ in modules():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name.lower() in BANNED_NAMES:
                yield f"public-name {path}:{node.name}"


def clocks() -> Iterator[str]:
    for package in PURE:
        for path, tree, _ in modules(SOURCE / package):
            for node in nodes_of(tree):
                if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in CLOCKS:
                    yield f"clock {path}:{node.lineno}"


def loose_moments() -> Iterator[str]:
    """`as_of` is keyword-only below the faces; below the use cases it has no default, so nobody looks from an unsaid moment."""
    for package in ("history", "stream", "runners", "engine", "usecases"):
        for path, tree, _ in modules(SOURCE / package):
            for node in nodes_of(tree):
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                positional = {argument.arg for argument in [*node.args.posonlyargs, *node.args.args]}
                defaults = {
                    one.arg for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if default is not None
                }
                if "as_of" in (positional if package == "usecases" else positional | defaults):
                    yield f"as-of {path}:{node.name}"


def nameless_changes() -> Iterator[str]:
    """Whoever changes state says who: a function of `changes.py` that writes takes a keyword-only `actor`, or the worker's `runner`.

    `note_…` is for what the product notices by itself (a token was used), about which nobody decided anything.
    """
    for path, tree, _ in modules(SOURCE / "operations"):
        for node in tree.body:
            if not path.endswith("changes.py") or not isinstance(node, ast.FunctionDef) or node.name.startswith(("_", "note_", "record")):
                continue
            called = {ast.unparse(one.func).split(".")[-1] for one in ast.walk(node) if isinstance(one, ast.Call)}
            if called & WRITING and not {"actor", "runner"} & {argument.arg for argument in node.args.kwonlyargs}:
                yield f"actor {path}:{node.name}"


def receivers() -> Iterator[str]:
    for path, tree, _ in modules():
        for node in nodes_of(tree):
            names = [ast.unparse(one).split("(")[0].split(".")[-1] for one in getattr(node, "decorator_list", [])]
            if "receiver" in names:
                yield f"receiver {path}:{node.name}"  # type: ignore[attr-defined]


def saves() -> Iterator[str]:
    for path, tree, _ in modules(SOURCE / "operations"):
        for node in nodes_of(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "save" and path.endswith("models.py"):
                yield f"save {path}:{node.lineno}"


def unfinished_marks() -> Iterator[str]:
    for folder in ("src", "tests", "benchmarks", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".md", ".txt"} and UNFINISHED.search(path.read_text(encoding="utf-8")):
                yield f"unfinished {path.relative_to(ROOT)}"


def inline_styles_and_scripts() -> Iterator[str]:
    """The content policy forbids them, so a browser would silently drop them."""
    inline = re.compile(
        r"<style[\s>]|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son(?:click|change|submit|load|input|error|focus|blur|toggle|key\w+|mouse\w+|pointer\w+)=|javascript:",
        re.IGNORECASE,
    )
    for path in sorted((SOURCE / "web").rglob("*.html")):
        if "reports" not in path.parts and (found := inline.search(path.read_text(encoding="utf-8"))):
            yield f"inline {path.relative_to(ROOT)} ({found.group().strip()})"


def foreign_hosts() -> Iterator[str]:
    """Nothing is fetched from outside: no page, style or script names another host."""
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in {".html", ".css", ".js"}:
            for host in re.findall(r"(?:src|href|url|@import)\W{1,3}(?:https?:)?//([\w.-]+)", path.read_text(encoding="utf-8")):
                yield f"host {path.relative_to(ROOT)} ({host})"


def percentages_of_the_other_language() -> Iterator[str]:
    """Russian parts the sign of percent from its number, English does not."""
    for path, tree, _ in modules():
        for call in nodes_of(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Wording" and len(call.args) == 2:
                ru, en = (written.value if isinstance(written, ast.Constant) else "" for written in call.args)
                if re.search(r"[\d}]%", ru) or re.search(r"[\d}]\s%", en):
                    yield f"percent {path}:{call.lineno}"


RULES = (
    oversized_modules,
    oversized_functions,
    oversized_classes,
    banned_module_names,
    banned_public_names,
    clocks,
    loose_moments,
    nameless_changes,
    receivers,
    saves,
    unfinished_marks,
    inline_styles_and_scripts,
    foreign_hosts,
    percentages_of_the_other_language,
)


def allowed() -> set[str]:
    """The entries of the exceptions file, without their reasons."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    return {line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()}


@functools.cache
def violations_of(rule: Callable[[], Iterator[str]]) -> list[str]:
    return list(rule())


def without_measure(violation: str) -> str:
    return violation.split(" (")[0]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rule(rule) -> None:
    found = [violation for violation in violations_of(rule) if without_measure(violation) not in allowed()]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    rules = RULES if allowed() else ()
    violations = {without_measure(violation) for rule in rules for violation in violations_of(rule)}
    assert allowed() <= violations, f"these can be struck from {EXCEPTIONS.name}: {allowed() - violations}"


def test_the_exceptions_are_few() -> None:
    assert len(allowed()) <= 0


def test_locks_name_no_host_and_pin_every_package_with_hashes() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock.txt"))
    assert [lock.name.split(".")[0] for lock in locks] == ["bench", "build", "check", "embeddings", "runtime", "spark", "test"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert not re.search(r"://|^-|\bfile:|index-url|find-links| @ ", text, re.MULTILINE), lock.name
        for requirement in re.split(r"\n(?=\S)", text.strip()):
            assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", requirement) and "--hash=sha256:" in requirement, requirement[:80]


def test_locks_agree_on_the_version_of_each_package() -> None:
    versions: dict[str, set[str]] = {}
    for lock in (ROOT / "requirements").glob("*.lock.txt"):
        for name, pinned in re.findall(r"^([\w.-]+)(?:\[.*?\])?==(.*?) \\$", lock.read_text(encoding="utf-8"), re.MULTILINE):
            marker = pinned.partition(";")[2]
            elsewhere = "== 'darwin'" in marker
            if not elsewhere and ("3.12" not in marker or "< '3.12'" in marker):
                versions.setdefault(name, set()).add(pinned.partition(" ;")[0])
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_every_declared_dependency_is_used() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in declared} - BY_NAME
    source = "\n".join(text for _, _, text in modules())
    assert [name for name in sorted(names) if not re.search(rf"(?:import|from) {IMPORTED_AS.get(name, name)}\b", source)] == []
