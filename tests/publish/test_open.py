"""A warehouse is opened in UTC, and what keeps it closed is told in words."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lead_funnel.errors import UserError
from lead_funnel.warehouse import first_line, open_warehouse, published_path, quoted

LATE = "select cast(timestamptz '2025-06-30 23:30:00+02' as date)::varchar"
ROOT = Path(__file__).parents[2]
SAYS_BARS = """
import sys
from pathlib import Path
import duckdb
from lead_funnel.warehouse import open_beside, open_warehouse
file = Path(sys.argv[1])
opens = (duckdb.connect, lambda: open_warehouse(file), lambda: open_beside({"beside": file}))
for connect in opens:
    with connect() as connection:
        print(connection.execute("select current_setting('enable_progress_bar')").fetchone()[0])
"""


def test_a_session_is_in_utc_whatever_the_machine_is_in(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        for read_only in (True, False):
            with open_warehouse(warehouse, read_only=read_only) as connection:
                assert connection.execute(LATE).fetchall() == [("2025-06-30",)]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_no_bar_is_drawn_through_our_words_where_python_seems_interactive(
    warehouse: Path,
) -> None:
    # DuckDB asks once, as it is loaded, whether the process has a file that it began with.
    said = subprocess.run(
        [sys.executable, "-c", SAYS_BARS, str(warehouse)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["True", "False", "False"]


def test_only_a_file_that_is_held_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "w.duckdb"
    began = time.monotonic()
    with pytest.raises(UserError, match="no warehouse at"):
        open_warehouse(file, wait_seconds=30)
    assert not file.exists()
    file.write_text("no warehouse, but long enough to be taken for one" * 100)
    with pytest.raises(UserError, match="cannot be opened"):
        open_warehouse(file, wait_seconds=30)
    assert time.monotonic() - began < 10


def test_names_are_quoted_and_messages_cut() -> None:
    assert quoted("marts", 'a "b"') == '"marts"."a ""b"""'
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(KeyError()) == "KeyError"
    assert published_path(Path("data/w.duckdb")) == Path("data/w.published.duckdb")
