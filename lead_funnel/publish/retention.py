"""Ask for the erasure of people whom the variable ``retention_days`` says to forget.

``python -m lead_funnel.publish.retention --db data/warehouse.duckdb --raw data/raw --what-if``

The mart ``retention_due`` says who they are. A request names them by the same identifiers as one
of their own would, in a file among the raw files; the next build carries it out like any other.
"""

import argparse
import csv
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.raw.views import loaded_tables
from lead_funnel.warehouse import Connection, has_table, open_warehouse
from lead_funnel.words import count_text, time_text

FILE = Path("erasure_requests") / "retention.csv"
REQUEST_PREFIX = "retention-"
COLUMNS = ("request_id", "requested_at", "email", "crm_lead_id", "loaded_at")
# What a request can name, and in which column.
NAMED_BY = {"email": "email", "crm_lead": "crm_lead_id"}
SHOWN = 20
DUE = "select cast(lead_key as varchar), last_activity_at, retention_days, requested_at "
DUE += "from marts.retention_due order by lead_key"
NAMES = """
    select
        cast(members.lead_key as varchar),
        identifiers.identifier_type,
        identifiers.identifier_value

    from marts.retention_due as due

    inner join intermediate.identity_members as members
        on due.lead_key = members.lead_key

    inner join intermediate.identifiers as identifiers
        on members.identifier_key = identifiers.identifier_key

    where identifiers.identifier_type in ('email', 'crm_lead')

    order by all
"""


@dataclass(frozen=True)
class Due:
    """A person to be forgotten.

    Attributes
    ----------
    lead_key : str
    last_activity_at, requested_at : str
        Moments in UTC, as text.
    retention_days : int
    identifiers : tuple of (column, value)
        What a request can name.
    """

    lead_key: str
    last_activity_at: str
    requested_at: str
    retention_days: int
    identifiers: tuple[tuple[str, str], ...]

    @property
    def reason(self) -> str:
        """Why, in words and without a name."""
        return (
            f"{self.lead_key}: not a customer, no open deal, and no activity since "
            f"{time_text(self.last_activity_at)} UTC, more than {self.retention_days} days ago"
        )


def read_due(connection: Connection) -> list[Due]:
    """Read who is to be forgotten, by key.

    Raises
    ------
    UserError
        If the warehouse cannot tell, as a published copy cannot.
    """
    for schema, table in (("marts", "retention_due"), ("intermediate", "identity_members")):
        if not has_table(connection, schema, table):
            raise UserError(
                f"There is no table {schema}.{table}. Run `dbt build` first, and name the "
                "warehouse itself with --db, not its published copy."
            )
    named: dict[str, list[tuple[str, str]]] = {}
    for lead_key, kind, value in connection.execute(NAMES).fetchall():
        named.setdefault(lead_key, []).append((NAMED_BY[kind], value))
    return [
        Due(key, str(last), str(at), int(days), tuple(named.get(key, ())))
        for key, last, days, at in connection.execute(DUE).fetchall()
    ]


def requests(due: Sequence[Due]) -> list[dict[str, str]]:
    """Write a request for each identifier of each person; what has none gets none."""
    return [
        {
            "request_id": f"{REQUEST_PREFIX}{person.lead_key}-{number}",
            "requested_at": person.requested_at,
            column: value,
            "loaded_at": person.requested_at,
        }
        for person in due
        for number, (column, value) in enumerate(person.identifiers, start=1)
    ]


def add_requests(file: Path, rows: Sequence[Mapping[str, str]]) -> int:
    """Add requests to the file of those made before, at once; a request that is there stays.

    Returns
    -------
    int
        How many were new.

    Raises
    ------
    UserError
        If the file cannot be read or written.
    """
    aside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        before = _read(file)
        new = [row for row in rows if row["request_id"] not in before]
        if not new:
            return 0
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows([*before.values(), *new])
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.touch(mode=0o600)
        aside.write_text(text.getvalue(), encoding="utf-8", newline="")
        aside.replace(file)
    except (OSError, csv.Error, KeyError, ValueError) as error:
        raise UserError(
            f"{file} cannot be read or written ({error}). Name another file with --out."
        ) from None
    finally:
        with suppress(OSError):
            aside.unlink()
    return len(new)


def _read(file: Path) -> dict[str, dict[str, str]]:
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["request_id"]: row for row in csv.DictReader(lines)}


def ask(db: Path, file: Path) -> str:
    """Write requests for all who are due.

    Returns
    -------
    str
        What was done, in a sentence.

    Raises
    ------
    UserError
        If the warehouse or the file cannot be used.
    """
    with open_warehouse(db, read_only=True) as connection:
        due = read_due(connection)
        is_loaded = file.parent.name == FILE.parent.name and _is_loaded(connection)
    if not due:
        return "nobody is to be erased"
    if is_loaded:
        raise UserError(
            "raw.erasure_requests is a loader's table or a view of your own, and a file beside it "
            "would stop the next build. Write the requests elsewhere with --out, and load them."
        )
    new = add_requests(file, requests(due))
    unnamed = sum(not person.identifiers for person in due)
    text = f"{count_text(len(due))} people are to be erased, {count_text(new)} new requests"
    if unnamed:
        text += (
            f"; {count_text(unnamed)} have neither an address nor a CRM lead to name in a request"
        )
    return f"{text}. The next build erases them."


def _is_loaded(connection: Connection) -> bool:
    ((database,),) = connection.execute("select current_catalog()").fetchall()
    return "erasure_requests" in loaded_tables(connection, database)


def what_if(db: Path) -> str:
    """Say who would be forgotten, by key, and why.

    Raises
    ------
    UserError
        If the warehouse cannot be used.
    """
    with open_warehouse(db, read_only=True) as connection:
        due = read_due(connection)
    lines = [person.reason for person in due[:SHOWN]]
    if len(due) > SHOWN:
        lines.append(f"and {count_text(len(due) - SHOWN)} more in marts.retention_due")
    return "\n".join([f"{count_text(len(due))} people would be erased", *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0, or 2 if something must be fixed first.
    """
    parser = argparse.ArgumentParser(
        prog="python -m lead_funnel.publish.retention",
        description="Ask for the erasure of people whom the variable retention_days says to "
        "forget. The next build carries it out.",
    )
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="the warehouse")
    parser.add_argument(
        "--raw",
        type=Path,
        default=Path(os.environ.get("LEAD_FUNNEL_RAW", "data/raw")),
        metavar="DIR",
        help="the folder of the raw files",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"the requests (default: {FILE} in --raw)"
    )
    parser.add_argument(
        "--what-if", action="store_true", help="only show who would be erased, and why"
    )
    options = parser.parse_args(arguments)
    try:
        if options.what_if:
            say(what_if(options.db))
        else:
            say(ask(options.db, options.out or options.raw / FILE))
    except UserError as error:
        note(f"retention: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
