"""How the files of a raw table are read: a `from` clause, and an expression per column."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lead_funnel.raw.contract import LOADED_AT, Table
from lead_funnel.raw.files import path_list, quoted
from lead_funnel.raw.headers import matched
from lead_funnel.raw.numbers import read_number
from lead_funnel.raw.shelf import Taken

LONGEST_LINE = 1 << 21
"""What DuckDB's CSV reader takes for a line where nothing else is said."""


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
    files : tuple of Taken
        In the order of their paths.
    source : str
        What stands after `from`; it names the file of a row `_source_file`.
    columns : Mapping
        By column, what reads it.
    surplus, fault : str
        The expressions of what a row has too much, and of why it cannot be used.
    originals : Mapping
        By path that is read, the path of the file that it is a copy of.
    names, kinds : tuple of str
        Of the columns of Parquet files, as they are written, and their types.
    """

    files: tuple[Taken, ...]
    source: str
    columns: Mapping[str, Expression]
    surplus: str = "null"
    fault: str = "null"
    originals: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def has_text_numbers(self) -> bool:
        """Whether numbers are text that people or Excel wrote."""
        return self.files[0].way in ("csv", "copy") and bool(self.files[0].delimiter)

    @property
    def manner(self) -> str:
        """Tell how rows are made of the files, apart from any other way to do so."""
        columns = sorted((name, one.sql) for name, one in self.columns.items())
        return hashlib.sha256(f"{columns}{self.surplus}".encode()).hexdigest()[:8]


Connection = duckdb.DuckDBPyConnection


def parquet_readers(connection: Connection, table: Table, files: Sequence[Taken]) -> list[Reader]:
    """Make one reader for the Parquet files of each schema."""
    if not files:
        return []
    schemas = connection.execute(
        f"""
        select list(file_name order by file_name)
        from (
            select
                file_name,
                list([
                    name, type, coalesce(logical_type, ''), coalesce(converted_type, '')
                ]) as fields
            from parquet_schema({path_list([file.path for file in files])})
            group by file_name
        )
        group by fields
        order by min(file_name)
        """  # noqa: S608
    ).fetchall()
    by_path = {file.path: file for file in files}
    readers = []
    for (same,) in schemas:
        given = tuple(by_path[path] for path in same)
        # DuckDB takes all files to be as long as the first: the largest stands there, so that no
        # query is planned as if all of them were small.
        listed = sorted(given, key=lambda file: file.size, reverse=True)
        source = (
            f"read_parquet({path_list([file.path for file in listed])}, binary_as_string=true, "
            "hive_partitioning=false, filename='_source_file')"
        )
        described = connection.execute(f"describe select * from {source}").fetchall()  # noqa: S608
        names = [str(name) for name, *_ in described if name != "_source_file"]
        kinds = [str(kind) for _, kind, *_ in described]
        written = _as_written(connection, same[0], names)
        columns = {
            column: _first_of([_parquet_column(identifier(names[at]), kinds[at]) for at in found])
            for column, found in matched(table, written).items()
        }
        readers.append(Reader(given, source, columns, names=tuple(written), kinds=tuple(kinds)))
    return readers


def csv_readers(table: Table, files: Sequence[Taken]) -> list[Reader]:
    """Make one reader for the CSV files of each header.

    The columns are given by position with one more at the end: it catches the surplus of an
    overlong row, which is quarantined. (Reading in parallel cannot pad short rows where quoted
    values span lines.)
    """
    return [
        _csv_reader(table, same)
        for same in _alike(files, lambda one: (one.delimiter, one.names, _styles(one)))
    ]


def copy_readers(folder: Path, table: Table, files: Sequence[Taken]) -> list[Reader]:
    """Make one reader for the copies of each set of columns."""
    return [
        _copy_reader(folder, table, same)
        for same in _alike(files, lambda one: (one.names, not one.delimiter, _styles(one)))
    ]


def ndjson_readers(table: Table, files: Sequence[Taken]) -> list[Reader]:
    """Make one reader for all files of one JSON object per line.

    Every contract column is asked for by name, so that nothing depends on which lines a sample
    holds; the sample only tells how the names are spelt. A line that is no JSON object comes out as
    an empty row. DuckDB's columns do not differ in case alone: files that do are read apart.
    """
    groups: list[tuple[dict[str, list[str]], list[Taken]]] = []
    for file in files:
        spellings = _spellings(table, file.names)
        for given, same in groups:
            if joined := _joined(given, spellings):
                given.update(joined)
                same.append(file)
                break
        else:
            groups.append((spellings, [file]))
    readers = []
    for given, same in groups:
        fields = [f"{quoted(one)}: 'VARCHAR'" for names in given.values() for one in names]
        source = (
            f"read_json({path_list([one.path for one in same])}, format='newline_delimited', "
            "ignore_errors=true, hive_partitioning=false, filename='_source_file', "
            f"columns={{{', '.join(fields)}}})"
        )
        columns = {
            column: _first_of([Expression(identifier(one)) for one in names])
            for column, names in given.items()
        }
        readers.append(Reader(tuple(same), source, columns))
    return readers


def identifier(name: str) -> str:
    """Give a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _csv_reader(table: Table, same: Sequence[Taken]) -> Reader:
    delimiter, names = same[0].delimiter, same[0].names
    fields = [f"'column_{at}': 'VARCHAR'" for at in range(1, len(names) + 1)]
    fields.append("'surplus_value': 'VARCHAR'")
    source = (
        f"read_csv({path_list([one.path for one in same])}, auto_detect=false, header=true, "
        f"delim={quoted(delimiter)}, quote='\"', escape='\"', null_padding=true, "
        "strict_mode=false, parallel=false, filename='_source_file', "
        f"columns={{{', '.join(fields)}}})"
    )
    columns = {
        column: _first_of([Expression(f"column_{at + 1}") for at in found])
        for column, found in matched(table, names).items()
    }
    return Reader(tuple(same), source, _numbers_read(columns, same[0]), "surplus_value")


