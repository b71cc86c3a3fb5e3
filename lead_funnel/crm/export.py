"""Write what the CRM does not know yet as files for its bulk API."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lead_funnel.crm import hubspot, salesforce
from lead_funnel.crm.fields import (
    batches,
    hubspot_batch,
    ndjson,
    plain_csv,
    plan,
    salesforce_csv,
)
from lead_funnel.crm.records import AS_STORED


def export(
    rows: Sequence[dict[str, Any]],
    copy: Path,
    to: Path,
    kind: str,
    object_type: str | None = None,
    line_ending: str = "LF",
) -> list[Path]:
    """Write rows to a folder, in place of the files of an earlier export of that kind.

    Returns
    -------
    list of Path
        One file, or one for each batch; none without rows.
    """
    if kind in ("csv", "ndjson"):
        rows = [row[AS_STORED] for row in rows]
        columns = list(rows[0]) if rows else []
        body = plain_csv(rows, columns, line_ending) if kind == "csv" else ndjson(rows)
        bodies, suffix = ([(plain_name(kind), body)] if rows else []), kind
    else:
        bodies, suffix = [], "json" if kind == "hubspot" else "csv"
        for mapping, of_map in plan(rows, copy, kind, object_type):
            verb = "-create" if mapping.creates else ""
            size = hubspot.BATCH_SIZE if kind == "hubspot" else salesforce.BATCH_SIZE
            for number, part in enumerate(batches(of_map, size), start=1):
                body = (
                    hubspot_batch(part, mapping)
                    if kind == "hubspot"
                    else salesforce_csv(part, mapping, line_ending)
                )
                name = f"{kind}-{mapping.object_type}{verb}-{number:04d}.{suffix}"
                bodies.append((name, body))
    to.mkdir(parents=True, exist_ok=True)
    plain = to / plain_name(kind)
    # An old batch left beside new ones would be sent again.
    for old in (plain, *to.glob(f"{kind}-*-[0-9][0-9][0-9][0-9].{suffix}")):
        old.unlink(missing_ok=True)
    files = []
    for name, body in bodies:
        file = to / name
        aside = file.with_suffix(".new")
        aside.unlink(missing_ok=True)
        aside.touch(mode=0o600)
        aside.write_bytes(body)
        files.append(aside.replace(file))
    return files


def plain_name(kind: str) -> str:
    """Name the file that holds all rows under our own names."""
    return f"crm_lead_sync.{kind}"
