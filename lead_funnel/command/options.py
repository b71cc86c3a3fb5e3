"""Options that several commands have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from lead_funnel.console import say

# What is used where neither an option nor an environment variable says otherwise.
RAW = Path("data/raw")
WAREHOUSE = Path("data/warehouse.duckdb")

Warehouse = Annotated[
    Path | None,
    typer.Option(
        "--db",
        metavar="FILE",
        envvar="LEAD_FUNNEL_DB",
        help="The warehouse; by default the one that profiles.yml names.",
    ),
]
RawFolder = Annotated[
    Path | None,
    typer.Option(
        "--raw",
        metavar="DIR",
        envvar="LEAD_FUNNEL_RAW",
        help="Folder of the raw files; by default data/raw.",
    ),
]
ProjectDir = Annotated[
    Path, typer.Option("--project-dir", metavar="DIR", help="Folder of the dbt project.")
]
Language = Annotated[
    str, typer.Option("--lang", metavar="LANGUAGE", help="What it is written in: en or de.")
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON for other programs.")]
AcceptChanges = Annotated[
    bool,
    typer.Option(
        "--accept-changes",
        help="Publish even if much of the published copy would disappear.",
    ),
]


def raw_path(raw: Path | None) -> Path:
    """Give the folder of raw files that is meant."""
    return raw or RAW


def warehouse_path(db: Path | None, project: Path = Path()) -> Path:
    """Give the warehouse that is meant: as given, as the project says, or the usual one."""
    if db is not None:
        # DuckDB cannot be told of a name that is not UTF-8.
        str(db).encode()
        return db
    if not (project / "dbt_project.yml").is_file():
        return WAREHOUSE
    from lead_funnel.profile import database_path

    return database_path(project, None)


def say_json(content: Any) -> None:
    """Write what a program reads; moments and keys as text, what is not known as null."""
    say(json.dumps(_plain(content), indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    """Make what JSON can hold of cells of tables."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not hasattr(value, "isoformat"):
        value = value.item()
    if value is None or str(value) in ("nan", "NaT", "<NA>"):
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)
