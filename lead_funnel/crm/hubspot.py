"""HubSpot's batch update of CRM objects: at most 100 records per request, one result per record.

200 says that all were updated, 207 that some were not (``errors``, with the ids in their
``context``). One unreadable value makes HubSpot refuse the whole request with 400; the batch
is then halved until the culprit stands alone, so that it holds up no other record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lead_funnel.crm.batch_result import BatchResult, error_code, json_object
from lead_funnel.crm.client import Client
from lead_funnel.crm.fields import KEY, FieldMap, hubspot_batch
from lead_funnel.crm.records import Row
from lead_funnel.errors import UserError

BATCH_SIZE = 100


@dataclass(frozen=True)
class HubSpot:
    """Sends batches of at most `BATCH_SIZE` rows."""

    client: Client
    mapping: FieldMap

    def prepare(self) -> None:
        """Do nothing: each request is answered at once, so earlier runs leave nothing over."""

    def send(self, rows: Sequence[Row]) -> BatchResult:
        """Update records.

        Raises
        ------
        UnreachableError, UserError
            If the CRM cannot be reached.
        """
        path = f"/crm/v3/objects/{self.mapping.object_type}/batch/update"
        response = self.client.call("POST", path, hubspot_batch(rows, self.mapping))
        content = json_object(response.data)
        if response.status == 404:
            raise UserError(
                f"HubSpot knows no objects {self.mapping.object_type} at this address. Check "
                "LEAD_SYNC_URL and object_type in seeds/crm_field_map.csv."
            )
        if response.status >= 400:
            if len(rows) == 1:
                reason = error_code(content.get("category"), f"HTTP_{response.status}")
                return BatchResult(refused=[(rows[0], reason)])
            middle = len(rows) // 2
            first, second = self.send(rows[:middle]), self.send(rows[middle:])
            return BatchResult(
                [*first.accepted, *second.accepted], [*first.refused, *second.refused]
            )
        by_id = {str(row[KEY]): row for row in rows}
        accepted = {str(each.get("id")) for each in content.get("results", [])}
        reasons = {
            str(key): error_code(error.get("category"), "UNKNOWN")
            for error in content.get("errors", [])
            for name in ("ids", "objectWriteTraceId")
            for key in (error.get("context") or {}).get(name, [])
        }
        return BatchResult(
            [row for key, row in by_id.items() if key in accepted and key not in reasons],
            [(row, reasons[key]) for key, row in by_id.items() if key in reasons],
        )
