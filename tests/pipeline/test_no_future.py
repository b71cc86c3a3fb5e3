"""Rows that arrive after a moment change nothing that a decision of before had seen."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ml.features import declared_features
from tests.dbt_runs import RunDbt
from tests.pipeline.small_company import SmallCompany

PROJECT = Path(__file__).resolve().parents[2]
CUT = "2026-03-01 03:00:00"
BUILT = ["--select", "+fct_training_examples", "--exclude-resource-type", "test", "unit_test"]


def delete_the_future(raw: Path, into: Path) -> int:
    """Copy the raw tables without what arrived after the cut; count the rows left out."""
    into.mkdir(parents=True)
    left_out = 0
    with duckdb.connect() as connection:
        for path in sorted(raw.iterdir()):
            files = f"{path}/*.parquet" if path.is_dir() else str(path)
            rows = f"read_parquet('{files}', union_by_name = true)"
            target = into / f"{path.name.split('.')[0]}.parquet"
            connection.execute(
                f"copy (select * from {rows} where loaded_at <= '{CUT}') to '{target}'"
            )
            [(later,)] = connection.execute(
                f"select count(*) from {rows} where loaded_at > '{CUT}'"
            ).fetchall()
            left_out += later
    return left_out


def test_features_are_the_same_without_the_future(
    small_company: SmallCompany, tmp_path: Path, run_dbt: RunDbt
) -> None:
    raw = small_company.whole.parents[1] / "raw"
    assert delete_the_future(raw, tmp_path / "raw") > 1000
    before = tmp_path / "w.duckdb"
    run = run_dbt(["build", *BUILT], raw=tmp_path / "raw", db=before)
    assert run.success, run.log
    seen = [
        *("example_kind", "cycle_number", "stage", *declared_features(PROJECT)),
        *("points_behavior", "points_fit", "points_total"),
    ]
    examples = """
        select lead_key, as_of, {columns}
        from {catalog}marts.fct_training_examples
        where as_of < (select as_of from known.intermediate.int_clock)
    """
    columns = ", ".join(seen)
    with duckdb.connect(str(small_company.whole), read_only=True) as connection:
        connection.execute(f"attach '{before}' as known (read_only)")
        connection.execute(
            "create temp table whole as " + examples.format(catalog="", columns=columns)
        )
        connection.execute(
            "create temp table cut as " + examples.format(catalog="known.", columns=columns)
        )
        [(rows,)] = connection.execute("select count(*) from whole").fetchall()
        differing = connection.execute(
            """
            select * from (
                (select * from whole except all select * from cut)
                union all
                (select * from cut except all select * from whole)
            )
            """
        ).fetchall()
    assert rows > 500
    assert differing == []
