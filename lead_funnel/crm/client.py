"""Requests to a CRM: with time-outs, a deadline, retries and a token that is never printed."""

import hashlib
import hmac
import os
import queue
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import urllib3
from urllib3.util import Timeout

from lead_funnel.crm.batch_result import MalformedAnswerError
from lead_funnel.crm.settings import RetryPolicy
from lead_funnel.errors import UserError

URL, TOKEN, SECRET = "LEAD_SYNC_URL", "LEAD_SYNC_TOKEN", "LEAD_SYNC_SECRET"
TIMESTAMP_HEADER, SIGNATURE_HEADER = "X-Lead-Funnel-Timestamp", "X-Lead-Funnel-Signature"
# Too many requests, locks, and servers that are down or moving: worth another attempt.
PASSING = (408, 423, 425, 429, 477, 500, 502, 503, 504, 521, 522, 523, 524)
LONGEST_BACKOFF, LONGEST_RETRY_AFTER = 120.0, 600.0
# An answer is some times as long as what was asked; beyond that it would only fill the memory.
MOST_BYTES, TIMES_AS_LONG = 16 * 2**20, 4
SLOWEST_BYTES_PER_SECOND = 100_000
CHUNK = 2**16


class UnreachableError(Exception):
    """The CRM gave no usable response in any attempt, or time ran out."""


@dataclass(frozen=True)
class Answer:
    """What the CRM answered; `retry_after` in seconds, if it names them."""

    status: int
    body: bytes
    retry_after: float | None = None


