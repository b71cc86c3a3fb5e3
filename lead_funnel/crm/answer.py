"""What a CRM said to a batch."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lead_funnel.crm.records import Row

CODE = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Answer:
    """What became of the rows of a batch; rows in neither list were not spoken of.

    Attributes
    ----------
    taken : sequence of rows
    refused : sequence of (row, code)
    """

    taken: Sequence[Row] = ()
    refused: Sequence[tuple[Row, str]] = ()


def code(words: object, otherwise: str) -> str:
    """Give the leading code of an error message; the rest may quote a person's data."""
    found = CODE.match(str(words or ""))
    return found.group() if found else otherwise


def content(body: bytes) -> dict[str, Any]:
    """Read a JSON object; anything else is an empty one."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
