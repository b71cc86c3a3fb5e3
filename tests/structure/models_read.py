"""Which models Python reads: found in its text, wherever the name of a table stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

SCHEMAS = ("staging", "intermediate", "marts", "what_if")
# In SQL after from or join; alone; or after the name of a database, which an f-string holds.
IN_SQL = re.compile(rf"(?:(?:from|join)\s+|^)(?:[\w{{}}]+\.)?(?:{'|'.join(SCHEMAS)})\.(\w+)")


def read_models(files: Iterable[Path], models: set[str], known: Iterable[Path] = ()) -> set[str]:
    """Models that Python files read: by `marts.name` in SQL, ("marts", "name") or night("name").

    Parameters
    ----------
    known : iterable of Path
        Files whose constants these may import.
    """
    given = {name: value for file in known for name, value in _assigned(_tree(file))}
    found = set()
    for file in files:
        tree = _tree(file)
        found |= set(_named(tree, given | dict(_assigned(tree)))) & models
    return found


def named_models(file: Path, models: set[str]) -> set[str]:
    """Models whose names stand in the texts of a Python file, read or not."""
    texts = [node.value for node in ast.walk(_tree(file)) if isinstance(node, ast.Constant)]
    return {word for text in texts for word in re.findall(r"\w+", str(text))} & models


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _assigned(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of a module that stand for a text."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(str() as value)):
                yield name, value


def _text(node: ast.AST, given: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return given.get(node.id)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, given) or "{}"
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, given) or "" for part in node.values)
    return None


def _named(tree: ast.Module, given: dict[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield from IN_SQL.findall(_text(node, given) or "")
        if isinstance(node, ast.Call | ast.Tuple):
            parts = node.args if isinstance(node, ast.Call) else node.elts
            texts = [_text(part, given) for part in parts]
            pairs = zip(texts, texts[1:], strict=False)
            yield from (name for schema, name in pairs if schema in SCHEMAS and name)
            # Of the last whole build: lead_funnel/fresh/touched.py.
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "night":
                yield from (text for text in texts if text)
