"""A warehouse with changes that a CRM does not know, its published copy, and the CRM."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from pytest_httpserver import HTTPServer

from lead_funnel.crm import cli
from lead_funnel.crm.client import TOKEN, URL
from tests.sync import crm_server
from tests.sync.crm_server import CrmServer
from tests.warehouses import ask

ROOT = Path(__file__).parents[2]
CHANGES = """
select
    lpad(cast(n as varchar), 18, '0') as crm_lead_id,
    cast(null as varchar) as source,
    lpad(cast(n as varchar), 18, '0') as crm_record_id,
    cast(md5('key' || n) as uuid) as lead_key,
    'mql' as stage,
    1 as cycle_number,
    'model' as scored_by,
    n % 101 as score,
    round(n / 1000, 3) as probability,
    case when n % 2 = 0 then 'hot' else 'cold' end as score_band,
    cast(n as double) as points_total,
    'A' as fit_grade,
    'A' || (1 + n % 4) as grid_cell,
    'Views of the prices: 3, "again" (+0.71)' as reason_1,
    case when n % 3 = 0 then 'Käufer' end as reason_2,
    cast(null as varchar) as reason_3,
    case when n % 2 = 0 then 'rep-1' end as owner_id,
    case when n % 2 = 0 then timestamp '2026-06-26 02:00:00' end as due_at,
    n % 50 = 0 as is_exploration,
    cast(null as varchar) as next_content_id,
    md5('{salt}' || n) as row_hash,
    'new' as change,
    lpad(cast(n as varchar), 18, '0') as sync_key,
    'update' as action,
    'lead' as object
from range({count}) r(n)
"""


@dataclass(frozen=True)
class Changes:
    """A warehouse whose published copy lists `count` changes."""

    db: Path

    @property
    def copy(self) -> Path:
        return self.db.with_name("w.published.duckdb")

    def publish(self, count: int, salt: str = "one") -> None:
        with duckdb.connect(str(self.copy)) as connection:
            connection.execute("create schema if not exists marts")
            connection.execute(
                "create or replace table marts.crm_lead_sync_changes as "
                + CHANGES.format(count=count, salt=salt)
            )
            connection.execute(
                "create or replace table marts.crm_lead_sync as "
                "select * exclude (change) from marts.crm_lead_sync_changes"
            )
            seed = ROOT / "seeds/crm_field_map.csv"
            connection.execute(f"create or replace table marts.crm_field_mapping as from '{seed}'")

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        return ask(self.db, sql)

    def acknowledged(self) -> set[tuple[object, ...]]:
        return set(self.ask("select crm_lead_id, row_hash from sync.sync_acknowledgements"))

    def wanted(self) -> set[tuple[object, ...]]:
        with duckdb.connect(str(self.copy), read_only=True) as connection:
            return set(
                connection.execute(
                    "select crm_lead_id, row_hash from marts.crm_lead_sync_changes"
                ).fetchall()
            )

    def push(self, crm: str = "hubspot", *more: str) -> int:
        quick = ["--timeout", "1", "--backoff", "0.01", "--attempts", "4"]
        return cli.main(["push", "--crm", crm, "--db", str(self.db), *quick, *more])


def prepared_tables() -> list[str]:
    """What dbt makes before the first push, as the macro says it."""
    macro = (ROOT / "macros/sync/prepare_sync.sql").read_text(encoding="utf-8")
    tables = re.findall(r"'(sync_\w+)': (\{.*?\})", macro, re.DOTALL)
    assert len(tables) == 3
    return ["create schema sync"] + [
        "create table sync.{} ({})".format(
            table, ", ".join(f"{name} {kind}" for name, kind in literal_eval(columns).items())
        )
        for table, columns in tables
    ]


@pytest.fixture
def changes(tmp_path: Path) -> Changes:
    made = Changes(tmp_path / "w.duckdb")
    with duckdb.connect(str(made.db)) as connection:
        for statement in prepared_tables():
            connection.execute(statement)
    made.publish(250)
    return made


@pytest.fixture(scope="session")
def http_server() -> Iterator[HTTPServer]:
    with crm_server.new_server() as server:
        yield server


@pytest.fixture
def crm(http_server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrmServer]:
    with crm_server.crm_behind(http_server) as crm:
        monkeypatch.setenv(URL, crm.url)
        monkeypatch.setenv(TOKEN, crm_server.TOKEN)
        yield crm
