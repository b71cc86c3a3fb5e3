"""Modules depend on each other in one direction, and one of them alone opens databases."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ("lead_funnel", "ml")
NOT_INSTALLED = ("demo", "bench", "engines", "tests")
# What every other module may need, and so needs none of them.
BASE = ("lead_funnel.console", "lead_funnel.errors", "lead_funnel.warehouse")
DATABASE_DOOR = "lead_funnel.warehouse"
LONGEST = 350

Graph = dict[str, set[str]]


def sources(root: Path, folders: tuple[str, ...]) -> dict[str, Path]:
    """Python files by the name of their module."""
    found = {}
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imported(file: Path, package: str) -> Iterator[str]:
    """Every name that a file imports, wherever in the file: `a.b`, or `a.b.c` for `from a.b`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join(
                [*(above if node.level else []), *([node.module] if node.module else [])]
            )
            yield from (f"{base}.{alias.name}" for alias in node.names)


def graph(files: dict[str, Path]) -> Graph:
    """The modules that each module imports, of those given."""
    result: Graph = {}
    for module, file in files.items():
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        names = {
            name if name in files else name.rpartition(".")[0] for name in imported(file, package)
        }
        result[module] = (names & set(files)) - {module}
    return result


def database_openers(files: dict[str, Path]) -> set[str]:
    """Modules that call DuckDB itself, under whatever name: `connect`, or its own connection."""
    found = set()
    for module, file in files.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        full = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                full |= {alias.asname or alias.name: start + alias.name for alias in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                first, dot, rest = ast.unparse(node.func).partition(".")
                # Its errors and types are written with a capital.
                if re.search(r"\bduckdb\.[a-z]\w*$", f"{full.get(first, first)}{dot}{rest}"):
                    found.add(module)
    return found


@pytest.fixture(scope="module")
def modules() -> dict[str, Path]:
    found = sources(ROOT, INSTALLED)
    assert len(found) > 50
    return found


def test_no_module_imports_itself_by_way_of_others(modules: dict[str, Path]) -> None:
    found = graph(modules)
    assert sum(map(len, found.values())) > 100
    assert not cycle(found)


def cycle(found: Graph) -> list[str]:
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_what_is_installed_imports_nothing_that_is_not(modules: dict[str, Path]) -> None:
    outside = [
        (module, name)
        for module, file in modules.items()
        for name in imported(file, module.rpartition(".")[0])
        if name.split(".")[0] in NOT_INSTALLED
    ]
    assert not outside


def test_the_base_of_all_modules_does_not_import_ml(modules: dict[str, Path]) -> None:
    found = graph(modules)
    for module in BASE:
        assert not [name for name in found[module] if name.split(".")[0] == "ml"], module


def test_one_module_opens_databases(modules: dict[str, Path]) -> None:
    assert database_openers(modules) == {DATABASE_DOOR}


def test_no_file_is_too_long() -> None:
    long = {
        file.relative_to(ROOT).as_posix()
        for file in sources(ROOT, (*INSTALLED, *NOT_INSTALLED)).values()
        if len(file.read_text(encoding="utf-8").splitlines()) > LONGEST
    }
    assert not long, f"Split these files: {sorted(long)}"


def test_planted_faults_are_found(tmp_path: Path) -> None:
    """A cycle through a lazy and a relative import, and databases opened under other names."""
    package = tmp_path / "p"
    package.mkdir()
    for name, text in {
        "__init__": "",
        "a": "from p import b\n",
        "b": "def late():\n    from .c import x\n",
        "c": "import p.a\nx = 1\n",
        "d": "import duckdb as d\nd.connect()\n",
        "e": "from duckdb import connect as c\n\nc('x')\n",
        "f": "import sqlite3\nsqlite3.connect('x')\n",
        "g": "import ibis\nibis.duckdb.connect('x')\n",
        "h": "import duckdb\nduckdb.read_parquet('x')\n",
        "i": "from duckdb import sql\nsql('select 1')\n",
        "j": "import duckdb\nraise duckdb.Error('x')\n",
    }.items():
        (package / f"{name}.py").write_text(text)
    files = sources(tmp_path, ("p",))
    assert set(cycle(graph(files))) == {"p.a", "p.b", "p.c"}
    assert database_openers(files) == {"p.d", "p.e", "p.g", "p.h", "p.i"}


def test_no_leftovers_of_a_merge_lie_about() -> None:
    """What `patch` and editors leave beside a file is none of ours."""
    folders = (*INSTALLED, *NOT_INSTALLED, "docs", "macros", "models", "seeds")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    assert len(files) > 500
    assert [file for file in files if file.suffix in {".orig", ".rej"}] == []
