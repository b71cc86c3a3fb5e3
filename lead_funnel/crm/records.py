"""The records that the CRM does not know yet.

They come from the published copy, which holds only what passed its tests.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.warehouse import open_warehouse, quoted, refuse_published_copy

Row: TypeAlias = Mapping[str, Any]
# Why a record was refused that the CRM answered under the id of another: it is sent again only
# when it has changed, because the other shows its values then.
MOVED = "ANSWERED_UNDER_ANOTHER_ID"


@dataclass(frozen=True)
class Pending:
    """Rows to send, by crm_lead_id, and how many are not because of `MOVED`."""

    rows: list[dict[str, Any]]
    moved: int = 0


def read_rows(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, order: str
) -> list[dict[str, Any]]:
    """Read a whole table, ordered by a column.

    Raises
    ------
    UserError
        If there is no such table.
    """
    try:
        found = connection.execute(
            f"select * from {quoted(schema, table)} order by {quoted(order)}"  # noqa: S608
        )
    except duckdb.CatalogException:
        raise UserError(
            f"There is no table {schema}.{table}. Run `dbt build` and publish the copy first."
        ) from None
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def pending(db: Path, copy: Path, wait_seconds: float = 0) -> Pending:
    """Find the rows that the CRM does not know yet.

    The copy says what had changed when it was published; what the CRM has accepted since is
    left out.

    Parameters
    ----------
    db, copy : pathlib.Path
        The warehouse and its published copy.
    wait_seconds : float
        How long to wait for a build that holds the warehouse.

    Raises
    ------
    UserError
        If the warehouse or the copy cannot be read.
    """
    with open_warehouse(db, read_only=True, wait_seconds=wait_seconds) as connection:
        refuse_published_copy(connection, db)
        acknowledgements = read_rows(connection, "sync", "sync_acknowledgements", "row_hash")
        refusals = read_rows(connection, "sync", "sync_refusals", "crm_lead_id")
    if not copy.is_file():
        raise UserError(
            f"There is no published copy at {copy}. "
            f"Run `python -m lead_funnel.publish.copy --db {db}` first."
        )
    with open_warehouse(copy, read_only=True) as connection:
        rows = read_rows(connection, "marts", "crm_lead_sync_changes", "crm_lead_id")
    # The latest counts; of two at the same time, the first by its hash, as the marts read them.
    latest: dict[str, dict[str, Any]] = {}
    for each in acknowledgements:
        known = latest.get(each["crm_lead_id"])
        if known is None or _moment(each) > _moment(known):
            latest[each["crm_lead_id"]] = each
    unknown = [
        row for row in rows if latest.get(row["crm_lead_id"], {}).get("row_hash") != row["row_hash"]
    ]
    moved = {(each["crm_lead_id"], each["row_hash"]) for each in refusals
             if each["reason"] == MOVED}  # fmt: skip
    to_send = [row for row in unknown if (row["crm_lead_id"], row["row_hash"]) not in moved]
    return Pending(to_send, len(unknown) - len(to_send))


def _moment(acknowledgement: Row) -> datetime:
    moment: datetime = acknowledgement["acknowledged_at"] or datetime.min  # noqa: DTZ901
    return moment


@contextmanager
def only_one(db: Path) -> Iterator[None]:
    """Keep a second push out until this one ends or is killed.

    Raises
    ------
    UserError
        If another push is running, or the folder of the warehouse cannot be written.
    """
    file = db.with_name(f".{db.name}.push.lock")
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UserError(
            f"{file} cannot be made ({error.strerror}). It lies beside the warehouse: check --db, "
            "and who may write there."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UserError("Another lead-sync push is running. Wait until it has finished.") from None
    finally:
        os.close(handle)
