"""A warehouse built before ``ml.score_comparison_log`` had its name goes on working."""

from pathlib import Path

import duckdb

from lead_funnel.warehouse import open_warehouse, read_model_table
from ml.commands.cli import main
from tests.dbt_runs import RunDbt
from tests.ml.warehouse_builder import World, build


def test_the_log_of_comparisons_is_taken_over_once(tmp_path: Path, run_dbt: RunDbt, capsys) -> None:
    path = build(tmp_path, World(leads=1200))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table ml.score_comparison (model_version text, subset text, scorer text, "
            "metric text, value double, interval_low double, interval_high double, "
            "difference_to_points double, difference_low double, difference_high double)"
        )
        connection.execute(
            "insert into ml.score_comparison values "
            "('v1', 'all', 'model', 'roc_auc', 0.8, 0.7, 0.9, 0.1, 0.05, 0.15), "
            "('v1', 'all', 'points', 'roc_auc', 0.7, 0.6, 0.8, null, null, null), "
            "('v0', 'all', 'model', 'roc_auc', 0.75, 0.7, 0.8, 0.05, 0.0, 0.1)"
        )
        # A run was killed after it had copied this version.
        connection.execute(
            "insert into ml.score_comparison_log values "
            "('v0', 'all', 'model', 'roc_auc', 0.75, 0.7, 0.8, 'points', 0.05, 0.0, 0.1)"
        )
    for _ in range(2):
        prepared = run_dbt(["run-operation", "prepare_ml"], raw=tmp_path, db=path)
        assert prepared.success, prepared.log
    with open_warehouse(path, read_only=True) as connection:
        found = read_model_table(connection, "score_comparison_log")
        [(left,)] = connection.execute(
            "select count(*) from duckdb_tables() where table_name = 'score_comparison'"
        ).fetchall()
    assert left == 0
    found = found.sort_values(["model_version", "scorer"], ignore_index=True)
    assert found["model_version"].tolist() == ["v0", "v1", "v1"]
    assert found["value"].tolist() == [0.75, 0.8, 0.7]
    assert found["reference"].tolist()[:2] == ["points", "points"]
    assert found["difference"].tolist()[:2] == [0.05, 0.1]
    assert found[["reference", "difference"]].iloc[2].isna().all()
    assert main(["train", "--db", str(path), "--project-dir", str(tmp_path)]) == 0
    capsys.readouterr()
    with open_warehouse(path, read_only=True) as connection:
        written = read_model_table(connection, "score_comparison_log")
    assert {"v0", "v1"} < set(written["model_version"])
