"""Find, by reading the source, every error that a person may get to see: its code, its family, its wording."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from docs.source_trees import SOURCE, nodes_of, text_of, tree_of
from lakmus.history import failures

FAMILIES = {family.__name__ for family in failures.LakmusError.__subclasses__()}
Text = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Failure:
    """One code: where it may arise, which family, and what it says (`{…}` stands for what differs from case to case)."""

    code: str
    family: str
    package: str
    texts: Text | None


@dataclass(frozen=True)
class Maker:
    """A function that is given a code, and what the sentence needs, and returns the error."""

    family: str
    names: tuple[str, ...]
    position: int
    texts: Text | None
    table: dict[str, Text]

    def texts_of(self, code: str, call: ast.Call) -> Text | None:
        """Return what this call says, with the parts that stand in the call itself."""
        texts = self.table.get(code) or self.texts
        for name, argument in zip(self.names, call.args, strict=False):
            part = None if isinstance(argument, ast.Starred) else _text(argument)
            if texts and part is not None:
                texts = (texts[0].replace(f"{{{name}}}", part), texts[1].replace(f"{{{name}}}", part))
        return texts


class Unreadable(Exception):
    """A place where the code of an error cannot be told by reading."""


@functools.cache
def collect() -> list[Failure]:
    """Return every failure, by package and code.

    Raises
    ------
    Unreadable : an error whose code is computed in a way this does not follow; write it as a literal or take it from a table.
    """
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if path != SOURCE / "history" / "failures.py"]
    constants = {_module(path): dict(_constants(tree)) for path, tree in _naming({"Wording"}, paths)}
    makers = {_module(path): dict(_makers(tree, _visible(path, tree, constants))) for path, tree in _naming(FAMILIES, paths)}
    found: dict[str, Failure] = {}
    for path, tree in _naming(FAMILIES.union(*makers.values()), paths):
        for failure in _failures(path, tree, _visible(path, tree, constants), _visible(path, tree, makers)):
            known = found.get(failure.code)
            if known is None or known.texts is None:
                found[failure.code] = failure
            elif failure.texts and failure.package == known.package:
                found[failure.code] = dataclasses.replace(known, texts=_common(known.texts, failure.texts))
    return sorted(found.values(), key=lambda one: (one.package, one.code))


def _naming(names: Iterable[str], paths: Iterable[Path]) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules in whose text one of the names stands, with their trees; the others cannot have what is looked for."""
    named = re.compile(rf"\b(?:{'|'.join(sorted(names))})\b")
    for path in paths:
        if named.search(text_of(path)):
            yield path, tree_of(path)


def _common(one: Text, other: Text) -> Text:
    """Return what two sentences of one code have in common, `{…}` where they differ."""
    return (_shared(one[0], other[0]), _shared(one[1], other[1]))


def _shared(one: str, other: str) -> str:
    if one == other:
        return one
    ones, others = one.split(" "), other.split(" ")
    parts: list[str] = []
    for sort, start, end, _, _ in difflib.SequenceMatcher(None, ones, others, autojunk=False).get_opcodes():
        parts += ones[start:end] if sort == "equal" else ["{…}"]
    return " ".join(part for place, part in enumerate(parts) if place == 0 or part != "{…}" or parts[place - 1] != "{…}")


def _module(path: Path) -> str:
    return ".".join(("lakmus", *path.relative_to(SOURCE).with_suffix("").parts))


def _visible(path: Path, tree: ast.Module, defined: dict[str, dict[str, T]]) -> dict[str, T]:
    """Return what a module defines or imports of `defined` (by module and name), by the name it has there."""
    visible = dict(defined.get(_module(path), {}))
    for node in _imports(tree):
        if node.module in defined:
            for name in node.names:
                if name.name in defined[node.module]:
                    visible[name.asname or name.name] = defined[node.module][name.name]
    return visible


@functools.cache
def _imports(tree: ast.Module) -> tuple[ast.ImportFrom, ...]:
    return tuple(node for node in nodes_of(tree) if isinstance(node, ast.ImportFrom))


