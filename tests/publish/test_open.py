"""A warehouse is opened in UTC, and what keeps it closed is told in words."""

import time
from pathlib import Path

import pytest

from lead_funnel.errors import UserError
from lead_funnel.warehouse import first_line, open_to_read, open_when_free, published_path, quoted

LATE = "select cast(timestamptz '2025-06-30 23:30:00+02' as date)::varchar"


def test_a_session_is_in_utc_whatever_the_machine_is_in(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        with open_to_read(warehouse) as connection:
            assert connection.execute(LATE).fetchall() == [("2025-06-30",)]
        with open_when_free(warehouse, 0) as connection:
            assert connection.execute(LATE).fetchall() == [("2025-06-30",)]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_file_of_another_kind_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "w.duckdb"
    file.write_text("no warehouse, but long enough to be taken for one" * 100)
    began = time.monotonic()
    with pytest.raises(UserError, match="cannot be read"):
        open_to_read(file)
    with pytest.raises(UserError, match="cannot be opened"):
        open_when_free(file, 30)
    assert time.monotonic() - began < 10


def test_names_are_quoted_and_messages_cut() -> None:
    assert quoted("marts", 'a "b"') == '"marts"."a ""b"""'
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(KeyError()) == "KeyError"
    assert published_path(Path("data/w.duckdb")) == Path("data/w.published.duckdb")
