"""The list of connections, and the databases that they are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lead_funnel.errors import UserError
from lead_funnel.project import PACKAGE, read_any_yaml, read_yaml
from lead_funnel.warehouse import Connection, open_beside

MEMORY = "memory"
"""What DuckDB calls the database that is nowhere."""

Entry = dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """A connection to the databases of all entries.

    Attributes
    ----------
    database : str
        The name under which the warehouse is open; MEMORY where there is none yet.
    entries : list of dict
        The list.
    headers : dict
        By schema and view over exported files, the names in their headers.
    """

    connection: Connection
    database: str
    entries: list[Entry]
    headers: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def read_entries(given: Path, file: Path | None) -> object:
    """Read the list, as it is written: of a file, or of the variables of the dbt project.

    Raises
    ------
    UserError
        If there is none, or it cannot be read.
    """
    if file is None:
        variables = read_yaml(given / "dbt_project.yml").get("vars") or {}
        return (variables.get(PACKAGE) or {}).get("sources") or variables.get("sources") or []
    content = read_any_yaml(file)
    if isinstance(content, dict):
        content = (content.get("vars") or content).get("sources")
    if content is None:
        raise UserError(f"{file} has no list `sources`. Write it as docs/sources.md says.")
    return content


def open_entries(
    entries: Sequence[Entry], names: Mapping[str, str], warehouse: Path, base: Path
) -> Opened:
    """Open the warehouse, if it is there, and the files that entries name as their database.

    Parameters
    ----------
    names : mapping of str to str
        By file that is named as a database, the name under which it is to be open.
    base : pathlib.Path
        From where files are named.

    Raises
    ------
    UserError
        If one of them cannot be opened, or is the warehouse.
    """
    for file in names:
        if (base / file).resolve() == warehouse.resolve():
            raise UserError(f"{file} is the warehouse itself: leave `database` out of the list.")
    files = {warehouse.stem: warehouse} if warehouse.is_file() else {}
    files |= {name: base / file for file, name in names.items()}
    connection = open_beside(files)
    database = warehouse.stem if warehouse.is_file() else MEMORY
    return Opened(connection, database, [dict(entry) for entry in entries])


def check_places(opened: Opened, names: Mapping[str, str]) -> None:
    """Stop where an entry names a database or schema that is not there.

    Parameters
    ----------
    names : mapping of str to str
        By file that is named as a database, the name under which it is open.

    Raises
    ------
    UserError
        If one is not there, with what is.
    """
    schemas: dict[str, set[str]] = {}
    for database, schema in opened.connection.execute(
        "select database_name, schema_name from duckdb_schemas() where not internal"
    ).fetchall():
        schemas.setdefault(str(database), set()).add(str(schema))
    for entry in opened.entries:
        if entry.get("path"):
            continue
        given = str(entry.get("database") or opened.database)
        database = names.get(given, given)
        schema = str(entry.get("schema") or entry["name"])
        if database not in schemas and database != MEMORY:
            raise UserError(
                f"The database {given} of {entry['name']} is not known. Name its file, like "
                f"database: data/{given}.duckdb."
            )
        there = schemas.get(database, set())
        if schema.lower() not in {name.lower() for name in there}:
            found = ", ".join(sorted(there - {"main"})) or "none"
            raise UserError(
                f"There is no schema {schema} for {entry['name']} in {_place(given)}. "
                f"Schemas there: {found}."
            )


def _place(database: str) -> str:
    return (
        "the warehouse, which does not exist yet"
        if database == MEMORY
        else f"the database {database}"
    )
