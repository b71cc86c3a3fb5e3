"""Tables of the DuckDB warehouse: handed to the other engine, and read as it reads its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

Row = tuple[Any, ...]


def list_tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """Give the names of tables and views of a schema, in order."""
    found = connection.execute(
        "select table_name from information_schema.tables where table_schema = ? order by 1",
        [schema],
    ).fetchall()
    return [str(name) for (name,) in found]


def export_tables(
    connection: duckdb.DuckDBPyConnection, schemas: Sequence[str], folder: Path
) -> dict[tuple[str, str], Path]:
    """Write each table of some schemas to a Parquet file.

    Returns
    -------
    dict
        The file by schema and table.
    """
    files = {}
    for schema in schemas:
        for table in list_tables(connection, schema):
            file = folder / schema / table / "rows.parquet"
            file.parent.mkdir(parents=True)
            connection.execute(
                f"copy (select * from {schema}.{table}) to '{file}' (format parquet)"  # noqa: S608
            )
            files[schema, table] = file
    return files


def duckdb_rows(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, without: Sequence[str] = ()
) -> tuple[list[str], list[Row]]:
    """Read a table without some columns; keys as text, times as microseconds since 1970.

    Returns
    -------
    list of str
        The columns.
    list of tuple
        The rows, in any order.
    """
    described = connection.execute(f"describe {schema}.{table}").fetchall()
    columns = [column for column in described if column[0] not in without]
    expressions = []
    for name, kind, *_ in columns:
        if kind == "UUID":
            expressions.append(f"cast({name} as varchar)")
        elif kind.startswith("TIMESTAMP"):
            expressions.append(f"epoch_us({name})")
        else:
            expressions.append(name)
    rows = connection.execute(
        f"select {', '.join(expressions)} from {schema}.{table}"  # noqa: S608
    ).fetchall()
    return [str(name) for name, *_ in columns], rows
