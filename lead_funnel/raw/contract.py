"""The contract with the outside as typed values; `contract.yml` says what each means."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

VALUE_KINDS = {
    "text": "text",
    "lower": "text",
    "upper": "text",
    "id": "text",
    "tag": "text",
    "email": "text",
    "phone": "text",
    "country": "text",
    "host": "text",
    "url": "text",
    "json": "text",
    "time": "time",
    "date": "date",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
"""By kind of column, what kind of value a source keeps in it."""

LOADED_AT = "loaded_at"
"""The column that every raw table has besides its own: when the row arrived."""


@dataclass(frozen=True)
class Column:
    """One column of a raw table; the attributes are those of `contract.yml`.

    Attributes
    ----------
    spellings : tuple of str
        What files call a column of a tool's table; the contract has none.
    """

    name: str
    kind: str
    description: str
    shared: bool = False
    of_fields: tuple[str, ...] = ()
    key: bool = False
    required: bool = False
    falls_back_to: tuple[str, ...] = ()
    own_time: bool = False
    own_time_if: tuple[str, ...] = ()
    planned_unless: str | None = None
    values: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    may_be_empty: bool = False
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()
    identifies: str | None = None
    unless: tuple[str, ...] = ()
    emptied: str | None = None
    unread: bool = False
    spellings: tuple[str, ...] = ()

    @property
    def value_kind(self) -> str:
        """Kind of the value that a source keeps in it."""
        return VALUE_KINDS[self.kind]

    @property
    def is_own_id(self) -> bool:
        """Whether its values are ids that are unique within their source only."""
        return self.kind == "id" and not self.shared and not self.of_fields

    @property
    def is_searched(self) -> bool:
        """Whether an erasure looks for addresses in its words: they are found anyway in others."""
        return self.value_kind == "text" and self.identifies != "email" and not self.unread


@dataclass(frozen=True)
class Table:
    """One raw table; its columns are those of the contract, without `loaded_at`.

    Attributes
    ----------
    tool : str
        Of a tool's own table, whose; empty for a raw table.
    also : tuple of str
        What files with a tool's table are called.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    note: str = ""
    seen_on_devices: bool = False
    tool: str = ""
    also: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[Column, ...]:
        """Columns that name a row."""
        return tuple(column for column in self.columns if column.key)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the table's own columns."""
        return tuple(column.name for column in self.columns)

    @property
    def value_kinds(self) -> dict[str, str]:
        """Kind of value by column, `loaded_at` included."""
        return {column.name: column.value_kind for column in self.columns} | {LOADED_AT: "time"}


def read_contract(document: Mapping[str, Any]) -> dict[str, Table]:
    """Read a contract as YAML gives it.

    Raises
    ------
    ValueError
        If an attribute is unknown, missing or refers to a column that is not there.
    """
    tables = {}
    for name, given in document.items():
        try:
            columns = tuple(
                Column(name=column, **_tuples(attributes))
                for column, attributes in given["columns"].items()
            )
            tables[name] = Table(name=name, **{**given, "columns": columns})
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"The contract of raw table {name} is wrong: {error}") from error
        _check(tables[name])
    return tables


@functools.cache
def load_contract() -> dict[str, Table]:
    """Read the contract of this package: raw tables by name, in the order of the file."""
    text = resources.files(__package__).joinpath("contract.yml").read_text(encoding="utf-8")
    return read_contract(yaml.safe_load(text))


def _tuples(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _frozen(value) for name, value in attributes.items()}


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return _tuples(value)
    return tuple(value) if isinstance(value, list) else value


def _check(table: Table) -> None:
    problems = []
    if not table.key:
        problems.append("it has no key")
    if LOADED_AT in table.column_names:
        problems.append(f"{LOADED_AT} is in every table and is not listed")
    for column in table.columns:
        if column.kind not in VALUE_KINDS:
            problems.append(f"kind {column.kind} of {column.name} is unknown")
        elif (column.required or column.own_time or column.own_time_if) and (
            column.value_kind not in ("time", "date")
        ):
            problems.append(f"{column.name} is not a time")
        if (column.shared or column.of_fields) and column.kind != "id":
            problems.append(f"{column.name} is no id that sources could share")
        if column.of_fields and "field_name" not in table.column_names:
            problems.append(f"{column.name} is an id of some fields, and field_name is missing")
        if column.may_be_empty and not column.values:
            problems.append(f"{column.name} has no closed vocabulary that it could leave empty")
        if strange := {*column.words} - {*column.values}:
            problems.append(
                f"{column.name} has words for {', '.join(sorted(strange))}, which is not in its "
                "closed vocabulary"
            )
        if column.falls_back_to and not column.required:
            problems.append(f"{column.name} falls back to other times and is not required")
        if column.planned_unless and not column.own_time:
            problems.append(f"{column.name} may be a plan and is not an own time")
        others = {*column.own_time_if, *column.unless} - {*table.column_names}
        if column.planned_unless:
            others |= {column.planned_unless} - {*table.column_names}
        others |= {*column.falls_back_to} - {*table.column_names, LOADED_AT}
        problems += [
            f"{column.name} refers to the unknown column {name}" for name in sorted(others)
        ]
    if problems:
        raise ValueError(f"The contract of raw table {table.name} is wrong: {'; '.join(problems)}")
