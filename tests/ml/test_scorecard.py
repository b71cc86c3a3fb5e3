"""The model as points rules: whole points, in the columns of the seed, that order leads as said."""

import csv
import re
from pathlib import Path

import duckdb
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from ml.commands.cli import main
from ml.model.scorecard import Column, written_rules

SEED = Path(__file__).parents[2] / "seeds" / "points_rules.csv"


@pytest.fixture
def project(warehouse: Path) -> Path:
    (warehouse.parent / "seeds").mkdir()
    (warehouse.parent / "seeds" / "points_rules.csv").write_text(SEED.read_text())
    return warehouse.parent


def scorecard(project: Path, out: Path) -> int:
    options = ["--label-policy", "all", "--out", str(out), "--project-dir", str(project)]
    return main(["scorecard", "--db", str(project / "warehouse.duckdb"), *options])


def test_the_rules_alone_order_the_test_leads_as_the_report_says(project, tmp_path, capsys) -> None:
    out = tmp_path / "card.csv"
    assert scorecard(project, out) == 0
    report = capsys.readouterr().out
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    with SEED.open(encoding="utf-8") as seed:
        assert list(rows[0]) == next(csv.reader(seed))
    own = [row for row in rows if row["rule_id"].startswith("model_")]
    assert all(float(row["points"]).is_integer() and float(row["points"]) for row in own)
    assert len({row["rule_id"] for row in rows}) == len(rows)
    [visit] = [row for row in own if row["event_type"] == "page_viewed"]
    sources = {row["value"]: float(row["points"]) for row in own if row["field"] == "lead_source"}
    assert float(visit["points"]) > 0
    assert sources["referral"] > sources.get("organic", 0) > sources["paid"]
    # Decisions that are no predictions stay.
    kept = {row["rule_id"] for row in rows} - {row["rule_id"] for row in own}
    assert {"unsubscribe", "competitor", "student"} <= kept
    assert "product_click" not in kept
    assert main(["train", "--label-policy", "all", "--db", str(project / "warehouse.duckdb"),
                 "--project-dir", str(project)]) == 0  # fmt: skip
    with duckdb.connect(str(project / "warehouse.duckdb"), read_only=True) as connection:
        test = connection.sql(
            """
            from marts.fct_training_examples where is_won is not null
            qualify min(as_of) over (partition by lead_key)
                >= (select test_from from ml.model_versions)
            """
        ).df()
    points = np.minimum(test["visits_7d"], float(visit["max_awards"])) * float(visit["points"])
    points += test["source"].map(sources).fillna(0.0)
    said = re.search(r"^scorecard +([0-9.]+)", report, re.MULTILINE)
    assert said is not None
    assert roc_auc_score(test["is_won"].astype(bool), points) == pytest.approx(
        float(said[1]), abs=6e-4
    )
    assert float(said[1]) > 0.65


def test_without_rules_or_room_it_says_what_to_do(project, tmp_path, capsys) -> None:
    assert scorecard(project, tmp_path) == 2
    assert "cannot be written" in capsys.readouterr().err
    (project / "seeds" / "points_rules.csv").unlink()
    assert scorecard(project, tmp_path / "card.csv") == 2
    assert "points_rules.csv cannot be read" in capsys.readouterr().err


def test_two_features_that_count_one_action_write_two_rules() -> None:
    once = np.ones(3)
    both = ({"rule_id": "model_signed_up"}, {"rule_id": "model_attended"})
    columns = [
        Column("webinars", both, once, once),
        Column("attended", ({"rule_id": "model_attended"},), once, once),
        Column("nothing", ({"rule_id": "model_other"},), once, once),
    ]
    rules = written_rules(columns, np.array([3.0, -1.0, 0.0]))
    assert [(rule["rule_id"], rule["points"]) for rule in rules] == [
        ("model_signed_up", "3"),
        ("model_attended", "3"),
        ("model_attended_attended", "-1"),
    ]
