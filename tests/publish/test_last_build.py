"""What a build is made by: what makes tables counts, what is written about them does not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lead_funnel import last_build

# Modules that end a build with its report, or are a command.
ENDS = {
    "lead_funnel/build.py",
    "lead_funnel/nightly.py",
    "lead_funnel/own_project.py",
    "ml/commands/cli.py",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a file of each kind."""
    for name in (
        "CHANGELOG.md", "bench/results/night.json", "docs/limits.md", "lead_funnel/command/app.py",
        "lead_funnel/crm/push.py", "lead_funnel/locale/de/LC_MESSAGES/lead_funnel.po",
        "lead_funnel/raw/contract.yml", "lead_funnel/raw/files.py",
        "lead_funnel/report/templates/page.html.j2", "macros/one.sql", "ml/data/columns.py",
        "models/area/one.sql", "models/area/_area.yml", "profiles.yml", "seeds/stages.csv",
        "target/manifest.json", "tests/publish/test_one.py", "tests/singular/assert_one.sql",
    ):  # fmt: skip
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before", encoding="utf-8")
    (tmp_path / "dbt_project.yml").write_text("name: lead_funnel\n", encoding="utf-8")
    monkeypatch.setattr(last_build, "PACKAGE", tmp_path / "lead_funnel")
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "makes", "tells"),
    [
        ("CHANGELOG.md", False, False),
        ("bench/results/night.json", False, False),
        ("docs/limits.md", False, False),
        ("target/manifest.json", False, False),
        ("tests/publish/test_one.py", False, False),
        ("lead_funnel/command/app.py", False, False),
        ("lead_funnel/crm/push.py", False, False),
        ("lead_funnel/locale/de/LC_MESSAGES/lead_funnel.po", False, True),
        ("lead_funnel/report/templates/page.html.j2", False, True),
        ("tests/singular/assert_one.sql", False, True),
        ("dbt_project.yml", True, False),
        ("profiles.yml", True, False),
        ("macros/one.sql", True, False),
        ("models/area/one.sql", True, False),
        ("models/area/_area.yml", True, False),
        ("models/area/two.sql", True, False),
        ("seeds/stages.csv", True, False),
        ("lead_funnel/raw/contract.yml", True, False),
        ("lead_funnel/raw/files.py", True, False),
        ("ml/data/columns.py", True, False),
    ],
)
def test_only_what_makes_tables_asks_for_a_whole_build(
    tree: Path, changed: str, makes: bool, tells: bool
) -> None:
    def found() -> tuple[object, str]:
        return last_build.made_by(tree, []), last_build.told_by(tree)

    before = found()
    assert found() == before
    with (tree / changed).open("a", encoding="utf-8") as file:
        file.write("# after\n")
    after = found()
    assert (after[0] != before[0]) == makes
    assert (after[1] != before[1]) == tells


def test_a_night_looks_at_both(tree: Path) -> None:
    (tree / "raw").mkdir()
    given = last_build.given(tree / "raw", tree, [], ["--vars", "{}"])
    assert given is not None
    assert given["made_by"] == last_build.made_by(tree, ["--vars", "{}"])
    assert given["told_by"] == last_build.told_by(tree)


def test_it_does_not_matter_where_the_project_lies(tree: Path) -> None:
    before = last_build.made_by(tree, [])
    (moved := tree.with_name(f"{tree.name}_moved")).mkdir()
    for file in (*tree.iterdir(),):
        file.rename(moved / file.name)
    last_build.PACKAGE.symlink_to(moved / "lead_funnel")
    (tree / "ml").symlink_to(moved / "ml")
    assert last_build.made_by(moved, []) == before


def test_what_makes_tables_reads_nothing_that_does_not_count() -> None:
    project = Path(__file__).parents[2]
    # The folder of an installed package is called as the module that finds it.
    apart = {
        f"lead_funnel.{name}"
        for name in (*last_build.TELLING, *last_build.OTHERS)
        if name != "project"
    }
    left = (*last_build.TELLING, *last_build.OTHERS)
    makers = [
        *last_build.files_in(project / "lead_funnel", {".py"}, left),
        *last_build.files_in(project / "ml", {".py"}),
    ]
    assert len(makers) > 50
    for _, file in makers:
        if file.relative_to(project).as_posix() in ENDS:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            read = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            read += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            assert not any(f"{name}.".startswith(f"{one}.") for name in read for one in apart), file
