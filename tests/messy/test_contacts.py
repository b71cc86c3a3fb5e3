"""Whether contacts who were never leads count as some, the whole way from raw rows to routing."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.dbt_runs import RunDbt
from tests.messy.company import Messy, write_raw

FOUND = """
    select
        leads.crm_contact_id,
        leads.crm_lead_id,
        leads.current_stage,
        leads.owner_id,
        handoffs.origin,
        handoffs.sales_touches
    from marts.dim_leads as leads
    left join marts.fct_handoffs as handoffs using (lead_key)
    where leads.lead_key in (
        select lead_key from intermediate.identity_members where identifier_value like 'con-%'
    )
    order by 1 nulls last
"""
CHANGED = ("lead_owners", "dim_leads", "fct_handoffs")


def test_contacts_are_leads_where_the_company_says_so(
    messy: Messy, run_dbt: RunDbt, tmp_path: Path
) -> None:
    without = messy.ask(FOUND)
    db = tmp_path / "warehouse.duckdb"
    shutil.copy(messy.db, db)
    write_raw(tmp_path / "raw")
    built = run_dbt(
        ["run", "--select", *(f"int_events_unioned+,+{model}" for model in CHANGED)],
        raw=tmp_path / "raw",
        db=db,
        variables={"contacts_are_leads": True},
    )
    assert built.success, built.log
    # The status of a contact is a stage in either case; who has none is no lead without the
    # variable, and no contact's owner is a lead's.
    assert without == [
        ("con-deleted", None, None, None, None, None),
        ("con-plain", None, None, None, None, None),
        ("con-qualified", None, "mql", None, "marketing", 1),
        ("con-second", "con-lead", "mql", None, "marketing", 0),
    ]
    assert Messy(db).ask(FOUND) == [
        ("con-deleted", None, None, "con-rep", None, None),
        ("con-plain", None, "inquiry", "con-rep", None, None),
        ("con-qualified", None, "mql", "con-rep", "marketing", 1),
        ("con-second", "con-lead", "mql", "con-rep", "marketing", 0),
    ]
