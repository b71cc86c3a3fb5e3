"""Salesforce's Bulk API 2.0: a job is created, filled with CSV, closed, and watched to its end.

A job works on after whoever sent it was killed, and could write old values over new ones. So
each job is noted before it is closed, and the next push waits for it, or aborts it, first.
"""

import csv
import io
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from lead_funnel.crm.answer import Answer, code, content
from lead_funnel.crm.client import Client, UnreachableError
from lead_funnel.crm.fields import KEY, FieldMap, salesforce_csv
from lead_funnel.crm.records import Book, Row
from lead_funnel.errors import UserError

# A job takes 150 MB; rows of the sync are well below 1 kB.
BATCH_SIZE = 50_000
ENDED = ("JobComplete", "Failed", "Aborted")
STARTED = ("UploadComplete", "InProgress", *ENDED)


@dataclass(frozen=True)
class Salesforce:
    """Sends batches as jobs of their own.

    Attributes
    ----------
    client, mapping, book
    version : str
        Of Salesforce's interface.
    job_seconds : float
        How long to wait for a job to end.
    pause_seconds : float
        First pause between two looks at a job; doubled up to ten seconds.
    """

    client: Client
    mapping: FieldMap
    book: Book
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
        for job in self.book.open_jobs():
            state = self._state(job)
            if state == "Open":
                self._change(job, "Aborted")
            elif state is not None:
                self._wait(job)
            self.book.forget_job(job)

    def send(self, rows: Sequence[Row]) -> Answer:
        """Update records in one job.

        Raises
        ------
        UnreachableError, UserError
            If the CRM cannot be talked to, or will not have the job.
        """
        job = self._create()
        self.book.remember_job(job)
        body = salesforce_csv(rows, self.mapping)
        put = self.client.call("PUT", f"{self._jobs}/{job}/batches", body, "text/csv")
        if put.status >= 400 or not self._close(job):
            self._change(job, "Aborted")
            self._wait(job)
            self.book.forget_job(job)
            raise UnreachableError(f"job not taken, HTTP {put.status}")
        self._wait(job)
        answer = self._results(job, rows)
        self.book.forget_job(job)
        return answer

    def _create(self) -> str:
        wanted = {
            "object": self.mapping.object_type,
            "operation": "update",
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        answer = self.client.call("POST", self._jobs, json.dumps(wanted).encode())
        job = content(answer.data).get("id")
        if answer.status >= 400 or not job:
            raise UserError(
                f"Salesforce will not open a job for {self.mapping.object_type} (HTTP "
                f"{answer.status}). Look at LEAD_SYNC_URL, which is the address of your instance, "
                "and at object_type in seeds/crm_field_map.csv."
            )
        return str(job)

    def _change(self, job: str, state: str) -> int:
        body = json.dumps({"state": state}).encode()
        return self.client.call("PATCH", f"{self._jobs}/{job}", body).status

    def _close(self, job: str) -> bool:
        # Refused, it may be because an earlier try went through whose answer was lost.
        return self._change(job, "UploadComplete") < 400 or self._state(job) in STARTED

    def _state(self, job: str) -> str | None:
        answer = self.client.call("GET", f"{self._jobs}/{job}")
        if answer.status == 404:
            return None
        state = content(answer.data).get("state")
        if answer.status >= 400 or not state:
            raise UnreachableError(f"no state of a job, HTTP {answer.status}")
        return str(state)

    def _wait(self, job: str) -> None:
        until, pause = time.monotonic() + self.job_seconds, self.pause_seconds
        while (state := self._state(job)) is not None and state not in ENDED:
            if time.monotonic() > until:
                raise UnreachableError(f"job still {state}")
            time.sleep(pause)
            pause = min(10, pause * 2)

    def _results(self, job: str, rows: Sequence[Row]) -> Answer:
        # A job that failed half-way has still written what it lists as successful.
        by_id = {str(row[KEY]): row for row in rows}
        key = self.mapping.key
        done = {line[key] for line in self._lines(job, "successfulResults")}
        reasons = {
            line[key]: code(line.get("sf__Error"), "UNKNOWN")
            for line in self._lines(job, "failedResults")
        }
        return Answer(
            [row for each, row in by_id.items() if each in done and each not in reasons],
            [(row, reasons[each]) for each, row in by_id.items() if each in reasons],
        )

    def _lines(self, job: str, results: str) -> list[dict[str, str]]:
        answer = self.client.call("GET", f"{self._jobs}/{job}/{results}")
        if answer.status >= 400:
            raise UnreachableError(f"no results of a job, HTTP {answer.status}")
        lines = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
        return [line for line in lines if line.get(self.mapping.key)]
