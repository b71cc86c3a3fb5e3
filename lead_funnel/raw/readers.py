"""How the files of a raw table are read: a `from` clause, and an expression per column.

A kind of file is a function from paths to readers, in `READERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.raw.contract import LOADED_AT, Table
from lead_funnel.raw.files import path_list, quoted

SAMPLE_LINES = 10_000


@dataclass(frozen=True)
class Expression:
    """What reads one column.

    Attributes
    ----------
    is_time : bool
        Whether it is a real time, not text that may be one.
    """

    sql: str
    is_time: bool = False


@dataclass(frozen=True)
class Reader:
    """Files that one `from` clause reads.

    Attributes
    ----------
    source : str
        What stands after `from`; it names the file of a row `_source_file`.
    columns : Mapping
        By name of a column in the files, in lower case, what reads it.
    surplus : str, optional
        The expression of what a row has too much.
    """

    paths: tuple[str, ...]
    source: str
    columns: Mapping[str, Expression]
    surplus: str = "null"


Connection = duckdb.DuckDBPyConnection


def read_parquet(connection: Connection, table: Table, paths: Sequence[str]) -> list[Reader]:
    """Make one reader for the Parquet files of each schema."""
    schemas = connection.execute(
        f"""
        select list(file_name order by file_name)
        from (
            select
                file_name,
                list([
                    name, type, coalesce(logical_type, ''), coalesce(converted_type, '')
                ]) as fields
            from parquet_schema({path_list(paths)})
            group by file_name
        )
        group by fields
        order by min(file_name)
        """  # noqa: S608
    ).fetchall()
    readers = []
    for (same,) in schemas:
        source = (
            f"read_parquet({path_list(same)}, binary_as_string=true, hive_partitioning=false, "
            "filename='_source_file')"
        )
        columns: dict[str, Expression] = {}
        for name, kind, *_ in connection.execute(f"describe select * from {source}").fetchall():  # noqa: S608
            columns.setdefault(name.strip().lower(), _parquet_column(identifier(name), kind))
        readers.append(_checked(Reader(tuple(same), source, columns), table))
    return readers


def read_csv(connection: Connection, table: Table, paths: Sequence[str]) -> list[Reader]:
    """Make one reader for the CSV files of each header.

    The columns are given by position with one more at the end: it catches the surplus of an
    overlong row, which is quarantined. (Reading in parallel cannot pad short rows where quoted
    values span lines.)
    """
    by_header: dict[str, list[str]] = {}
    for path in paths:
        # An empty file holds no rows and no header.
        if header := _csv_header(connection, path):
            by_header.setdefault(header, []).append(path)
    readers = []
    for header, same in by_header.items():
        delimiter = csv_delimiter(header)
        columns: dict[str, Expression] = {}
        positions = []
        for position, name in enumerate(csv_names(header, delimiter), start=1):
            positions.append(f"'column_{position}': 'VARCHAR'")
            columns.setdefault(name, Expression(f"column_{position}"))
        positions.append("'surplus_value': 'VARCHAR'")
        source = (
            f"read_csv({path_list(same)}, auto_detect=false, header=true, "
            f"delim={quoted(delimiter)}, quote='\"', escape='\"', null_padding=true, "
            "strict_mode=false, parallel=false, filename='_source_file', "
            f"columns={{{', '.join(positions)}}})"
        )
        readers.append(_checked(Reader(tuple(same), source, columns, "surplus_value"), table))
    return readers


def read_ndjson(connection: Connection, table: Table, paths: Sequence[str]) -> list[Reader]:
    """Make one reader for all files of one JSON object per line.

    Every contract column is asked for by name, so that nothing depends on which lines a sample
    holds; the sample only tells how the names are capitalised. A line that is no JSON object
    comes out as an empty row.
    """
    rows = connection.execute(
        f"""
        select distinct unnest(json_keys(json))
        from (
            select json
            from read_ndjson_objects({path_list(paths)}, ignore_errors=true)
            limit {SAMPLE_LINES}
        )
        where json_type(json) = 'OBJECT'
        order by 1
        """  # noqa: S608
    ).fetchall()
    seen = [str(name) for (name,) in rows]
    columns = {}
    fields = []
    for name in (*table.column_names, LOADED_AT):
        spelling = spelled(name, seen)
        fields.append(f"{quoted(spelling)}: 'VARCHAR'")
        columns[name] = Expression(identifier(spelling))
    source = (
        f"read_json({path_list(paths)}, format='newline_delimited', ignore_errors=true, "
        "hive_partitioning=false, filename='_source_file', "
        f"columns={{{', '.join(fields)}}})"
    )
    return [Reader(tuple(paths), source, columns)]


READERS: dict[str, Callable[[Connection, Table, Sequence[str]], list[Reader]]] = {
    "parquet": read_parquet,
    "csv": read_csv,
    "ndjson": read_ndjson,
}
"""By kind of file, in the order in which they stand in a view, how its readers are made."""


def identifier(name: str) -> str:
    """Give a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def csv_delimiter(header: str) -> str:
    """Tell the delimiter from a header line."""
    return next((mark for mark in (",", ";", "\t") if mark in header), ",")


def csv_names(header: str, delimiter: str) -> list[str]:
    """Give the names in a header line, in lower case and without quotes."""
    pattern = rf'(?:^|{delimiter})("(?:[^"]|"")*"|[^{delimiter}]*)'
    return [name.strip(' "\r').lower() for name in re.findall(pattern, header)]


def spelled(name: str, seen: Sequence[str]) -> str:
    """Give the spelling of a name among those seen: as it is, or the last in another case."""
    if name in seen:
        return name
    others = [other for other in seen if other.strip().lower() == name]
    return others[-1] if others else name


def _parquet_column(name: str, kind: str) -> Expression:
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return Expression(f"timezone('UTC', {name})", is_time=True)
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return Expression(f"cast({name} as timestamp)", is_time=True)
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return Expression(f"to_json({name})")
    return Expression(name)


def _csv_header(connection: Connection, path: str) -> str | None:
    """Read the first line as plain text; an empty file has none."""
    lines = f"""
        select header
        from read_csv(
            {path_list([path])}, auto_detect=false, header=false, delim='\x1f', quote='',
            escape='', strict_mode=false, columns={{'header': 'VARCHAR'}}
        )
        """  # noqa: S608
    first = connection.execute(f"{lines} limit 1").fetchall()
    if first and (first[0][0] or "").strip():
        return str(first[0][0])
    if connection.execute(f"{lines} where trim(header) != '' limit 1").fetchall():
        raise UserError(
            f"'{path}' begins with an empty line where its header belongs. Remove the line."
        )
    return None


def _checked(reader: Reader, table: Table) -> Reader:
    if not any(name in reader.columns for name in table.column_names):
        raise UserError(
            f"'{reader.paths[0]}' has none of the columns of {table.name} "
            f"({', '.join(table.column_names)}). Check its header row, or rename the columns."
        )
    return reader
