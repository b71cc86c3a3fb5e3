"""The small warehouse of a fresh run: what arrived since, and all rows of the leads it touches.

It is made anew by each run, in a folder beside the warehouse, and bears the warehouse's name, so
that the SQL of both is the same. Tables of the whole population (rates, rules, the champion) are
taken as the last whole build left them; base tables are filled with what is new by dbt, and then
with all that is known of the leads that it names.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from lead_funnel.publish.files import attach_fresh, remove_database
from lead_funnel.warehouse import (
    Connection,
    attach_to_read,
    open_beside,
    open_warehouse,
    private_files,
    quoted,
)

NIGHT = "lead_funnel_night"
"""What the warehouse is called beside the small one, here and in macros/fresh."""

# Of the whole population: whoever is new is judged by what the last whole build said.
POPULATION = (
    "content_advance_rates",
    "content_performance",
    "currency_rates",
    "expected_deals",
    "int_champion",
    "observability",
    "points_rules_in_force",
    "source_efforts",
    "stg_raw__first_syncs",
    "stage_map",
    "stages",
)
# Of all files and requests; dbt adds to the first four what is new.
OF_FILES = (
    "base_raw__loads",
    "base_raw__user_agents",
    "base_raw__web_pages",
    "first_knowledge",
    "erased_identifiers",
    "erased_rows",
)
# What says no more than which rows of a base table count: taken over from the last whole build.
VIEWS = tuple(
    f"stg_raw__{table}"
    for table in (
        "campaign_responses", "campaigns", "crm_accounts", "crm_activities", "crm_contacts",
        "crm_lead_history", "crm_opportunities", "crm_opportunity_contacts",
        "crm_opportunity_history", "crm_reps", "email_events", "form_submissions", "user_agents",
        "web_events", "web_pages",
    )
)  # fmt: skip
# What is remembered of published runs and of the CRM, as far as owners hang on it.
REMEMBERED = ("sync_acknowledgements", "sync_refusals", "published_assignments")
# Made by every build, or by this one.
OWN_SCHEMAS = (
    "staging",
    "intermediate",
    "marts",
    "seeds",
    "ml",
    "sync",
    "what_if",
    "main",
    "fresh",
)


def folder_of(db: Path) -> Path:
    """Give the folder of fresh runs: beside the warehouse."""
    return db.with_name(f"{db.name}.fresh")


def small_path(db: Path) -> Path:
    """Give the place of the small warehouse."""
    return folder_of(db) / db.name


def make_small(db: Path) -> Path:
    """Begin a small warehouse with what it takes over whole."""
    small = small_path(db)
    small.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_small(db)
    # How files are read is looked up once for both.
    link_intake(small.with_name(f"{small.name}.intake"), db.with_name(f"{db.name}.intake"))
    with open_beside({NIGHT: db}) as connection, private_files():
        attach_fresh(connection, small, db.stem)
        connection.execute(f"use {quoted(db.stem)}")
        connection.execute("begin")
        for schema, table in taken_over(connection):
            connection.execute(f"create schema if not exists {quoted(schema)}")
            connection.execute(
                f"create table {quoted(schema, table)} as from {quoted(NIGHT, schema, table)}"
            )
        for schema, table in loaded(connection):
            connection.execute(f"create schema if not exists {quoted(schema)}")
            connection.execute(
                f"create view {quoted(schema, table)} as from {quoted(NIGHT, schema, table)}"
            )
        connection.execute("commit")
    return small


def link_intake(link: Path, intake: Path) -> None:
    """Have the small warehouse use the same folder, which may have been emptied or moved."""
    intake.mkdir(mode=0o700, exist_ok=True)
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(intake.absolute(), target_is_directory=True)


def remove_small(db: Path) -> None:
    """Remove the small warehouse: it names people."""
    small = small_path(db)
    remove_database(small)
    shutil.rmtree(small.with_name(f"{small.name}.tmp"), ignore_errors=True)


def open_small(db: Path) -> Connection:
    """Open the small warehouse beside the other."""
    connection = open_warehouse(small_path(db))
    attach_night(connection, db)
    return connection


def make_views(connection: Connection) -> None:
    """Take over the views of base tables, once these are there: each is a run of dbt less."""
    for (sql,) in connection.execute(
        "select sql from duckdb_views() where database_name = ? and schema_name = 'staging' "
        "and view_name in (select unnest(?)) order by view_name",
        [NIGHT, [*VIEWS]],
    ).fetchall():
        connection.execute(sql)


def attach_night(connection: Connection, db: Path) -> None:
    """Attach the warehouse, to read."""
    attach_to_read(connection, NIGHT, db)


def taken_over(connection: Connection) -> Sequence[tuple[str, str]]:
    """List what is taken over whole."""
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? and ("
        "schema_name in ('seeds', 'ml') or table_name in (select unnest(?)) "
        "or (schema_name = 'sync' and table_name in (select unnest(?)))) order by all",
        [NIGHT, [*POPULATION, *OF_FILES], [*REMEMBERED]],
    ).fetchall()


def loaded(connection: Connection) -> Sequence[tuple[str, str]]:
    """List the tables that loaders wrote into the warehouse."""
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? "
        "and schema_name not in (select unnest(?)) order by all",
        [NIGHT, [*OWN_SCHEMAS]],
    ).fetchall()