def _failures(path: Path, tree: ast.Module, constants: dict[str, Text], makers: dict[str, Maker]) -> Iterator[Failure]:
    package = ".".join(path.relative_to(SOURCE).with_suffix("").parts[:2])
    functions = [one for one in nodes_of(tree) if isinstance(one, ast.FunctionDef) and one.name in makers]
    inside_makers = {id(node) for function in functions for node in nodes_of(function)}
    local = _local_wordings(tree, constants)
    for node in nodes_of(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).split(".")[-1]
        if name in FAMILIES and node.args and id(node) not in inside_makers:
            code = _text(node.args[0])
            if isinstance(node.args[0], ast.Attribute | ast.Subscript):
                continue  # handed on from where it arose
            if code is None:
                raise Unreadable(f"{path}:{node.lineno}: {ast.unparse(node.args[0])}")
            yield Failure(code, name, package, _texts(node.args[1], local.get(id(node), constants)) if len(node.args) > 1 else None)
        elif name in makers and len(node.args) > makers[name].position:
            maker = makers[name]
            code = _text(node.args[maker.position])
            if code is not None:
                yield Failure(code, maker.family, package, maker.texts_of(code, node))
            for key, texts in maker.table.items():
                if code is None:
                    yield Failure(key, maker.family, package, texts)


def _local_wordings(tree: ast.Module, constants: dict[str, Text]) -> dict[int, dict[str, Text]]:
    """Return for each call inside a function the wordings that go by a name there: the module's and the function's own."""
    found: dict[int, dict[str, Text]] = {}
    for function in nodes_of(tree):
        if isinstance(function, ast.FunctionDef):
            assigned = [one for one in nodes_of(function) if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)]
            own = {ast.unparse(one.targets[0]): texts for one in assigned if (texts := _texts(one.value, constants))}
            if own:
                found |= {id(one): constants | own for one in nodes_of(function) if isinstance(one, ast.Call)}
    return found


def _makers(tree: ast.Module, constants: dict[str, Text]) -> Iterator[tuple[str, Maker]]:
    tables = _tables(tree)
    mentioned = {node.id for node in nodes_of(tree) if isinstance(node, ast.Name)}
    functions = [node for node in nodes_of(tree) if isinstance(node, ast.FunctionDef)] if mentioned & FAMILIES else []
    for function in functions:
        names = [argument.arg for argument in function.args.args if argument.arg != "self"]
        for node in nodes_of(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in FAMILIES and node.args:
                code = node.args[0]
                if isinstance(code, ast.Name) and code.id in names:
                    used = {one.id for one in nodes_of(function) if isinstance(one, ast.Name)}
                    table = {key: texts for name, rows in tables.items() if name in used for key, texts in rows.items()}
                    inner = [one for one in nodes_of(function) if isinstance(one, ast.Call) and ast.unparse(one.func) == "Wording"]
                    texts = _texts(inner[-1], constants) if inner else None
                    family = ast.unparse(node.func).split(".")[-1]
                    yield function.name, Maker(family, tuple(names), names.index(code.id), texts, table)


def _constants(tree: ast.Module) -> Iterator[tuple[str, Text]]:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            texts = _texts(node.value, {})
            if texts:
                yield target.id, texts


def _tables(tree: ast.Module) -> dict[str, dict[str, Text]]:
    tables = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            cells = zip(node.value.keys, node.value.values, strict=True)
            rows = {key.value: _texts(one, {}) for key, one in cells if isinstance(key, ast.Constant)}
            if rows and all(rows.values()):
                tables[ast.unparse(target)] = {key: texts for key, texts in rows.items() if texts}
    return tables


def _texts(node: ast.expr, constants: dict[str, Text]) -> Text | None:
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if not isinstance(node, ast.Call):
        return None
    name = ast.unparse(node.func)
    if name.endswith(".filled"):
        return _texts(node.func.value, constants) if isinstance(node.func, ast.Attribute) else None
    if name.split(".")[-1] != "Wording":
        return None
    parts = [*node.args, *(keyword.value for keyword in sorted(node.keywords, key=lambda one: str(one.arg), reverse=True))]
    texts = [_text(part) for part in parts]
    if len(texts) == 2 and texts[0] and texts[1]:
        return texts[0], texts[1]
    # Put together at run time from one wording, say by languages that need different parts.
    used = {one.id for one in nodes_of(node) if isinstance(one, ast.Name) and one.id in constants}
    return constants[used.pop()] if len(used) == 1 else None


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else _place(part) for part in node.values)
    return None


def _place(part: ast.expr) -> str:
    """Return what stands for a computed part of a sentence: `{name}` where it has a plain name."""
    held = part.value if isinstance(part, ast.FormattedValue) else part
    held = held.args[0] if isinstance(held, ast.Call) and held.args else held
    name = held.attr if isinstance(held, ast.Attribute) else held.id if isinstance(held, ast.Name) else "…"
    return f"{{{name}}}"
