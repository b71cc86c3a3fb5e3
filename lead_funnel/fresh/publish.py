"""Put the leads of a fresh run into the published copy, and remember who was given to whom."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.fresh.earlier import PUBLISHED
from lead_funnel.fresh.small import NIGHT, attach_night, small_path
from lead_funnel.publish.copy import WITHHELD, clear_stale
from lead_funnel.publish.files import put_in_place, remove_database
from lead_funnel.publish.floor import compare_with_copy
from lead_funnel.publish.people import columns_sql, is_rep_level
from lead_funnel.warehouse import (
    Connection,
    attach_to_read,
    first_line,
    open_warehouse,
    private_files,
    quoted,
    transaction,
)

SMALL = "lead_funnel_small"
# Marts of a fresh run that are kept by account, and not by lead.
ACCOUNTS = ("dim_accounts",)
# The key, and the tables of those whose rows go and come.
OF_LEADS = ("lead_key", "gone_leads", "made_leads")
OF_ACCOUNTS = ("account_key", "their_accounts", "their_accounts")
NO_SLOT = ("account_owner_full", "day_cap", "no_experienced_slot", "over_capacity")
"""Reasons of lead_assignments why a lead that may be handed over has no owner."""
DETAILS = "fresh_lead_details"
"""Table in schema sync: what the CRM asks for of leads that it does not know yet."""


@dataclass(frozen=True)
class Handed:
    """How many leads were published, and how many of them have an owner.

    Attributes
    ----------
    leads, owned : int
    newly_owned : int
        They had none in the copy before this run.
    waiting : int
        Leads without one only because no slot is left.
    """

    leads: int
    owned: int
    newly_owned: int
    waiting: int


def publish_leads(db: Path, copy: Path, accept_changes: bool = False) -> Handed:
    """Replace in the published copy what it says of the leads, all of it or nothing.

    Parameters
    ----------
    db, copy : pathlib.Path
    accept_changes : bool
        Publish even where much would differ.

    Raises
    ------
    ChangedError
        If too much would differ from what is published.
    UserError
        If the copy cannot be read or written.
    """
    aside = copy.with_name(f".{copy.name}.{os.getpid()}.new")
    try:
        clear_stale(copy)
        with private_files():
            shutil.copyfile(copy, aside)
        with open_warehouse(aside) as connection:
            attach_small(connection, db)
            attach_night(connection, db)
            make_leads(connection, NIGHT)
            handed = count_handed(connection)
            replace_rows(connection)
            if not accept_changes:
                compare_with_copy(connection, copy)
        put_in_place(aside, copy)
    except (OSError, duckdb.Error) as error:
        raise UserError(f"{copy} was not written: {first_line(error)}") from None
    finally:
        remove_database(aside)
    return handed


def attach_small(connection: Connection, db: Path) -> None:
    """Attach the small warehouse, to read."""
    attach_to_read(connection, SMALL, small_path(db))


def make_leads(connection: Connection, *night: str) -> None:
    """Make temporary tables: made_leads, who is complete there; gone_leads, with former keys.

    And their_accounts, those that they had and have.

    Parameters
    ----------
    *night : str
        The database with the last whole build, unless it is the one that is open. Whom it does
        not know an earlier fresh run has made, perhaps under a key that has merged since.
    """
    connection.execute(
        f"""
        create temp table made_leads as
        select distinct lead_key from {SMALL}.intermediate.identity_members
        where (identifier_type, identifier_value) in (
            select (identifier_type, identifier_value) from {SMALL}.fresh.identifiers
        );
        create temp table gone_leads as
        select lead_key from made_leads
        union
        select lead_key from {SMALL}.fresh.lead_keys
        union
        select lead_key from marts.dim_leads
        where lead_key not in (select lead_key from {quoted(*night, "marts", "dim_leads")});
        -- All leads of these are complete there, or have left them.
        create temp table their_accounts as
        select account_key from {SMALL}.intermediate.lead_accounts
        where account_key is not null and lead_key in (select lead_key from made_leads)
        union
        select account_key from marts.dim_leads
        where account_key is not null and lead_key in (select lead_key from gone_leads)
        """
    )


def count_handed(connection: Connection) -> Handed:
    """Count the leads, before any is replaced."""
    ((leads, owned, newly, waiting),) = connection.execute(
        f"""
        select count(*), count(made.owner_id),
            count(*) filter (made.owner_id is not null and published.owner_id is null),
            count(*) filter (made.owner_id is null and made.reason_code in (select unnest(?)))
        from made_leads
        left join {SMALL}.marts.lead_assignments as made using (lead_key)
        left join marts.lead_assignments as published using (lead_key)
        """,
        [[*NO_SLOT]],
    ).fetchall()
    return Handed(int(leads), int(owned), int(newly), int(waiting))


def replace_rows(connection: Connection) -> None:
    """Replace the rows of the leads, and of their accounts, in each mart that was made."""
    with_reps = is_rep_level(connection)
    made, published = (
        {
            str(table): [*map(str, columns)]
            for table, columns in connection.execute(
                "select table_name, list(column_name order by column_index) "
                "from duckdb_columns() where database_name = coalesce(?, current_database()) "
                "and schema_name = 'marts' group by table_name order by all",
                [database],
            ).fetchall()
        }
        for database in (SMALL, None)
    )
    with transaction(connection):
        for table, columns in made.items():
            key, gone, made_ones = OF_ACCOUNTS if table in ACCOUNTS else OF_LEADS
            if key not in columns or table in WITHHELD or table not in published:
                continue
            names = published[table]
            connection.execute(
                f"delete from {quoted('marts', table)} where {key} in (select {key} from {gone})"
            )
            connection.execute(
                f"insert into {quoted('marts', table)} by name "
                f"select {columns_sql('marts', table, names, with_reps)} "
                f"from {quoted(SMALL, 'marts', table)} "
                f"where {key} in (select {key} from {made_ones})"
            )


@contextmanager
def remembering(db: Path) -> Iterator[Connection]:
    """Open the warehouse to write of the leads that were made, all or nothing."""
    with open_warehouse(db) as connection:
        attach_small(connection, db)
        with transaction(connection):
            make_leads(connection)
            yield connection


def mark(db: Path) -> None:
    """Remember which leads will be replaced in the published copy, before any is.

    The next run replaces them again, whether or not anything of theirs is still new by then.
    """
    with remembering(db) as connection:
        connection.execute(
            f"""
            create table if not exists sync.{PUBLISHED} (lead_key uuid);
            insert into sync.{PUBLISHED}
            select lead_key from (
                select lead_key from made_leads
                union
                select lead_key from {SMALL}.fresh.lead_keys
            ) as replaced
            where lead_key not in (select lead_key from sync.{PUBLISHED})
            """
        )


def remember(db: Path) -> None:
    """Remember whom the leads were given to, as of the last whole build: the night keeps the reps.

    A lead that has no owner any more was given to one all the same, and sales was told: that
    stays. And who the leads are that the CRM does not know yet, which only a push reads.
    """
    with remembering(db) as connection:
        connection.execute(
            f"""
            create temp table given as
            select
                assignments.lead_key::text as lead_key,
                (select as_of from intermediate.clock) as as_of,
                assignments.owner_id,
                leads.owner_id as crm_owner_id,
                assignments.assigned_at,
                assignments.due_at,
                assignments.is_exploration
            from {SMALL}.marts.lead_assignments as assignments
            inner join {SMALL}.marts.dim_leads as leads using (lead_key)
            where
                assignments.owner_id is not null
                and assignments.lead_key in (select lead_key from made_leads);

            delete from sync.published_assignments
            where
                as_of = (select as_of from intermediate.clock)
                and (
                    lead_key in (select lead_key from given)
                    -- An earlier fresh run has made it, under a key that is no more.
                    or lead_key not in (
                        select lead_key::text from marts.dim_leads
                        union all
                        select lead_key::text from made_leads
                    )
                );

            insert into sync.published_assignments by name from given;

            create or replace table sync.{DETAILS} as
            select * from {SMALL}.intermediate.crm_new_lead_details
            where lead_key in (select lead_key from made_leads)
            """
        )
