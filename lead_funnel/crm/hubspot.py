"""HubSpot's batch update of CRM objects: at most 100 a request, each answered for itself.

200 says that all were updated, 207 that some were not (``errors``, with the ids in their
``context``). One unreadable value makes HubSpot turn down the whole request with 400; the
batch is then halved until the culprit stands alone, so that it holds up nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lead_funnel.crm.answer import Answer, code, content
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
        """Nothing is left over from earlier runs: each request is answered at once."""

    def send(self, rows: Sequence[Row]) -> Answer:
        """Update records.

        Raises
        ------
        UnreachableError, UserError
            If the CRM cannot be talked to.
        """
        path = f"/crm/v3/objects/{self.mapping.object_type}/batch/update"
        answer = self.client.call("POST", path, hubspot_batch(rows, self.mapping))
        said = content(answer.data)
        if answer.status == 404:
            raise UserError(
                f"HubSpot knows no objects {self.mapping.object_type} at this address. Look at "
                "LEAD_SYNC_URL and object_type in seeds/crm_field_map.csv."
            )
        if answer.status >= 400:
            if len(rows) == 1:
                why = code(said.get("category"), f"HTTP_{answer.status}")
                return Answer(refused=[(rows[0], why)])
            middle = len(rows) // 2
            one, other = self.send(rows[:middle]), self.send(rows[middle:])
            return Answer([*one.taken, *other.taken], [*one.refused, *other.refused])
        by_id = {str(row[KEY]): row for row in rows}
        taken = [str(each.get("id")) for each in said.get("results", [])]
        reasons = {
            str(key): code(error.get("category"), "UNKNOWN")
            for error in said.get("errors", [])
            for name in ("ids", "objectWriteTraceId")
            for key in (error.get("context") or {}).get(name, [])
        }
        return Answer(
            [row for key, row in by_id.items() if key in taken and key not in reasons],
            [(row, reasons[key]) for key, row in by_id.items() if key in reasons],
        )
