"""Build a tiny demo on DuckDB and on Spark and compare the marts row for row.

``python -m engines.spark --leads 200 --folder data/spark``

Both engines read the same raw tables and the same model; then the views of the connectors
read the same tables of each tool. Needs Java 17 or newer
and the extra ``spark``.
"""

import argparse
import multiprocessing
import os
import shutil
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import duckdb

from demo.contract import Settings
from demo.simulate import simulate
from engines.compare import Difference, compare_rows
from engines.given import acknowledge_half, ask_to_forget, insert_model
from engines.tables import duckdb_rows, export_tables, list_tables
from lead_funnel.console import note
from lead_funnel.dbt_speed import fast_dbt
from lead_funnel.errors import UserError

PROJECT = Path(__file__).resolve().parents[1]
MARTS = "marts"
# No model makes it: compared because what is said of forgotten people leaves it.
KEPT = ("sync", "sync_acknowledgements")
# What exists before the models: given to both engines alike.
GIVEN = ("raw", "ml", "sync")
# Made by each engine's own hash function, and read by nothing but its own next run.
NOT_COMPARED = ("lead_version",)


def invoke(words: Sequence[str]) -> bool:
    """Run dbt, without what it does again for every node, and tell whether it succeeded."""
    from dbt.cli.main import dbtRunner

    with fast_dbt(Path(os.environ["DBT_TARGET_PATH"])):
        return bool(dbtRunner().invoke(list(words)).success)


def run_dbt(command: Sequence[str], target: str, folder: Path) -> None:
    """Run a dbt command: for Spark in this process, whose session dbt shares, else in another.

    Raises
    ------
    UserError
        If a model cannot be built; dbt itself has said which and why. Or if its process ended.
    """
    started = time.monotonic()
    os.environ["DBT_TARGET_PATH"] = str(folder / "dbt" / target)
    os.environ["DBT_LOG_PATH"] = str(folder / "dbt" / "logs")
    paths = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    words = ["--quiet", *command, "--target", target, *paths]
    if target == "spark":
        succeeded = invoke(words)
    else:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            try:
                succeeded = pool.submit(invoke, words).result()
            except BrokenProcessPool:
                raise UserError(
                    f"dbt {command[0]} on {target} ended without a word; did memory run out?"
                ) from None
    if not succeeded:
        raise UserError(f"dbt {command[0]} failed on {target}; see {folder / 'dbt' / 'logs'}.")
    note(f"dbt {command[0]} on {target}: {time.monotonic() - started:.0f} s")


def build_on_duckdb(folder: Path, leads: int) -> tuple[Path, dict[tuple[str, str], Path]]:
    """Simulate a company and build its marts.

    Returns
    -------
    Path
        The warehouse file.
    dict
        By schema and table, the file with what the other engine is given.
    """
    raw = folder / "raw"
    warehouse = folder / "warehouse.duckdb"
    simulate(Settings(leads=leads, seed=7, out=raw, truth=folder / "truth"))
    ask_to_forget(raw)
    os.environ["LEAD_FUNNEL_RAW"] = str(raw)
    os.environ["LEAD_FUNNEL_DB"] = str(warehouse)
    run_dbt(["seed"], "duckdb", folder)
    with duckdb.connect(str(warehouse)) as connection:
        insert_model(connection)
    run_dbt(["run"], "duckdb", folder)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        acknowledge_half(connection)
        files = export_tables(connection, GIVEN, folder / "given")
    run_dbt(["run", "--select", "erased_identifiers", "source:sync+"], "duckdb", folder)
    return warehouse, files


def compare_marts(
    warehouse: Path, files: Mapping[tuple[str, str], Path], folder: Path
) -> dict[str, Difference | None]:
    """Build on Spark what DuckDB has built, and compare.

    Returns
    -------
    dict of str to Difference or None
        By mart, table that is kept beside them and view of a connector; None where Spark has no
        such table.
    """
    from engines.connectors import compare_connectors
    from engines.session import create_tables, has_table, spark_rows, start_spark

    session = start_spark(folder)
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            create_tables(session, files)
            run_dbt(["seed"], "spark", folder)
            run_dbt(["run"], "spark", folder)
            found: dict[str, Difference | None] = {}
            tables = [(MARTS, table) for table in list_tables(connection, MARTS)]
            for schema, table in (*tables, KEPT):
                if not has_table(session, schema, table):
                    found[table] = None
                    continue
                names, ours = duckdb_rows(connection, schema, table, NOT_COMPARED)
                theirs = spark_rows(session, schema, table, names)
                found[table] = compare_rows(names, ours, theirs)
        return found | compare_connectors(session, folder / "connectors", run_dbt)
    finally:
        session.stop()


def summary(found: dict[str, Difference | None]) -> list[str]:
    """Write the result as lines: one for each table, more where rows differ."""
    lines = [f"{'table':<36}{'DuckDB':>8}{'Spark':>8}{'differ':>8}"]
    for table, difference in found.items():
        if difference is None:
            lines.append(f"{table:<36}{'':>8}{'none':>8}")
            continue
        first, second = difference.rows
        lines.append(f"{table:<36}{first:>8}{second:>8}{difference.count:>8}")
        lines.extend(f"    {text}" for text in difference.columns)
    wrong = [name for name, difference in found.items() if not difference or difference.count]
    lines.append("")
    empty = [name for name, difference in found.items() if difference and not any(difference.rows)]
    if empty:
        lines.append(f"Empty on both, so nothing is shown for: {', '.join(empty)}.")
    lines.append(f"Not compared, because each engine has its own: {', '.join(NOT_COMPARED)}.")
    lines.append(
        f"{len(wrong)} of {len(found)} tables differ: {', '.join(wrong)}"
        if wrong
        else f"All {len(found)} tables are equal."
    )
    return lines


def check_tools() -> None:
    """See that Spark can run here.

    Raises
    ------
    UserError
        If Java or a Python package is missing.
    """
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UserError("There is no Java. Install version 17 or newer, or set JAVA_HOME.")
    try:
        import dbt.adapters.spark  # noqa: F401
        import pyspark  # noqa: F401
    except ImportError as error:
        raise UserError(
            f"{error.name} is not installed. Run `make spark`, which installs it."
        ) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0 if all tables are equal, 1 if rows differ, 2 if it could not be found out.
    """
    parser = argparse.ArgumentParser(prog="python -m engines.spark", description=__doc__)
    parser.add_argument("--leads", type=int, default=200, help="persons to simulate")
    parser.add_argument(
        "--folder", type=Path, default=Path("data/spark"), help="emptied, then filled"
    )
    chosen = parser.parse_args(arguments)
    folder = chosen.folder.resolve()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    warnings.simplefilter("ignore")
    try:
        check_tools()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        found = compare_marts(*build_on_duckdb(folder, chosen.leads), folder)
    except UserError as error:
        note(f"spark: {error}")
        return 2
    for line in summary(found):
        sys.stdout.write(line + "\n")
    return int(any(not difference or difference.count for difference in found.values()))


if __name__ == "__main__":
    sys.exit(main())
