"""Raw files as tests write them, and what is built of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_runs import DbtRun

Row = dict[str, Any]
Build = Callable[..., DbtRun]

LEADS = ["--select", "+stg_raw__crm_leads"]
QUALITY = ["--select", "+staging", "+quarantined_rows", "+unreadable_values", "+audit_raw_rows"]
LOADED_AT = "2025-02-01 00:00:00"


def lead(lead_id: str | None, **more: Any) -> Row:
    return {"lead_id": lead_id, "created_at": "2025-01-01 08:00:00", "loaded_at": LOADED_AT, **more}


def write_ndjson(file: Path, rows: list[Row], *broken: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*map(json.dumps, rows), *broken]) + "\n")


def write_parquet(file: Path, query: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    target = str(file).replace("'", "''")
    duckdb.execute(f"copy ({query}) to '{target}' (format parquet)")
