"""What the CRM refuses for all records stops a push; what it does to one record is named."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import duckdb
import pytest

from lead_funnel.crm import cli
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.records import MOVED
from lead_funnel.errors import UserError
from tests.sync.conftest import Changes
from tests.sync.crm_server import CrmServer

BOTH = pytest.mark.parametrize("kind", ["hubspot", "salesforce"])
FIELDS = {"hubspot": "lead_funnel_stage", "salesforce": "Lead_Funnel_Stage__c"}


def key(number: int) -> str:
    return f"{number:018d}"


@BOTH
def test_a_field_that_every_record_is_refused_for_is_named_at_once(
    changes: Changes, crm: CrmServer, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.unknown_fields = {FIELDS[kind]}
    assert changes.push(kind) == 2
    said = capsys.readouterr().err
    assert f"because of {FIELDS[kind]}. Make it in the CRM" in said
    assert "seeds/crm_field_map.csv" in said
    assert not crm.writes
    assert len(crm.requests) <= 8
    assert changes.acknowledged() == set()
    # Once the field is there, everything goes through.
    crm.unknown_fields.clear()
    assert changes.push(kind) == 0
    assert changes.ask("from sync.sync_refusals") == []


def test_records_that_are_sent_one_by_one_stop_at_a_bad_field_too(
    changes: Changes, crm: CrmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    changes.publish(30)
    crm.unknown_fields = {FIELDS["hubspot"]}
    assert changes.push("hubspot", "--batch-size", "1") == 2
    assert f"first 20 records (VALIDATION_ERROR 20) because of {FIELDS['hubspot']}" in (
        capsys.readouterr().err
    )
    assert len(crm.requests) == 20


@BOTH
def test_nights_that_have_only_deleted_records_left_blame_no_field(
    changes: Changes, crm: CrmServer, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changes.publish(3)
    crm.unknown = {key(number) for number in range(3)}
    assert changes.push(kind) == 1
    said = "".join(capsys.readouterr())
    assert "0 of 3 records accepted, 3 refused" in said
    assert "crm_field_map" not in said


def test_a_few_records_with_bad_values_are_not_a_bad_field(
    changes: Changes, crm: CrmServer
) -> None:
    bad = {key(number) for number in (0, 25, 50, 74, 98, 123)}
    crm.unreadable = bad
    assert changes.push() == 1
    assert len(changes.acknowledged()) == 250 - len(bad)
    assert {each for (each,) in changes.ask("select crm_lead_id from sync.sync_refusals")} == bad


@BOTH
def test_a_record_answered_under_another_id_is_named_and_not_sent_again(
    changes: Changes, crm: CrmServer, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changes.publish(20)
    crm.merged = {key(7): key(9)}
    assert changes.push(kind) == 1
    assert changes.ask("select crm_lead_id, reason from sync.sync_refusals") == [(key(7), MOVED)]
    # The survivor may show the values of the other: it is sent again, the other is not.
    assert len(changes.acknowledged()) == 18
    capsys.readouterr()
    assert changes.push(kind) == 0
    assert "Not sent until they change: 1" in capsys.readouterr().out
    assert changes.wanted() - changes.acknowledged() == {
        row for row in changes.wanted() if row[0] == key(7)
    }
    hashed = {"hubspot": "lead_funnel_row_hash", "salesforce": "Lead_Funnel_Row_Hash__c"}[kind]
    assert (key(9), crm.records[key(9)][hashed]) in changes.wanted()
    asked = len(crm.requests)
    assert changes.push(kind) == 0
    assert len(crm.requests) == asked
    assert "Not sent until they change: 1" in capsys.readouterr().out


def test_what_a_late_answer_overwrote_is_no_longer_acknowledged(
    changes: Changes, crm: CrmServer
) -> None:
    crm.merged = {key(240): key(9)}
    assert changes.push() == 1
    # The survivor was taken in the first batch, the other in the last.
    assert key(9) not in {each for each, _ in changes.acknowledged()}
    assert changes.push() == 0
    assert key(9) in {each for each, _ in changes.acknowledged()}
    # When the other changes, it is tried again.
    crm.merged = {}
    with duckdb.connect(str(changes.copy)) as connection:
        connection.execute(
            "update marts.crm_lead_sync_changes set row_hash = 'new' "
            f"where crm_lead_id = '{key(240)}'"
        )
    assert changes.push() == 0
    assert changes.ask("from sync.sync_refusals") == []
    assert changes.acknowledged() == changes.wanted()


def test_the_answer_may_say_whose_it_is_by_the_trace_id(changes: Changes, crm: CrmServer) -> None:
    changes.publish(4)
    crm.hubspot = lambda body, part: (  # type: ignore[method-assign]
        200,
        {
            "results": [
                {"id": "900", "objectWriteTraceId": key(1)},
                *({"id": key(number), "objectWriteTraceId": key(number)} for number in (0, 2, 3)),
            ]
        },
    )
    assert changes.push() == 1
    assert changes.ask("select crm_lead_id, reason from sync.sync_refusals") == [(key(1), MOVED)]
    assert len(changes.acknowledged()) == 3


@BOTH
def test_the_deadline_ends_a_push_and_is_said(
    changes: Changes, crm: CrmServer, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.faults.extend(["429:600"])
    started = time.monotonic()
    assert changes.push(kind, "--deadline", "30") == 1
    assert time.monotonic() - started < 20
    assert "the deadline of 30 seconds has come" in capsys.readouterr().out


def test_a_locked_warehouse_is_waited_for_at_the_start(
    changes: Changes, crm: CrmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); "
        "print('open', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(changes.db)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        process.stdout.readline()
        assert changes.push("hubspot", "--wait", "0") == 2
        assert not crm.requests
        said = capsys.readouterr().err
        assert "could not be recorded" not in said
        out = ["--out", str(changes.db.parent / "out"), "--db", str(changes.db)]
        assert cli.main(["export", "--format", "csv", *out, "--wait", "0"]) == 2
        letting_go = threading.Timer(0.3, process.stdin.close)
        letting_go.start()
        assert changes.push("hubspot", "--wait", "30") == 0
        letting_go.join()


def test_a_published_copy_is_neither_pushed_nor_noted_in(
    changes: Changes, crm: CrmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["push", "--crm", "hubspot"], ["export", "--format", "csv"]):
        assert cli.main([*words, "--db", str(changes.copy)]) == 2
        assert "is a published copy" in capsys.readouterr().err
    with pytest.raises(UserError, match="is a published copy"):
        Ledger(changes.copy).open_jobs()
    assert not crm.requests
    file = changes.db.parent / "file"
    file.touch()
    where = ["--db", str(changes.db), "--out", str(file)]
    assert cli.main(["export", "--format", "csv", *where]) == 2
    assert "Name another folder" in capsys.readouterr().err


def test_a_warehouse_that_is_not_there_is_said(
    changes: Changes, crm: CrmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = changes.db.parent / "nowhere" / "w.duckdb"
    assert cli.main(["push", "--crm", "hubspot", "--db", str(nowhere)]) == 2
    assert "check --db" in capsys.readouterr().err
    with duckdb.connect(str(changes.db)) as connection:
        connection.execute("drop table sync.sync_jobs")
    assert changes.push("salesforce") == 2
    assert "Run `dbt build`" in capsys.readouterr().err
