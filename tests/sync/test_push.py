"""What the CRM accepted is acknowledged, nothing else is, and no failure loses a record."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from lead_funnel.crm import hubspot
from lead_funnel.crm.client import TOKEN, URL, RetryPolicy, open_client
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.records import only_one
from lead_funnel.errors import UserError
from tests.sync.conftest import Changes
from tests.sync.crm_server import CrmServer, Job

BOTH = pytest.mark.parametrize("kind", ["hubspot", "salesforce"])


def key(number: int) -> str:
    return f"{number:018d}"


@BOTH
def test_everything_is_accepted_once_and_acknowledged(
    changes: Changes, crm: CrmServer, kind: str
) -> None:
    assert changes.push(kind) == 0
    assert changes.acknowledged() == crm.took() == changes.wanted()
    assert len(crm.writes) == 250
    asked = len(crm.requests)
    assert changes.push(kind) == 0
    assert len(crm.requests) == asked, "a second push has nothing to say"
    ((band, owner, due, drawn),) = changes.ask(
        "select score_band, owner_id, cast(due_at as varchar), is_exploration "
        f"from sync.sync_acknowledgements where crm_lead_id = '{key(50)}'"
    )
    assert (band, owner, due, drawn) == ("hot", "rep-1", "2026-06-26 02:00:00", True)
    assert changes.ask("select * from sync.sync_jobs") == []


def test_hubspot_is_sent_texts_in_batches_of_100(changes: Changes, crm: CrmServer) -> None:
    assert changes.push() == 0
    assert [(method, path) for _, method, path in crm.requests] == 3 * [
        ("POST", "/crm/v3/objects/contacts/batch/update")
    ]
    record = crm.records[key(50)]
    assert record["lead_funnel_due_at"] == "2026-06-26T02:00:00.000Z"
    assert record["lead_funnel_is_exploration"] == "true"
    assert record["lead_funnel_points_total"] == "50"
    assert record["lead_funnel_probability"] == "0.05"
    assert record["lead_funnel_reason_3"] == "", "what is null is cleared"
    assert all(isinstance(value, str) for value in record.values())


def test_salesforce_is_sent_a_job_with_unix_lines(changes: Changes, crm: CrmServer) -> None:
    assert changes.push("salesforce") == 0
    body = next(body for body in crm.bodies if body.startswith(b"Id,"))
    assert b"\r" not in body
    assert body.count(b"\n") == 251
    record = crm.records[key(51)]
    assert record["Lead_Funnel_Due_At__c"] == "#N/A", "an empty cell would change nothing"
    assert record["Lead_Funnel_Reason_1__c"] == 'Views of the prices: 3, "again" (+0.71)'
    assert record["Lead_Funnel_Reason_2__c"] == "Käufer"


@BOTH
def test_refused_records_are_noted_by_code_and_tried_again(
    changes: Changes, crm: CrmServer, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.unknown = {key(7), key(120)}
    assert changes.push(kind) == 1
    said = "".join(capsys.readouterr())
    assert "248 of 250 records accepted, 2 refused, 0 left" in said
    assert changes.wanted() - changes.acknowledged() == {
        row for row in changes.wanted() if row[0] in crm.unknown
    }
    code = {"hubspot": "OBJECT_NOT_FOUND", "salesforce": "ENTITY_IS_DELETED"}[kind]
    found = changes.ask("select crm_lead_id, reason from sync.sync_refusals order by 1")
    assert found == [(key(7), code), (key(120), code)]
    crm.unknown = {key(120)}
    assert changes.push(kind) == 1
    assert changes.ask("select crm_lead_id from sync.sync_refusals") == [(key(120),)]
    assert len(crm.writes) == 249


@BOTH
def test_neither_people_nor_the_token_are_in_what_is_printed(
    changes: Changes, crm: CrmServer, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.unknown, crm.unreadable = {key(7)}, {key(8)}
    changes.push(kind)
    said = "".join(capsys.readouterr())
    assert "@" not in said + str(changes.ask("from sync.sync_refusals"))
    assert key(7) not in said
    assert key(8) not in said
    assert "secret-token" not in said + repr(open_client(RetryPolicy()))


def test_one_unreadable_record_holds_up_nobody_else(changes: Changes, crm: CrmServer) -> None:
    crm.unreadable = {key(42)}
    assert changes.push() == 1
    assert len(changes.acknowledged()) == 249
    assert changes.ask("select crm_lead_id, reason from sync.sync_refusals") == [
        (key(42), "VALIDATION_ERROR")
    ]
    # Three batches; the first is halved seven times at most, each half asked for.
    assert len(crm.requests) <= 3 + 2 * 7


def test_a_field_the_crm_does_not_have_stops_the_push(
    changes: Changes, crm: CrmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.unreadable = {key(number) for number in range(250)}
    assert changes.push() == 2
    assert "seeds/crm_field_map.csv" in capsys.readouterr().err
    assert changes.acknowledged() == set()
    assert len(crm.requests) < 200


def test_a_busy_crm_is_given_the_time_it_asks_for(changes: Changes, crm: CrmServer) -> None:
    crm.faults.extend(["429:1", "429", "503"])
    assert changes.push() == 0
    assert crm.took() == changes.wanted()
    times = [moment for moment, *_ in crm.requests]
    assert times[1] - times[0] >= 1
    assert len(times) == 6


@BOTH
@pytest.mark.parametrize("fault", ["hang", "drop"])
def test_an_answer_that_never_came_is_asked_for_again(
    changes: Changes, crm: CrmServer, kind: str, fault: str
) -> None:
    # The second request is the one that is applied, whole or by half, and not answered.
    crm.faults.extend(["", fault])
    changes.push(kind)
    assert changes.acknowledged() <= crm.took()
    assert changes.push(kind) == 0
    assert changes.acknowledged() == crm.took() == changes.wanted()
    assert changes.ask("select * from sync.sync_jobs") == []


def test_a_closing_whose_answer_was_lost_is_not_taken_for_refused(
    changes: Changes, crm: CrmServer
) -> None:
    crm.faults.extend(["", "", "hang"])
    assert changes.push("salesforce") == 0
    assert len(crm.jobs) == 1
    assert crm.repeats() == 0


@BOTH
def test_a_crm_that_is_down_leaves_everything_for_the_next_push(
    changes: Changes, crm: CrmServer, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.faults.extend(4 * ["503"])
    assert changes.push(kind) == 1
    assert "0 of 250 records accepted, 0 refused, 250 left" in capsys.readouterr().out
    assert len(crm.requests) == 4
    assert changes.push(kind) == 0
    assert changes.acknowledged() == changes.wanted()


def test_a_job_that_failed_half_way_is_acknowledged_by_half(
    changes: Changes, crm: CrmServer
) -> None:
    crm.job_fails_after = 100
    assert changes.push("salesforce") == 1
    assert changes.acknowledged() == crm.took()
    assert len(crm.took()) == 100
    crm.job_fails_after = None
    assert changes.push("salesforce") == 0
    assert crm.repeats() == 0


def test_an_earlier_job_ends_before_newer_values_are_sent(changes: Changes, crm: CrmServer) -> None:
    """Its old values must not be written over the new ones."""
    crm.record_delay = 0.006
    assert changes.push("salesforce", "--job-timeout", "0") == 1
    assert len(changes.ask("select * from sync.sync_jobs")) == 1
    crm.record_delay = 0
    changes.publish(250, salt="two")
    assert changes.push("salesforce") == 0
    until = time.monotonic() + 20
    while any(job.state == "InProgress" for job in crm.jobs.values()):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert changes.acknowledged() == changes.wanted()
    held = {(each, fields["Lead_Funnel_Row_Hash__c"]) for each, fields in crm.records.items()}
    assert held == changes.wanted()


def test_a_job_that_was_never_closed_is_aborted(changes: Changes, crm: CrmServer) -> None:
    crm.jobs["old"] = Job()
    with duckdb.connect(str(changes.db)) as connection:
        connection.execute("insert into sync.sync_jobs values ('old', now()), ('gone', now())")
    assert changes.push("salesforce") == 0
    assert crm.jobs["old"].state == "Aborted"
    assert changes.ask("select * from sync.sync_jobs") == []


def test_only_what_changed_since_is_sent_the_next_night(changes: Changes, crm: CrmServer) -> None:
    assert changes.push() == 0
    with duckdb.connect(str(changes.copy)) as connection:
        connection.execute(
            "update marts.crm_lead_sync_changes set row_hash = 'new' where score = 9"
        )
    assert changes.push() == 0
    assert len(crm.writes) == 250 + 3
    assert changes.ask("select count(*) from sync.sync_acknowledgements") == [(250,)]


def test_mistakes_are_told_in_words(
    changes: Changes,
    crm: CrmServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def refusal(words: str) -> None:
        assert changes.push() == 2
        assert words in capsys.readouterr().err

    with only_one(changes.db):
        refusal("Another lead-sync push")
    monkeypatch.setenv(TOKEN, "wrong")
    refusal("denies access to lead-sync")
    monkeypatch.setenv(URL, "http://crm.example")
    refusal("https://")
    monkeypatch.delenv(URL)
    refusal(f"Set {URL}")
    monkeypatch.setenv(URL, crm.url + "/elsewhere")
    monkeypatch.setenv(TOKEN, "secret-token-1234")
    refusal("knows no objects")
    changes.copy.unlink()
    refusal("no published copy")


def test_a_redirect_does_not_get_the_token(changes: Changes, crm: CrmServer) -> None:
    crm.faults.append("302")
    assert changes.push() == 1
    assert len(crm.requests) == 1


def test_rows_nobody_spoke_of_are_not_acknowledged(changes: Changes, crm: CrmServer) -> None:
    client = open_client(RetryPolicy(attempts=1, timeout_seconds=1))
    mapping = hubspot.FieldMap("contacts", "id", {"row_hash": "row_hash"})
    crm.hubspot = lambda body, part: (200, {"results": []})  # type: ignore[method-assign]
    result = hubspot.HubSpot(client, mapping).send([{"crm_lead_id": "1", "row_hash": "x"}])
    assert not result.accepted
    assert not result.refused


def test_a_build_that_holds_the_warehouse_is_waited_for(changes: Changes) -> None:
    # Held by another process, because one process may open a file twice.
    holder = (
        "import duckdb, sys, time; held = duckdb.connect(sys.argv[1]); "
        "print('open', flush=True); time.sleep(1)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(changes.db)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(UserError, match="another process"):
            Ledger(changes.db, wait_seconds=0).open_jobs()
        assert Ledger(changes.db, wait_seconds=20).open_jobs() == []
