"""Which leads something new touches, and all rows of these.

A raw row names people by addresses and ids, devices, accounts and deals. Whoever shares one of
them with what is new is touched, and so is everybody of their accounts: colleagues count each
other's engagement, and go to one rep.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lead_funnel.fresh.earlier import find_earlier
from lead_funnel.fresh.small import NIGHT
from lead_funnel.raw.contract import load_contract
from lead_funnel.warehouse import Connection, quoted

# Types of identifiers of a person; deals and devices are followed apart.
OF_PEOPLE = ("email", "user", "crm_lead", "crm_contact")
RECORDS = {name: table for name, table in load_contract().items() if name != "erasure_requests"}
PEOPLE = {
    name: {one.name: one.identifies for one in table.columns if one.identifies in OF_PEOPLE}
    for name, table in RECORDS.items()
    if any(one.identifies in OF_PEOPLE for one in table.columns)
}
"""By base table, the columns that say whose a row is, with the type of identifier each holds."""
DEVICES = tuple(name for name, table in RECORDS.items() if table.seen_on_devices)
ACCOUNTS = {
    "crm_leads": ("account_id", "converted_account_id"),
    "crm_contacts": ("account_id",),
    "crm_opportunities": ("account_id",),
    "crm_accounts": ("account_id",),
}
DEALS = tuple(name for name, table in RECORDS.items() if "opportunity_id" in table.column_names)
# Small, and of no lead: all rows are there.
WHOLE = ("campaigns", "campaign_costs", "crm_accounts", "crm_reps")
# What says how a row came, not what it says.
ABOUT_ARRIVAL = {
    "part", "part_version", "version_count", "raw_row", "row_key", "unreadable_values",
    "arrived_at", "first_loaded_at", "member_number",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What arrived, and how many leads it touches, colleagues among them.

    Attributes
    ----------
    rows, leads : int
    earlier : int
        Leads that earlier runs have published since the last whole build: they are made anew too,
        because what they were made of may have been corrected since.
    """

    rows: int
    leads: int
    earlier: int = 0


def base(table: str, database: str = "") -> str:
    """Name a base table, here or in the warehouse."""
    names = [database] if database else []
    return quoted(*names, "staging", f"base_raw__{table}")


def find_touched(connection: Connection) -> Found:
    """Find what is new and whom it touches, and fill the base tables with their rows.

    Afterwards schema `fresh` holds lead_keys (those of the warehouse that are made anew),
    identifiers (who is complete here) and other_assignments (slots of everybody else).
    """
    connection.execute("create schema if not exists fresh")
    connection.execute("begin")
    columns = dict(
        connection.execute(
            "select table_name, list(column_name) from duckdb_columns() "
            "where database_name = current_database() and schema_name = 'staging' group by all"
        ).fetchall()
    )
    tables = [table for table in (*PEOPLE, "crm_opportunity_history", *WHOLE)
              if f"base_raw__{table}" in columns]  # fmt: skip
    new = sum(_find_new(connection, table, columns[f"base_raw__{table}"]) for table in tables)
    _find_named(connection, tables)
    earlier = find_earlier(connection)
    if new or earlier:
        _find_leads(connection)
        for table in tables:
            _fill(connection, table)
    # Where the clock stands still, what was published is of before all the same.
    connection.execute(
        "update sync.published_assignments set as_of = as_of - interval 1 microsecond "
        "where as_of >= (select as_of from intermediate.clock)"
    )
    ((leads,),) = connection.execute("select count(*) from fresh.lead_keys").fetchall()
    connection.execute("commit")
    return Found(new, leads, earlier)


