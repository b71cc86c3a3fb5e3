"""Owners of a built company, night after night."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tests.dbt_runs import RunDbt
from tests.pipeline.demo_company import Company

OWNERS = """
    select assignments.lead_key, assignments.owner_id, leads.crm_lead_id
    from marts.lead_assignments as assignments
    inner join marts.dim_leads as leads using (lead_key)
    where assignments.owner_id is not null
    order by assignments.lead_key
"""


def test_what_the_crm_took_is_not_assigned_anew(
    company: Company, run_dbt: RunDbt, tmp_path: Path
) -> None:
    """A lead that the CRM does not have keeps its slot, but perhaps with another rep."""
    db = tmp_path / "warehouse.duckdb"
    shutil.copy(company.db, db)
    with duckdb.connect(str(db)) as connection:
        before = connection.execute(OWNERS).fetchall()
        connection.execute("delete from sync.sync_acknowledgements")
        connection.execute(
            """
            insert into sync.sync_acknowledgements by name
            select
                sync_key, crm_lead_id, row_hash, score_band, owner_id, due_at, is_exploration,
                (select as_of from intermediate.clock) as acknowledged_at
            from marts.crm_lead_sync
            """
        )
    run = run_dbt(
        ["run", "--select", "int_routing_owners+,+lead_assignments"],
        raw=company.truth.parent / "raw",
        db=db,
    )
    assert run.success, run.log
    with duckdb.connect(str(db), read_only=True) as connection:
        after = connection.execute(OWNERS).fetchall()
        [(anew,)] = connection.execute(
            """
            select count(*)
            from marts.lead_assignments as assignments
            inner join marts.dim_leads as leads using (lead_key)
            where
                assignments.takes_new_slot
                and leads.crm_lead_id is not null
                and lead_key not in (select lead_key from intermediate.int_routing_kept)
            """
        ).fetchall()
    assert [lead for lead, _, _ in after] == [lead for lead, _, _ in before]
    known = [row for row in before if row[2] is not None]
    assert [row for row in after if row[2] is not None] == known
    assert len(known) > 50
    assert anew == 0
