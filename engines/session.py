"""The Spark session that dbt-spark finds and works in."""

from pathlib import Path

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
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session
