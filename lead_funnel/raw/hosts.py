"""Domains whose letters are written in punycode (RFC 3492)."""

from __future__ import annotations

import re
from contextlib import suppress

import duckdb

FUNCTION = "lead_funnel_letters_of_host"
_LABEL = re.compile(r"(?<![^@.])xn--([a-z0-9-]+)(?![^.])")


def letters_of_host(text: str) -> str:
    """Write the labels of a host, or of an address with one, in their letters.

    A label in punycode that stands for no letters stays as it is.
    """
    before, at, host = text.rpartition("@")
    return before + at + _LABEL.sub(_letters, host)


def _letters(label: re.Match[str]) -> str:
    try:
        found = label[1].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label[0]
    return found if found.isprintable() and "@" not in found else label[0]


def add_function(connection: duckdb.DuckDBPyConnection) -> None:
    """Give SQL the function that the macro letters_of_host calls."""
    # It is there already: connections to one file in one process share their functions.
    with suppress(duckdb.CatalogException, duckdb.NotImplementedException):
        connection.create_function(FUNCTION, letters_of_host, ["VARCHAR"], "VARCHAR")
