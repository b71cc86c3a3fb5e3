"""What a CRM made of a batch."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from lead_funnel.crm.records import Row

# All of a text, or all before a colon: a name in capitals at its beginning is no code.
CODE = re.compile(r"([A-Z][A-Z0-9_]{1,63})(?=:|$)")


class MalformedAnswerError(Exception):
    """The CRM answered in a way that cannot be read; `code` says in which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class BatchResult:
    """What became of the rows of a batch; the CRM said nothing about rows in neither list.

    Attributes
    ----------
    accepted : sequence of rows
    refused : sequence of (row, code)
    overwritten : collection of str
        Ids under which the CRM answered other records: they may now show the values of those.
    refused_fields : collection of str
        Fields that the CRM named in every refusal.
    """

    accepted: Sequence[Row] = ()
    refused: Sequence[tuple[Row, str]] = ()
    overwritten: Collection[str] = ()
    refused_fields: Collection[str] = ()


def refuse_all(rows: Iterable[Row], code: str, fields: Collection[str] = ()) -> BatchResult:
    """Refuse all rows for one reason."""
    return BatchResult(refused=[(row, code) for row in rows], refused_fields=fields)


def error_code(message: object, otherwise: str) -> str:
    """Give the leading code of an error message; the rest may quote a person's data."""
    found = CODE.match(message) if isinstance(message, str) else None
    return found[1] if found else otherwise


def fields_named(text: str, fields: Iterable[str]) -> set[str]:
    """Give those of our fields that a message names as whole words."""
    return {field for field in fields if re.search(rf"\b{re.escape(field)}\b", text)}


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def json_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    MalformedAnswerError
        If it is none.
    """
    try:
        # NaN and Infinity are Python's, not JSON's.
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise MalformedAnswerError("ANSWER_NOT_JSON") from None
    if not isinstance(found, dict):
        raise MalformedAnswerError("ANSWER_NOT_AN_OBJECT")
    return found


def objects_in(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Give the objects in a list of an answer; null and nothing are none.

    Raises
    ------
    MalformedAnswerError
        If it is something else.
    """
    found = content.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise MalformedAnswerError("ANSWER_WITHOUT_RESULTS")
    return found
