"""The nightly run stops where it should, and what dbt says reaches people in sentences."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from lead_funnel import last_build, nightly
from lead_funnel.build import main
from lead_funnel.dbt_runs import Listener, done_text, failure_text, warning_tests
from lead_funnel.errors import UserError
from lead_funnel.fresh.small import small_path
from lead_funnel.last_build import state_path
from lead_funnel.nightly import Build, build
from lead_funnel.publish.copy import publish
from lead_funnel.warehouse import published_path
from tests.publish.test_floor import empty_leads


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run of dbt and lead-ml, neither of which is."""
    ran: list[str] = []

    def run(arguments: Any, *_: Any) -> str:
        ran.append(" ".join(arguments))
        return "3 tables"

    def run_ml(*arguments: str) -> str:
        ran.append("lead-ml " + " ".join(arguments))
        return ""

    monkeypatch.setattr(nightly, "run_dbt", run)
    monkeypatch.setattr(nightly, "run_ml", run_ml)
    return ran


@pytest.fixture
def quick_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing, where all that matters of the report is whether it is there."""

    def write(db: Path, to: Path) -> None:
        to.write_text(db.name, encoding="utf-8")

    monkeypatch.setattr(nightly, "write_report", write)


@pytest.mark.slow
def test_a_night_builds_trains_publishes_and_sums_up(
    warehouse: Path, tmp_path: Path, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--raw", str(tmp_path), "--db", str(warehouse)]) == 0
    assert done == [
        "build --exclude-resource-type unit_test --exclude source:ml+",
        "lead-ml train --if-due --compare",
        "build --exclude-resource-type unit_test --select source:ml+",
        "run-operation record_published",
    ]
    told = capsys.readouterr()
    assert "[1/8] Build and test the tables ...\n      0 s: 3 tables\n" in told.err
    assert "as of 2025-06-30 12:00 UTC" in told.out
    assert published_path(warehouse).is_file()
    report = warehouse.with_name("w.report.html")
    assert report.stat().st_mode & 0o777 == 0o644


@pytest.mark.usefixtures("quick_report", "done")
def test_a_night_removes_the_people_that_a_killed_fresh_run_left(
    warehouse: Path, tmp_path: Path
) -> None:
    left = small_path(warehouse)
    left.parent.mkdir()
    for file in (left, left.with_name(f"{left.name}.wal")):
        file.write_text("Ann Person", encoding="utf-8")
    assert main(["--raw", str(tmp_path), "--db", str(warehouse)]) == 0
    assert not list(left.parent.iterdir())


@pytest.mark.slow
def test_a_company_that_vanished_is_neither_learnt_from_nor_published(
    warehouse: Path, tmp_path: Path, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    publish(warehouse, published_path(warehouse))
    before = published_path(warehouse).read_bytes()
    empty_leads(warehouse)
    assert build(Build(tmp_path, warehouse)) == 1
    # Nothing is remembered as published either.
    assert done == ["build --exclude-resource-type unit_test --exclude source:ml+"]
    assert published_path(warehouse).read_bytes() == before
    assert not warehouse.with_name("w.report.html").exists()
    told = capsys.readouterr().err
    assert "make build ACCEPT=1" in told
    assert "There are no rows of crm_reps. Export them." in told
    assert build(Build(tmp_path, warehouse, accept_changes=True)) == 0
    assert done[-1] == "run-operation record_published"


@pytest.mark.slow
@pytest.mark.usefixtures("quick_report")
def test_what_stands_is_not_built_again(
    warehouse: Path, tmp_path: Path, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    words = ["--raw", str(raw), "--db", str(warehouse)]
    whole = 4

    def ran(*more: str) -> int:
        done.clear()
        assert main([*words, *more]) == 0
        return len(done)

    assert ran() == whole
    capsys.readouterr()
    assert ran() == 0
    told = capsys.readouterr()
    assert "Nothing is new since the last build" in told.err
    assert "as of 2025-06-30 12:00 UTC" in told.out
    assert ran("--again") == whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_ENV_SECRET_TOKEN", "not-to-be-kept")
        assert ran() == whole
        assert "not-to-be-kept" not in state_path(warehouse).read_text(encoding="utf-8")
    assert ran() == whole
    (raw / "crm_leads.csv").write_text("lead_id\n1\n", encoding="utf-8")
    assert ran() == whole
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table sync_said_something as select 1 as one")
    assert ran() == whole
    warehouse.with_name("w.report.html").unlink()
    assert ran() == whole
    assert ran() == 0


@pytest.mark.slow
@pytest.mark.usefixtures("quick_report")
def test_a_build_that_failed_is_not_taken_for_the_last_one(
    warehouse: Path, tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw := tmp_path / "raw").mkdir()
    words = ["--raw", str(raw), "--db", str(warehouse)]
    assert main(words) == 0

    def fails(*_: Any) -> str:
        raise UserError("no")

    (raw / "crm_leads.csv").write_text("lead_id\n1\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(nightly, "run_ml", fails)
        assert main(words) == 1
    done.clear()
    assert main(words) == 0
    assert len(done) == 4


@pytest.mark.parametrize(
    "entries", [[{"tool": "hubspot", "path": "s3://bucket/hubspot"}], [{"database": "no.duckdb"}]]
)
def test_rows_that_lie_elsewhere_may_always_be_new(tmp_path: Path, entries: list[Any]) -> None:
    assert last_build.given(tmp_path, Path(), [], []) is not None
    assert last_build.given(tmp_path, Path(), entries, []) is None
    assert not last_build.is_standing(tmp_path / "state.json", [], None)


def result(status: str, name: str = "assert_x", kind: str = "test", **more: Any) -> Any:
    node = SimpleNamespace(name=name, resource_type=kind, description=more.pop("description", ""))
    node.compiled_path = more.pop("path", None)
    return SimpleNamespace(status=status, node=node, **{"failures": 0, "message": "", **more})


def test_failures_are_told_in_sentences_without_addresses() -> None:
    results = [
        result("fail", failures=3, description="All rows are accounted for.", path="t/x.sql"),
        result(
            "error",
            "dim_leads",
            "model",
            message="Runtime Error in model dim_leads (a.sql)\n  Conversion Error: 'j@c.example' "
            "is not a number\n\n  > in macro x (m.sql)\n  compiled code at target/a.sql",
        ),
        result("skipped", "b", "model"),
        result("pass"),
    ]
    told = failure_text(None, results, Path("w.duckdb"))
    assert "The test assert_x failed on 3 rows. All rows are accounted for." in told
    assert "run t/x.sql in the warehouse" in told
    assert "dim_leads failed: Runtime Error" in told
    assert "(address)" in told
    assert "1 tables and tests that build on it were left out" in told
    assert "@" not in told
    assert "macro" not in told


def test_a_held_warehouse_is_one_sentence() -> None:
    error = RuntimeError("IO Error: Could not set lock on file: held in python (PID 999999999).")
    told = failure_text(error, [], Path("w.duckdb"))
    assert told.startswith("w.duckdb is held by another process, 999999999, which builds or reads")
    assert "\n" not in told


def test_only_our_own_warnings_pass() -> None:
    listener = Listener("x")
    for name, message in (("JinjaLogWarning", "Not read: a.txt"), ("DeprecatedModel", "noise")):
        listener(
            SimpleNamespace(info=SimpleNamespace(name=name), data=SimpleNamespace(msg=message))
        )
    for kind, total in (("LogTestResult", "num_models"), ("LogModelResult", "total")):
        info, data = SimpleNamespace(name=kind), SimpleNamespace(**{total: 7})
        listener(SimpleNamespace(info=info, data=data))
    listener.close()
    assert listener.warnings == ["Not read: a.txt"]
    results = [
        result("warn", failures=2, description="Look at it."),
        result("warn", "assert_no_identity_is_oversize", failures=2),
    ]
    assert warning_tests(results) == ["the test assert_x found 2 rows. Look at it."]


def test_what_was_done_is_counted() -> None:
    results = [result("success", kind="model")] * 2 + [result("pass", kind="unit_test")]
    assert done_text(results) == "2 tables, 1 tests"
    assert done_text([]) == ""
