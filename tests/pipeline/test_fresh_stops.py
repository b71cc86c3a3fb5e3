"""Fresh runs stop, and say what to do, where there is no whole build to start from."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lead_funnel import last_build, nightly
from lead_funnel.errors import UserError
from lead_funnel.fresh import run, small, state
from lead_funnel.fresh.touched import Found
from lead_funnel.locks import build_lock
from lead_funnel.nightly import Build


def test_it_says_what_to_do_without_a_whole_build(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    options = Build(tmp_path / "raw", tmp_path / "w.duckdb")
    with pytest.raises(UserError, match="There is no warehouse .* Run the whole build first"):
        run.fresh_build(options, 0)
    duckdb.connect(str(options.db)).close()
    with pytest.raises(UserError, match=r"did not go through\. Run the whole build first"):
        run.fresh_build(options, 0)
    made = last_build.made_by(options.project, options.variables)
    state.remember_whole(options.db, {**made, "code": "other"})
    with pytest.raises(UserError, match=r"another project, seeds or variables\. Run the whole"):
        run.fresh_build(options, 0)
    state.remember_whole(options.db, made)
    with pytest.raises(UserError, match="no published copy"):
        run.fresh_build(options, 0)
    for path, rows in ((options.db, 2), (options.copy, 1)):
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                f"create schema marts; create table marts.audit_raw_rows as select {rows} as rows"
            )
    with pytest.raises(UserError, match=r"since it was published, by dbt alone\. Run the whole"):
        run.fresh_build(options, 0)


@pytest.mark.parametrize(
    ("come", "stops"),
    [([], False), ([("r1", 1)], False), ([("retention-7-1", 2)], False), ([("r2", 2)], True),
     ([(None, 3)], True)],
)  # fmt: skip
def test_who_asks_to_be_forgotten_stops_it_and_whom_the_night_is_to_forget_does_not(
    tmp_path: Path, come: list[tuple[str | None, int]], stops: bool
) -> None:
    options = Build(tmp_path / "raw", tmp_path / "w.duckdb")
    small.small_path(options.db).parent.mkdir()
    for path, rows in ((options.db, [("r1", 1)]), (small.small_path(options.db), come)):
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "create schema staging; create table staging.base_raw__erasure_requests "
                "(request_id varchar, request_key int)"
            )
            for row in rows:
                connection.execute(
                    "insert into staging.base_raw__erasure_requests values (?, ?)", row
                )
    if stops:
        with pytest.raises(UserError, match="asked to be forgotten since the last whole build"):
            run.stop_at_erasures(options)
    else:
        run.stop_at_erasures(options)


def test_it_waits_for_a_build_and_says_who_runs(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    options = Build(tmp_path / "raw", tmp_path / "w.duckdb")
    duckdb.connect(str(options.db)).close()
    with build_lock(options.db, 0), pytest.raises(UserError, match="is being built by another"):
        run.fresh_build(options, 0)


def test_a_whole_build_that_failed_is_none_to_start_from(tmp_path: Path) -> None:
    options = Build(tmp_path / "raw", tmp_path / "w.duckdb", again=True)
    nightly.do_what_is_new(options, None, lambda steps: None)
    assert state.last_whole(options.db)

    def fail(steps: nightly.Steps) -> None:
        raise UserError("A test failed.")

    with pytest.raises(UserError):
        nightly.do_what_is_new(options, None, fail)
    assert state.last_whole(options.db) is None


def test_how_files_are_read_is_looked_up_where_the_warehouse_is_now(tmp_path: Path) -> None:
    """The warehouse may have been moved with its folders, or the looked-up files removed."""
    link, there = tmp_path / "small.intake", tmp_path / "w.duckdb.intake"
    for before in (None, tmp_path / "old" / "w.duckdb.intake"):
        if before:
            link.unlink()
            link.symlink_to(before)
        small.link_intake(link, there)
        assert link.resolve() == there.resolve()
        assert there.stat().st_mode & 0o777 == 0o700
        there.rmdir()


def test_a_run_with_nothing_new_since_the_run_before_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (raw := tmp_path / "raw").mkdir()
    options = Build(raw, tmp_path / "w.duckdb")
    small.folder_of(options.db).mkdir()
    for path in (options.db, options.copy):
        duckdb.connect(str(path)).close()
    ran: list[Build] = []
    monkeypatch.setenv("LEAD_FUNNEL_RAW", str(raw))
    monkeypatch.setenv("LEAD_FUNNEL_DB", str(options.db))
    monkeypatch.setattr(run, "check_whole", lambda _: None)

    def runs(given: Build) -> run.Result:
        ran.append(given)
        return run.Result(Found(0, 0))

    monkeypatch.setattr(run, "run", runs)

    def times(expected: int) -> str:
        ran.clear()
        assert run.fresh_build(options, 0) == 0
        assert len(ran) == expected
        return capsys.readouterr().out

    assert "Nothing is new that touches a lead" in times(1)
    assert "Nothing is new since the last run." in times(0)
    (raw / "crm_leads.csv").write_text("lead_id\n1\n", encoding="utf-8")
    times(1)
    times(0)
    # A whole build wrote it, or the sync job.
    with duckdb.connect(str(options.db)) as connection:
        connection.execute("create table written as select 1 as one")
    times(1)
