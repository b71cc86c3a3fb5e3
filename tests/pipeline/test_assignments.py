"""Owners of a built company, night after night."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.demo_company import Company

OWNERS = """
    select assignments.lead_key, assignments.owner_id, leads.crm_lead_id
    from marts.lead_assignments as assignments
    inner join marts.dim_leads as leads using (lead_key)
    where assignments.owner_id is not null
    order by assignments.lead_key
"""


ACKNOWLEDGED = """
    insert into sync.sync_acknowledgements by name
    select
        sync_key, crm_lead_id, row_hash, score_band, owner_id, due_at, is_exploration,
        (select as_of from intermediate.clock) as acknowledged_at
    from marts.crm_lead_sync
"""
PUBLISHED = """
    insert into sync.published_assignments by name
    select
        cast(assignments.lead_key as varchar) as lead_key, clock.as_of - interval 1 second as as_of,
        assignments.owner_id, leads.owner_id as crm_owner_id,
        clock.as_of - interval 1 second as assigned_at, assignments.due_at,
        assignments.is_exploration
    from marts.lead_assignments as assignments
    inner join marts.dim_leads as leads using (lead_key)
    cross join intermediate.clock as clock
    where assignments.owner_id is not null
"""


@pytest.mark.parametrize("told", [ACKNOWLEDGED, PUBLISHED], ids=["acknowledged", "published"])
def test_what_was_given_to_a_rep_is_not_assigned_anew(
    company: Company, run_dbt: RunDbt, tmp_path: Path, told: str
) -> None:
    """Of what the CRM alone says, a lead that it does not have may go to another rep."""
    db = tmp_path / "warehouse.duckdb"
    shutil.copy(company.db, db)
    with duckdb.connect(str(db)) as connection:
        before = connection.execute(OWNERS).fetchall()
        connection.execute("delete from sync.sync_acknowledgements")
        connection.execute("delete from sync.published_assignments")
        connection.execute(told)
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
    known = [row for row in before if told == PUBLISHED or row[2] is not None]
    assert [row for row in after if row in known] == known
    assert len(known) > 50
    assert anew == 0
