"""Write tables to Parquet piece by piece, and malformed rows as text."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from demo.columns import arrow_schema

Write = Callable[[str, Any], None]


def clear(folder: Path, names: list[str]) -> None:
    """Remove what an earlier run left for these tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)
        for suffix in ("parquet", "csv", "ndjson"):
            (folder / f"{name}.{suffix}").unlink(missing_ok=True)


@contextmanager
def open_tables(
    folder: Path, schemas: dict[str, dict[str, str]], in_folders: set[str]
) -> Iterator[Write]:
    """Open one Parquet file per table; yields a function that appends rows to one.

    Tables of `in_folders` get a folder of their own, for further files beside the first.
    """
    clear(folder, list(schemas))
    with ExitStack() as stack:
        writers = {}
        for name, columns in schemas.items():
            path = (
                folder / name / "part-0.parquet"
                if name in in_folders
                else folder / f"{name}.parquet"
            )
            path.parent.mkdir(exist_ok=True)
            writers[name] = stack.enter_context(
                pq.ParquetWriter(path, arrow_schema(columns), compression="zstd", version="2.6")
            )

        def write(name: str, rows: Any) -> None:
            writers[name].write_table(rows)

        yield write


def write_text(
    folder: Path, name: str, form: str, columns: list[str], rows: list[dict[str, str | None]]
) -> None:
    """Write rows as ``malformed.csv`` or ``malformed.ndjson`` into the table's folder."""
    path = folder / name / f"malformed.{form}"
    full = [{column: row.get(column) for column in columns} for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        if form == "csv":
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(full)
        else:
            file.writelines(json.dumps(row) + "\n" for row in full)
