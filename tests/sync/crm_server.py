"""A CRM on this machine that speaks as the bulk interfaces of HubSpot and Salesforce are documented
to, and misbehaves on request.
"""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "secret-token-1234"
HUBSPOT = re.compile(r"/crm/v3/objects/contacts/batch/update")
SALESFORCE = re.compile(r"/services/data/v62\.0/jobs/ingest(?:/([\w-]+)(?:/(\w+))?)?")


@dataclass
class Job:
    state: str = "Open"
    body: str = ""
    successful: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)


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

    def hubspot(self, body: bytes, part: float) -> tuple[int, Any]:
        inputs = json.loads(body)["inputs"]
        assert 1 <= len(inputs) <= 100
        if any(each["id"] in self.unreadable for each in inputs):
            return 400, {
                "status": "error",
                "category": "VALIDATION_ERROR",
                "message": "jane.doe@customer.example is not valid",
            }
        results, missing = [], []
        for each in inputs[: int(len(inputs) * part)]:
            if each["id"] in self.unknown:
                missing.append(each["id"])
                continue
            self.apply(each["id"], each["properties"])
            results.append({"id": each["id"], "properties": each["properties"]})
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
            assert json.loads(body) == {
                "object": "Lead", "operation": "update", "contentType": "CSV",
                "columnDelimiter": "COMMA", "lineEnding": "LF",
            }  # fmt: skip
            name = f"750R-{len(self.jobs)}"
            self.jobs[name] = Job()
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
            return 200, {"id": job_id, "state": job.state}
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
        for number, line in enumerate(lines):
            if pause:
                time.sleep(pause)
            with self.lock:
                if number == self.job_fails_after:
                    job.state = "Failed"
                    return
                key = line["Id"]
                if key in self.unknown:
                    why = "ENTITY_IS_DELETED:entity is deleted, jane.doe@customer.example:--"
                    job.failed.append({"sf__Id": key, "sf__Error": why, **line})
                    continue
                self.apply(key, {name: each for name, each in line.items() if name != "Id"})
                job.successful.append({"sf__Id": key, "sf__Created": "false", **line})
        job.state = "JobComplete"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Bounded, whatever a client does.
    timeout = 20
    disable_nagle_algorithm = True
    crm: CrmServer

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, content: Any, headers: Iterable[tuple[str, str]] = ()) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        body = b"" if content is None else text.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self) -> None:
        crm, body = self.crm, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with crm.lock:
            crm.requests.append((time.monotonic(), self.command, self.path))
            crm.bodies.append(body)
            fault = crm.faults.popleft() if crm.faults else ""
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {"category": "INVALID_AUTHENTICATION"})
        if fault[:1].isdigit():
            status, _, wait = fault.partition(":")
            return self.answer(int(status), {}, [("Retry-After", wait)] if wait else [])
        if crm.delay:
            time.sleep(crm.delay)
        part = 0.5 if fault == "drop" else 1.0
        hubspot, job = HUBSPOT.fullmatch(self.path), SALESFORCE.fullmatch(self.path)
        with crm.lock:
            if hubspot:
                status_, content = crm.hubspot(body, part)
            elif job:
                status_, content = crm.salesforce(self.command, job[1], job[2], body, part)
            else:
                status_, content = 404, {}
        if fault == "drop":
            self.close_connection = True
            return None
        if fault == "hang":
            time.sleep(1.5)
        return self.answer(status_, content)

    do_GET = do_POST = do_PUT = do_PATCH = handle_any  # noqa: N815


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that was killed is no news."""


@contextmanager
def crm_server() -> Iterator[CrmServer]:
    crm = CrmServer()
    handler = type("Bound", (Handler,), {"crm": crm})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    crm.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield crm
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