def _find_new(connection: Connection, table: str, names: list[str]) -> int:
    """Make new_<table>: accepted rows that only one of both has, of the records that came again."""
    here, night = base(table), base(table, NIGHT)
    columns = ", ".join(quoted(name) for name in names if name not in ABOUT_ARRIVAL)
    connection.execute(
        f"""
        create or replace temp table touched_{table} as
        select record_key from {here} where record_key is not null
        union
        select record_key from {night}
        where record_key is not null and part in (
            select part from (
                select distinct part, part_version from {here}
                except select distinct part, part_version from {night}
            )
        );
        create or replace temp table new_{table} as
        (
            select {columns} from {here} where is_accepted
            except
            select {columns} from {night}
            where is_accepted and record_key in (select record_key from touched_{table})
        )
        union all
        (
            select {columns} from {night}
            where is_accepted and record_key in (select record_key from touched_{table})
            except
            select {columns} from {here} where is_accepted
        )
        """
    )
    ((rows,),) = connection.execute(
        f"select count(distinct record_key) from new_{table}"
    ).fetchall()
    return int(rows)


def _find_named(connection: Connection, tables: Iterable[str]) -> None:
    """Make what the new rows name: named_people, named_devices, named_deals, named_accounts."""
    tables = list(tables)

    def made(name: str, columns: str, parts: list[str]) -> None:
        found = " union ".join(parts)
        connection.execute(
            f"create or replace temp table {name} as "
            f"select {columns} from ({found}) as found({columns})"
        )

    deals = [f"select opportunity_id from new_{table} where opportunity_id is not null"
             for table in DEALS if table in tables]  # fmt: skip
    made("named_deals", "opportunity_id", deals)
    rows = {table: f"new_{table}" for table in tables}
    people = [f"select '{kind}', {column} from {rows[table]} where {column} is not null"
              for table in PEOPLE if table in tables
              for column, kind in PEOPLE[table].items()]  # fmt: skip
    # Whose the deals are, new or not.
    for table in ("crm_opportunities", "crm_opportunity_contacts"):
        for column, kind in PEOPLE[table].items() if table in tables else ():
            people += [f"select '{kind}', {column} from {place} where {column} is not null and "
                       "opportunity_id in (select opportunity_id from named_deals)"
                       for place in (base(table), base(table, NIGHT))]  # fmt: skip
    if "crm_leads" in tables:
        people += ["select 'crm_lead', trim(unnest(string_split(hs_merged_object_ids, ';'))) "
                   "from new_crm_leads where hs_merged_object_ids is not null"]  # fmt: skip
    made("named_people", "identifier_type, identifier_value", people)
    devices = [f"select device_key from {rows[table]} where device_key is not null"
               for table in DEVICES if table in tables]  # fmt: skip
    made("named_devices", "device_key", devices)
    accounts = [f"select {column} from {rows[table]} where {column} is not null"
                for table in ACCOUNTS if table in tables for column in ACCOUNTS[table]]  # fmt: skip
    made("named_accounts", "account_id", accounts)
    # Who is forgotten stays so: what names them waits for the night.
    connection.execute(
        f"""
        create or replace table fresh.lead_keys as
        select lead_key from {quoted(NIGHT, "intermediate", "identity_members")} limit 0;
        delete from named_people
        where md5(identifier_type || ':' || identifier_value) in (
            select replace(identifier_key::text, '-', '')
            from {quoted(NIGHT, "staging", "erased_identifiers")}
        )
        """
    )


