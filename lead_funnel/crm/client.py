"""Requests to a CRM: with time-outs, retries and a token that is never printed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3
from urllib3.util import Retry, Timeout

from lead_funnel.errors import UserError

URL, TOKEN = "LEAD_SYNC_URL", "LEAD_SYNC_TOKEN"
# Too many requests, locks, and servers that are down or moving: worth another attempt.
PASSING = (408, 423, 425, 429, 477, 500, 502, 503, 504, 521, 522, 523, 524)


class UnreachableError(Exception):
    """The CRM gave no usable response in any attempt."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to try.

    Attributes
    ----------
    attempts : int
        Attempts at one request.
    timeout_seconds : float
        Time-out of one request.
    backoff_seconds : float
        Pause before the third attempt; doubled each time, up to two minutes. Where the CRM says
        how long to wait (Retry-After), that counts instead, up to ten minutes.
    """

    attempts: int = 6
    timeout_seconds: float = 60
    backoff_seconds: float = 1


@dataclass(frozen=True)
class Client:
    """A connection to a CRM."""

    url: str
    token: str = field(repr=False)
    pool: urllib3.PoolManager = field(repr=False)

    def call(
        self, method: str, path: str, body: bytes | None = None, content: str = "application/json"
    ) -> urllib3.BaseHTTPResponse:
        """Send one request, and again where that may help: every request here may be repeated.

        Raises
        ------
        UnreachableError
            If there was no response, or the server is unavailable.
        UserError
            If the CRM denies access.
        """
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content}
        try:
            response = self.pool.request(
                method, self.url + path, body=body, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            reason = getattr(error, "reason", None) or error
            raise UnreachableError(type(reason).__name__) from None
        if response.status in (401, 403):
            raise UserError(
                f"The CRM denies access to lead-sync (HTTP {response.status}). Check {TOKEN}: it "
                "may have expired, or lack the right to write these objects."
            )
        if response.status in PASSING or 300 <= response.status < 400:
            raise UnreachableError(f"HTTP {response.status}")
        return response


def open_client(policy: RetryPolicy, environment: Mapping[str, str] = os.environ) -> Client:
    """Connect to the address in the environment with the token in the environment.

    Raises
    ------
    UserError
        If one is missing, or the token would be sent unencrypted.
    """
    url, token = environment.get(URL, "").rstrip("/"), environment.get(TOKEN, "")
    if not url or not token:
        raise UserError(
            f"Set {URL} to the address of the CRM's API and {TOKEN} to an access token."
        )
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise UserError(f"{URL} must begin with https://, or the token would be sent unencrypted.")
    retries = Retry(
        total=policy.attempts - 1,
        status_forcelist=PASSING,
        allowed_methods=None,
        backoff_factor=policy.backoff_seconds,
        backoff_jitter=policy.backoff_seconds / 2,
        respect_retry_after_header=True,
        retry_after_max=600,
        raise_on_status=False,
    )
    timeout = Timeout(connect=min(10, policy.timeout_seconds), read=policy.timeout_seconds)
    return Client(url, token, urllib3.PoolManager(retries=retries, timeout=timeout))
