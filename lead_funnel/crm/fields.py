"""Rows as the CRM reads them: which column goes into which field, and how values are written."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lead_funnel.crm.records import Row, is_new, read_rows
from lead_funnel.errors import UserError
from lead_funnel.warehouse import open_warehouse

KEY, EXTERNAL_KEY = "crm_lead_id", "lead_key"
# What a CRM is told of a person when it creates the record, and never again.
DETAILS = ("email", "first_name", "last_name", "company_name", "job_title", "phone")
# Which of a CRM's objects hold our leads and contacts.
USUAL_OBJECTS = {
    "hubspot": {"lead": "contacts", "contact": "contacts"},
    "salesforce": {"lead": "Lead", "contact": "Contact"},
}
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
        The field that finds the record: the CRM's own id; where it creates, the external id.
    fields : dict of str to str
        The CRM's field by our column, without the key.
    external_key : str
        The field that holds our own key of a record; empty if there is none.
    details : dict of str to str
        The CRM's field by column of what is told of a person.
    creates : bool
        Whether records are created.
    """

    object_type: str
    key: str
    fields: dict[str, str]
    external_key: str = ""
    details: dict[str, str] = field(default_factory=dict)
    creates: bool = False

    def to_create(self) -> "FieldMap":
        """Give the map by which records are created, or found if they are there already."""
        return FieldMap(
            self.object_type, self.external_key, self.fields | self.details, creates=True
        )


def plan(
    rows: Sequence[dict[str, Any]], copy: Path, crm: str, object_type: str | None = None
) -> list[tuple[FieldMap, list[dict[str, Any]]]]:
    """Sort rows by the map they are sent by: updates of leads, of contacts, new leads.

    Rows that no map takes are left out: contacts whose object is not mapped, and new leads where
    no field takes our key.

    Raises
    ------
    UserError
        As `field_map`.
    """
    leads = field_map(copy, crm, object_type)
    usual = USUAL_OBJECTS[crm]["contact"]
    contacts = leads if leads.object_type == usual else _mapped(copy, crm).get(usual)
    groups: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row.get("object", "lead"), is_new(row)), []).append(row)
    updated, made = groups.pop(("lead", False), []), groups.pop(("lead", True), [])
    of_contacts = groups.pop(("contact", False), [])
    parts = [(leads, updated)]
    if contacts is leads:
        updated += of_contacts
    elif contacts and of_contacts:
        parts.append((contacts, of_contacts))
    if made and leads.external_key:
        parts.append((leads.to_create(), made))
    return parts


def field_map(copy: Path, crm: str, object_type: str | None = None) -> FieldMap:
    """Read from the published copy which fields of a CRM's leads take our columns.

    Raises
    ------
    UserError
        If nothing is mapped, or several object types, or not the key.
    """
    maps = _mapped(copy, crm)
    usual = USUAL_OBJECTS[crm]["lead"]
    if object_type is None and len(maps) > 1 and usual not in maps:
        raise UserError(
            f"seeds/crm_field_map.csv maps several objects of {crm}: {', '.join(sorted(maps))}. "
            "Name one with --object."
        )
    chosen = object_type or (usual if usual in maps else next(iter(maps), None))
    found = maps.get(chosen or "")
    if found is None or not found.key or not found.fields:
        raise UserError(
            f"seeds/crm_field_map.csv does not map {KEY} and another column to "
            f"{chosen or 'an object'} of {crm}. Add the lines, build and publish."
        )
    return found


def _mapped(copy: Path, crm: str) -> dict[str, FieldMap]:
    """Give the maps of a CRM by the kind of object."""
    with open_warehouse(copy, read_only=True) as connection:
        lines = read_rows(connection, "marts", "crm_field_mapping", "our_column")
    fields: dict[str, dict[str, str]] = {}
    for line in lines:
        if line["crm"] == crm:
            fields.setdefault(line["object_type"], {})[line["our_column"]] = line["crm_field"]
    return {
        kind: FieldMap(
            kind,
            of_kind.pop(KEY, ""),
            {column: name for column, name in of_kind.items()
             if column not in (EXTERNAL_KEY, *DETAILS)},
            of_kind.get(EXTERNAL_KEY, ""),
            {column: of_kind[column] for column in DETAILS if column in of_kind},
        )
        for kind, of_kind in fields.items()
    }  # fmt: skip


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
    """Write the body of a batch update or upsert; an empty text clears a property.

    With a trace id HubSpot reports on each record; without, one bad record refuses them all.
    """
    found_by = {"idProperty": mapping.key} if mapping.creates else {}
    inputs = [
        {
            **found_by,
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
    """Write the CSV of an update or upsert job."""
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
    lines = (json.dumps(json_cells(row), ensure_ascii=False) for row in rows)
    return "".join(line + "\n" for line in lines).encode()


def json_cells(row: Row) -> dict[str, Any]:
    """Give a row as JSON holds it: numbers, booleans and null as they are, else text."""

    def cell(value: Any) -> Any:
        return value if value is None or isinstance(value, bool | int | float) else text(value, "")

    return {name: cell(value) for name, value in row.items()}


def batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """Split rows into batches of at most a size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
