"""Rows as the CRM reads them: which column goes into which field, and how values are written."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lead_funnel.crm.records import Row, read_rows
from lead_funnel.errors import UserError
from lead_funnel.warehouse import open_warehouse

KEY = "crm_lead_id"
# An update that leaves a cell of Salesforce's CSV empty changes nothing; this empties the field.
SALESFORCE_NULL = "#N/A"
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


@dataclass(frozen=True)
class FieldMap:
    """Which fields of one object type of a CRM take our columns.

    Attributes
    ----------
    object_type : str
        The CRM's name of it.
    key : str
        The field that holds the CRM's own id.
    fields : dict of str to str
        The CRM's field by our column, without the key.
    """

    object_type: str
    key: str
    fields: dict[str, str]


def field_map(copy: Path, crm: str, object_type: str | None = None) -> FieldMap:
    """Read from the published copy which fields of a CRM take our columns.

    Raises
    ------
    UserError
        If nothing is mapped, or several object types, or not the key.
    """
    with open_warehouse(copy, read_only=True) as connection:
        lines = read_rows(connection, "marts", "crm_field_mapping", "our_column")
    lines = [line for line in lines if line["crm"] == crm]
    kinds = sorted({line["object_type"] for line in lines})
    if object_type is None and len(kinds) > 1:
        raise UserError(
            f"seeds/crm_field_map.csv maps several objects of {crm}: {', '.join(kinds)}. "
            "Name one with --object."
        )
    chosen = object_type or (kinds[0] if kinds else None)
    fields = {line["our_column"]: line["crm_field"] for line in lines if chosen in kinds
              and line["object_type"] == chosen}  # fmt: skip
    if KEY not in fields or len(fields) < 2:
        raise UserError(
            f"seeds/crm_field_map.csv does not map {KEY} and another column to "
            f"{chosen or 'an object'} of {crm}. Add the lines, build and publish."
        )
    key = fields.pop(KEY)
    return FieldMap(chosen or "", key, fields)


def text(value: Any, empty: str) -> str:
    """Write a value as CRMs read it: times in UTC, booleans in lower case, no needless decimals."""
    if value is None:
        return empty
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def hubspot_batch(rows: Iterable[Row], mapping: FieldMap) -> bytes:
    """Write the body of a batch update; an empty text clears a property.

    With a trace id HubSpot reports on each record; without, one bad record refuses them all.
    """
    inputs = [
        {
            "id": str(row[KEY]),
            "objectWriteTraceId": str(row[KEY]),
            "properties": {
                field: text(row[column], "") for column, field in mapping.fields.items()
            },
        }
        for row in rows
    ]
    return json.dumps({"inputs": inputs}, ensure_ascii=False).encode()


def salesforce_csv(rows: Iterable[Row], mapping: FieldMap, line_ending: str = "LF") -> bytes:
    """Write the CSV of an update job."""
    to = io.StringIO(newline="")
    writer = csv.writer(to, lineterminator=LINE_ENDINGS[line_ending])
    writer.writerow([mapping.key, *mapping.fields.values()])
    for row in rows:
        cells = [text(row[column], SALESFORCE_NULL) for column in mapping.fields]
        writer.writerow([row[KEY], *cells])
    return to.getvalue().encode()


def plain_csv(rows: Sequence[Row], columns: Sequence[str], line_ending: str = "LF") -> bytes:
    """Write all columns under our own names; null is an empty cell."""
    to = io.StringIO(newline="")
    writer = csv.writer(to, lineterminator=LINE_ENDINGS[line_ending])
    writer.writerow(columns)
    writer.writerows([text(row[column], "") for column in columns] for row in rows)
    return to.getvalue().encode()


def ndjson(rows: Iterable[Row]) -> bytes:
    """Write one JSON object per line under our own names."""

    def cell(value: Any) -> Any:
        return value if value is None or isinstance(value, bool | int | float) else text(value, "")

    lines = (
        json.dumps({name: cell(value) for name, value in row.items()}, ensure_ascii=False)
        for row in rows
    )
    return "".join(line + "\n" for line in lines).encode()


def batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """Split rows into batches of at most a size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