@dataclass(frozen=True)
class Client:
    """A connection to a CRM; `until` is the deadline on the monotonic clock.

    A token is shown with each request; a secret is never sent, but signs each request.
    """

    url: str
    token: str = field(repr=False)
    pool: urllib3.PoolManager = field(repr=False)
    policy: RetryPolicy
    until: float
    signs: bool = False

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content: str = "application/json",
        expected_bytes: int = 0,
    ) -> Answer:
        """Send one request, and again where that may help: every request here may be repeated.

        Parameters
        ----------
        method, path, body, content
            `path` is escaped already; `content` is the type of the body.
        expected_bytes : int
            About how long the answer will be, where it is longer than the body.

        Raises
        ------
        UnreachableError
            If there was no response, the server is unavailable, or the deadline has passed.
        MalformedAnswerError
            If the response is too long, or compressed in a way that cannot be read.
        UserError
            If the CRM denies access.
        """
        size = max(expected_bytes, len(body or b""))
        problem, wait = "", 0.0
        for attempt in range(self.policy.attempts):
            self.pause(wait)
            wait = self._backoff(attempt)
            try:
                answer = self._answer(method, path, body, content, size)
            except UnreachableError as error:
                problem = str(error)
                continue
            if answer.status in (401, 403):
                raise UserError(
                    f"The CRM denies access to lead-sync (HTTP {answer.status}). Check "
                    f"{SECRET if self.signs else TOKEN}: it may have expired, or lack the right to "
                    "write these objects."
                )
            problem = f"HTTP {answer.status}"
            if 300 <= answer.status < 400:
                break
            if answer.status not in PASSING:
                return answer
            if answer.retry_after is not None:
                wait = answer.retry_after
        raise UnreachableError(problem)

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises
        ------
        UnreachableError
            If the deadline has passed, or would pass meanwhile.
        """
        if time.monotonic() + seconds >= self.until:
            raise UnreachableError(
                f"the deadline of {self.policy.deadline_seconds:g} seconds has come"
            )
        time.sleep(seconds)

    def _backoff(self, attempt: int) -> float:
        if not attempt:
            return 0
        # No more doublings than lead to the longest pause: attempts may be many.
        longest = self.policy.backoff_seconds * 2.0 ** min(attempt - 1, 20)
        return min(LONGEST_BACKOFF, longest + random.uniform(0, self.policy.backoff_seconds / 2))

    def _answer(
        self, method: str, path: str, body: bytes | None, content: str, size: int
    ) -> Answer:
        """Ask once, in a thread of its own.

        The time-out of a socket begins anew with each byte, so it ends no answer that drips.
        """
        seconds = self.policy.timeout_seconds + size / SLOWEST_BYTES_PER_SECOND
        seconds = min(seconds, max(0, self.until - time.monotonic()))
        came: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()

        def work() -> None:
            try:
                came.put(self._exchange(method, path, body, content, seconds, size))
            except Exception as error:
                came.put(error)

        threading.Thread(target=work, daemon=True).start()
        try:
            found = came.get(timeout=seconds)
        except queue.Empty:
            raise UnreachableError("no complete answer in time") from None
        if isinstance(found, Answer):
            return found
        if isinstance(found, MalformedAnswerError):
            raise found
        if isinstance(found, urllib3.exceptions.DecodeError):
            raise MalformedAnswerError("ANSWER_NOT_DECODED")
        # Only the kind: the words of an error may quote what was sent.
        raise UnreachableError(type(getattr(found, "reason", None) or found).__name__)

    def _credentials(self, body: bytes) -> dict[str, str]:
        if not self.signs:
            return {"Authorization": f"Bearer {self.token}"}
        now = str(int(time.time()))
        return {TIMESTAMP_HEADER: now, SIGNATURE_HEADER: signature(self.token, now, body)}

    def _exchange(
        self,
        method: str,
        path: str,
        body: bytes | None,
        content: str,
        seconds: float,
        size: int,
    ) -> Answer:
        response = self.pool.request(
            method,
            self.url + path,
            body=body,
            headers={"Content-Type": content, **self._credentials(body or b"")},
            timeout=Timeout(connect=min(10, seconds), read=seconds),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        parts, length = [], 0
        for part in response.stream(CHUNK):
            length += len(part)
            if length > max(MOST_BYTES, TIMES_AS_LONG * size):
                response.close()
                raise MalformedAnswerError("ANSWER_TOO_LONG")
            parts.append(part)
        response.release_conn()
        retry_after = _seconds_to_wait(response.headers.get("Retry-After"))
        return Answer(response.status, b"".join(parts), retry_after)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body with HMAC-SHA256, with the time, so that nobody can send it again later."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def _seconds_to_wait(text: str | None) -> float | None:
    """Read Retry-After: seconds or a date; anything else says nothing."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        # A longer number is beyond the limit anyway, and might be too long to be read.
        return min(LONGEST_RETRY_AFTER, float(text[:9]))
    try:
        moment = parsedate_to_datetime(text)
        seconds = (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(LONGEST_RETRY_AFTER, max(0.0, seconds))


def open_client(
    policy: RetryPolicy, environment: Mapping[str, str] = os.environ, signs: bool = False
) -> Client:
    """Connect to the address in the environment with the token, or secret, in the environment.

    Raises
    ------
    UserError
        If one is missing or unusable, or the token would be sent unencrypted.
    """
    name = SECRET if signs else TOKEN
    url, token = environment.get(URL, "").strip(), environment.get(name, "").strip()
    if not url or not token:
        raise UserError(
            f"Set {URL} to the address that takes the records and {SECRET} to a shared secret."
            if signs
            else f"Set {URL} to the address of the CRM's API and {TOKEN} to an access token."
        )
    if not all("!" <= letter <= "~" for letter in token):
        raise UserError(
            f"{name} holds a character that no access token has, such as a space, a line break "
            "or a letter with an accent. Copy the token again."
        )
    _check_address(url)
    return Client(
        url if signs else url.rstrip("/"), token, urllib3.PoolManager(), policy,
        time.monotonic() + policy.deadline_seconds, signs,
    )  # fmt: skip


def _check_address(url: str) -> None:
    """Refuse an address that could not be asked, or only unencrypted; it is not repeated."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    is_plain = all("!" <= letter <= "~" for letter in url) and not any(
        mark in url for mark in "?#@"
    )
    if not host or parts.scheme not in ("http", "https") or not is_plain:
        raise UserError(
            f"{URL} is not an address of an API. Write it like https://api.hubapi.com, without "
            "a name, a password or a question mark."
        )
    if parts.scheme != "https" and host not in ("localhost", "127.0.0.1", "::1"):
        raise UserError(f"{URL} must begin with https://, or the token would be sent unencrypted.")
