"""How often and how long a push tries."""

from dataclasses import dataclass
from typing import Literal

Format = Literal["csv", "ndjson", "hubspot", "salesforce"]
Receiver = Literal["hubspot", "salesforce", "webhook"]
LineEnding = Literal["LF", "CRLF"]

# How long to wait for a build that holds the warehouse, and for a job of Salesforce.
WAIT_SECONDS = 600.0
JOB_SECONDS = 1800.0


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to try.

    Attributes
    ----------
    attempts : int
        Attempts per request.
    timeout_seconds : float
        Time-out of one request, from asking to the last byte of the answer. What is long gets
        a second more for each 100 kB.
    backoff_seconds : float
        Pause before the third attempt; doubled each time, up to two minutes. Where the CRM says
        how long to wait (Retry-After), that counts instead, up to ten minutes.
    deadline_seconds : float
        How long all requests and the pauses between them may take together.
    """

    attempts: int = 6
    timeout_seconds: float = 60
    backoff_seconds: float = 1
    deadline_seconds: float = 3600
