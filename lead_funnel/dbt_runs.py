"""dbt run in this process, and told in plain sentences: warnings and failures, no noise."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lead_funnel.console import Work, note
from lead_funnel.dbt_speed import fast_dbt
from lead_funnel.errors import UserError
from lead_funnel.locks import holder, wait_from_environment
from lead_funnel.warehouse import held_text, is_held, open_warehouse
from lead_funnel.words import count_text, text

# Quiet but for what is told here.
SILENT = ("--log-level=none", "--log-level-file=warn", "--no-use-colors", "--no-version-check")
FAILED = ("error", "fail", "runtime error")
# What was not done, of which `dbt retry` does again what is a table or test.
LEFT = (*FAILED, "skipped", "partial success")
# Said to macros/raw/prepare_raw.sql.
FILES_STAY = "LEAD_FUNNEL_FILES_STAY"
# Tests that only warn, of which the mart data_warnings tells more.
TOLD_BY_MART = (
    "assert_every_erasure_request_names_somebody",
    "assert_no_identity_is_oversize",
)
FAILURES_SHOWN = 10
LINES_SHOWN = 4


# How dbt calls the end of a model, a test and a seed.
ENDED = ("LogModelResult", "LogTestResult", "LogSeedResult")


class Listener:
    """Hears dbt's events: keeps the warnings of our macros and shows how far it is."""

    def __init__(self, label: str) -> None:
        self.warnings: list[str] = []
        self._work = Work(label)
        self._work.doing = "reading the project"

    def __call__(self, event: Any) -> None:
        """Take one event."""
        data = event.data
        if event.info.name == "JinjaLogWarning":
            self.warnings.append(str(data.msg))
        elif event.info.name == "LogStartLine":
            self._work.doing = str(data.node_info.node_name)
            self._work.show()
        elif event.info.name in ENDED:
            # Tests call it otherwise.
            self._work.total = getattr(data, "total", 0) or getattr(data, "num_models", 0)
            self._work.advance()

    def close(self) -> None:
        """Take the progress off the screen."""
        self._work.close()


def run_dbt(
    arguments: Sequence[str],
    label: str,
    db: Path,
    said: set[str],
    project: Path = Path(),
    manifest: Any = None,
) -> str:
    """Run a dbt command on a project.

    Parameters
    ----------
    arguments : sequence of str
    label : str
        What is being done, for the progress.
    db : pathlib.Path
        The warehouse that dbt writes; waited for, where another process holds it.
    said : set of str
        Warnings that were said before and are not said again; those said now are added.
    project : pathlib.Path
        Folder of the project. What dbt writes of its own goes beside the warehouse where this is
        not the present folder.
    manifest : dbt.contracts.graph.manifest.Manifest, optional
        The project, where it was parsed before.

    Returns
    -------
    str
        What was done, in numbers.

    Raises
    ------
    UserError
        If anything failed, with what.
    """
    if db.is_file():
        open_warehouse(db).close()
    outcome, warnings = _invoke([*arguments, *places(project, db)], label, manifest)
    results, failed = _results(outcome), not outcome.success
    if manifest is None and any(ran_out_of_memory(one) for one in results):
        note("  The memory did not suffice: what was not made is made now, one table at a time.")
        # What dbt did last lies in its folder.
        target = f"--target-path={_target(arguments)}"
        open_warehouse(db).close()
        with files_as_they_were_read():
            retry = ["retry", "--threads=1", target, *places(project, db)]
            outcome, more = _invoke(retry, label, None)
        again = {_unique_id(one): one for one in _results(outcome)}
        results = [again.pop(_unique_id(one), one) for one in results] + [*again.values()]
        # It leaves what is no table or test.
        failed = not outcome.success or any(one.status in LEFT for one in results)
        warnings += more
    for warning in [*warnings, *warning_tests(results)]:
        if warning not in said:
            said.add(warning)
            note(f"  Warning: {text(warning)}")
    if failed:
        raise UserError(failure_text(outcome.exception, results, db))
    return done_text(results)


def _invoke(arguments: Sequence[str], label: str, manifest: Any) -> tuple[Any, list[str]]:
    """Have dbt do it; gives what it says of how it went, and its warnings."""
    listener = Listener(label)
    try:
        # dbt takes seconds to import, which no other command should wait for.
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        try:
            with fast_dbt(_target(arguments)):
                outcome = dbtRunner(manifest, callbacks=[listener]).invoke([*SILENT, *arguments])
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
            # dbt leaves its log file open, and opens it anew for each command.
            for handler in logging.getLogger("file_log").handlers:
                handler.close()
    finally:
        listener.close()
    return outcome, listener.warnings


