"""One test for all rules of a table's columns tells which are broken, and in how many rows."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.dbt_runs import WAREHOUSE, RunDbt


def test_a_broken_rule_is_told_by_column_and_rows(run_dbt: RunDbt, tmp_path: Path) -> None:
    db = tmp_path / WAREHOUSE
    with duckdb.connect(str(db)) as connection:
        connection.execute(
            """
            create schema seeds;
            create table seeds.maturity_questions as
            select * from (
                values
                    ('a', 'relationship', 'defined'), ('a', 'sideways', 'defined'),
                    ('a', null, 'aligned'), ('b', 'upwards', 'aligned'),
                    (null, 'relationship', 'none'), (null, 'lead_management', 'integrated')
            ) as questions (question_id, axis, level);
            create table seeds.business_calendar as
            select * from (
                values
                    ('DE', date '2026-01-01'), ('DE', date '2026-01-01'),
                    ('FR', date '2026-01-01'), ('DE', date '2026-05-01'),
                    (null, date '2026-05-01'), (null, date '2026-05-01'), (null, date '2026-05-01')
            ) as days (country_code, holiday_date)
            """
        )
    tables = ("maturity_questions", "business_calendar")
    run = run_dbt(
        ["test", "--select", *(f"{table},test_name:column_rules" for table in tables)],
        raw=tmp_path,
        db=db,
    )
    assert not run.success
    assert run.messages == {
        "columns_of_business_calendar": "Got 3 results, configured to fail if != 0",
        "columns_of_maturity_questions": "Got 7 results, configured to fail if != 0",
    }
    for sentence in (
        "business_calendar: country_code, holiday_date is not unique: rows too many 3.",
        "maturity_questions: question_id is not unique: rows too many 2.",
        "maturity_questions: question_id is null: rows 2.",
        "maturity_questions: axis has a value that is not accepted: rows 2.",
        "maturity_questions: level has a value that is not accepted: rows 1.",
        'select question_id, count(*) from "warehouse"."seeds"."maturity_questions" group by 1',
        "where axis not in ('relationship'",
    ):
        assert sentence in run.log
    assert run.log.count("rows too many") == run.log.count("is not accepted: rows") == 2
