"""The command line ``lead-sync``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lead_funnel.console import note, say
from lead_funnel.crm import hubspot, salesforce, webhook
from lead_funnel.crm.client import RetryPolicy, open_client
from lead_funnel.crm.export import FORMATS, export
from lead_funnel.crm.fields import LINE_ENDINGS, FieldMap, plan
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.push import Crm, push_parts, summary
from lead_funnel.crm.records import only_one, pending
from lead_funnel.errors import UserError
from lead_funnel.warehouse import published_path
from lead_funnel.words import count_text


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="lead-sync", description="Send the CRM what it does not know yet."
    )
    commands = top.add_subparsers(dest="command", required=True)
    files = commands.add_parser("export", help="write files for a bulk API")
    files.add_argument("--format", choices=FORMATS, required=True)
    files.add_argument("--out", type=Path, default=Path("data/sync"), metavar="DIR")
    files.add_argument("--line-ending", choices=LINE_ENDINGS, default="LF", help="of CSV files")
    send = commands.add_parser(
        "push",
        help="send to the CRM, and note what it accepted",
        description="Send to the CRM named by LEAD_SYNC_URL with the token in LEAD_SYNC_TOKEN, "
        "or to any address, signed with the secret in LEAD_SYNC_SECRET (webhook), and note what it "
        "accepted. If it was killed or cut off, run it again.",
    )
    send.add_argument("--crm", choices=("hubspot", "salesforce", "webhook"), required=True)
    send.add_argument("--batch-size", type=_natural, metavar="N", help="records per request or job")
    send.add_argument("--attempts", type=_natural, default=RetryPolicy.attempts, metavar="N")
    for name, default, text in (
        ("--timeout", RetryPolicy.timeout_seconds, "time-out of one request"),
        ("--backoff", RetryPolicy.backoff_seconds, "pause before the third attempt, then doubled"),
        ("--deadline", RetryPolicy.deadline_seconds, "time for all requests and pauses together"),
        ("--job-timeout", salesforce.Salesforce.job_seconds, "wait for a job of Salesforce"),
    ):
        send.add_argument(
            name, type=_seconds, default=default, metavar="SECONDS", help=f"{text} ({default:g})"
        )
    for each in (files, send):
        each.add_argument(
            "--wait",
            type=_seconds,
            default=Ledger.wait_seconds,
            metavar="SECONDS",
            help=f"wait for a build that holds the warehouse ({Ledger.wait_seconds:g})",
        )
        each.add_argument("--object", metavar="TYPE", help="object of the CRM that holds leads")
        each.add_argument(
            "--source", metavar="NAME", help="connection whose records are meant, where several are"
        )
        each.add_argument(
            "--db",
            type=Path,
            default=Path(os.environ.get("LEAD_FUNNEL_DB", "data/warehouse.duckdb")),
            metavar="FILE",
            help="the warehouse; its published copy is read",
        )
    return top


def _natural(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds")
    return number


def _export(options: argparse.Namespace) -> int:
    copy = published_path(options.db)
    rows = pending(options.db, copy, options.wait, options.source).rows
    try:
        files = export(
            rows, copy, options.out, options.format, options.object, options.line_ending
        )  # fmt: skip
    except OSError as error:
        raise UserError(
            f"{options.out} cannot be written ({error.strerror}). Name another folder with --out."
        ) from None
    say(f"{count_text(len(rows))} records written to {options.out}; files: {len(files)}")
    return 0


def _push(options: argparse.Namespace) -> int:
    copy, ledger = published_path(options.db), Ledger(options.db, options.wait)
    client = open_client(
        RetryPolicy(options.attempts, options.timeout, options.backoff, options.deadline),
        signs=options.crm == "webhook",
    )

    def crm_of(mapping: FieldMap) -> Crm:
        if options.crm == "hubspot":
            return hubspot.HubSpot(client, mapping)
        return salesforce.Salesforce(
            client, mapping, ledger, job_seconds=options.job_timeout,
            pause_seconds=min(1, options.backoff),
        )  # fmt: skip

    most = {
        "hubspot": hubspot.BATCH_SIZE,
        "salesforce": salesforce.BATCH_SIZE,
        "webhook": webhook.BATCH_SIZE,
    }[options.crm]
    with only_one(options.db):
        found = pending(options.db, copy, options.wait, options.source)
        parts: list[tuple[Crm, list[dict[str, Any]]]]
        if options.crm == "webhook":
            parts = [(webhook.Webhook(client), found.rows)]
        else:
            planned = plan(found.rows, copy, options.crm, options.object)
            parts = [(crm_of(mapping), rows) for mapping, rows in planned]
        outcome = push_parts(found, parts, ledger, min(options.batch_size or most, most))
    say(summary(outcome))
    return 0 if outcome.accepted == outcome.pending else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0; 1 if the CRM did not accept everything; 2 if something must be fixed first.
    """
    options = parser().parse_args(arguments)
    try:
        return _export(options) if options.command == "export" else _push(options)
    except UserError as error:
        note(f"lead-sync: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
