"""Write what the CRM does not know yet as files for its bulk API."""

from collections.abc import Sequence
from pathlib import Path

from lead_funnel.crm import hubspot, salesforce
from lead_funnel.crm.fields import (
    batches,
    field_map,
    hubspot_batch,
    ndjson,
    plain_csv,
    salesforce_csv,
)
from lead_funnel.crm.records import AS_STORED, Row

FORMATS = ("csv", "ndjson", "hubspot", "salesforce")


def export(
    rows: Sequence[Row],
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
        bodies, name, suffix = [body] if rows else [], "", kind
    else:
        mapping = field_map(copy, kind, object_type)
        name = mapping.object_type
        if kind == "hubspot":
            parts = batches(rows, hubspot.BATCH_SIZE)
            bodies, suffix = [hubspot_batch(part, mapping) for part in parts], "json"
        else:
            parts = batches(rows, salesforce.BATCH_SIZE)
            bodies, suffix = [salesforce_csv(part, mapping, line_ending) for part in parts], "csv"
    to.mkdir(parents=True, exist_ok=True)
    plain = to / f"crm_lead_sync.{kind}"
    # An old batch left beside new ones would be sent again.
    for old in (plain, *to.glob(f"{kind}-*-[0-9][0-9][0-9][0-9].{suffix}")):
        old.unlink(missing_ok=True)
    files = []
    for number, body in enumerate(bodies, start=1):
        file = plain if suffix == kind else to / f"{kind}-{name}-{number:04d}.{suffix}"
        aside = file.with_suffix(".new")
        aside.unlink(missing_ok=True)
        aside.touch(mode=0o600)
        aside.write_bytes(body)
        files.append(aside.replace(file))
    return files
