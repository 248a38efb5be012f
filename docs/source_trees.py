"""The product's own source as syntax trees: parsed and walked once, whoever asks."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "lakmus"


@functools.cache
def text_of(path: Path) -> str:
    """Return the text of a module."""
    return path.read_text(encoding="utf-8")


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Return the tree of a module."""
    return ast.parse(text_of(path))


@functools.cache
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return every node of a tree, as `ast.walk` gives them."""
    return tuple(ast.walk(tree))
