"""The outcomes alone say whether training is due, as all examples do."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lead_funnel.errors import TooYoungError
from ml.commands import due
from ml.commands.due import not_due, why_not_due
from ml.commands.material import TrainOptions, gather
from ml.settings import LABEL_POLICIES, LabelPolicy, ModelSettings
from tests.ml.warehouse_builder import World, build

WORLD = World(leads=1500, never_worked=0.4)
DAY = pd.Timedelta(days=1)


def options_of(folder: Path, policy: LabelPolicy) -> TrainOptions:
    return TrainOptions(folder, 90, policy, ModelSettings())


def by_all_examples(
    connection: duckdb.DuckDBPyConnection, options: TrainOptions, versions: pd.DataFrame
) -> str | None:
    """Decide as by everything that training reads."""
    material = gather(connection, options)
    examples = material.examples
    wins = 0
    for rows in (material.split.train, material.split.test):
        for row in rows:
            if examples.is_worked[row] or options.label_policy == "all":
                wins += int(examples.is_won[row])
    return not_due(versions, material.version, material.as_of, wins, None)


def version(name: str, as_of: pd.Timestamp, wins: int) -> pd.DataFrame:
    return pd.DataFrame(
        [{"model_version": name, "as_of": as_of, "train_wins": wins, "test_wins": 0}]
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("due"), WORLD)


@pytest.mark.parametrize("policy", LABEL_POLICIES)
def test_the_outcomes_decide_as_all_examples_do(policy, warehouse) -> None:
    options = options_of(warehouse.parent, policy)
    said = set()
    with duckdb.connect(str(warehouse)) as connection:
        material = gather(connection, options)
        for days in (1, 10, 27, 28):
            # From as many wins as there are examples down to hardly any.
            for wins in (5000, 600, 400, 300, 200, 100, 1):
                versions = version("v20200101-00000000", material.as_of - days * DAY, wins)
                reason = why_not_due(connection, options, versions)
                assert reason == by_all_examples(connection, options, versions)
                said.add(reason)
    assert None in said
    assert len(said) > 3


def test_nothing_but_outcomes_is_read_without_a_version_of_the_day(
    warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = options_of(warehouse.parent, "all")
    with duckdb.connect(str(warehouse)) as connection:
        versions = version("v20200101-00000000", gather(connection, options).as_of - DAY, 1000)
        monkeypatch.setattr(due, "gather", None)
        assert why_not_due(connection, options, versions) is not None


def test_the_embargo_counts_no_wins(warehouse) -> None:
    options = options_of(warehouse.parent, "all")
    with duckdb.connect(str(warehouse)) as connection:
        material = gather(connection, options)
        rows = [*material.split.train, *material.split.test]
        inside = int(material.examples.is_won[rows].sum())
        assert inside < material.examples.is_won.sum()
        versions = version("v20200101-00000000", material.as_of - DAY, inside)
        assert why_not_due(connection, options, versions) == (
            "v20200101-00000000 is 1 days old and wins grew by 0%"
        )


def test_a_version_of_the_same_day_is_known_by_its_examples(warehouse) -> None:
    options = options_of(warehouse.parent, "worked")
    with duckdb.connect(str(warehouse)) as connection:
        material = gather(connection, options)
        same = version(material.version, material.as_of - 40 * DAY, 1)
        assert why_not_due(connection, options, same) == (
            f"{material.version} was trained on the same examples"
        )
        other = version(f"v{material.as_of:%Y%m%d}-00000000", material.as_of - 40 * DAY, 1)
        assert why_not_due(connection, options, other) is None


def test_the_first_version_is_due(warehouse) -> None:
    options = options_of(warehouse.parent, "worked")
    with duckdb.connect(str(warehouse)) as connection:
        assert why_not_due(connection, options, version("v", pd.Timestamp(0), 1)[:0]) is None


@pytest.mark.parametrize(("leads", "days"), [(60, 420), (300, 100), (300, 60)])
def test_too_young_a_company_hears_the_same_reason(leads, days, tmp_path) -> None:
    path = build(tmp_path, replace(WORLD, leads=leads, days=days))
    options = options_of(tmp_path, "worked")
    with duckdb.connect(str(path)) as connection:
        with pytest.raises(TooYoungError) as by_all:
            gather(connection, options)
        versions = version("v20200101-00000000", pd.Timestamp("2025-01-01"), 1)
        with pytest.raises(TooYoungError) as by_outcomes:
            why_not_due(connection, options, versions)
    assert str(by_outcomes.value) == str(by_all.value)


def test_what_is_due_is_told_without_what_trains(tmp_path) -> None:
    path = build(tmp_path, WORLD)
    with duckdb.connect(str(path)) as connection:
        last = version("v20990101-00000000", pd.Timestamp("2099-01-01"), 1_000_000)
        connection.register("last_version", last)
        connection.execute("insert into ml.model_versions by name from last_version")
    command = ["train", "--if-due", "--db", str(path), "--project-dir", str(tmp_path)]
    asked = (
        "import sys; from ml.commands.cli import main\n"
        f"try: main({command})\n"
        "finally: print({'sklearn', 'scipy.stats'} & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("Not due: ")
    assert told.stdout.endswith("\nset()\n")
