"""The records that the CRM does not know yet.

They come from the published copy, which holds only what passed its tests.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.warehouse import has_table, open_warehouse, quoted, refuse_published_copy

Row: TypeAlias = Mapping[str, Any]
# Why a record was refused that the CRM answered under the id of another: it is sent again only
# when it has changed, because the other shows its values then.
MOVED = "ANSWERED_UNDER_ANOTHER_ID"


@dataclass(frozen=True)
class Pending:
    """Rows to send, updates first, and how many are not because of `MOVED`.

    Their `crm_lead_id` is the id that the CRM knows the record by, or our own key of one to be
    created; `AS_STORED` holds each row as the warehouse has it.
    """

    rows: list[dict[str, Any]]
    moved: int = 0


AS_STORED = "as_stored"
"""Where a row to send holds itself as the warehouse has it, with ids after their source."""


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


def pending(db: Path, copy: Path, wait_seconds: float = 0, source: str | None = None) -> Pending:
    """Find the rows that the CRM does not know yet.

    The copy says what had changed when it was published; what the CRM has accepted since is
    left out.

    Parameters
    ----------
    db, copy : pathlib.Path
        The warehouse and its published copy.
    wait_seconds : float
        How long to wait for a build that holds the warehouse.
    source : str, optional
        The connection whose CRM is meant; needed where records came from several.

    Raises
    ------
    UserError
        If the warehouse or the copy cannot be read, the copy is older than an erasure, or
        records came from several CRMs and none is named.
    """
    with open_warehouse(db, read_only=True, wait_seconds=wait_seconds) as connection:
        refuse_published_copy(connection, db)
        acknowledgements = read_rows(connection, "sync", "sync_acknowledgements", "row_hash")
        refusals = read_rows(connection, "sync", "sync_refusals", "crm_lead_id")
        people = _people(connection)
        erasures = _erasures(connection)
    if not copy.is_file():
        raise UserError(
            f"There is no published copy at {copy}. Run `lead-funnel publish --db {db}` first."
        )
    with open_warehouse(copy, read_only=True) as connection:
        rows = read_rows(connection, "marts", "crm_lead_sync_changes", "crm_lead_id")
        erasures_published = _erasures(connection)
        # All records tell, not only those that changed.
        records = read_rows(connection, "marts", "crm_lead_sync", "crm_lead_id")
    if erasures != erasures_published:
        raise UserError(
            f"{copy} was published before people were erased, and may still name them. Run "
            f"`lead-funnel publish --db {db}` first."
        )
    source = _chosen(records, source)
    rows = [_as_the_crm_knows(row, people) for row in rows if row.get("source") == source]
    rows.sort(key=lambda row: (is_new(row), sync_key(row[AS_STORED])))
    # The latest counts; of two at the same time, the first by its hash, as the marts read them.
    latest: dict[str, dict[str, Any]] = {}
    for each in acknowledgements:
        for key in {each["crm_lead_id"], each.get("sync_key")} - {None}:
            known = latest.get(key)
            if known is None or _moment(each) > _moment(known):
                latest[key] = each
    known_hashes = {key: each["row_hash"] for key, each in latest.items()}
    unknown = [row for row in rows
               if known_hashes.get(sync_key(row[AS_STORED])) != row["row_hash"]
               # Whoever is gone since the copy was published is not created.
               and (not is_new(row) or row["lead_key"] in people)]  # fmt: skip
    moved = {(sync_key(each), each["row_hash"]) for each in refusals
             if each["reason"] == MOVED}  # fmt: skip
    to_send = [row for row in unknown
               if (sync_key(row[AS_STORED]), row["row_hash"]) not in moved]  # fmt: skip
    return Pending(to_send, len(unknown) - len(to_send))


def sync_key(row: Row) -> str:
    """Give a row's key in the ledger; those of older copies have the CRM's id alone."""
    return str(row.get("sync_key") or row["crm_lead_id"])


def is_new(row: Row) -> bool:
    """Tell whether the CRM is to create the record."""
    return row.get("action") == "create"


def created(row: Row, key: str) -> Row:
    """Give a row that was to be created, with the id that the CRM answered."""
    stored = row[AS_STORED]
    return {**row, AS_STORED: {**stored, "crm_lead_id": with_source(stored.get("source"), key)}}


def with_source(source: str | None, key: str) -> str:
    """Give an id as the warehouse has it."""
    return f"{source}:{key}" if source else key


def _chosen(records: Sequence[Row], source: str | None) -> str | None:
    """Give the source whose records are sent: the named one, or the only one there is."""
    there = sorted({row.get("source") or "" for row in records})
    if source is None and len(there) > 1:
        raise UserError(
            f"Records came from several sources: {', '.join(map(repr, there))}. Name with --source "
            "the one whose CRM is meant."
        )
    if source is not None and source not in there:
        raise UserError(
            f"No record came from {source!r}. There are records of {', '.join(map(repr, there))}."
        )
    chosen = there[0] if source is None and there else source
    return chosen or None


def _as_the_crm_knows(row: dict[str, Any], people: Mapping[Any, Row]) -> dict[str, Any]:
    prefix = with_source(row.get("source"), "")
    owner = {"owner_id": row["owner_id"].removeprefix(prefix)} if row.get("owner_id") else {}
    if is_new(row):
        who = {"crm_lead_id": sync_key(row), **people.get(row["lead_key"], {})}
        return {**row, **owner, **who, AS_STORED: row}
    return {**row, **owner, "crm_lead_id": row["crm_record_id"], AS_STORED: row}


def _people(connection: duckdb.DuckDBPyConnection) -> dict[Any, Row]:
    """Give who the leads are that the CRM is to create, by lead_key."""
    # Of the last whole build; what a fresh run has learnt since goes before it.
    places = [("intermediate", "crm_new_lead_details"), ("sync", "fresh_lead_details")]
    rows = [
        row
        for schema, table in places
        if has_table(connection, schema, table)
        for row in read_rows(connection, schema, table, "lead_key")
    ]
    return {row["lead_key"]: row for row in rows}


def _erasures(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Give what was found for each request to forget a person; nothing where nobody asked."""
    if not has_table(connection, "marts", "erasure_receipts"):
        return []
    return connection.execute(
        "select request_id, raw_table, sum(rows_found) from marts.erasure_receipts "
        "group by all order by all"
    ).fetchall()


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
