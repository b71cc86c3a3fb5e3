"""Training where tables are young, odd or broken."""

import duckdb
import numpy as np
import pytest

from ml.commands.cli import main
from tests.ml.trainings import lead_ml, rows
from tests.ml.warehouse_builder import World, build

pytestmark = pytest.mark.usefixtures("few_trees")


def test_below_forty_wins_there_is_no_model(tmp_path, capsys) -> None:
    path = build(tmp_path, World(leads=300, intercept=-4.0, signal=0.5))
    assert lead_ml(path, "train") == 0
    assert "No model" in capsys.readouterr().out
    assert rows(path, "model_versions").empty


def test_unobserved_work_counts_as_worked(warehouse) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.fct_training_examples set is_worked = null, "
            "label_state = case when label_state = 'never_worked' then 'lost' else label_state end"
        )
    assert lead_ml(warehouse, "train", "--label-policy", "worked") == 0
    row = rows(warehouse, "model_versions").iloc[0]
    assert row["train_examples"] > 0
    assert np.isfinite(row["train_wins"])


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        ("drop table ml.model_terms", "no table ml.model_terms. Run dbt build"),
        ("drop table marts.fct_training_examples", "Run dbt build first"),
        ("alter table marts.fct_training_examples drop column visits_7d", "column visits_7d"),
        ("alter table marts.fct_training_examples drop column is_won", "column is_won"),
    ],
)
def test_broken_warehouses(warehouse, capsys, breakage, expected) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(breakage)
    assert lead_ml(warehouse, "train") == 2
    error = capsys.readouterr().err
    assert expected in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("delete from marts.fct_training_examples", "holds no rows"),
        ("update marts.fct_training_examples set is_won = null", "no outcome is settled"),
        ("update marts.fct_training_examples set as_of = timestamp '2025-01-01'", "settled"),
        (
            "update marts.fct_training_examples set is_won = false, label_state = 'lost' "
            "where is_won",
            "0 won leads",
        ),
    ],
)
def test_young_warehouses_stay_on_points_without_an_error(
    warehouse, capsys, change, expected
) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(change)
    assert lead_ml(warehouse, "train") == 0
    report = capsys.readouterr().out
    assert report.startswith("No model: ")
    assert expected in report
    assert rows(warehouse, "model_versions").empty


@pytest.mark.parametrize("value", ["null", "3"])
def test_features_that_say_nothing_do_no_harm(warehouse, value) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            f"update marts.fct_training_examples set noise = {value}, source = null "
            "where as_of < timestamp '2025-09-01'"
        )
    assert lead_ml(warehouse, "train") == 0
    terms = rows(warehouse, "model_terms")
    assert terms["coefficient"].notna().all()


def test_bad_warehouse_arguments(warehouse, tmp_path, capsys) -> None:
    assert lead_ml(tmp_path / "none.duckdb", "versions") == 2
    assert "no warehouse" in capsys.readouterr().err
    text = tmp_path / "text.duckdb"
    text.write_text("not a database, only a few words of text")
    assert lead_ml(text, "versions") == 2
    assert "cannot be opened" in capsys.readouterr().err
    assert lead_ml(warehouse, "show", "v0") == 0
    assert "No versions yet" in capsys.readouterr().out
    assert lead_ml(warehouse, "promote", "v0") == 2
    assert "no version 'v0'" in capsys.readouterr().err
    declared = warehouse.parent / "models" / "marts" / "_scoring__models.yml"
    declared.write_text("models: []")
    assert lead_ml(warehouse, "train") == 2
    assert "declared as a feature" in capsys.readouterr().err
    declared.write_text("fct_training_examples: [")
    assert lead_ml(warehouse, "train") == 2
    assert "cannot be read as YAML" in capsys.readouterr().err


def test_database_comes_from_the_profile(warehouse, monkeypatch, capsys) -> None:
    monkeypatch.setenv("LEAD_FUNNEL_DB", str(warehouse))
    (warehouse.parent / "profiles.yml").write_text(
        "lead_funnel:\n  target: duckdb\n  outputs:\n    duckdb:\n      type: duckdb\n"
        "      path: \"{{ env_var('LEAD_FUNNEL_DB', 'data/warehouse.duckdb') }}\"\n"
    )
    assert main(["versions", "--project-dir", str(warehouse.parent)]) == 0
    assert "No versions yet" in capsys.readouterr().out
