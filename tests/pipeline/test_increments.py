"""Nightly increments end in the tables that one full build of the same rows gives."""

from __future__ import annotations

import duckdb

from tests.pipeline.small_company import SmallCompany


def test_every_table_is_the_same_as_after_one_full_build(
    small_company: SmallCompany,
) -> None:
    with duckdb.connect(str(small_company.whole), read_only=True) as connection:
        connection.execute(f"attach '{small_company.nightly}' as nightly (read_only)")
        tables = connection.execute(
            """
            select
                table_schema || '.' || table_name,
                string_agg(
                    case
                        when data_type = 'DOUBLE' then 'round(' || column_name || ', 6)'
                        else column_name
                    end, ', '
                )
            from information_schema.columns
            where table_catalog != 'nightly' and table_schema in ('intermediate', 'marts')
            group by 1
            """
        ).fetchall()
        assert len(tables) > 30
        for table, columns in tables:
            [(rows, differing)] = connection.execute(
                f"""
                select (select count(*) from {table}), count(*) from (
                    (select {columns} from {table}
                     except all select {columns} from nightly.{table})
                    union all
                    (select {columns} from nightly.{table}
                     except all select {columns} from {table})
                )
                """
            ).fetchall()
            assert differing == 0, f"{table}: {differing} of {rows} rows differ"
