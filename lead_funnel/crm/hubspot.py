"""HubSpot's batch update and upsert of CRM objects: at most 100 records per request.

Each record has a result of its own. New ones are upserted by a property that holds our own key, so
that none is made twice.

200 says that all were updated, 207 that some were not (``errors``, with the ids in their
``context``). One unreadable value makes HubSpot refuse the whole request with 400; the batch
is then halved until the culprit stands alone, so that it holds up no other record. Where all
records of the first batch that are tried are refused alike, it is the field and not a record.

A record that was merged into another in HubSpot is answered under the other's id, which now shows
the values of both or of either.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from lead_funnel.crm.batch_result import (
    BatchResult,
    MalformedAnswerError,
    error_code,
    fields_named,
    json_object,
    objects_in,
    refuse_all,
)
from lead_funnel.crm.client import Answer, Client
from lead_funnel.crm.fields import KEY, FieldMap, hubspot_batch
from lead_funnel.crm.records import MOVED, Row, created
from lead_funnel.errors import UserError

BATCH_SIZE = 100
# One record of a batch may be the cause of these; of others it is not.
ONE_RECORDS_FAULT = (400, 409, 413, 422)
# What is tried alone before a whole first batch is refused: spread over it.
PROBES = 5


@dataclass
class HubSpot:
    """Sends batches of at most `BATCH_SIZE` rows."""

    client: Client
    mapping: FieldMap
    has_accepted: bool = field(default=False, init=False)

    def prepare(self) -> None:
        """Do nothing: each request is answered at once, so earlier runs leave nothing over."""

    def send(self, rows: Sequence[Row]) -> BatchResult:
        """Update or create records.

        Raises
        ------
        UnreachableError, MalformedAnswerError, UserError
            If the CRM cannot be reached, or its answer not be read.
        """
        answer = self._ask(rows)
        if answer.status < 400:
            try:
                result = self._read(answer, rows)
            except RecursionError:
                raise MalformedAnswerError("ANSWER_NOT_JSON") from None
        elif answer.status not in ONE_RECORDS_FAULT or len(rows) == 1:
            result = self._refusal(answer, rows)
        else:
            result = self._probe(rows) if not self.has_accepted else self._halve(rows)
        self.has_accepted = self.has_accepted or bool(result.accepted)
        return result

    def _ask(self, rows: Sequence[Row]) -> Answer:
        verb = "upsert" if self.mapping.creates else "update"
        path = f"/crm/v3/objects/{quote(self.mapping.object_type, safe='')}/batch/{verb}"
        answer = self.client.call("POST", path, hubspot_batch(rows, self.mapping))
        if answer.status == 404:
            raise UserError(
                f"HubSpot knows no objects {self.mapping.object_type} at this address. Check "
                "LEAD_SYNC_URL and object_type in seeds/crm_field_map.csv."
            )
        return answer

    def _refusal(self, answer: Answer, rows: Sequence[Row]) -> BatchResult:
        try:
            category = json_object(answer.body).get("category")
        except MalformedAnswerError:
            category = None
        named = fields_named(
            answer.body.decode("utf-8", errors="replace"), self.mapping.fields.values()
        )
        return refuse_all(rows, error_code(category, f"HTTP_{answer.status}"), named)

    def _probe(self, rows: Sequence[Row]) -> BatchResult:
        """Send some records alone; if all of them are refused alike, all others would be."""
        last = len(rows) - 1
        places = sorted({round(last * number / (PROBES - 1)) for number in range(PROBES)})
        alone: list[BatchResult] = []
        for place in places:
            alone.append(self.send(rows[place : place + 1]))
            if not alone[-1].refused or alone[-1].refused[0][1] != alone[0].refused[0][1]:
                rest = [row for each, row in enumerate(rows) if each not in places[: len(alone)]]
                # Accepted at once: the culprit is among the rest.
                again = self._halve if len(alone) == 1 else self.send
                return _together([*alone, *([again(rest)] if rest else [])])
        return refuse_all(rows, alone[0].refused[0][1], _together(alone).refused_fields)

    def _halve(self, rows: Sequence[Row]) -> BatchResult:
        """Send rows that were refused together in two halves."""
        middle = len(rows) // 2
        if not middle:
            return self.send(rows)
        first = self.send(rows[:middle])
        # Where the first half is fine, the second is not.
        again = self.send if first.refused else self._halve
        return _together([first, again(rows[middle:])])

    def _read(self, answer: Answer, rows: Sequence[Row]) -> BatchResult:
        content = json_object(answer.body)
        results, errors = objects_in(content, "results"), objects_in(content, "errors")
        if not results and not errors and "results" not in content:
            raise MalformedAnswerError("ANSWER_WITHOUT_RESULTS")
        by_id = {str(row[KEY]): row for row in rows}
        reasons: dict[str, str] = {}
        named: list[set[str]] = []
        for error in errors:
            code = error_code(error.get("category"), "UNKNOWN")
            named.append(fields_named(str(error), self.mapping.fields.values()))
            reasons |= dict.fromkeys(_ids_in(error.get("context")), code)
        answered = self._whose(results, by_id)
        if self.mapping.creates:
            return BatchResult(
                [created(by_id[key], new) for key, new in answered.items() if key not in reasons],
                [(row, reasons[key]) for key, row in by_id.items() if key in reasons],
                refused_fields=set.intersection(*named) if named else set(),
            )
        accepted = {ours for ours, key in answered.items() if ours == key}
        moved = {ours: key for ours, key in answered.items() if ours != key}
        spoken_of = accepted | moved.keys() | reasons.keys()
        unknown = [each for each in map(_text, (one.get("id") for one in results))
                   if each and each not in by_id and each not in moved.values()]  # fmt: skip
        silent = [key for key in by_id if key not in spoken_of]
        # Without trace id and hash, only where hardly anything else can be meant.
        if len(unknown) == len(silent) and (len(rows) == 1 or 2 * len(silent) <= len(rows)):
            moved |= dict(zip(silent, unknown, strict=True))
        reasons |= dict.fromkeys(moved, MOVED)
        return BatchResult(
            # Of two that went into one record nobody knows which came last.
            [by_id[key] for key in by_id if key in accepted - {*reasons, *moved.values()}],
            [(row, reasons[key]) for key, row in by_id.items() if key in reasons],
            set(moved.values()),
            set.intersection(*named) if named else set(),
        )

    def _whose(self, results: Sequence[dict[str, Any]], by_id: dict[str, Row]) -> dict[str, str]:
        """Give the ids under which our records were answered.

        A result says whose it is by our key, the trace id, or a hash that one record alone has.
        """
        hash_field = self.mapping.fields.get("row_hash", "")
        hashes = Counter(str(row.get("row_hash")) for row in by_id.values())
        by_hash = {str(row.get("row_hash")): key for key, row in by_id.items()
                   if hashes[str(row.get("row_hash"))] == 1}  # fmt: skip
        answered: dict[str, str] = {}
        for one in results:
            key = _text(one.get("id"))
            properties = one.get("properties")
            held = properties if isinstance(properties, dict) else {}
            told = [_text(held.get(self.mapping.key)), _text(one.get("objectWriteTraceId"))]
            ours = next(
                (each for each in told if each in by_id),
                by_hash.get(_text(held.get(hash_field)), key),
            )
            # Of a record that was answered twice, the answer under another id counts.
            if key and ours in by_id and answered.get(ours, ours) == ours:
                answered[ours] = key
        return answered


def _text(value: object) -> str:
    """Give an id as text, whether the CRM writes it as text or as a number."""
    is_id = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if is_id else ""


def _ids_in(context: object) -> list[str]:
    if not isinstance(context, dict):
        return []
    lists = [context.get(name) for name in ("ids", "objectWriteTraceId")]
    return [_text(each) for one in lists if isinstance(one, list) for each in one]


def _together(results: Sequence[BatchResult]) -> BatchResult:
    refusals = [set(each.refused_fields) for each in results if each.refused]
    return BatchResult(
        [row for each in results for row in each.accepted],
        [refusal for each in results for refusal in each.refused],
        {key for each in results for key in each.overwritten},
        set.intersection(*refusals) if refusals else set(),
    )
