"""The parts of ml in order: what an earlier one imports from a later one is a knot."""

import ast
from pathlib import Path

import ml

ROOT = Path(ml.__file__).parent
ORDER = ("settings", "data", "model", "judge", "commands")


def imports(path: Path) -> set[str]:
    """Give the modules of ml that a file imports, as ``part.module``."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    named |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return {name.removeprefix("ml.") for name in named if name.startswith("ml.")}


def test_every_module_is_in_a_part() -> None:
    found = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in ROOT.rglob("*.py")}
    assert found == {*ORDER, "__init__"}


def test_the_parts_import_forward_only() -> None:
    backward = [
        (str(path.relative_to(ROOT)), name)
        for number, part in enumerate(ORDER)
        for path in sorted((ROOT / part).glob("*.py"))
        for name in imports(path)
        if ORDER.index(name.split(".")[0]) > number
    ]
    assert backward == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    arrows = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): imports(path)
        for path in ROOT.rglob("*.py")
    }
    assert sum(map(len, arrows.values())) > 50
    while free := [name for name, others in arrows.items() if not others & arrows.keys()]:
        for name in free:
            del arrows[name]
    assert arrows == {}
