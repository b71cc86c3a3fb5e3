"""Owners of a built company, night after night."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tests.dbt_runs import RunDbt
from tests.pipeline.demo_company import Company

OWNERS = "select lead_key, owner_id, reason_code from marts.lead_assignments order by lead_key"


def test_what_the_crm_took_is_not_assigned_anew(
    company: Company, run_dbt: RunDbt, tmp_path: Path
) -> None:
    db = tmp_path / "warehouse.duckdb"
    shutil.copy(company.db, db)
    with duckdb.connect(str(db)) as connection:
        before = connection.execute(OWNERS).fetchall()
        connection.execute("delete from sync.sync_acknowledgements")
        connection.execute(
            """
            insert into sync.sync_acknowledgements by name
            select
                crm_lead_id, row_hash, score_band, owner_id, due_at, is_exploration,
                (select as_of from intermediate.int_clock) as acknowledged_at
            from marts.crm_lead_sync
            """
        )
    run = run_dbt(
        ["run", "--select", "int_routing_owners+,+lead_assignments"],
        raw=company.db.parent / "raw",
        db=db,
    )
    assert run.success, run.log
    with duckdb.connect(str(db), read_only=True) as connection:
        after = connection.execute(OWNERS).fetchall()
        [(kept, new)] = connection.execute(
            """
            select
                count(*) filter (where takes_new_slot),
                count(*) filter (where takes_new_slot and kept.lead_key is null)
            from marts.lead_assignments
            left join intermediate.int_routing_kept as kept using (lead_key)
            """
        ).fetchall()
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert kept > 0
    assert new == 0
