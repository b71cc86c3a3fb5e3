"""Salesforce's Bulk API 2.0: a job is created, filled with CSV, closed, and watched to its end.

A job goes on after the push that sent it was killed, and could write old values over new ones.
So each job is noted before it is closed, and the next push first waits for it or aborts it.
"""

import csv
import io
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from lead_funnel.crm.batch_result import BatchResult, error_code, json_object
from lead_funnel.crm.client import Client, UnreachableError
from lead_funnel.crm.fields import KEY, FieldMap, salesforce_csv
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.records import Row
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
    job_seconds: float = 1800
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
        """Update records in one job.

        Raises
        ------
        UnreachableError, UserError
            If the CRM cannot be reached, or does not take the job.
        """
        job = self._create()
        self.ledger.remember_job(job)
        body = salesforce_csv(rows, self.mapping)
        put = self.client.call("PUT", f"{self._jobs}/{job}/batches", body, "text/csv")
        if put.status >= 400 or not self._close(job):
            self._change(job, "Aborted")
            self._wait(job)
            self.ledger.forget_job(job)
            raise UnreachableError(f"job not accepted, HTTP {put.status}")
        self._wait(job)
        result = self._results(job, rows)
        self.ledger.forget_job(job)
        return result

    def _create(self) -> str:
        wanted = {
            "object": self.mapping.object_type,
            "operation": "update",
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        response = self.client.call("POST", self._jobs, json.dumps(wanted).encode())
        job = json_object(response.data).get("id")
        if response.status >= 400 or not job:
            raise UserError(
                f"Salesforce does not open a job for {self.mapping.object_type} (HTTP "
                f"{response.status}). Check LEAD_SYNC_URL, which is the address of your instance, "
                "and object_type in seeds/crm_field_map.csv."
            )
        return str(job)

    def _change(self, job: str, state: str) -> int:
        body = json.dumps({"state": state}).encode()
        return self.client.call("PATCH", f"{self._jobs}/{job}", body).status

    def _close(self, job: str) -> bool:
        # A refusal may mean that an earlier attempt succeeded and its response was lost.
        return self._change(job, "UploadComplete") < 400 or self._state(job) in STARTED

    def _state(self, job: str) -> str | None:
        response = self.client.call("GET", f"{self._jobs}/{job}")
        if response.status == 404:
            return None
        state = json_object(response.data).get("state")
        if response.status >= 400 or not state:
            raise UnreachableError(f"no state of a job, HTTP {response.status}")
        return str(state)

    def _wait(self, job: str) -> None:
        until, pause = time.monotonic() + self.job_seconds, self.pause_seconds
        while (state := self._state(job)) is not None and state not in ENDED:
            if time.monotonic() > until:
                raise UnreachableError(f"job still {state}")
            time.sleep(pause)
            pause = min(10, pause * 2)

    def _results(self, job: str, rows: Sequence[Row]) -> BatchResult:
        # A job that failed half-way has still written the records that it lists as successful.
        by_id = {str(row[KEY]): row for row in rows}
        key = self.mapping.key
        accepted = {line[key] for line in self._lines(job, "successfulResults")}
        reasons = {
            line[key]: error_code(line.get("sf__Error"), "UNKNOWN")
            for line in self._lines(job, "failedResults")
        }
        return BatchResult(
            [row for each, row in by_id.items() if each in accepted and each not in reasons],
            [(row, reasons[each]) for each, row in by_id.items() if each in reasons],
        )

    def _lines(self, job: str, results: str) -> list[dict[str, str]]:
        response = self.client.call("GET", f"{self._jobs}/{job}/{results}")
        if response.status >= 400:
            raise UnreachableError(f"no results of a job, HTTP {response.status}")
        lines = csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline=""))
        return [line for line in lines if line.get(self.mapping.key)]
