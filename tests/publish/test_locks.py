"""Two builds never mix, and whoever must wait is told for whom."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lead_funnel.errors import UserError
from lead_funnel.locks import build_lock, process_text, wait_from_environment

ROOT = Path(__file__).parents[2]
HOLDS = """
import sys
from pathlib import Path
from lead_funnel.locks import build_lock
with build_lock(Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.read()
"""


def holding(db: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(db)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_second_build_says_who_builds_and_gives_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "w.duckdb"
    with holding(db) as first:
        with (
            pytest.raises(UserError, match=rf"built by another process, {first.pid} \("),
            build_lock(db, 0.5),
        ):
            pass
        assert f"{first.pid}" in capsys.readouterr().err
        first.communicate()


def test_a_second_build_waits_until_the_first_ends_or_is_killed(tmp_path: Path) -> None:
    db = tmp_path / "w.duckdb"
    for end in ("communicate", "kill"):
        with holding(db) as first:
            getattr(first, end)()
            with build_lock(db, 10):
                assert (tmp_path / "w.duckdb.lock").read_text() == str(os.getpid())
    assert (tmp_path / "w.duckdb.lock").stat().st_mode & 0o777 == 0o600


def test_builds_of_different_warehouses_do_not_wait(tmp_path: Path) -> None:
    began = time.monotonic()
    with build_lock(tmp_path / "a.duckdb", 30), build_lock(tmp_path / "b.duckdb", 30):
        assert time.monotonic() - began < 10


def test_a_wait_that_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wait_from_environment(7) == 7
    for wrong in ("soon", "-1", "inf", "nan"):
        monkeypatch.setenv("LEAD_FUNNEL_WAIT", wrong)
        with pytest.raises(UserError, match="not a number of seconds"):
            wait_from_environment()


def test_a_process_that_is_gone_is_still_named() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    assert process_text(gone.pid) == f"another process, {gone.pid}"
    assert process_text(None) == "another process"
