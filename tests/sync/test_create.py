"""Leads that the CRM does not know are created once, and converted ones are written as contacts."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from lead_funnel.crm import cli
from tests.sync.conftest import Changes
from tests.sync.crm_server import CrmServer

BOTH = pytest.mark.parametrize("kind", ["hubspot", "salesforce"])
# The first three records are new, the next two are contacts.
SORTED_OUT = """
update marts.{table} set
    action = case when n < 3 then 'create' else 'update' end,
    object = case when n in (3, 4) then 'contact' else 'lead' end,
    sync_key = case when n < 3 then cast(lead_key as varchar) else sync_key end,
    crm_lead_id = case when n >= 3 then crm_lead_id end,
    crm_record_id = case
        when n in (3, 4) then '003' || crm_record_id
        when n > 4 then crm_record_id
    end
from (select row_hash as hash, cast(crm_lead_id as int) as n from marts.{table})
where row_hash = hash
"""
PEOPLE = """
create schema intermediate;
create table intermediate.crm_new_lead_details as
select
    cast(md5('key' || n) as uuid) as lead_key,
    'p' || n || '@new.example' as email,
    'Ann' as first_name,
    'Person ' || n as last_name,
    'new.example' as company_name,
    cast(null as varchar) as job_title,
    case when n = 1 then '+49 30 1234567' end as phone
from range({count}) r(n)
"""


@pytest.fixture
def sorted_out(changes: Changes) -> Changes:
    changes.publish(20)
    with duckdb.connect(str(changes.copy)) as connection:
        for table in ("crm_lead_sync", "crm_lead_sync_changes"):
            connection.execute(SORTED_OUT.format(table=table))
    with duckdb.connect(str(changes.db)) as connection:
        connection.execute(PEOPLE.format(count=3))
    return changes


@BOTH
def test_new_leads_are_created_with_their_details_and_the_id_is_noted(
    sorted_out: Changes, crm: CrmServer, kind: str
) -> None:
    assert sorted_out.push(kind) == 0
    assert len(crm.made) == 3
    fields = [crm.records[key] for key in crm.made.values()]
    email, last = {"hubspot": ("email", "lastname"), "salesforce": ("Email", "LastName")}[kind]
    assert {(each[email], each[last]) for each in fields} == {
        (f"p{number}@new.example", f"Person {number}") for number in range(3)
    }
    # Salesforce adds a checksum to its ids, which raw tables do not keep.
    ids = {key[:15] if kind == "salesforce" else key for key in crm.made.values()}
    known = sorted_out.ask(
        "select crm_lead_id, sync_key from sync.sync_acknowledgements where sync_key like '%-%'"
    )
    assert {key for key, _ in known} == ids
    assert {key for _, key in known} == set(crm.made)
    # Nobody's details are written over what a rep filled in.
    updated = [held for key, held in crm.records.items() if key not in crm.made.values()]
    assert all(email not in held for held in updated)
    asked = len(crm.requests)
    assert sorted_out.push(kind) == 0
    assert len(crm.requests) == asked, "a second push has nothing to say"


def test_a_new_lead_is_not_made_twice_where_the_answer_was_lost(
    sorted_out: Changes, crm: CrmServer
) -> None:
    assert sorted_out.push() == 0
    with duckdb.connect(str(sorted_out.db)) as connection:
        connection.execute("delete from sync.sync_acknowledgements")
    assert sorted_out.push() == 0
    assert len(crm.made) == 3


def test_converted_leads_are_written_as_contacts(sorted_out: Changes, crm: CrmServer) -> None:
    assert sorted_out.push("salesforce") == 0
    contacts = {key for key, kind in crm.objects.items() if kind == "Contact"}
    assert contacts == {f"003{number:018d}" for number in (3, 4)}
    assert len(crm.objects) == 20


def test_what_no_line_maps_is_left_out_and_said(
    sorted_out: Changes, crm: CrmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(sorted_out.copy)) as connection:
        connection.execute(
            "delete from marts.crm_field_mapping "
            "where object_type = 'Contact' or our_column = 'lead_key'"
        )
    assert sorted_out.push("salesforce") == 0
    said = capsys.readouterr().out
    assert "15 of 15 records accepted" in said
    assert "Not sent: 5, for which seeds/crm_field_map.csv has no lines" in said
    assert not crm.made


def test_a_refused_new_lead_is_noted_under_our_key_until_it_is_taken(
    sorted_out: Changes, crm: CrmServer
) -> None:
    taken = crm.upsert
    crm.upsert = lambda body: (409, {"category": "CONFLICT"})  # type: ignore[method-assign]
    assert sorted_out.push() == 2
    refused = "select sync_key, crm_lead_id, reason from sync.sync_refusals"
    assert len(sorted_out.ask(refused)) == 3
    assert {(key, reason) for _, key, reason in sorted_out.ask(refused)} == {(None, "CONFLICT")}
    crm.upsert = taken  # type: ignore[method-assign]
    assert sorted_out.push() == 0
    assert sorted_out.ask(refused) == []


def test_whoever_was_erased_since_publishing_is_not_created(
    sorted_out: Changes, crm: CrmServer
) -> None:
    with duckdb.connect(str(sorted_out.db)) as connection:
        connection.execute(
            "delete from intermediate.crm_new_lead_details where email = 'p1@new.example'"
        )
    assert sorted_out.push() == 0
    assert len(crm.made) == 2


def test_a_fresh_run_knows_better_than_the_last_whole_build_who_a_lead_is(
    sorted_out: Changes, crm: CrmServer
) -> None:
    with duckdb.connect(str(sorted_out.db)) as connection:
        connection.execute(
            "create schema if not exists sync; create table sync.fresh_lead_details as "
            "select * replace ('corrected@new.example' as email) "
            "from intermediate.crm_new_lead_details where email = 'p1@new.example'"
        )
    assert sorted_out.push() == 0
    emails = {crm.records[key]["email"] for key in crm.made.values()}
    assert emails == {"p0@new.example", "corrected@new.example", "p2@new.example"}


def test_new_leads_have_files_of_their_own(
    sorted_out: Changes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("hubspot", "salesforce", "ndjson"):
        given = ["--db", str(sorted_out.db), "--out", str(tmp_path / "out"), "--format", kind]
        assert cli.main(["export", *given]) == 0
    assert "@" not in capsys.readouterr().out
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {
        "hubspot-contacts-0001.json", "hubspot-contacts-create-0001.json",
        "salesforce-Lead-0001.csv", "salesforce-Contact-0001.csv",
        "salesforce-Lead-create-0001.csv",
        "crm_lead_sync.ndjson",
    }  # fmt: skip
    made = json.loads((tmp_path / "out" / "hubspot-contacts-create-0001.json").read_text())
    assert {each["idProperty"] for each in made["inputs"]} == {"lead_funnel_key"}
    assert "@" not in (tmp_path / "out" / "crm_lead_sync.ndjson").read_text()
