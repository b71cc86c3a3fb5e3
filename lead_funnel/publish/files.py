"""Database files that are written aside and then take the place of others."""

import os
from pathlib import Path

from lead_funnel.warehouse import Connection, quoted

# Clients of DuckDB 1.4 and later can open the file, as dbt makes it.
STORAGE_VERSION = "v1.4.0"


def attach_fresh(connection: Connection, fresh: Path, name: str) -> None:
    """Attach a file that is yet to be made, under a name."""
    target = str(fresh).replace("'", "''")
    connection.execute(
        f"attach '{target}' as {quoted(name)} (read_write, storage_version '{STORAGE_VERSION}')"
    )


def put_in_place(fresh: Path, path: Path) -> None:
    """Replace a database file by a fresh one, so that it stays even if the power goes."""
    to_disk(fresh)
    fresh.replace(path)
    # A log of changes to the old file would not fit the new one.
    log_of(path).unlink(missing_ok=True)
    to_disk(path.parent)


def remove_database(path: Path) -> None:
    """Remove a database file and its log, where they are."""
    for file in (path, log_of(path)):
        file.unlink(missing_ok=True)


def log_of(path: Path) -> Path:
    """Give where DuckDB logs changes to a file."""
    return path.with_name(f"{path.name}.wal")


def to_disk(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
