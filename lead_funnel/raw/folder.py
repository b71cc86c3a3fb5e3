"""Whether there is a folder of raw files, before much is done for it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from lead_funnel.errors import UserError
from lead_funnel.raw.files import is_remote
from lead_funnel.raw.views import loaded_tables
from lead_funnel.warehouse import open_warehouse


def check_folder(raw: Path, db: Path) -> None:
    """Stop where the folder of raw files is missing and no loader has written raw tables.

    Raises
    ------
    UserError
        With what to do.
    """
    given = os.fspath(raw)
    if is_remote(given) or ":/" in given or raw.is_dir() or _has_loaded_tables(db):
        return
    what = "is no folder" if raw.exists() else "does not exist"
    raise UserError(
        f"The folder of raw files {raw} {what}. Name another with --raw or LEAD_FUNNEL_RAW."
    )


def _has_loaded_tables(db: Path) -> bool:
    # A warehouse that cannot be looked into now is looked into later.
    with suppress(UserError):
        if not db.is_file():
            return False
        with open_warehouse(db, read_only=True, wait_seconds=0) as connection:
            ((database,),) = connection.execute("select current_database()").fetchall()
            return bool(loaded_tables(connection, str(database)))
    return True
