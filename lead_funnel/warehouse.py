"""Open the warehouse, and read and write its named tables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import duckdb
import pyarrow as pa

from lead_funnel.errors import UserError
from lead_funnel.locks import holder, process_text, wait_from_environment, wait_until

if TYPE_CHECKING:
    # It takes longer to import than most commands to run, and few need it.
    import pandas as pd

Connection: TypeAlias = duckdb.DuckDBPyConnection

USUAL_GIGABYTES = 6
USUAL_MEMORY = f"{USUAL_GIGABYTES}GB"
"""What DuckDB may take where ``LEAD_FUNNEL_MEMORY`` does not say, as in profiles.yml."""
PRIVATE = 0o077
"""What is taken from others' rights to files that are made: all."""


def published_path(db: Path) -> Path:
    """Give the usual path of the published copy: beside the warehouse."""
    return db.with_name(f"{db.stem}.published.duckdb")


def open_warehouse(
    path: Path, *, read_only: bool = False, wait_seconds: float | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a warehouse or its published copy, in UTC; the caller closes it.

    DuckDB takes at most the memory that ``LEAD_FUNNEL_MEMORY`` allows. Whoever opens it for
    writing makes files that only they can read from then on: DuckDB writes others beside it.

    Parameters
    ----------
    path : pathlib.Path
    read_only : bool
    wait_seconds : float, optional
        How long to wait for another process that holds the file; without it, as
        ``LEAD_FUNNEL_WAIT`` says, or a minute.

    Raises
    ------
    UserError
        If there is no such file, it is not a DuckDB file, another process still holds it, or
        ``LEAD_FUNNEL_MEMORY`` is no size.
    """
    if not path.is_file():
        raise UserError(
            f"There is no warehouse at {path}. Run `dbt build` first, or name another file "
            "with --db."
        )
    wait = wait_from_environment() if wait_seconds is None else wait_seconds
    if not read_only:
        os.umask(PRIVATE)
    opened: list[Connection] = []
    pids: list[int | None] = []

    def is_open() -> bool:
        try:
            opened.append(duckdb.connect(str(path), read_only=read_only))
        except duckdb.Error as error:
            if not is_held(error):
                raise UserError(
                    f"{path} cannot be opened ({first_line(error)}). Check that it is a DuckDB "
                    "file."
                ) from None
            pids[:] = [holder(error)]
            return False
        return True

    if not wait_until(is_open, wait, lambda: f"{path} is held by {process_text(pids[0])}."):
        raise UserError(held_text(path, pids[0], wait))
    _set_up(opened[0])
    return opened[0]


def _set_up(connection: Connection) -> None:
    connection.execute("set timezone = 'UTC'")
    # A process that another one began looks interactive: bars would be drawn through our words.
    connection.execute("set enable_progress_bar = false")
    _limit_memory(connection)


def _limit_memory(connection: Connection) -> None:
    given = os.environ.get("LEAD_FUNNEL_MEMORY")
    if not given:
        # Never more than DuckDB would take of a small machine.
        has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        given = f"{min(USUAL_GIGABYTES * 10**9, int(0.8 * has))}B"
    try:
        connection.execute("set memory_limit = ?", [given])
    except duckdb.Error:
        connection.close()
        raise UserError(
            f"LEAD_FUNNEL_MEMORY is {given}. Write it as, for example, {USUAL_MEMORY}."
        ) from None


def is_held(error: BaseException) -> bool:
    """Tell whether an error of DuckDB says that another process holds the file."""
    return "Could not set lock" in str(error)


def held_text(path: Path, pid: int | None, waited: float) -> str:
    """Say which process holds a warehouse."""
    return (
        f"{path} is held by {process_text(pid)}, which builds or reads it. Waited {waited:.0f} s; "
        "run this again when it has finished."
    )


@contextmanager
def private_files() -> Iterator[None]:
    """Have files that are made meanwhile be for their owner only."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


def has_table(connection: Connection, schema: str, table: str) -> bool:
    """Tell whether a table or view exists."""
    found = connection.execute(
        "select 1 from information_schema.tables where table_catalog = current_catalog() "
        "and table_schema = ? and table_name = ?",
        [schema, table],
    )
    return bool(found.fetchall())


def table_columns(connection: Connection, schema: str, table: str) -> list[str]:
    """List the columns of a table or view, in their order.

    Raises
    ------
    UserError
        If it does not exist.
    """
    return list(_table_schema(connection, schema, table).names)


def read_table(
    connection: Connection,
    schema: str,
    table: str,
    columns: Sequence[str] | None = None,
    *,
    where: Mapping[str, object] | None = None,
    at_most: Mapping[str, object] | None = None,
    order_by: Sequence[str] = (),
) -> pd.DataFrame:
    """Read a table or view.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    schema, table : str
    columns : sequence of str, optional
        Those to read, in this order; all without it.
    where : mapping of str to object, optional
        The value that a column must have; several must hold together.
    at_most : mapping of str to object, optional
        The largest value that a column may have.
    order_by : sequence of str
        Columns to sort by, ascending, nulls last.

    Returns
    -------
    pandas.DataFrame
        UUIDs as text, timestamps without a time zone in UTC; a whole number or a truth
        value that is null somewhere comes as float or object.

    Raises
    ------
    UserError
        If there is no such table.
    """
    if not has_table(connection, schema, table):
        raise _no_table(schema, table)
    chosen = "*" if columns is None else ", ".join(map(quoted, columns))
    text = f"select {chosen} from {quoted(schema, table)}"
    conditions = [f"{quoted(column)} = ?" for column in where or {}]
    conditions += [f"{quoted(column)} <= ?" for column in at_most or {}]
    if conditions:
        text += " where " + " and ".join(conditions)
    if order_by:
        text += " order by " + ", ".join(f"{quoted(column)} asc nulls last" for column in order_by)
    values = [*(where or {}).values(), *(at_most or {}).values()]
    rows = connection.sql(text, params=values).to_arrow_table()
    # Arrow gives each column back as it is taken over: half the memory.
    frame: pd.DataFrame = rows.to_pandas(
        split_blocks=True, self_destruct=True, date_as_object=False
    )
    return frame


def read_model_table(connection: Connection, table: str) -> pd.DataFrame:
    """Read a whole table of the schema ``ml``; they are small."""
    return read_table(connection, "ml", table)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Keep all that is written within, or, after an error or a kill, nothing of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def refuse_published_copy(connection: Connection, path: Path) -> None:
    """Stop before anything is written into a published copy, which the next build replaces.

    A copy is known by what it holds, whatever its name: marts, perhaps versions, and no other
    table. Every build of a warehouse makes tables in other schemas, and none of them is published.

    Raises
    ------
    UserError
        If the file is a published copy.
    """
    found = connection.execute(
        "select distinct table_schema from information_schema.tables "
        "where table_catalog = current_catalog()"
    ).fetchall()
    schemas = {str(schema) for (schema,) in found}
    if "marts" in schemas and schemas <= {"marts", "ml"}:
        raise UserError(
            f"{path} is a published copy: the next build replaces it, and what is written there "
            "is lost. Name the warehouse itself with --db."
        )


def write_model_tables(connection: Connection, tables: Mapping[str, pd.DataFrame]) -> None:
    """Replace the rows of tables of the schema ``ml``: of all of them, or of none.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    tables : mapping of str to pandas.DataFrame
        All rows of each table; columns that the table has and the frame lacks become
        null, others are not written.

    Raises
    ------
    UserError
        If a table does not exist.
    """
    arranged = {
        table: _arranged(frame, _table_schema(connection, "ml", table))
        for table, frame in tables.items()
    }
    with transaction(connection):
        for table, rows in arranged.items():
            connection.execute(f"delete from {quoted('ml', table)}")
            connection.register("rows_to_write", rows)
            connection.execute(f"insert into {quoted('ml', table)} from rows_to_write")
            connection.unregister("rows_to_write")


def quoted(*parts: str) -> str:
    """Quote a name such as schema and table for SQL."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _no_table(schema: str, table: str) -> UserError:
    return UserError(f"The warehouse has no table {schema}.{table}. Run dbt build first.")


def _table_schema(connection: Connection, schema: str, table: str) -> pa.Schema:
    if not has_table(connection, schema, table):
        raise _no_table(schema, table)
    none = connection.sql(f"select * from {quoted(schema, table)} limit 0")
    return none.to_arrow_table().schema


def _arranged(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Give the rows in the columns and types of a table, what is missing as null."""
    ordered = frame.reindex(columns=schema.names)
    ordered = ordered.astype(object).where(ordered.notna(), None)
    return pa.Table.from_pandas(ordered, schema=schema, preserve_index=False)


def first_line(error: BaseException) -> str:
    """Give the first line of an error's message; DuckDB's go on with hints and positions."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def attach_to_read(connection: Connection, name: str, path: Path) -> None:
    """Attach a DuckDB file under a name, to read."""
    file = str(path.absolute()).replace("'", "''")
    connection.execute(f"attach '{file}' as {quoted(name)} (read_only, type duckdb)")


def open_beside(files: Mapping[str, Path]) -> Connection:
    """Open several DuckDB files to read, each under a name; the caller closes the connection.

    What is made there, such as temporary views, is in memory.

    Raises
    ------
    UserError
        If a file is not there, is not a DuckDB file, or another process holds it.
    """
    connection = duckdb.connect()
    _set_up(connection)
    if files:
        # As if the first were opened itself, and not in the present folder.
        first = next(iter(files.values())).absolute()
        connection.execute("set temp_directory = ?", [f"{first}.tmp"])
    for name, path in files.items():
        if not path.is_file():
            raise UserError(f"There is no database at {path}.")
        try:
            attach_to_read(connection, name, path)
        except duckdb.Error as error:
            if is_held(error):
                raise UserError(held_text(path, holder(error), 0)) from None
            raise UserError(
                f"{path} cannot be opened ({first_line(error)}). Check that it is a DuckDB file."
            ) from None
    return connection
