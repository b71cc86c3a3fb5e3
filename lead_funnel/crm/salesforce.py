"""Salesforce's Bulk API 2.0: a job is created, filled with CSV, closed, and watched to its end.

New records are upserted by a field that holds our own key, so that none is made twice. A job goes
on after the push that sent it was killed, and could write old values over new ones. So each job
is noted before it is closed, and the next push first waits for it or aborts it.
"""

import csv
import io
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lead_funnel.crm.batch_result import (
    BatchResult,
    MalformedAnswerError,
    error_code,
    fields_named,
    json_object,
    refuse_all,
)
from lead_funnel.crm.client import Client, UnreachableError
from lead_funnel.crm.fields import KEY, FieldMap, salesforce_csv
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.records import MOVED, Row, created
from lead_funnel.crm.settings import JOB_SECONDS
from lead_funnel.errors import UserError

# A job takes 150 MB; rows of the sync are well below 1 kB.
BATCH_SIZE = 50_000
ENDED = ("JobComplete", "Failed", "Aborted")
STARTED = ("UploadComplete", "InProgress", *ENDED)


@dataclass(frozen=True)
class Salesforce:
    """Sends each batch as a job of its own.

    Attributes
    ----------
    client, mapping, ledger
    version : str
        Version of Salesforce's API.
    job_seconds : float
        How long to wait for a job to end.
    pause_seconds : float
        First pause between two polls of a job; doubled up to ten seconds.
    """

    client: Client
    mapping: FieldMap
    ledger: Ledger
    version: str = "62.0"
    job_seconds: float = JOB_SECONDS
    pause_seconds: float = 1

    @property
    def _jobs(self) -> str:
        return f"/services/data/v{self.version}/jobs/ingest"

    def prepare(self) -> None:
        """Wait for jobs of earlier runs whose end was never seen.

        Raises
        ------
        UnreachableError
            If one does not end in time.
        """
        for job in self.ledger.open_jobs():
            state = self._state(job)
            if state == "Open":
                self._change(job, "Aborted")
            elif state is not None:
                self._wait(job)
            self.ledger.forget_job(job)

    def send(self, rows: Sequence[Row]) -> BatchResult:
        """Update or create records in one job.

        Raises
        ------
        UnreachableError, UserError
            If the CRM cannot be reached, or does not take the job.
        """
        job = self._create()
        self.ledger.remember_job(job)
        body = salesforce_csv(rows, self.mapping)
        put = self.client.call("PUT", f"{self._path(job)}/batches", body, "text/csv")
        if put.status >= 400 or not self._close(job):
            self._change(job, "Aborted")
            self._wait(job)
            self.ledger.forget_job(job)
            raise UnreachableError(f"job not accepted, HTTP {put.status}")
        found = self._wait(job)
        try:
            result = self._results(job, rows, len(body))
        except MalformedAnswerError as error:
            result = refuse_all(rows, error.code)
        self.ledger.forget_job(job)
        if found.get("state") == "Failed" and not result.accepted and not result.refused:
            return self._failed(found, rows)
        return result

    def _failed(self, found: dict[str, Any], rows: Sequence[Row]) -> BatchResult:
        """Refuse all rows of a job that failed before any of them, such as for a field."""
        message = found.get("errorMessage")
        named = fields_named(str(message), self.mapping.fields.values())
        return refuse_all(rows, error_code(message, "JOB_FAILED"), named)

    def _path(self, job: str) -> str:
        return f"{self._jobs}/{quote(job, safe='')}"

    def _create(self) -> str:
        by_our_key = {"externalIdFieldName": self.mapping.key} if self.mapping.creates else {}
        wanted = {
            "object": self.mapping.object_type,
            "operation": "upsert" if self.mapping.creates else "update",
            **by_our_key,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        response = self.client.call("POST", self._jobs, json.dumps(wanted).encode())
        job = json_object(response.body).get("id") if response.status < 400 else None
        if response.status < 400 and not (isinstance(job, str) and job):
            raise MalformedAnswerError("ANSWER_WITHOUT_JOB")
        if response.status >= 400:
            raise UserError(
                f"Salesforce does not open a job for {self.mapping.object_type} (HTTP "
                f"{response.status}). Check LEAD_SYNC_URL, which is the address of your instance, "
                "and object_type in seeds/crm_field_map.csv."
            )
        return str(job)

    def _change(self, job: str, state: str) -> int:
        body = json.dumps({"state": state}).encode()
        return self.client.call("PATCH", self._path(job), body).status

    def _close(self, job: str) -> bool:
        # A refusal may mean that an earlier attempt succeeded and its response was lost.
        return self._change(job, "UploadComplete") < 400 or self._state(job) in STARTED

    def _state(self, job: str) -> str | None:
        state = self._look(job).get("state")
        return None if state is None else str(state)

    def _look(self, job: str) -> dict[str, Any]:
        """Ask how a job stands; nothing if there is none."""
        response = self.client.call("GET", self._path(job))
        if response.status == 404:
            return {}
        if response.status >= 400:
            raise UnreachableError(f"no state of a job, HTTP {response.status}")
        found = json_object(response.body)
        if not isinstance(found.get("state"), str):
            raise MalformedAnswerError("ANSWER_WITHOUT_STATE")
        return found

    def _wait(self, job: str) -> dict[str, Any]:
        until, pause = time.monotonic() + self.job_seconds, self.pause_seconds
        while (found := self._look(job)) and found["state"] not in ENDED:
            if time.monotonic() > until:
                # Words of ours only: the state is the server's.
                raise UnreachableError(f"job not ended in {self.job_seconds:g} seconds")
            self.client.pause(pause)
            pause = min(10, pause * 2)
        return found

    def _results(self, job: str, rows: Sequence[Row], length: int) -> BatchResult:
        # A job that failed half-way has still written the records that it lists as successful.
        by_id = {str(row[KEY]): row for row in rows}
        key, refused_fields = self.mapping.key, []
        accepted: dict[str, Row] = {}
        reasons: dict[str, str] = {}
        moved: set[str] = set()
        for line in self._lines(job, "successfulResults", length):
            written = line.get("sf__Id") or line[key]
            if self.mapping.creates and line[key] in by_id:
                # Raw tables keep the part of an id that is not its checksum.
                accepted[line[key]] = created(by_id[line[key]], written[:15])
                continue
            # The three characters of a checksum make no other id.
            if line[key] in (written, written[:15]) or written == line[key][:15]:
                accepted |= {line[key]: by_id[line[key]]} if line[key] in by_id else {}
            else:
                reasons[line[key]] = MOVED
                moved.add(written)
        for line in self._lines(job, "failedResults", length):
            reasons[line[key]] = error_code(line.get("sf__Error"), "UNKNOWN")
            named = str(line.get("sf__Error"))
            refused_fields.append(fields_named(named, self.mapping.fields.values()))
        return BatchResult(
            [accepted[each] for each in by_id if each in accepted.keys() - {*reasons, *moved}],
            [(row, reasons[each]) for each, row in by_id.items() if each in reasons],
            moved,
            set.intersection(*refused_fields) if refused_fields else set(),
        )

    def _lines(self, job: str, results: str, length: int) -> list[dict[str, str]]:
        response = self.client.call("GET", f"{self._path(job)}/{results}", expected_bytes=length)
        if response.status >= 400:
            raise UnreachableError(f"no results of a job, HTTP {response.status}")
        try:
            text = response.body.decode("utf-8-sig")
            lines = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        except (ValueError, csv.Error):
            raise MalformedAnswerError("ANSWER_NOT_CSV") from None
        return [line for line in lines if line.get(self.mapping.key)]
