"""The linter of SQL finds faults in a model that changed, and looks at no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAULTLESS = """\
with

leads as (

    select * from {{ ref('dim_leads') }}

),

final as (

    select
        leads.lead_key,
        {{ add_days('leads.created_at', 1) }} as next_day_at,
        count(*) as leads

    from leads

    inner join {{ ref('clock') }} as clock
        on leads.created_at < clock.as_of

    group by leads.lead_key

)

select * from final
"""
FAULTS = {
    "CP01": ("inner join", "INNER JOIN"),
    "CP03": ("count(*)", "COUNT(*)"),
    "AM05": ("inner join", "join"),
    "AL02": ("count(*) as leads", "count(*) leads"),
    "CV03": ("count(*) as leads\n", "count(*) as leads,\n"),
    "LT04": ("as next_day_at,\n        count(*)", "as next_day_at\n        , count(*)"),
    "LT12": ("select * from final\n", "select * from final"),
    "LT13": ("with\n\nleads as", "\n\nwith\n\nleads as"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project under version control with a faultless model and, unchanged, a faulty one."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    shutil.copytree(ROOT / "macros", tmp_path / "macros")
    shutil.copy(ROOT / ".sqlfluff", tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "models" / "old.sql").write_text("SELECT 1\n")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    (tmp_path / "models" / "new.sql").write_text(FAULTLESS)
    return tmp_path


def git(project: Path, *words: str) -> None:
    person = ["-c", "user.name=a", "-c", "user.email=a@firm.example"]
    subprocess.run(["git", *person, *words], cwd=project, check=True)


def commit(project: Path) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "More")


def lint(project: Path) -> str | None:
    """What the linter complains about, if it does."""
    tool = Path(sys.executable).with_name("sqlfluff")
    ended = subprocess.run(
        [".ci/lint_sql"],
        cwd=project,
        env={**os.environ, "SQLFLUFF": str(tool)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout + ended.stderr if ended.returncode else None


def test_a_faultless_model_passes_committed_or_not(project: Path) -> None:
    assert lint(project) is None
    commit(project)
    assert lint(project) is None


def test_each_fault_of_a_model_is_found(project: Path) -> None:
    for rule, (good, bad) in FAULTS.items():
        assert good in FAULTLESS
        model = project / "models" / f"{rule}.sql"
        model.write_text(FAULTLESS.replace(good, bad))
    found = lint(project)
    assert found is not None
    parts = found.split("== [models/")[1:]
    assert {part.split(".sql]")[0] for part in parts} == FAULTS.keys()
    for part in parts:
        assert f"| {part.split('.sql]')[0].rjust(4)} |" in part


def test_what_the_last_commit_changed_is_linted(project: Path) -> None:
    (project / "models" / "new.sql").write_text("SELECT 2\n")
    commit(project)
    found = lint(project)
    assert found is not None
    assert "new.sql" in found
    assert "old.sql" not in found
