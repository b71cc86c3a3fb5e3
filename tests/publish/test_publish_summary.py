"""The summary is short, true to the tables, and never breaks."""

import json
import re
from pathlib import Path

import duckdb
import pytest

from publish.copy import publish, published_path
from publish.summary import main, summarize

ADDRESS = "jane.doe@customer.example"


def test_summary_shows_what_the_tables_hold(warehouse: Path) -> None:
    text = summarize(warehouse)
    assert "as of 2025-06-30 12:00 UTC" in text
    assert "1,234 read = 1,200 accepted + 30 duplicates + 4 quarantined" in text
    assert "quarantined for missing key 4" in text
    assert "3 not made one person, because too much is linked" in text
    assert "57.5 %" in text
    assert "46.0 to 68.0" in text
    assert "+0.100" in text
    assert "Routing is by model v1." in text
    assert re.search(r"lead-4711 +rep-zulu +2025-07-01 09:00 +64 +hot\n    Asked for a dem", text)
    assert "Missing" not in text


def test_null_source_stands_apart_from_unknown(warehouse: Path) -> None:
    lines = summarize(warehouse).splitlines()
    assert any(line.startswith("(null) ") for line in lines)
    assert any(line.startswith("unknown ") for line in lines)


def test_summary_fits_a_terminal_and_names_nobody(warehouse: Path) -> None:
    text = summarize(warehouse)
    assert len(text.splitlines()) < 70
    longest = max(text.splitlines(), key=len)
    assert len(longest) <= 100 or str(warehouse) in longest
    assert "@" not in text


def test_truth_stands_beside(warehouse: Path, tmp_path: Path) -> None:
    truth = {"persons": 55, "won": 7, "black_hole_share": 0.5869}
    (tmp_path / "truth_summary.json").write_text(json.dumps(truth))
    assert main(["--db", str(warehouse), "--truth", str(tmp_path)]) == 0
    text = summarize(warehouse, truth)
    assert "55 persons, 7 closed won" in text
    assert "58.7 %" in text


def test_files_are_named_once_they_exist(warehouse: Path, tmp_path: Path) -> None:
    report = tmp_path / "page.html"
    assert "none yet" in summarize(warehouse, report=report)
    report.write_text("")
    publish(warehouse, published_path(warehouse))
    text = summarize(warehouse, report=report)
    assert f"Report        {report}" in text
    assert f"For readers   {published_path(warehouse)}" in text


def test_points_route_and_the_summary_says_why(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.model_registry set is_scoring = false, gate_passed = false, "
            "gate_reason = 'no better than points'"
        )
    text = summarize(warehouse)
    assert "Routing is by points: model v1 failed its gates." in text
    assert "Gate: no better than points" in text


@pytest.mark.parametrize("name", ["empty_warehouse", "bare_warehouse"])
def test_empty_or_missing_tables_are_said_and_do_not_break(
    name: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    file: Path = request.getfixturevalue(name)
    assert main(["--db", str(file)]) == 0
    text = capsys.readouterr().out
    assert "dbt build" in text
    assert "not observable" in text
    assert "Routing is by points" in text
    assert ("Missing: marts." in text) == (name == "bare_warehouse")


def test_every_table_may_be_missing_alone(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute(
            "select table_name, table_type from information_schema.tables "
            "where table_schema = 'marts'"
        ).fetchall()
    for name, kind in names:
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} marts.{name}")
        assert summarize(warehouse)


def test_bad_input_is_told_in_words(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(tmp_path / "none.duckdb")]) == 2
    assert main(["--db", str(warehouse), "--truth", str(tmp_path)]) == 2
    assert "demo.simulate" in capsys.readouterr().err
