"""What several folders of tests share: dbt run in this process, on any raw folder and warehouse."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

from tests.dbt_runs import DbtRun, RunDbt

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def run_dbt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunDbt]:
    """Run a dbt command: `run_dbt(["build", "--select", "staging"], raw=folder, db=file)`.

    Runs share a target folder, and each reaches its warehouse through the same path (a
    link to the folder it lies in), because dbt reads the whole project again when a path in the
    profile differs. Warehouses should therefore have the same file name.
    """
    shared = tmp_path_factory.mktemp("dbt")
    link = shared / "warehouse"

    def run(
        arguments: list[str],
        raw: Path | str,
        db: Path,
        variables: dict[str, Any] | None = None,
        project: Path = PROJECT,
    ) -> DbtRun:
        lines: list[str] = []

        def listen(event: EventMsg) -> None:
            if event.info.level != "debug":
                lines.append(event.info.msg)

        link.unlink(missing_ok=True)
        link.symlink_to(db.resolve().parent)
        paths = ["--project-dir", project, "--profiles-dir", project, "--log-path", shared / "logs"]
        given = ["--vars", json.dumps(variables)] if variables else []
        with pytest.MonkeyPatch.context() as environment, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            environment.setenv("LEAD_FUNNEL_RAW", str(raw))
            environment.setenv("LEAD_FUNNEL_DB", str(link / db.name))
            # Variables count as part of the project too: runs with some have their own folder.
            target = "target_with_variables" if variables else "target"
            folder = shared if project == PROJECT else project
            environment.setenv("DBT_TARGET_PATH", str(folder / target))
            outcome = dbtRunner(callbacks=[listen]).invoke(
                ["--no-use-colors", *arguments, *map(str, paths), *given]
            )
            DuckDBConnectionManager.close_all_connections()
        if outcome.exception:
            lines.append(str(outcome.exception))
        messages = {
            result.node.name: str(result.message)
            for result in getattr(outcome.result, "results", None) or []
            # A macro that fails has no node.
            if hasattr(result, "node") and result.status not in ("success", "pass")
        }
        return DbtRun(outcome.success, "\n".join(lines), messages, outcome.result)

    yield run
