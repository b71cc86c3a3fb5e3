"""Merged records are one person, however they were merged."""

from __future__ import annotations

from tests.messy.company import Messy

PEOPLE = "select crm_lead_id from marts.dim_leads where crm_lead_id like 'merge-%' order by 1"


def test_chains_circles_and_merges_into_nothing_are_one_person_each(messy: Messy) -> None:
    found = [lead_id for (lead_id,) in messy.ask(PEOPLE)]
    assert len(found) == 4
    assert {"merge-3", "merge-21", "merge-31"} < {*found}
