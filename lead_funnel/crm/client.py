"""One way to talk to a CRM: with time-outs, retries and a token that nobody prints."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3
from urllib3.util import Retry, Timeout

from lead_funnel.errors import UserError

URL, TOKEN = "LEAD_SYNC_URL", "LEAD_SYNC_TOKEN"
# Too many requests, locks, and servers that are down or moving: worth another try.
PASSING = (408, 423, 425, 429, 477, 500, 502, 503, 504, 521, 522, 523, 524)


class UnreachableError(Exception):
    """The CRM gave no usable answer, however often it was asked."""


@dataclass(frozen=True)
class Patience:
    """How long to insist.

    Attributes
    ----------
    attempts : int
        Tries of one request.
    timeout_seconds : float
        Wait for an answer.
    backoff_seconds : float
        Pause before the third try; doubled each time, up to two minutes. Where the CRM says
        how long to wait (Retry-After), that counts instead, up to ten minutes.
    """

    attempts: int = 6
    timeout_seconds: float = 60
    backoff_seconds: float = 1


@dataclass(frozen=True)
class Client:
    """An open line to a CRM."""

    url: str
    token: str = field(repr=False)
    pool: urllib3.PoolManager = field(repr=False)

    def call(
        self, method: str, path: str, body: bytes | None = None, content: str = "application/json"
    ) -> urllib3.BaseHTTPResponse:
        """Send one request, again where that may help; every request here may be repeated.

        Raises
        ------
        UnreachableError
            If there was no answer, or only that the server cannot now.
        UserError
            If the CRM does not let us in.
        """
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content}
        try:
            answer = self.pool.request(
                method, self.url + path, body=body, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            reason = getattr(error, "reason", None) or error
            raise UnreachableError(type(reason).__name__) from None
        if answer.status in (401, 403):
            raise UserError(
                f"The CRM does not let lead-sync in (HTTP {answer.status}). Look at {TOKEN}: it "
                "may have expired, or lack the right to write these objects."
            )
        if answer.status in PASSING or 300 <= answer.status < 400:
            raise UnreachableError(f"HTTP {answer.status}")
        return answer


def open_client(patience: Patience, environment: Mapping[str, str] = os.environ) -> Client:
    """Open a line with the address and the token of the environment.

    Raises
    ------
    UserError
        If one is missing, or the token would travel in the clear.
    """
    url, token = environment.get(URL, "").rstrip("/"), environment.get(TOKEN, "")
    if not url or not token:
        raise UserError(
            f"Set {URL} to the address of the CRM's interface and {TOKEN} to an access token."
        )
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise UserError(f"{URL} must begin with https://, or the token could be read on its way.")
    retries = Retry(
        total=patience.attempts - 1,
        status_forcelist=PASSING,
        allowed_methods=None,
        backoff_factor=patience.backoff_seconds,
        backoff_jitter=patience.backoff_seconds / 2,
        respect_retry_after_header=True,
        retry_after_max=600,
        raise_on_status=False,
    )
    timeout = Timeout(connect=min(10, patience.timeout_seconds), read=patience.timeout_seconds)
    return Client(url, token, urllib3.PoolManager(retries=retries, timeout=timeout))
