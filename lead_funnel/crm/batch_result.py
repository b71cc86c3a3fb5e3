"""What a CRM made of a batch."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lead_funnel.crm.records import Row

CODE = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class BatchResult:
    """What became of the rows of a batch; the CRM said nothing about rows in neither list.

    Attributes
    ----------
    accepted : sequence of rows
    refused : sequence of (row, code)
    """

    accepted: Sequence[Row] = ()
    refused: Sequence[tuple[Row, str]] = ()


def error_code(message: object, otherwise: str) -> str:
    """Give the leading code of an error message; the rest may quote a person's data."""
    found = CODE.match(str(message or ""))
    return found.group() if found else otherwise


def json_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object; anything else is an empty one."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
