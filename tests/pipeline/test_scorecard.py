"""A scorecard made from the model can be tried, and adopted, like any file of points rules."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import duckdb

from ml.commands.cli import main
from tests.dbt_runs import RunDbt
from tests.pipeline.demo_company import Company

PROJECT = Path(__file__).resolve().parents[2]


def test_dbt_awards_by_the_scorecard(company: Company, tmp_path: Path, run_dbt: RunDbt) -> None:
    db, rules = tmp_path / "warehouse.duckdb", tmp_path / "card.csv"
    shutil.copy(company.db, db)
    options = ["--db", str(db), "--project-dir", str(PROJECT), "--out", str(rules)]
    assert main(["scorecard", *options]) == 0
    run = run_dbt(
        ["run", "--full-refresh", "--select", "tag:what_if"],
        raw=tmp_path / "none",
        db=db,
        variables={"points_rules_file": str(rules)},
    )
    assert run.success, run.log
    lines = rules.read_text(encoding="utf-8").splitlines()
    written = {row["rule_id"] for row in csv.DictReader(lines)}
    with duckdb.connect(str(db), read_only=True) as connection:
        earned = {
            rule
            for (rule,) in connection.execute(
                "select distinct rule_id from what_if.points_ledger where points != 0"
            ).fetchall()
        }
    assert earned <= written
    own = {rule for rule in written if rule.startswith("model_")}
    assert len(own) >= 5
    assert len(own & earned) >= 0.8 * len(own)