def _copy_reader(folder: Path, table: Table, same: Sequence[Taken]) -> Reader:
    paths = {str(folder / one.copy): one.path for one in same}
    longest = max(one.longest for one in same)
    names = [*same[0].names, "surplus_value", "row_fault"]
    fields = [f"'{name}': 'VARCHAR'" for name in names]
    # The powers of two keep the clause the same where one file grows.
    limit = max(LONGEST_LINE, 1 << (longest + 1024).bit_length())
    source = (
        f"read_csv({path_list(list(paths))}, auto_detect=false, header=false, delim=',', "
        "quote='\"', escape='\"', parallel=false, filename='_source_file', "
        f"max_line_size={limit}, "
        f"columns={{{', '.join(fields)}}})"
    )
    columns = {name: Expression(name) for name in same[0].names}
    return Reader(
        tuple(same),
        source,
        _numbers_read(columns, same[0]),
        "surplus_value",
        "row_fault",
        paths,
    )


def _numbers_read(columns: dict[str, Expression], file: Taken) -> dict[str, Expression]:
    styles = file.styles or {}
    return columns | {
        name: Expression(read_number(columns[name].sql, style)) for name, style in styles.items()
    }


def _alike(files: Iterable[Taken], alike: Callable[[Taken], object]) -> Iterable[list[Taken]]:
    groups: dict[object, list[Taken]] = {}
    for file in files:
        groups.setdefault(alike(file), []).append(file)
    return groups.values()


def _styles(file: Taken) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((file.styles or {}).items()))


def _first_of(expressions: Sequence[Expression]) -> Expression:
    """Give the first value there is, of columns that mean the same."""
    if len(expressions) == 1:
        return expressions[0]
    values = [f"nullif(trim(cast({one.sql} as varchar)), '')" for one in expressions]
    return Expression(f"coalesce({', '.join(values)})")


def _spellings(table: Table, names: Sequence[str]) -> dict[str, list[str]]:
    found = matched(table, names)
    spellings = {}
    for column in (*table.column_names, LOADED_AT):
        given = [names[at] for at in found.get(column, [])]
        # The contract's own, where lines beyond the first may have it.
        known = {name.lower() for name in given}
        spellings[column] = given if column in known else [*given, column]
    return spellings


def _joined(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Give the spellings of both; nothing where some differ in case alone."""
    joined = {name: list(dict.fromkeys([*one[name], *other[name]])) for name in one}
    clash = any(len({name.lower() for name in names}) < len(names) for names in joined.values())
    return {} if clash else joined


def _as_written(connection: Connection, path: str, names: Sequence[str]) -> list[str]:
    """Give the names of a Parquet file's columns where DuckDB numbers those that repeat."""
    rows = connection.execute(
        f"select name, coalesce(num_children, 0) from parquet_schema({path_list([path])})"  # noqa: S608
    ).fetchall()
    written = []
    inner = 0
    for name, children in rows[1:]:
        if not inner:
            written.append(str(name))
        inner += int(children) - (1 if inner else 0)
    return written if len(written) == len(names) else list(names)


def _parquet_column(name: str, kind: str) -> Expression:
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return Expression(f"timezone('UTC', {name})", is_time=True)
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return Expression(f"cast({name} as timestamp)", is_time=True)
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return Expression(f"to_json({name})")
    if kind == "BLOB":
        return Expression(f"try(decode({name}))")
    return Expression(name)
