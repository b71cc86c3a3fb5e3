"""Another dbt project uses this one as a package: its own model is built on the marts."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner

from tests.dbt_runs import PROJECT, WAREHOUSE, RunDbt

OURS = Path(__file__).parent / "project"


def test_a_project_builds_on_the_marts_of_the_package(run_dbt: RunDbt, tmp_path: Path) -> None:
    """Its variables, its seeds and its schemas are its own."""
    project, raw, db = tmp_path / "project", tmp_path / "raw", tmp_path / WAREHOUSE
    shutil.copytree(OURS, project)
    packages = project / "packages.yml"
    text = packages.read_text(encoding="utf-8").replace("../../..", str(PROJECT))
    packages.write_text(text, encoding="utf-8")
    raw.mkdir()
    (raw / "crm_leads.csv").write_text(
        "lead_id,email,status,created_at,updated_at,loaded_at\n"
        "1,ada@one.example,Hot,2025-01-01,2025-01-02,2025-01-03\n"
        "2,eve@two.example,Cold,2025-01-01,2025-01-02,2025-01-03\n"
        "3,bob@two.example,MQL,2025-01-01,2025-01-02,2025-01-03\n",
        encoding="utf-8",
    )
    paths = [f"--project-dir={project}", f"--profiles-dir={project}"]
    assert dbtRunner().invoke(["--quiet", "--log-level-file=none", "deps", *paths]).success
    run = run_dbt(
        ["build", "--select", "+stages_of_leads", "--exclude-resource-type", "unit_test", "test"],
        raw=raw,
        db=db,
        project=project,
    )
    assert run.success, run.messages or run.log
    with duckdb.connect(str(db), read_only=True) as connection:
        rows = connection.execute(
            "select crm_lead_id, current_stage from ours_reports.stages_of_leads order by 1"
        ).fetchall()
        schemas = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_name in ('crm_status_map', 'channels', 'dim_leads') order by 2"
        ).fetchall()
    # The line for MQL stands in the seed that is not read.
    assert rows == [("1", "mql"), ("2", "recycled"), ("3", "inquiry")]
    assert schemas == [("seeds", "channels"), ("ours", "crm_status_map"), ("marts", "dim_leads")]
