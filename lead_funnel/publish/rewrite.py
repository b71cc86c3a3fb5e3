"""Rewrite the warehouse file, so that nothing erased is left in it.

``python -m lead_funnel.publish.rewrite --db data/warehouse.duckdb --if-due``

A build takes the rows of people who asked to be forgotten out of every table, but DuckDB only marks
their blocks as free: the words stay in the file until something else is written over them. A build
cannot replace the file that it has open, so this follows it.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.publish.files import attach_fresh, put_in_place, remove_database
from lead_funnel.warehouse import Connection, first_line, has_table, open_warehouse, quoted

LOCK_SECONDS = 60.0
# Made for one look at other rules, and by no build: it would keep who is erased.
PASSING_SCHEMA = "what_if"
ERASED = (
    ("staging", "erased_identifiers"),
    ("staging", "erased_rows"),
    ("sync", "erasure_confirmations"),
)


def erased_version(connection: Connection) -> str:
    """Give a text that differs whenever more, less or something else is erased.

    Empty where nobody asked to be forgotten.
    """
    parts = []
    for schema, table in ERASED:
        if has_table(connection, schema, table):
            ((count, content),) = connection.execute(
                "select count(*), coalesce(sum(hash(given)::hugeint), 0) "
                f"from {quoted(schema, table)} as given"  # noqa: S608
            ).fetchall()
            parts.append(f"{count}:{content}" if count else "")
    return "|".join(parts) if any(parts) else ""


def is_due(connection: Connection) -> bool:
    """Tell whether something was erased since the file was last rewritten."""
    if not has_table(connection, "sync", "erasure_rewrites"):
        return False
    written = connection.execute("select erased_version from sync.erasure_rewrites").fetchall()
    return erased_version(connection) != (written[0][0] if written else "")


def rewrite(db: Path, wait_seconds: float = LOCK_SECONDS, *, is_whole: bool = True) -> None:
    """Replace the warehouse file by one that holds its rows and nothing else.

    A run that is killed leaves the old file; the next one starts over.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse. Beside it there must be room for a second one.
    wait_seconds : float
        How long to wait for another process that holds the file.
    is_whole : bool
        Whether all tables were made since. Else one that was not may still hold what is erased, and
        the file stays due.

    Raises
    ------
    UserError
        If the warehouse cannot be read, or the new file cannot be written.
    """
    fresh = db.with_name(f".{db.name}.rewrite")
    try:
        # Whoever may write alone may clear what killed runs left beside the file.
        with open_warehouse(db, wait_seconds=wait_seconds) as connection:
            connection.execute(f"drop schema if exists {PASSING_SCHEMA} cascade")
            connection.execute("force checkpoint")
            shutil.rmtree(db.with_name(db.name + ".tmp"), ignore_errors=True)
            remove_database(fresh)
        # Read-only: it keeps writers out, and closing it touches nothing.
        with open_warehouse(db, read_only=True, wait_seconds=wait_seconds) as connection:
            _copy_all(connection, fresh, is_whole)
            fresh.chmod(db.stat().st_mode & 0o777)
            put_in_place(fresh, db)
    except (OSError, duckdb.Error) as error:
        raise UserError(
            f"{db} was not rewritten ({first_line(error)}). Free blocks of the file may still hold "
            "erased data. Run this again."
        ) from None
    finally:
        remove_database(fresh)


def _copy_all(connection: Connection, fresh: Path, is_whole: bool) -> None:
    ((name,),) = connection.execute("select current_database()").fetchall()
    copy = f"{name}_rewritten"
    attach_fresh(connection, fresh, copy)
    connection.execute(f"copy from database {quoted(name)} to {quoted(copy)}")
    if is_whole and has_table(connection, "sync", "erasure_rewrites"):
        marker = quoted(copy, "sync", "erasure_rewrites")
        connection.execute(f"truncate {marker}")
        connection.execute(f"insert into {marker} values (?)", [erased_version(connection)])
    connection.execute(f"detach {quoted(copy)}")


def rewrite_if_due(db: Path, *, is_whole: bool = True) -> bool:
    """Rewrite the warehouse where something was erased since the last time; tells whether.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse.
    is_whole : bool
        Whether all tables were made since.

    Raises
    ------
    UserError
        If the file is due and was not rewritten.
    """
    # A build that failed at its start made none.
    if not db.is_file():
        return False
    with open_warehouse(db, read_only=True, wait_seconds=LOCK_SECONDS) as connection:
        due = is_due(connection)
    if due:
        rewrite(db, is_whole=is_whole)
    return due


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0, or 2 if the file was not rewritten.
    """
    parser = argparse.ArgumentParser(
        prog="python -m lead_funnel.publish.rewrite",
        description="Rewrite the warehouse file, so that nothing erased is left in it.",
    )
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="the warehouse")
    parser.add_argument(
        "--if-due",
        action="store_true",
        help="only if something was erased since the last time",
    )
    options = parser.parse_args(arguments)
    try:
        if options.if_due:
            if not rewrite_if_due(options.db):
                return 0
        else:
            rewrite(options.db)
    except UserError as error:
        note(f"rewrite: {error}")
        return 2
    say(f"{options.db} was rewritten: nothing that was erased is left in the file.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
