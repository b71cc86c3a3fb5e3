"""A CRM on this machine that speaks as the bulk interfaces of HubSpot and Salesforce are documented
to, and misbehaves on request.
"""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TOKEN = "secret-token-1234"
HUBSPOT = re.compile(r"/crm/v3/objects/contacts/batch/(update|upsert)")
SALESFORCE = re.compile(r"/services/data/v62\.0/jobs/ingest(?:/([\w-]+)(?:/(\w+))?)?")


@dataclass
class Job:
    object: str = "Lead"
    state: str = "Open"
    body: str = ""
    successful: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    message: str = ""


@dataclass
class CrmServer:
    """What the CRM holds, and how it is to misbehave.

    `faults` are used up one a request: a status with an optional wait ("429:1"), "hang" (applied,
    but the answer comes too late), "drop" (half of it applied, then the line is cut), "" (none).
    """

    url: str = ""
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    writes: list[tuple[str, str]] = field(default_factory=list)
    requests: list[tuple[float, str, str]] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    unknown: set[str] = field(default_factory=set)
    # Answered for itself, or, where HubSpot turns down the whole request for it, `unreadable`.
    unreadable: set[str] = field(default_factory=set)
    # Fields that it does not have, or does not let anybody write.
    unknown_fields: set[str] = field(default_factory=set)
    # Records that were merged into others, whose ids it answers with.
    merged: dict[str, str] = field(default_factory=dict)
    # Which object of Salesforce a record was written to.
    objects: dict[str, str] = field(default_factory=dict)
    # Ids of records that were made, by our key.
    made: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    job_fails_after: int | None = None
    # Seconds before a request is answered, and, inside a job, before a record is written.
    delay: float = 0
    record_delay: float = 0
    bodies: list[bytes] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)

    def apply(self, key: str, fields: dict[str, str]) -> None:
        self.records[key] = dict(fields)
        hashed = next(value for name, value in fields.items() if "row_hash" in name.lower())
        self.writes.append((key, hashed))

    def repeats(self) -> int:
        return sum(times - 1 for times in Counter(self.writes).values())

    def took(self) -> set[tuple[str, str]]:
        return set(self.writes)

    def id_of(self, our_key: str) -> str:
        """Give the id of a record that is upserted, a new one the first time."""
        return self.made.setdefault(our_key, f"00QNEW{len(self.made):09d}AAA")

    def upsert(self, body: bytes) -> tuple[int, Any]:
        results = []
        for each in json.loads(body)["inputs"]:
            assert each["idProperty"] == "lead_funnel_key"
            new = each["id"] not in self.made
            key = self.id_of(each["id"])
            self.apply(key, each["properties"])
            told = each["properties"] | {"lead_funnel_key": each["id"]}
            results.append({"id": key, "new": new, "properties": told})
        return 200, {"status": "COMPLETE", "results": results}

    def hubspot(self, body: bytes, part: float) -> tuple[int, Any]:
        inputs = json.loads(body)["inputs"]
        assert 1 <= len(inputs) <= 100
        if any(each["id"] in self.unreadable for each in inputs):
            return 400, {
                "status": "error",
                "category": "VALIDATION_ERROR",
                "message": "jane.doe@customer.example is not valid",
            }
        for name in sorted(self.unknown_fields & inputs[0]["properties"].keys()):
            told = [{"isValid": False, "error": "PROPERTY_DOESNT_EXIST", "name": name}]
            return 400, {
                "status": "error",
                "category": "VALIDATION_ERROR",
                "message": f"Property values were not valid: {json.dumps(told)}",
            }
        results, missing = [], []
        for each in inputs[: int(len(inputs) * part)]:
            if each["id"] in self.unknown:
                missing.append(each["id"])
                continue
            survivor = self.merged.get(each["id"], each["id"])
            self.apply(survivor, each["properties"])
            results.append({"id": survivor, "properties": each["properties"]})
        if not missing:
            return 200, {"status": "COMPLETE", "results": results}
        error = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some CONTACT objects, they may be deleted or not exist",
            "context": {"ids": missing},
        }
        return 207, {
            "status": "COMPLETE", "results": results, "numErrors": len(missing), "errors": [error],
        }  # fmt: skip

    def salesforce(
        self, method: str, job_id: str | None, what: str | None, body: bytes, part: float
    ) -> tuple[int, Any]:
        if job_id is None:
            wanted = json.loads(body)
            how = [wanted.pop(each, "") for each in ("object", "operation", "externalIdFieldName")]
            assert how in (
                ["Lead", "update", ""], ["Contact", "update", ""],
                ["Lead", "upsert", "Lead_Funnel_Key__c"],
            )  # fmt: skip
            assert wanted == {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
            name = f"750R-{len(self.jobs)}"
            self.jobs[name] = Job(object=how[0])
            return 200, {"id": name, "state": "Open"}
        job = self.jobs.get(job_id)
        if job is None:
            return 404, [{"errorCode": "NOT_FOUND"}]
        if method == "PUT":
            if job.state != "Open" or job.body:
                return 400, [{"errorCode": "INVALIDJOBSTATE"}]
            job.body = body.decode()[: int(len(body) * part)]
            return 201, None
        if method == "PATCH":
            wanted = json.loads(body)["state"]
            if job.state != "Open":
                return 400, [{"errorCode": "INVALIDJOBSTATE"}]
            job.state = wanted
            if wanted == "UploadComplete":
                threading.Thread(target=self.work, args=(job,), daemon=True).start()
            return 200, {"id": job_id, "state": wanted}
        if what is None:
            return 200, {"id": job_id, "state": job.state, "errorMessage": job.message}
        lines = {"successfulResults": job.successful, "failedResults": job.failed}[what]
        to = io.StringIO()
        writer = csv.DictWriter(to, sorted({name for line in lines for name in line}))
        writer.writeheader()
        writer.writerows(lines)
        return 200, to.getvalue()

    def work(self, job: Job) -> None:
        """Carry out a job record by record, whether or not somebody waits for it."""
        lines = list(csv.DictReader(io.StringIO(job.body, newline="")))
        job.state = "InProgress"
        pause = self.record_delay
        for name in sorted(self.unknown_fields & lines[0].keys()):
            job.message = f"InvalidBatch : Field name not found : {name}"
            job.state = "Failed"
            return
        for number, line in enumerate(lines):
            if pause:
                time.sleep(pause)
            with self.lock:
                if number == self.job_fails_after:
                    job.state = "Failed"
                    return
                key = line.get("Id") or self.id_of(line["Lead_Funnel_Key__c"])
                self.objects[key] = job.object
                if key in self.unknown:
                    why = "ENTITY_IS_DELETED:entity is deleted, jane.doe@customer.example:--"
                    job.failed.append({"sf__Id": key, "sf__Error": why, **line})
                    continue
                survivor = self.merged.get(key, key)
                self.apply(survivor, {name: each for name, each in line.items() if name != "Id"})
                job.successful.append({"sf__Id": survivor, "sf__Created": "false", **line})
        job.state = "JobComplete"

    def respond(self, request: Request) -> Response:
        """Answer a request, or misbehave as `faults` say."""
        with self.lock:
            self.requests.append((time.monotonic(), request.method, request.path))
            self.bodies.append(request.data)
            fault = self.faults.popleft() if self.faults else ""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return as_json(401, {"category": "INVALID_AUTHENTICATION"})
        if fault[:1].isdigit():
            status, _, wait = fault.partition(":")
            return as_json(int(status), {}, {"Retry-After": wait} if wait else {})
        if self.delay:
            time.sleep(self.delay)
        part = 0.5 if fault == "drop" else 1.0
        hubspot, job = HUBSPOT.fullmatch(request.path), SALESFORCE.fullmatch(request.path)
        answer: tuple[int, Any] = (404, {})
        with self.lock:
            if hubspot:
                update = hubspot[1] == "update"
                answer = self.hubspot(request.data, part) if update else self.upsert(request.data)
            elif job:
                answer = self.salesforce(request.method, job[1], job[2], request.data, part)
        if fault == "drop":
            # What is written from now on reaches nobody.
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        if fault == "hang":
            time.sleep(1.5)
        return as_json(*answer)


def as_json(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Response:
    text = content if isinstance(content, str) else json.dumps(content)
    return Response(b"" if content is None else text, status, headers)


def new_server() -> HTTPServer:
    """Make a server with threads, so that a request that hangs keeps no other waiting."""
    return HTTPServer(host="127.0.0.1", threaded=True)


@contextmanager
def crm_behind(server: HTTPServer) -> Iterator[CrmServer]:
    """Put a new CRM behind a running server; what it finds wrong with requests is raised."""
    server.clear()
    crm = CrmServer(server.url_for("").rstrip("/"))
    server.expect_request(re.compile(".*")).respond_with_handler(crm.respond)
    yield crm
    server.check()
