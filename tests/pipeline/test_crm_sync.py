"""From the marts of a built company to a CRM on this machine and back into the next build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lead_funnel.crm import cli
from lead_funnel.crm.client import TOKEN, URL
from lead_funnel.publish.copy import publish
from lead_funnel.warehouse import published_path
from tests.dbt_runs import RunDbt
from tests.pipeline.demo_company import Company
from tests.sync import crm_server
from tests.warehouses import ask


@pytest.mark.parametrize("kind", ["hubspot", "salesforce"])
def test_what_the_crm_took_is_no_change_for_the_next_build(
    company: Company,
    run_dbt: RunDbt,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
) -> None:
    db = tmp_path / "warehouse.duckdb"
    shutil.copy(company.db, db)
    publish(db, published_path(db))
    # Records of leads come first, those to be created last.
    changes = (
        "select sync_key, row_hash, crm_record_id, lead_key from marts.crm_lead_sync_changes "
        "order by action desc, object desc, sync_key"
    )
    wanted = ask(db, changes)
    refused = wanted[3][2]
    new = ask(db, "select lead_key from marts.crm_lead_sync_changes where action = 'create'")
    with crm_server.new_server() as server, crm_server.crm_behind(server) as crm:
        monkeypatch.setenv(URL, crm.url)
        monkeypatch.setenv(TOKEN, crm_server.TOKEN)
        crm.unknown = {refused}
        assert cli.main(["push", "--crm", kind, "--db", str(db), "--backoff", "0.01"]) == 1
    assert set(crm.made) == {str(key) for (key,) in new}
    assert len(new) > 10
    # Who is created is told once; of nobody else, anything personal.
    told = [held for key, held in crm.records.items() if key not in crm.made.values()]
    assert "@" not in "".join(capsys.readouterr()) + str(told)
    # No marts are read but the two, so the raw files are not needed.
    run = run_dbt(
        ["run", "--select", "crm_lead_sync_changes"], raw=company.truth.parent / "raw", db=db
    )
    assert run.success, run.log
    assert ask(db, changes) == [wanted[3]]
    assert len(crm.took()) == len(wanted) - 1 > 1000
