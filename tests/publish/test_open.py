"""A warehouse is opened in UTC, and what keeps it closed is told in words."""

import sys
import time
from pathlib import Path

import duckdb
import pytest

from lead_funnel.errors import UserError
from lead_funnel.warehouse import first_line, open_warehouse, published_path, quoted

LATE = "select cast(timestamptz '2025-06-30 23:30:00+02' as date)::varchar"
HAS_BAR = "select current_setting('enable_progress_bar')"


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
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    with duckdb.connect() as usual:
        assert usual.execute(HAS_BAR).fetchall() == [(True,)]
    with open_warehouse(warehouse) as connection:
        assert connection.execute(HAS_BAR).fetchall() == [(False,)]


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
