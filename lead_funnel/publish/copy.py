"""Publish a read-only copy of the warehouse for other people and their jobs.

An open reader keeps a writer out of a DuckDB file, and the other way round. So
readers never open the warehouse itself: they open a copy, which each build that
passed its tests replaces. A reader that has the old copy open can go on reading it.
A build that lost a table, or much of one, does not replace it.
"""

import os
import re
from pathlib import Path

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.locks import is_running
from lead_funnel.publish.files import attach_fresh, put_in_place, remove_database
from lead_funnel.publish.floor import compare_with_copy
from lead_funnel.publish.people import columns_sql, is_rep_level
from lead_funnel.warehouse import (
    first_line,
    open_warehouse,
    private_files,
    quoted,
    table_columns,
)

SCHEMAS = ("marts", "ml")
# Marts that hold raw rows as they came, and with them names and addresses.
WITHHELD = ("quarantined_rows",)


def publish(db: Path, to: Path, accept_changes: bool = False) -> list[tuple[str, str]]:
    """Replace the published copy by a new one, atomically.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse; it is only read.
    to : pathlib.Path
        The copy. An existing one is replaced, or left alone if anything fails.
    accept_changes : bool
        Replace it even where it had much that the new one lacks.

    Returns
    -------
    list of (schema, table)
        What was copied.

    Raises
    ------
    ChangedError
        If too much differs from the existing copy.
    UserError
        If the warehouse cannot be read or has no marts, or the copy cannot be written.
    """
    if to.is_dir():
        raise UserError(f"{to} is a folder. Name a file with --to.")
    if to.exists() and db.exists() and to.samefile(db):
        raise UserError(f"{to} is the warehouse itself. Name another file with --to.")
    source = open_warehouse(db, read_only=True)
    aside = to.with_name(f".{to.name}.{os.getpid()}.new")
    try:
        if not accept_changes:
            compare_with_copy(source, to)
        to.parent.mkdir(parents=True, exist_ok=True)
        clear_stale(to)
        with private_files():
            tables = _copy_tables(source, aside)
        put_in_place(aside, to)
    except (OSError, duckdb.Error) as error:
        raise UserError(f"{to} was not written: {first_line(error)}") from None
    finally:
        source.close()
        remove_database(aside)
    return tables


def _copy_tables(source: duckdb.DuckDBPyConnection, aside: Path) -> list[tuple[str, str]]:
    found = source.execute(
        "select current_database(), table_schema, table_name from information_schema.tables "
        "where table_catalog = current_database() order by table_schema, table_name"
    ).fetchall()
    chosen = [row for row in found if row[1] in SCHEMAS and row[2] not in WITHHELD]
    if not any(schema == "marts" for _, schema, _ in chosen):
        raise UserError("The warehouse has no marts yet. Run `dbt build` first.")
    copy = f"{chosen[0][0]}_copy"
    with_reps = is_rep_level(source)
    attach_fresh(source, aside, copy)
    for schema in dict.fromkeys(schema for _, schema, _ in chosen):
        source.execute(f"create schema {quoted(copy, schema)}")
    for catalog, schema, table in chosen:
        columns = columns_sql(schema, table, table_columns(source, schema, table), with_reps)
        source.execute(
            f"create table {quoted(copy, schema, table)} as "
            f"select {columns} from {quoted(catalog, schema, table)}"
        )
    source.execute(f"detach {quoted(copy)}")
    return [(schema, table) for _, schema, table in chosen]


def clear_stale(to: Path) -> None:
    """Remove what publishers left behind that were killed: the name tells whose it is."""
    for left in to.parent.glob(f".{to.name}.*.new*"):
        owner = re.fullmatch(r"(\d+)\.new(\.wal)?", left.name.removeprefix(f".{to.name}."))
        if owner and not is_running(int(owner.group(1))):
            left.unlink(missing_ok=True)
