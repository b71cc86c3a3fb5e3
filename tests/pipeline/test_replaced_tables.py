"""A table is replaced as a whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt_runs import PROJECT, WAREHOUSE, invoke

CONTRACT = """
models:
  - name: numbers
    config: {contract: {enforced: true}}
    columns:
      - name: number
        data_type: int
        description: "A number."
        constraints: [{type: not_null}]
"""


class Tiny:
    """A project of one model that is kept as our tables are."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.db = folder, folder / WAREHOUSE
        (folder / "macros").mkdir()
        (folder / "models").mkdir()
        for macro in ("dialect/table.sql", "incremental/buckets.sql"):
            shutil.copy(PROJECT / "macros" / macro, folder / "macros")
        (folder / "dbt_project.yml").write_text(
            "name: lead_funnel\nversion: '1.0'\nprofile: tiny\nmodels: {+materialized: table}\n"
            "vars: {bucket_leads: 1}\n"
            "flags: {send_anonymous_usage_stats: false}\n"
        )
        (folder / "profiles.yml").write_text(
            f"tiny: {{target: one, outputs: {{one: {{type: duckdb, path: '{self.db}'}}}}}}\n"
        )

    def run(self, sql: str) -> bool:
        """Run the model as this query; gives whether it went through."""
        (self.folder / "models/numbers.sql").write_text(sql)
        return invoke(
            ["--quiet", "run"], self.folder, self.db, self.folder, project=self.folder
        ).success

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.db)) as connection:
            return connection.execute(sql).fetchall()


@pytest.mark.parametrize("contract", ["", CONTRACT])
def test_a_model_that_fails_leaves_the_old_rows(tmp_path: Path, contract: str) -> None:
    tiny = Tiny(tmp_path)
    if contract:
        (tmp_path / "models/models.yml").write_text(contract)
    tiny.ask("create view numbers as select 'no table yet' as number")
    assert tiny.run("select cast(range as int) as number from range(3)")
    assert tiny.ask("from numbers") == [(0,), (1,), (2,)]
    # Fails in its last row, when the new table is there.
    failing = "select cast(range + 7 as int) as number from range(5000) where range < 4999 or "
    assert not tiny.run(failing + "error('too far') is null")
    assert tiny.ask("from numbers") == [(0,), (1,), (2,)]
    assert tiny.run("select cast(7 as int) as number")
    assert tiny.ask("from numbers") == [(7,)]
    assert tiny.ask("select table_name from information_schema.tables") == [("numbers",)]


def test_a_bucket_that_fails_leaves_the_old_rows(tmp_path: Path) -> None:
    tiny = Tiny(tmp_path)
    tiny.ask(
        "create table leads as select cast(repeat(digit, 32) as uuid) as lead_key "
        "from (values ('1'), ('e')) as digits (digit)"
    )
    bucket = "true /* bucket of lead_key by leads */"
    assert tiny.run(f"select cast(1 as int) as number from leads where {bucket}")
    assert tiny.ask("from numbers") == [(1,), (1,)]
    # Fails in the second bucket, when the first one is there.
    failing = (
        "select cast(2 as int) as number from leads where (lead_key < repeat('e', 32)::uuid or "
    )
    assert not tiny.run(f"{failing} error('too far') is null) and {bucket}")
    assert tiny.ask("from numbers") == [(1,), (1,)]


@pytest.mark.parametrize(
    "breach",
    [
        "select null::int as number",
        "select cast(7 as bigint) as number",
        "select cast(7 as int) as number, 1 as other",
        "select cast(7 as int) as others",
    ],
)
def test_a_table_that_breaks_its_contract_leaves_the_old_rows(tmp_path: Path, breach: str) -> None:
    tiny = Tiny(tmp_path)
    (tmp_path / "models/models.yml").write_text(CONTRACT)
    assert tiny.run("select cast(1 as int) as number")
    assert not tiny.run(breach)
    assert tiny.ask("from numbers") == [(1,)]


def test_a_constraint_that_would_not_be_kept_is_refused(tmp_path: Path) -> None:
    tiny = Tiny(tmp_path)
    (tmp_path / "models/models.yml").write_text(CONTRACT.replace("not_null", "unique"))
    assert not tiny.run("select cast(1 as int) as number")
