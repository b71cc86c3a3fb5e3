"""Other rules on full history: what they would have done, beside what people read."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from lead_funnel.errors import UserError
from lead_funnel.publish.what_if import compare
from tests.points.conftest import Built, content


def test_nothing_that_people_read_is_touched(built: Built) -> None:
    assert len(built.before) > 50
    assert content(built.db) == built.before


def test_the_weeks_add_up_to_the_summary(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            """
            select rule_set, summary.handed_over, sum(weeks.handed_over)
            from what_if.rule_backtest_summary as summary
            inner join what_if.rule_backtest_weeks as weeks using (rule_set)
            group by 1, 2 order by 1
            """
        ).fetchall()
        flips = connection.execute(
            """
            select count(published_handoff_at), count(tried_handoff_at),
                count(*) filter (where handed_over_by = 'gained'),
                count(*) filter (where handed_over_by = 'missed')
            from what_if.rule_backtest
            """
        ).fetchall()
    [(published, tried, gained, missed)] = flips
    assert rows == [("published", published, published), ("tried", tried, tried)]
    assert published - missed == tried - gained
    assert missed > 0


def test_both_sets_of_rules_are_told_side_by_side(warehouse: Path) -> None:
    lines = compare(warehouse).splitlines()
    assert lines[0].split() == ["rules", "in", "force", "rules", "tried"]
    assert any(line.startswith("precision: won of handed over") for line in lines)
    cells = [line.split() for line in lines if re.match("[A-D][1-4] ", line)]
    assert cells
    [(published, tried)] = handed_over(warehouse)
    assert sum(int(cell[1]) for cell in cells) == published
    assert sum(int(cell[2]) for cell in cells) == tried
    assert any("missed" in line and "2025-11-03 09:50" in line for line in lines)


def handed_over(warehouse: Path) -> list[tuple[int, int]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            "select count(published_handoff_at), count(tried_handoff_at) from what_if.rule_backtest"
        ).fetchall()


def test_before_anything_was_tried_it_says_what_to_do(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("create table nothing (x int)")
    with pytest.raises(UserError, match="Run `lead-funnel what-if RULES` first."):
        compare(tmp_path / "w.duckdb")
