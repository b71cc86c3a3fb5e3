"""One warehouse of made-up people, built once, and other rules tried on it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from tests.dbt_runs import RunDbt
from tests.points.people import AS_OF, CAPS, RULES, write_raw

Content = dict[str, tuple[int, int]]


class Built(NamedTuple):
    """A warehouse, and what its tables held before other rules were tried."""

    db: Path
    before: Content


def content(db: Path) -> Content:
    """Rows and their hash by table, of what people read and of what that is made from."""
    with duckdb.connect(str(db), read_only=True) as connection:
        tables = connection.execute(
            """
            select table_schema || '.' || table_name from information_schema.tables
            where table_schema in ('marts', 'intermediate', 'staging', 'seeds', 'sync', 'ml')
            """
        ).fetchall()
        return {
            table: connection.execute(
                f"select count(*), coalesce(sum(hash(kept)::hugeint), 0) from {table} as kept"
            ).fetchall()[0]
            for (table,) in tables
        }


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Built:
    """By the shipped rules, with `RULES` tried beside them."""
    folder = tmp_path_factory.mktemp("points")
    write_raw(folder / "raw")
    db = folder / "warehouse.duckdb"
    # Everything that score_changes and the marts about rules stand on, but no tests.
    chosen = [
        "--select",
        "+score_changes",
        "+path:models/marts/rules",
        "+fct_points_ledger",
        "+dim_leads",
    ]
    run = run_dbt(
        ["build", *chosen, "--exclude-resource-type", "test", "unit_test"],
        raw=folder / "raw",
        db=db,
        # Of a single row that arrives so late none would believe when it did.
        variables={"as_of": AS_OF},
    )
    assert run.success, run.log
    before = content(db)
    rules = folder / "rules.csv"
    rules.write_text(RULES)
    caps = folder / "caps.csv"
    caps.write_text(CAPS)
    run = run_dbt(
        ["run", "--full-refresh", "--select", "tag:what_if"],
        raw=folder / "none",
        db=db,
        variables={
            "points_rules_file": str(rules),
            "points_caps_file": str(caps),
            "as_of": AS_OF,
        },
    )
    assert run.success, run.log
    return Built(db, before)


@pytest.fixture(scope="session")
def warehouse(built: Built) -> Path:
    """The warehouse file."""
    return built.db