def _target(arguments: Sequence[str]) -> Path:
    """Find the folder that dbt writes to, by what is said to it."""
    said = [word for word in arguments if word.startswith("--target-path=")]
    if said:
        # dbt believes the last.
        return Path(said[-1].partition("=")[2])
    return Path(os.environ.get("DBT_TARGET_PATH", "target"))


@contextmanager
def files_as_they_were_read() -> Iterator[None]:
    """Have `prepare_raw` leave the views of files as they are, whatever has come since."""
    os.environ[FILES_STAY] = "yes"
    try:
        yield
    finally:
        del os.environ[FILES_STAY]


def _results(outcome: Any) -> list[Any]:
    return list(getattr(outcome.result, "results", None) or [])


def _unique_id(result: Any) -> str:
    return str(getattr(result, "unique_id", None) or result.node.unique_id)


def ran_out_of_memory(result: Any) -> bool:
    """Tell whether a table was not made because DuckDB had not memory enough."""
    return result.status == "error" and "Out of Memory Error" in str(result.message)


def places(project: Path, db: Path) -> list[str]:
    """Say to dbt where the project lies, and where it may write."""
    if project == Path():
        return []
    folders = {"project-dir": project, "target-path": db.parent / "target"}
    folders["log-path"] = db.parent / "logs"
    if (project / "profiles.yml").is_file():
        folders["profiles-dir"] = project
    return [f"--{name}={folder.absolute()}" for name, folder in folders.items()]


def warning_tests(results: Sequence[Any]) -> list[str]:
    """Say in a sentence each which tests only warn."""
    return [
        f"the test {result.node.name} found {count_text(result.failures)} rows. "
        f"{result.node.description or ''}".strip()
        for result in results
        if result.status == "warn"
        and result.node.name not in TOLD_BY_MART
        and not is_of_rules(result.node)
    ]


def done_text(results: Sequence[Any]) -> str:
    """Count what a run made and tested."""
    kinds = [str(result.node.resource_type) for result in results if hasattr(result, "node")]
    tests = sum(kind in ("test", "unit_test") for kind in kinds)
    tables = sum(kind in ("model", "seed", "snapshot") for kind in kinds)
    words = [f"{count_text(tables)} tables"] if tables else []
    return ", ".join(words + ([f"{count_text(tests)} tests"] if tests else []))


def failure_text(exception: BaseException | None, results: Sequence[Any], db: Path) -> str:
    """Say what failed, and what was therefore left out."""
    if exception is not None and is_held(exception):
        return held_text(db, holder(exception), wait_from_environment())
    failed = [result for result in results if result.status in FAILED]
    skipped = sum(result.status == "skipped" for result in results)
    lines = [_failure(result) for result in failed[:FAILURES_SHOWN]]
    if len(failed) > FAILURES_SHOWN:
        lines.append(f"and {count_text(len(failed) - FAILURES_SHOWN)} more failed.")
    if exception is not None:
        lines.append(_short(str(exception)))
    if skipped:
        lines.append(f"{count_text(skipped)} tables and tests that build on it were left out.")
    return "\n  ".join(lines) or "dbt failed and did not say why. Look at logs/dbt.log."


def _failure(result: Any) -> str:
    node = getattr(result, "node", None)
    if node is None:
        # Something that dbt does before or after all tables.
        return f"{result.unique_id} failed: {_short(str(result.message))}"
    if result.status != "fail":
        return f"{node.name} failed: {_short(str(result.message))}"
    if is_of_rules(node):
        return (
            f"Rules of columns of {table_of(node)} do not hold, in {count_text(result.failures)} "
            "cases. The warnings say which, and how to find the rows."
        )
    where = getattr(node, "compiled_path", None)
    look = f" To see them, run {where} in the warehouse." if where else ""
    reason = f" {node.description}" if getattr(node, "description", "") else ""
    return f"The test {node.name} failed on {count_text(result.failures)} rows.{reason}{look}"


def is_of_rules(node: Any) -> bool:
    """Tell whether a test is one of all rules of a table's columns."""
    return getattr(getattr(node, "test_metadata", None), "name", None) == "column_rules"


def table_of(test: Any) -> str:
    """Give the name of the table that a test is of."""
    return str(test.attached_node or test.name).rpartition(".")[2]


def _short(message: str) -> str:
    """Keep the first lines, without dbt's frame of them and without addresses."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    kept = [
        line
        for line in lines
        if not line.startswith(("> in macro", "> called by", "compiled code at"))
        # What a macro says before anything runs is of no model.
        and not line.startswith("Compilation Error in operation")
    ]
    return "\n    ".join(text(line) for line in kept[:LINES_SHOWN])
