"""The records to be told, and the book of what the CRM took.

Rows come from the published copy, which holds only what passed its tests; the book lies in
the schema ``sync`` of the warehouse. The warehouse is opened for moments only, so that no build
has to wait for a slow CRM.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import duckdb
import pyarrow as pa

from lead_funnel.errors import UserError
from lead_funnel.publish.copy import connect, quoted

Row: TypeAlias = Mapping[str, Any]
Result = TypeVar("Result")

ACKNOWLEDGED = (
    "crm_lead_id", "row_hash", "acknowledged_at", "score_band", "owner_id", "due_at",
    "is_exploration",
)  # fmt: skip
REFUSED = ("crm_lead_id", "row_hash", "refused_at", "reason")
TYPES = {
    "acknowledged_at": pa.timestamp("us"),
    "refused_at": pa.timestamp("us"),
    "due_at": pa.timestamp("us"),
    "is_exploration": pa.bool_(),
}


@dataclass(frozen=True)
class Book:
    """What the CRM took and refused, kept in the warehouse.

    Attributes
    ----------
    db : Path
        The warehouse.
    wait_seconds : float
        How long to wait for a build that is writing it.
    """

    db: Path
    wait_seconds: float = 600

    def _write(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        until = time.monotonic() + self.wait_seconds
        while True:
            try:
                connection = duckdb.connect(str(self.db))
            except duckdb.IOException as error:
                if "Could not set lock" not in str(error):
                    raise UserError(f"{self.db} cannot be opened.") from None
                if time.monotonic() > until:
                    raise UserError(
                        f"{self.db} is being written by another process. What the CRM took last "
                        "could not be noted and will be sent again, which does no harm."
                    ) from None
                time.sleep(0.2)
                continue
            with connection:
                connection.begin()
                result = work(connection)
                connection.commit()
                return result

    def record(self, taken: Sequence[Row], refused: Sequence[tuple[Row, str]]) -> None:
        """Note what the CRM took and what it refused, all or nothing.

        Parameters
        ----------
        taken : sequence of rows
            Of `crm_lead_sync_changes`, as they were sent.
        refused : sequence of (row, reason)
            The reason is a code, never the CRM's own words, which may quote a person's data.
        """
        now = datetime.now(UTC).replace(tzinfo=None)
        acknowledged = [{**row, "acknowledged_at": now} for row in taken]
        turned_down = [{**row, "refused_at": now, "reason": why} for row, why in refused]
        ids = [row["crm_lead_id"] for row in (*acknowledged, *turned_down)]

        def work(connection: duckdb.DuckDBPyConnection) -> None:
            # A record that was refused keeps what was acknowledged of it before.
            _replace(connection, "sync_acknowledgements", ACKNOWLEDGED, acknowledged)
            connection.execute(
                "delete from sync.sync_refusals where crm_lead_id in (select unnest(?))", [ids]
            )
            _replace(connection, "sync_refusals", REFUSED, turned_down)

        self._write(work)

    def open_jobs(self) -> list[str]:
        """Give the CRM's ids of jobs whose end was never seen, oldest first."""
        return [
            job
            for (job,) in self._write(
                lambda connection: connection.execute(
                    "select job_id from sync.sync_jobs order by started_at, job_id"
                ).fetchall()
            )
        ]

    def remember_job(self, job: str) -> None:
        """Note a job before the CRM may start on it."""
        now = datetime.now(UTC).replace(tzinfo=None)
        self._write(
            lambda connection: connection.execute(
                "insert into sync.sync_jobs (job_id, started_at) values (?, ?)", [job, now]
            )
        )

    def forget_job(self, job: str) -> None:
        """Strike out a job that has ended."""
        self._write(
            lambda connection: connection.execute(
                "delete from sync.sync_jobs where job_id = ?", [job]
            )
        )


def _replace(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[Row]
) -> None:
    if not rows:
        return
    fields = [pa.field(name, TYPES.get(name, pa.string())) for name in columns]
    arrow = pa.Table.from_pylist(
        [{name: row.get(name) for name in columns} for row in rows], schema=pa.schema(fields)
    )
    connection.register("noted", arrow)
    place = quoted("sync", table)
    connection.execute(
        f"delete from {place} where crm_lead_id in (select crm_lead_id from noted)"  # noqa: S608
    )
    connection.execute(f"insert into {place} by name select * from noted")  # noqa: S608
    connection.unregister("noted")


def read_table(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, order: str
) -> list[dict[str, Any]]:
    """Read a whole table in order of a column.

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


def pending(db: Path, copy: Path) -> list[dict[str, Any]]:
    """Give the rows that the CRM does not know yet, by crm_lead_id.

    The copy says what had changed when it was published; what the CRM has taken since is
    left out.

    Raises
    ------
    UserError
        If the warehouse or the copy cannot be read.
    """
    if not copy.is_file():
        raise UserError(
            f"There is no published copy at {copy}. "
            f"Run `python -m lead_funnel.publish.copy --db {db}` first."
        )
    with connect(copy) as connection:
        rows = read_table(connection, "marts", "crm_lead_sync_changes", "crm_lead_id")
    with connect(db) as connection:
        notes = read_table(connection, "sync", "sync_acknowledgements", "row_hash")
    # The latest word counts; of two at once, the first by its hash, as the marts read them.
    latest: dict[str, dict[str, Any]] = {}
    for each in notes:
        known = latest.get(each["crm_lead_id"])
        if known is None or _moment(each) > _moment(known):
            latest[each["crm_lead_id"]] = each
    return [
        row for row in rows if latest.get(row["crm_lead_id"], {}).get("row_hash") != row["row_hash"]
    ]


def _moment(note: Row) -> datetime:
    moment: datetime = note["acknowledged_at"] or datetime.min  # noqa: DTZ901
    return moment


@contextmanager
def only_one(db: Path) -> Iterator[None]:
    """Keep a second push out until this one ends or is killed.

    Raises
    ------
    UserError
        If another push is at work.
    """
    handle = os.open(db.with_name(f".{db.name}.push.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UserError("Another lead-sync push is at work. Wait until it has finished.") from None
    finally:
        os.close(handle)
