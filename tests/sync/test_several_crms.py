"""A CRM is sent the records that came from it, under the ids that it knows."""

from __future__ import annotations

import duckdb
import pytest

from tests.sync.conftest import Changes
from tests.sync.crm_server import CrmServer


@pytest.fixture
def two_crms(changes: Changes) -> Changes:
    """Every fifth record came from `portal`, every other from `sf`; a number stands in both."""
    with duckdb.connect(str(changes.copy)) as connection:
        for table in ("crm_lead_sync", "crm_lead_sync_changes"):
            connection.execute(
                f"""
                update marts.{table}
                set
                    source = case when n % 5 = 0 then 'portal' else 'sf' end,
                    crm_record_id = lpad(cast(n // 5 as varchar), 18, '0'),
                    crm_lead_id = case
                        when n % 5 = 0 then 'portal:' || lpad(cast(n // 5 as varchar), 18, '0')
                        else 'sf:' || was
                    end,
                    owner_id = case when n % 5 = 0 then 'portal:' else 'sf:' end || owner_id
                from (select cast(crm_lead_id as int) as n, crm_lead_id as was from marts.{table})
                where crm_lead_id = was
                """
            )
    return changes


def test_without_a_name_nobody_is_sent_anything(
    two_crms: Changes, crm: CrmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert two_crms.push() == 2
    assert two_crms.push("hubspot", "--source", "other") == 2
    said = capsys.readouterr().err
    assert "Name with --source" in said
    assert "'portal', 'sf'" in said
    assert crm.requests == []


def test_a_crm_is_sent_its_own_records_under_its_own_ids(two_crms: Changes, crm: CrmServer) -> None:
    assert two_crms.push("hubspot", "--source", "portal") == 0
    assert set(crm.records) >= {f"{number:018d}" for number in range(50)}
    assert len(crm.writes) == 50
    owners = {crm.records[f"{number:018d}"]["lead_funnel_proposed_owner"] for number in range(50)}
    assert owners == {"rep-1", ""}
    known = two_crms.ask("select crm_lead_id, owner_id from sync.sync_acknowledgements")
    assert {str(key).split(":")[0] for key, _ in known} == {"portal"}
    assert {owner for _, owner in known} == {"portal:rep-1", None}
    asked = len(crm.requests)
    assert two_crms.push("hubspot", "--source", "portal") == 0
    assert len(crm.requests) == asked, "a second push has nothing to say"
