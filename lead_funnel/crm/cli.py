"""The command ``lead-sync``, which is ``lead-funnel sync``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lead_funnel.command.options import Warehouse, warehouse_path
from lead_funnel.command.run import INCOMPLETE, application, end, run
from lead_funnel.console import say
from lead_funnel.crm.settings import (
    JOB_SECONDS,
    WAIT_SECONDS,
    Format,
    LineEnding,
    Receiver,
    RetryPolicy,
)
from lead_funnel.errors import UserError
from lead_funnel.words import count_text

if TYPE_CHECKING:
    from lead_funnel.crm.fields import FieldMap
    from lead_funnel.crm.push import Crm

# Longer than anything runs; leaves out what is not a number of seconds.
LONGEST = 10_000_000

app = application("Send the CRM what it does not know yet.")


def seconds(name: str, text: str) -> Any:
    """Describe an option that takes seconds."""
    return typer.Option(name, min=0, max=LONGEST, metavar="SECONDS", help=text)


Wait = Annotated[float, seconds("--wait", "Wait for a build that holds the warehouse.")]
Object = Annotated[
    str | None,
    typer.Option("--object", metavar="TYPE", help="Object of the CRM that holds leads."),
]
Connection = Annotated[
    str | None,
    typer.Option(
        "--source", metavar="NAME", help="Connection whose records to use, if there are several."
    ),
]


@app.command("export")
def export_command(
    kind: Annotated[Format, typer.Option("--format", help="Format of the files.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path(
        "data/sync"
    ),
    line_ending: Annotated[
        LineEnding, typer.Option("--line-ending", help="Line ending of CSV files.")
    ] = "LF",
    wait: Wait = WAIT_SECONDS,
    object_type: Object = None,
    source: Connection = None,
    db: Warehouse = None,
) -> None:
    """Write files for a bulk API."""
    from lead_funnel.crm.export import export
    from lead_funnel.crm.records import pending
    from lead_funnel.warehouse import published_path

    db = warehouse_path(db)
    copy = published_path(db)
    rows = pending(db, copy, wait, source).rows
    try:
        files = export(rows, copy, out, kind, object_type, line_ending)
    except OSError as error:
        raise UserError(
            f"{out} cannot be written ({error.strerror}). Name another folder with --out."
        ) from None
    say(f"{count_text(len(rows))} records written to {out}; files: {len(files)}")


@app.command("push")
def push_command(
    crm: Annotated[Receiver, typer.Option("--crm", help="Receiver of the changes.")],
    batch_size: Annotated[
        int | None,
        typer.Option("--batch-size", min=1, metavar="N", help="Records per request or job."),
    ] = None,
    attempts: Annotated[
        int, typer.Option("--attempts", min=1, metavar="N", help="Attempts per request.")
    ] = RetryPolicy.attempts,
    timeout: Annotated[
        float, seconds("--timeout", "Timeout of one request.")
    ] = RetryPolicy.timeout_seconds,
    backoff: Annotated[
        float, seconds("--backoff", "Pause before the third attempt, then doubled.")
    ] = RetryPolicy.backoff_seconds,
    deadline: Annotated[
        float, seconds("--deadline", "Time for all requests and pauses together.")
    ] = RetryPolicy.deadline_seconds,
    job_timeout: Annotated[
        float, seconds("--job-timeout", "Wait for a Salesforce job.")
    ] = JOB_SECONDS,
    wait: Wait = WAIT_SECONDS,
    object_type: Object = None,
    source: Connection = None,
    db: Warehouse = None,
) -> None:
    """Send to the CRM, and note what it accepted.

    LEAD_SYNC_URL names the CRM, LEAD_SYNC_TOKEN holds the token; a webhook is signed with the
    secret in LEAD_SYNC_SECRET. If it was killed or cut off, run it again.
    """
    from lead_funnel.crm import hubspot, salesforce, webhook
    from lead_funnel.crm.client import open_client
    from lead_funnel.crm.fields import plan
    from lead_funnel.crm.ledger import Ledger
    from lead_funnel.crm.push import push_parts, summary
    from lead_funnel.crm.records import only_one, pending
    from lead_funnel.warehouse import published_path

    db = warehouse_path(db)
    copy, ledger = published_path(db), Ledger(db, wait)
    client = open_client(RetryPolicy(attempts, timeout, backoff, deadline), signs=crm == "webhook")

    def crm_of(mapping: FieldMap) -> Crm:
        if crm == "hubspot":
            return hubspot.HubSpot(client, mapping)
        return salesforce.Salesforce(
            client, mapping, ledger, job_seconds=job_timeout, pause_seconds=min(1, backoff)
        )

    most = {
        "hubspot": hubspot.BATCH_SIZE,
        "salesforce": salesforce.BATCH_SIZE,
        "webhook": webhook.BATCH_SIZE,
    }[crm]
    with only_one(db):
        found = pending(db, copy, wait, source)
        parts: list[tuple[Crm, list[dict[str, Any]]]]
        if crm == "webhook":
            parts = [(webhook.Webhook(client), found.rows)]
        else:
            planned = plan(found.rows, copy, crm, object_type)
            parts = [(crm_of(mapping), rows) for mapping, rows in planned]
        outcome = push_parts(found, parts, ledger, min(batch_size or most, most))
    say(summary(outcome))
    end(0 if outcome.accepted == outcome.pending else INCOMPLETE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``lead-sync``.

    Returns
    -------
    int
        0; 1 if the CRM did not accept everything; 2 if something must be fixed first.
    """
    return run(app, arguments, "lead-sync")


if __name__ == "__main__":
    sys.exit(main())
