"""Whatever answers in the place of a CRM ends in a code or a sentence, in time, never in a
traceback, and the token goes nowhere else.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from lead_funnel.crm import client as clients
from lead_funnel.crm.client import TOKEN, URL, RetryPolicy, open_client
from lead_funnel.crm.fields import FieldMap
from lead_funnel.crm.hubspot import HubSpot
from lead_funnel.crm.push import Outcome, push, summary
from lead_funnel.crm.records import Pending, Row
from lead_funnel.crm.salesforce import Salesforce
from lead_funnel.errors import UserError
from tests.sync.raw_server import Reply, http, raw_server

SECRET = "secret-token-1234"
ROWS = [{"crm_lead_id": str(number), "row_hash": f"hash {number}"} for number in (401, 402, 403)]
QUICK = RetryPolicy(attempts=2, timeout_seconds=0.3, backoff_seconds=0.01, deadline_seconds=5)


@dataclass
class Noted:
    """A ledger in memory."""

    accepted: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)

    def record(self, accepted: Sequence[Row], refused: Sequence[tuple[Row, str]], _: Any) -> None:
        self.accepted += [row["crm_lead_id"] for row in accepted]
        self.refused += [(row["crm_lead_id"], reason) for row, reason in refused]

    def open_jobs(self) -> list[str]:
        return list(self.jobs)

    def remember_job(self, job: str) -> None:
        self.jobs.append(job)

    def forget_job(self, job: str) -> None:
        self.jobs.remove(job)


@dataclass
class Ending:
    outcome: Outcome
    noted: Noted
    requests: list[bytes]
    said: str


def send(
    reply: Reply, policy: RetryPolicy = QUICK, rows: Sequence[dict[str, Any]] = ROWS
) -> Ending:
    """Push to HubSpot; what it ends in as a sentence counts as said, like a summary."""
    noted, mapping = Noted(), FieldMap("contacts", "id", {"row_hash": "our_hash"})
    with raw_server(reply) as server:
        client = open_client(policy, {URL: server.url, TOKEN: SECRET})
        outcome = Outcome(len(rows))
        try:
            outcome = push(Pending(list(rows)), HubSpot(client, mapping), noted, 100)  # type: ignore[arg-type]
            said = summary(outcome)
        except UserError as error:
            said = str(error)
    assert SECRET not in said + repr(client)
    return Ending(outcome, noted, server.requests, said)


def answer(content: Any, status: str = "200 OK") -> Reply:
    return http(json.dumps(content).encode(), status)


def taken(*keys: object) -> list[dict[str, object]]:
    return [{"id": key} for key in keys]


MALFORMED = {
    "a page": (http(b"<html>We are busy</html>"), "ANSWER_NOT_JSON"),
    "nothing": (http(b""), "ANSWER_NOT_JSON"),
    "no content": (http(b"", "204 No Content"), "ANSWER_NOT_JSON"),
    "half of it": (http(b'{"results": [{"id": "401"}'), "ANSWER_NOT_JSON"),
    "no UTF-8": (http(b'{"results": [], "a": "\xff\xfe"}'), "ANSWER_NOT_JSON"),
    "not a number": (http(b'{"results": [{"id": NaN}]}'), "ANSWER_NOT_JSON"),
    "a long number": (http(b'{"results": [' + b"9" * 5000 + b"]}"), "ANSWER_NOT_JSON"),
    "deep lists": (http(b"[" * 100_000), "ANSWER_NOT_JSON"),
    "a list": (answer(taken("401")), "ANSWER_NOT_AN_OBJECT"),
    "null": (answer(None), "ANSWER_NOT_AN_OBJECT"),
    "a text": (answer("COMPLETE"), "ANSWER_NOT_AN_OBJECT"),
    "an empty object": (answer({}), "ANSWER_WITHOUT_RESULTS"),
    "an error that is called a success": (
        answer({"status": "error", "message": "jane@customer.example", "category": "RATE_LIMITS"}),
        "ANSWER_WITHOUT_RESULTS",
    ),
    "results that are a text": (answer({"results": "401"}), "ANSWER_WITHOUT_RESULTS"),
    "results by id": (answer({"results": {"401": {}}}), "ANSWER_WITHOUT_RESULTS"),
    "results that are numbers": (answer({"results": [401]}), "ANSWER_WITHOUT_RESULTS"),
    "results that are null": (answer({"results": [None]}), "ANSWER_WITHOUT_RESULTS"),
    "errors that are a text": (
        answer({"results": taken("401"), "errors": "none"}),
        "ANSWER_WITHOUT_RESULTS",
    ),
    "compressed badly": (
        http(b"no gzip", "200 OK", "Content-Encoding: gzip"),
        "ANSWER_NOT_DECODED",
    ),
    "refused without a word": (http(b"<html>", "418 I'm a teapot"), "HTTP_418"),
    "refused in person": (
        answer({"category": "JANE DOE is not valid"}, "405 Method Not Allowed"),
        "HTTP_405",
    ),
    "refused by a list": (answer([1], "501 Not Implemented"), "HTTP_501"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_an_answer_that_cannot_be_read_refuses_the_batch_with_a_code(name: str) -> None:
    reply, code = MALFORMED[name]
    ending = send(reply)
    assert ending.noted.refused == [(row["crm_lead_id"], code) for row in ROWS]
    assert not ending.noted.accepted
    assert code in ending.said
    assert "ane" not in ending.said
    assert len(ending.requests) == 1


@pytest.mark.parametrize("zipped", [False, True])
def test_an_answer_without_end_is_not_kept(zipped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "MOST_BYTES", 100_000)
    long = b" " * 5_000_000
    headers = ["Content-Encoding: gzip"] if zipped else []
    ending = send(http(gzip.compress(long) if zipped else long, "200 OK", *headers))
    assert {code for _, code in ending.noted.refused} == {"ANSWER_TOO_LONG"}


STRANGE = {
    "ids that are none": taken(None, True, ["401"], {"id": "401"}, 401.0),
    "ids of others": taken("501", "502", "503"),
    "no results": [],
    "properties that are none": [{"id": "9", "properties": "x", "objectWriteTraceId": []}],
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_said_of_nobody_accepts_nobody(name: str) -> None:
    ending = send(answer({"results": STRANGE[name]}))
    assert not ending.noted.accepted
    assert ending.outcome.left == 3
    assert "no clear answer about those left" in ending.said


@pytest.mark.parametrize(
    "keys", [("401", "402", "403"), (401, 402, 403), ("401",) * 3 + (402, 403)]
)
def test_ids_may_be_numbers_or_come_twice(keys: tuple[object, ...]) -> None:
    ending = send(answer({"results": taken(*keys)}))
    assert ending.noted.accepted == ["401", "402", "403"]


@pytest.mark.parametrize(
    "context", [None, [], "401", {"ids": "401"}, {"ids": [["401"]]}, {"ids": None}]
)
def test_errors_about_nobody_refuse_nobody(context: object) -> None:
    error = {"category": {"JANE": 1}, "context": context}
    ending = send(answer({"results": taken("401"), "errors": [error]}, "207 Multi-Status"))
    assert ending.noted.accepted == ["401"]
    assert not ending.noted.refused
    assert ending.outcome.left == 2


def test_the_words_of_a_refusal_are_not_taken_for_a_code() -> None:
    errors = [
        {"category": "JANE DOE has no such field", "context": {"ids": ["401"]}},
        {"category": "CONFLICT", "context": {"ids": [402]}},
        {"context": {"objectWriteTraceId": ["403"]}},
    ]
    ending = send(answer({"errors": errors}, "207 Multi-Status"))
    assert ending.noted.refused == [("401", "UNKNOWN"), ("402", "CONFLICT"), ("403", "UNKNOWN")]


def test_deep_errors_are_read_or_refused() -> None:
    deep = b'{"a":' * 980 + b"1" + b"}" * 980
    ending = send(http(b'{"results": [], "errors": [' + deep + b"]}"))
    assert not ending.noted.accepted


def drip(body: bytes, first: int = 0) -> Reply:
    """A byte now and then, after the first ones at once."""

    def reply(line: socket.socket) -> None:
        line.sendall(body[:first])
        for place in range(first, len(body)):
            line.sendall(body[place : place + 1])
            time.sleep(0.05)

    return reply


def cut(line: socket.socket) -> None:
    # With this, closing sends a reset.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BROKEN = {
    "drips its body": (drip(HEAD + b" " * 40, len(HEAD)), "no complete answer in time"),
    "drips its head": (drip(HEAD), "no complete answer in time"),
    "says nothing": (lambda line: time.sleep(0.5), "no complete answer in time"),
    "hangs up": (lambda line: line.shutdown(socket.SHUT_RDWR), "ProtocolError"),
    "resets": (cut, "ProtocolError|ConnectionResetError|RemoteDisconnected"),
    "stops short": (http(b"{}", length=50), "IncompleteRead|ProtocolError"),
    "stops in a chunk": (
        lambda line: (line.sendall(CHUNKED + b"50\r\n{"), line.shutdown(socket.SHUT_RDWR)),
        "IncompleteRead|ProtocolError|InvalidChunkLength",
    ),
    "counts chunks wrongly": (
        lambda line: line.sendall(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
        "InvalidChunkLength|ProtocolError",
    ),
    "speaks another protocol": (
        lambda line: (line.sendall(b"SSH-2.0-hello\r\n\r\n"), line.shutdown(socket.SHUT_RDWR)),
        "ProtocolError|BadStatusLine",
    ),
    "has an endless head": (
        lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n"),
        "ProtocolError|HTTPException",
    ),
    "is down": (http(b"", "503 Service Unavailable"), "HTTP 503"),
    "is busy": (http(b"", "429 Too Many Requests"), "HTTP 429"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_line_that_breaks_leaves_everything_and_says_why(name: str) -> None:
    reply, reasons = BROKEN[name]
    started = time.monotonic()
    ending = send(reply)  # type: ignore[arg-type]
    assert time.monotonic() - started < 4
    assert ending.outcome.left == 3
    assert any(reason in ending.outcome.stopped for reason in reasons.split("|")), ending.outcome
    assert len(ending.requests) == 2, "tried again"


def test_an_old_server_that_ends_by_closing_is_understood() -> None:
    body = json.dumps({"results": taken("401", "402", "403")}).encode()

    def reply(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + body)
        line.shutdown(socket.SHUT_RDWR)

    assert len(send(reply).noted.accepted) == 3


@pytest.mark.parametrize(
    "wait", ["-1", "soon", "", "nan", "1e3", "٣", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Oct"]
)
def test_a_wait_that_says_nothing_is_not_waited_for(wait: str) -> None:
    ending = send(http(b"", "429 Too Many Requests", f"Retry-After: {wait}"))
    assert ending.outcome.stopped == "HTTP 429"
    assert len(ending.requests) == 2


@pytest.mark.parametrize("wait", ["60", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_wait_is_longer_than_the_deadline(wait: str) -> None:
    started = time.monotonic()
    ending = send(http(b"", "429 Too Many Requests", f"Retry-After: {wait}"))
    assert time.monotonic() - started < 2
    assert ending.outcome.stopped == "the deadline of 5 seconds has come"
    assert len(ending.requests) == 1


def test_the_deadline_is_of_the_whole_push() -> None:
    rows = [{"crm_lead_id": str(number), "row_hash": "x"} for number in range(1000)]
    policy = RetryPolicy(attempts=50, timeout_seconds=30, backoff_seconds=0, deadline_seconds=0.4)
    started = time.monotonic()
    ending = send(drip(HEAD + b" " * 40), policy, rows)
    assert time.monotonic() - started < 2
    assert "deadline of 0.4 seconds" in ending.said
    assert ending.outcome.left == 1000


def test_a_redirect_to_another_host_gets_nothing() -> None:
    with raw_server(http(b"{}")) as other:
        ending = send(http(b"", "307 Temporary Redirect", f"Location: {other.url}/"))
    assert ending.outcome.stopped == "HTTP 307"
    assert not other.requests


def test_ids_in_paths_are_escaped() -> None:
    mapping = FieldMap("../x?y=1#z", "id", {"row_hash": "our_hash"})
    with raw_server(answer({"results": [], "state": "Open"})) as server:
        client = open_client(QUICK, {URL: server.url, TOKEN: SECRET})
        push(Pending(list(ROWS)), HubSpot(client, mapping), Noted(), 100)  # type: ignore[arg-type]
        noted = Noted(jobs=["../../a?b"])
        Salesforce(client, mapping, noted).prepare()  # type: ignore[arg-type]
    paths = [request.split()[1] for request in server.requests]
    assert paths[0] == b"/crm/v3/objects/..%2Fx%3Fy%3D1%23z/batch/update"
    assert set(paths[1:]) == {b"/services/data/v62.0/jobs/ingest/..%2F..%2Fa%3Fb"}


JOBS: dict[str, tuple[list[tuple[bytes, str]], str]] = {
    "no job": ([(b"{}", "200 OK")], "ANSWER_WITHOUT_JOB"),
    "a job that is a list": ([(b'{"id": [1]}', "200 OK")], "ANSWER_WITHOUT_JOB"),
    "a page for a job": ([(b"<html>", "200 OK")], "ANSWER_NOT_JSON"),
    "results that are no CSV": (
        [
            (b'{"id": "1"}', "200 OK"), (b"", "201 Created"), (b"{}", "200 OK"),
            (b'{"state": "JobComplete"}', "200 OK"), (b'Id,sf__Id\n"401', "200 OK"),
        ],
        "ANSWER_NOT_CSV",
    ),
    "results that are no UTF-8": (
        [
            (b'{"id": "1"}', "200 OK"), (b"", "201 Created"), (b"{}", "200 OK"),
            (b'{"state": "JobComplete"}', "200 OK"), (b"Id\n\xff\xfe\n", "200 OK"),
        ],
        "ANSWER_NOT_CSV",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", JOBS)
def test_malformed_answers_about_jobs_refuse_with_a_code(name: str) -> None:
    answers, code = JOBS[name]
    left = list(answers)

    def reply(line: socket.socket) -> None:
        http(*left.pop(0))(line)

    noted, mapping = Noted(), FieldMap("Lead", "Id", {"row_hash": "Hash__c"})
    with raw_server(reply) as server:
        client = open_client(QUICK, {URL: server.url, TOKEN: SECRET})
        with pytest.raises(UserError, match=f"{code} 3.*Check {URL}"):
            push(Pending(list(ROWS)), Salesforce(client, mapping, noted), noted, 100)  # type: ignore[arg-type]
    assert {reason for _, reason in noted.refused} == {code}
    assert not noted.jobs