def _find_leads(connection: Connection) -> None:
    def night(name: str) -> str:
        return quoted(NIGHT, "intermediate", name)

    connection.execute(
        f"""
        create or replace temp table domains as
        select split_part(identifier_value, '@', 2) as domain
        from named_people where identifier_type = 'email'
        union
        select lower(domain) from new_crm_accounts where domain is not null
        union
        select lower(website) from new_crm_leads where website is not null;

        -- Theirs, too, where no lead is known of them yet.
        insert into named_accounts
        select account_id from {base("crm_accounts", NIGHT)}
        where lower(domain) in (select domain from domains);

        create or replace temp table first_leads as
        select members.lead_key from {night("identity_members")} as members
        inner join named_people using (identifier_type, identifier_value)
        union
        select lead_key from {night("device_assignments")}
        where device_key in (select device_key from named_devices)
        union
        select lead_key from {night("lead_accounts")}
        where crm_account_id in (select account_id from named_accounts)
        union
        select lead_key from {night("identity_members")}
        where lead_key in (select lead_key from earlier_leads);

        insert into fresh.lead_keys
        select lead_key from first_leads
        union
        select lead_key from {night("lead_accounts")}
        where
            account_key in (
                select account_key from {night("lead_accounts")}
                where lead_key in (select lead_key from first_leads)
            )
            or domain in (select domain from domains);

        create or replace temp table components as
        select distinct components.found_component_key
        from {night("identity_components")} as components
        inner join {night("identity_members")} as members using (identifier_key)
        where members.lead_key in (select lead_key from fresh.lead_keys);

        create or replace temp table keys as
        select identifier_key from {night("identity_components")}
        where found_component_key in (select found_component_key from components);

        -- A component that is no person: its identifiers stand alone, and are looked at together.
        insert into fresh.lead_keys
        select distinct lead_key from {night("identity_members")}
        where
            identifier_key in (select identifier_key from keys)
            and lead_key not in (select lead_key from fresh.lead_keys);

        create or replace table fresh.identifiers as
        select identifier_type, identifier_value from {night("identifiers")}
        where identifier_key in (select identifier_key from keys)
        union
        select identifier_type, identifier_value from named_people;

        -- What many share links nobody, as long as it is seen that many do.
        create or replace temp table read_people as
        select identifier_type, identifier_value from fresh.identifiers
        union
        -- Whose a former address is now.
        select 'email', email from {base("crm_leads", NIGHT)}
        where email is not null and lead_id in (
            select identifier_value from fresh.identifiers where identifier_type = 'crm_lead'
        )
        union
        select 'email', email from {base("crm_contacts", NIGHT)}
        where email is not null and contact_id in (
            select identifier_value from fresh.identifiers where identifier_type = 'crm_contact'
        )
        union
        select identifier_type, identifier_value from {night("identifiers")}
        where identifier_key in (
            select right_key from {night("identity_links")}
            where not is_followed and left_key in (select identifier_key from keys)
            union
            select left_key from {night("identity_links")}
            where not is_followed and right_key in (select identifier_key from keys)
        );

        create or replace temp table read_devices as
        select device_key from named_devices
        union
        select device_key from {night("device_assignments")}
        where lead_key in (select lead_key from fresh.lead_keys);

        create or replace temp table read_deals as
        select opportunity_id from named_deals
        union
        select opportunity_id from {base("crm_opportunities", NIGHT)}
        where account_id in (
            select crm_account_id from {night("lead_accounts")}
            where lead_key in (select lead_key from fresh.lead_keys)
            union
            select account_id from named_accounts
        )
        union
        select opportunity_id from {base("crm_opportunity_contacts", NIGHT)}
        where {_names("crm_opportunity_contacts")}
        union
        select opportunity_id from {base("crm_opportunities", NIGHT)}
        where {_names("crm_opportunities")};

        create or replace table fresh.other_assignments as
        select lead_key, owner_id, slots, assigned_at
        from {quoted(NIGHT, "marts", "lead_assignments")}
        where takes_new_slot and lead_key not in (select lead_key from fresh.lead_keys)
        """
    )


def _names(table: str) -> str:
    """Write the condition that a row names somebody of read_people."""
    return " or ".join(
        f"{column} in (select identifier_value from read_people where identifier_type = '{kind}')"
        for column, kind in PEOPLE.get(table, {}).items()
    )


def _fill(connection: Connection, table: str) -> None:
    """Keep the new rows of the leads, and add all others of them."""
    here, night = base(table), base(table, NIGHT)
    conditions = ["true"] if table in WHOLE else [_names(table)] if table in PEOPLE else []
    if table in DEVICES:
        conditions.append("device_key in (select device_key from read_devices)")
    if table in DEALS and table != "crm_activities":
        conditions.append("opportunity_id in (select opportunity_id from read_deals)")
    is_read = " or ".join(conditions)
    connection.execute(
        f"""
        delete from {here} where reject_reason is not null or not coalesce({is_read}, false);
        insert into {here} by name
        select * from {night}
        where
            reject_reason is null
            and record_key not in (select record_key from touched_{table})
            and ({is_read})
        """
    )
