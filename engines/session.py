"""The Spark session that dbt-spark finds and works in."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession


def start_spark(folder: Path) -> SparkSession:
    """Start Spark on this machine, with two cores and a catalog that lives in memory.

    Parameters
    ----------
    folder : pathlib.Path
        Where the tables are kept.
    """
    session = (
        SparkSession.builder.master("local[2]")
        .appName("lead_funnel")
        .config("spark.sql.catalogImplementation", "in-memory")
        .config("spark.sql.warehouse.dir", str((folder / "tables").resolve()))
        .config("spark.local.dir", str((folder / "scratch").resolve()))
        .config("spark.sql.sources.default", "parquet")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.autoBroadcastJoinThreshold", "20MB")
        .config("spark.driver.memory", "2g")
        # Times in Parquet files without a zone are UTC.
        .config("spark.sql.parquet.inferTimestampNTZ.enabled", "false")
        # To plan what is left of a query after each of its steps takes longer than the steps.
        .config("spark.sql.adaptive.enabled", "false")
        # What follows from what costs minutes to work out over long unions of long expressions.
        .config("spark.sql.constraintPropagation.enabled", "false")
        # So do the ways in which such an expression can be written in the names of its aliases.
        .config("spark.sql.optimizer.expressionProjectionCandidateLimit", "0")
        # Columns are dropped between joins by projections, and planning asks each of a row of them
        # several times for the one below: minutes for a dozen joins.
        .config(
            "spark.sql.optimizer.excludedRules",
            "org.apache.spark.sql.catalyst.optimizer.ColumnPruning",
        )
        # Compiling queries would take longer than they run on so few rows.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.driver.extraJavaOptions", "-XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


def create_tables(session: SparkSession, files: Mapping[tuple[str, str], Path]) -> None:
    """Make tables of Parquet files, by schema and table; each is alone in its folder."""
    for schema in sorted({schema for schema, _ in files}):
        session.sql(f"create schema if not exists {schema}")
    for (schema, table), file in files.items():
        session.sql(f"create table {schema}.{table} using parquet location '{file.parent}'")


def has_table(session: SparkSession, schema: str, table: str) -> bool:
    """Tell whether a table exists."""
    return bool(session.catalog.tableExists(f"{schema}.{table}"))


def spark_rows(
    session: SparkSession, schema: str, table: str, names: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Read columns of a table; times as microseconds since 1970.

    A column that the table does not have is read as the text ``no such column``.
    """
    found = session.table(f"{schema}.{table}")
    kinds = dict(found.dtypes)
    expressions = []
    for name in names:
        if name not in kinds:
            expressions.append(f"'no such column' as {name}")
        elif kinds[name] == "timestamp":
            expressions.append(f"unix_micros({name}) as {name}")
        else:
            expressions.append(name)
    return [tuple(row) for row in found.selectExpr(*expressions).collect()]
