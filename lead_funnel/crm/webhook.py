"""Signed JSON to any address that takes records: for tools that a company wires together itself.

The body is an object with a list `records`, each under our own column names. Any answer below 300
takes them all, but for those that it lists itself: `refused`, each with `sync_key` and `code`, and
`created`, each with `sync_key` and the `id` of the record that was made.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lead_funnel.crm.batch_result import (
    BatchResult,
    MalformedAnswerError,
    error_code,
    json_object,
    objects_in,
    refuse_all,
)
from lead_funnel.crm.client import Client
from lead_funnel.crm.fields import DETAILS, json_cells
from lead_funnel.crm.records import AS_STORED, Row, created, is_new, sync_key

BATCH_SIZE = 100


@dataclass(frozen=True)
class Webhook:
    """Posts batches of rows."""

    client: Client

    def prepare(self) -> None:
        """Do nothing: each request is answered at once, so earlier runs leave nothing over."""

    def send(self, rows: Sequence[Row]) -> BatchResult:
        """Post records.

        Raises
        ------
        UnreachableError, MalformedAnswerError, UserError
            If the address cannot be reached, or its answer not be read.
        """
        body = json.dumps({"records": [_record(row) for row in rows]}, ensure_ascii=False)
        answer = self.client.call("POST", "", body.encode())
        if answer.status >= 400:
            return refuse_all(rows, f"HTTP_{answer.status}")
        try:
            content = json_object(answer.body)
        except MalformedAnswerError:
            # Most tools answer with a word, or with nothing.
            content = {}
        codes = {str(each.get("sync_key")): error_code(each.get("code"), "UNKNOWN")
                 for each in objects_in(content, "refused")}  # fmt: skip
        ids = {str(each.get("sync_key")): str(each["id"])
               for each in objects_in(content, "created") if each.get("id")}  # fmt: skip
        accepted, refused = [], []
        for row in rows:
            key = sync_key(row[AS_STORED])
            if key in codes:
                refused.append((row, codes[key]))
            else:
                accepted.append(created(row, ids[key]) if is_new(row) and key in ids else row)
        return BatchResult(accepted, refused)


def _record(row: Row) -> dict[str, object]:
    details = {name: row.get(name) for name in DETAILS} if is_new(row) else {}
    return json_cells({**row[AS_STORED], **details})
