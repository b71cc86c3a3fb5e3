"""The sync's ledger: what the CRM accepted and refused, and which jobs may still run.

It lies in the schema ``sync`` of the warehouse. The warehouse is opened only for moments, so
that no build has to wait for a slow CRM.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from lead_funnel.crm.records import AS_STORED, Row, sync_key, with_source
from lead_funnel.crm.settings import WAIT_SECONDS
from lead_funnel.errors import UserError
from lead_funnel.warehouse import (
    first_line,
    open_warehouse,
    quoted,
    refuse_published_copy,
    transaction,
)

Result = TypeVar("Result")

ACKNOWLEDGED = (
    "crm_lead_id", "row_hash", "acknowledged_at", "score_band", "owner_id", "due_at",
    "is_exploration", "sync_key",
)  # fmt: skip
REFUSED = ("crm_lead_id", "row_hash", "refused_at", "reason", "sync_key")
TYPES = {
    "acknowledged_at": pa.timestamp("us"),
    "refused_at": pa.timestamp("us"),
    "due_at": pa.timestamp("us"),
    "is_exploration": pa.bool_(),
}


@dataclass(frozen=True)
class Ledger:
    """What the CRM accepted and refused, kept in the warehouse.

    Attributes
    ----------
    db : pathlib.Path
        The warehouse.
    wait_seconds : float
        How long to wait for a build that is writing it.
    """

    db: Path
    wait_seconds: float = WAIT_SECONDS

    def _write(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        try:
            with open_warehouse(self.db, wait_seconds=self.wait_seconds) as connection:
                refuse_published_copy(connection, self.db)
                with transaction(connection):
                    return work(connection)
        except duckdb.Error as error:
            raise UserError(
                f"{self.db} could not be written ({first_line(error)}). Run `dbt build`, which "
                "makes the tables of the schema sync, and check the space on the disk."
            ) from None

    def record(
        self,
        accepted: Sequence[Row],
        refused: Sequence[tuple[Row, str]],
        overwritten: Collection[str] = (),
    ) -> None:
        """Note what the CRM accepted and what it refused, all or nothing.

        Parameters
        ----------
        accepted : sequence of rows
            As `pending` gives them.
        refused : sequence of (row, reason)
            The reason is a code, never the CRM's own words, which may quote a person's data.
        overwritten : collection of str
            Ids of records that may show the values of others: they are not known any more.
        """
        now = datetime.now(UTC).replace(tzinfo=None)
        acknowledgements = [_keyed(row) | {"acknowledged_at": now} for row in accepted]
        refusals = [_keyed(row) | {"refused_at": now, "reason": reason} for row, reason in refused]
        ids = [row["sync_key"] for row in (*acknowledgements, *refusals)]
        sources = {row.get("source") for row in (*acknowledgements, *refusals)}
        forgotten = [with_source(source, key) for source in sources for key in overwritten]

        def work(connection: duckdb.DuckDBPyConnection) -> None:
            connection.execute(
                "delete from sync.sync_acknowledgements where crm_lead_id in (select unnest(?))",
                [forgotten],
            )
            # A refused record keeps what was acknowledged of it before.
            _replace(connection, "sync_acknowledgements", ACKNOWLEDGED, acknowledgements)
            connection.execute(
                "delete from sync.sync_refusals "
                "where coalesce(sync_key, crm_lead_id) in (select unnest(?))",
                [ids],
            )
            _replace(connection, "sync_refusals", REFUSED, refusals)

        try:
            self._write(work)
        except UserError as error:
            raise UserError(
                f"{error} What the CRM accepted last could not be recorded and will be sent again, "
                "which does no harm."
            ) from None

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
        """Remove a job that has ended."""
        self._write(
            lambda connection: connection.execute(
                "delete from sync.sync_jobs where job_id = ?", [job]
            )
        )


def _keyed(row: Row) -> dict[str, Any]:
    stored = row[AS_STORED]
    return {**stored, "sync_key": sync_key(stored)}


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
    target = quoted("sync", table)
    connection.execute(
        f"delete from {target} where crm_lead_id in (select crm_lead_id from noted) "  # noqa: S608
        "or coalesce(sync_key, crm_lead_id) in (select sync_key from noted)"
    )
    connection.execute(f"insert into {target} by name select * from noted")  # noqa: S608
    connection.unregister("noted")
