"""Rows that arrive after a moment change nothing that a decision of before had seen."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ml.data.features import declared_features
from tests.dbt_runs import RunDbt
from tests.pipeline.small_company import SmallCompany

PROJECT = Path(__file__).resolve().parents[2]
CUT = "2026-03-01 03:00:00"
KINDS = ("entry", "weekly", "later", "handoff")
BUILT = ["--select", "+fct_training_examples", "--exclude-resource-type", "test", "unit_test"]
# Forms of leads that came a while before the cut, twenty days before their first one.
LATE_CONTACTS = """
    select
        * replace (
            'late ' || submission_id as submission_id,
            cast(null as varchar) as anonymous_id,
            cast(cast(occurred_at as timestamp) - interval 20 day as varchar) as occurred_at,
            '2026-03-05 02:00:00' as loaded_at
        )
    from forms
    where cast(occurred_at as timestamp) between '2025-12-20' and '2026-02-05'
    qualify
        row_number() over (partition by email order by occurred_at) = 1
        and email not in (select email from forms where occurred_at < '2025-12-20')
    order by email
    limit 40
"""


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


@pytest.fixture(scope="module")
def cut(
    small_company: SmallCompany, run_dbt: RunDbt, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The company as it was known at the cut: its warehouse, with the raw tables beside."""
    folder = tmp_path_factory.mktemp("cut")
    raw = small_company.whole.parents[1] / "raw"
    assert delete_the_future(raw, folder / "raw") > 1000
    run = run_dbt(["build", *BUILT], raw=folder / "raw", db=folder / "warehouse.duckdb")
    assert run.success, run.log
    return folder / "warehouse.duckdb"


def examples_that_differ(
    later: Path, before: Path, columns: tuple[str, ...], kinds: tuple[str, ...] = KINDS
) -> list[tuple[Any, ...]]:
    """Compare what the two know of the moments before the cut: columns and features."""
    seen = ", ".join(("lead_key", "as_of", *columns, *declared_features(PROJECT)))
    examples = f"""
        select {seen}
        from {{catalog}}marts.fct_training_examples
        where as_of < (select as_of from known.intermediate.clock)
            and example_kind in {kinds}
    """
    with duckdb.connect(str(later), read_only=True) as connection:
        connection.execute(f"attach '{before}' as known (read_only)")
        connection.execute("create temp table later as " + examples.format(catalog=""))
        connection.execute("create temp table before as " + examples.format(catalog="known."))
        [(rows,)] = connection.execute("select count(*) from later").fetchall()
        assert rows > 500
        return connection.execute(
            """
            (select * from later except all select * from before)
            union all
            (select * from before except all select * from later)
            """
        ).fetchall()


def test_features_are_the_same_without_the_future(small_company: SmallCompany, cut: Path) -> None:
    columns = ("example_kind", "cycle_number", "stage")
    columns += ("points_behavior", "points_fit", "points_total")
    assert examples_that_differ(small_company.whole, cut, columns) == []


def test_a_first_contact_that_arrives_late_moves_the_start_for_later_decisions_only(
    cut: Path, tmp_path: Path, run_dbt: RunDbt
) -> None:
    raw = shutil.copytree(cut.parent / "raw", tmp_path / "raw")
    later = tmp_path / cut.name
    shutil.copy(cut, later)
    with duckdb.connect() as connection:
        forms = raw / "form_submissions.parquet"
        connection.execute(f"create table forms as from '{forms}'")
        connection.execute("insert into forms " + LATE_CONTACTS)
        connection.execute(f"copy forms to '{forms}'")
    run = run_dbt(["build", *BUILT], raw=raw, db=later)
    assert run.success, run.log
    with duckdb.connect(str(later), read_only=True) as connection:
        connection.execute(f"attach '{cut}' as known (read_only)")
        moved = connection.execute(
            """
            select distinct lead_key
            from marts.fct_training_examples as examples
            inner join marts.fct_lead_cycles as cycles using (lead_key, cycle_number)
            inner join known.marts.fct_lead_cycles as known_cycles using (lead_key, cycle_number)
            where cycles.started_at < known_cycles.started_at
            """
        ).fetchall()
        # An address seen earlier than all else of a person gives the person another key.
        renamed = connection.execute(
            """
            (select lead_key from marts.fct_lead_cycles
             except select lead_key from known.marts.fct_lead_cycles)
            union all
            (select lead_key from known.marts.fct_lead_cycles
             except select lead_key from marts.fct_lead_cycles)
            """
        ).fetchall()
    assert len(moved) > 10 > len(renamed)
    # An award goes to the first event that earns it, so points, and handoffs by them, may move.
    differing = examples_that_differ(later, cut, ("cycle_number",), ("weekly", "later"))
    assert [row for row in differing if row[:1] not in renamed] == []
