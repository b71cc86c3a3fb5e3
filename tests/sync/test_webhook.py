"""Any address gets signed JSON, and what it takes is acknowledged like what a CRM takes."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lead_funnel.crm.client import SECRET, URL
from tests.sync.conftest import Changes

SHARED = "shared-secret-5678"


@dataclass
class Receiver:
    """What came, and how it is to be answered: a status and a body; then 200 and nothing."""

    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)

    def respond(self, request: Request) -> Response:
        self.requests.append(request)
        stamp = request.headers["X-Lead-Funnel-Timestamp"]
        assert abs(time.time() - int(stamp)) < 60
        signed = hmac.new(SHARED.encode(), f"{stamp}.".encode() + request.data, hashlib.sha256)
        assert request.headers["X-Lead-Funnel-Signature"] == f"sha256={signed.hexdigest()}"
        assert "Authorization" not in request.headers
        status, content = self.answers.pop(0) if self.answers else (200, "")
        return Response(content if isinstance(content, str) else json.dumps(content), status)

    def records(self) -> list[dict[str, Any]]:
        return [each for one in self.requests for each in json.loads(one.data)["records"]]


@pytest.fixture
def receiver(http_server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    http_server.clear()
    receiver = Receiver()
    http_server.expect_request("/hooks/leads/").respond_with_handler(receiver.respond)
    monkeypatch.setenv(URL, http_server.url_for("/hooks/leads/"))
    monkeypatch.setenv(SECRET, SHARED)
    yield receiver
    http_server.check()


def test_records_arrive_signed_and_are_acknowledged(
    changes: Changes, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert changes.push("webhook") == 0
    assert [len(json.loads(one.data)["records"]) for one in receiver.requests] == [100, 100, 50]
    assert {(each["sync_key"], each["row_hash"]) for each in receiver.records()} == changes.wanted()
    assert receiver.records()[2]["action"] == "update"
    assert changes.acknowledged() == changes.wanted()
    assert changes.push("webhook") == 0
    assert len(receiver.requests) == 3
    assert SHARED not in "".join(capsys.readouterr())


def test_a_receiver_that_is_busy_is_tried_again(changes: Changes, receiver: Receiver) -> None:
    receiver.answers = [(503, ""), (429, "")]
    changes.publish(10)
    assert changes.push("webhook") == 0
    assert len(receiver.requests) == 3
    assert changes.acknowledged() == changes.wanted()


def test_what_the_receiver_refuses_is_noted_with_its_code(
    changes: Changes, receiver: Receiver
) -> None:
    changes.publish(3)
    told = [{"sync_key": f"{1:018d}", "code": "NO_SUCH_RECORD: jane@customer.example"}]
    receiver.answers = [(200, {"refused": told})]
    assert changes.push("webhook") == 1
    assert changes.ask("select sync_key, reason from sync.sync_refusals") == [
        (f"{1:018d}", "NO_SUCH_RECORD")
    ]
    assert len(changes.acknowledged()) == 2


def test_a_receiver_that_refuses_all_stops_the_push(
    changes: Changes, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.answers = [(400, "no")]
    assert changes.push("webhook") == 2
    assert "HTTP_400" in capsys.readouterr().err
    assert changes.acknowledged() == set()


def test_without_a_secret_nothing_is_sent(
    changes: Changes,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(SECRET)
    assert changes.push("webhook") == 2
    assert SECRET in capsys.readouterr().err
    assert receiver.requests == []
