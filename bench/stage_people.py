"""Read people from raw files and what the warehouse says about their stages."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from bench.stage_replay import Entry
from bench.stage_words import Person, Row


def read_people(raw: Path, sample: int | None = None) -> dict[str, Person]:
    """People by the address that their records share; the sample is drawn by a hash."""
    with duckdb.connect() as connection:

        def rows(table: str, wanted: str) -> list[Row]:
            cursor = connection.execute(
                f"select * from read_parquet('{raw / table}.parquet') where {wanted}"
            )
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        limit = f"limit {sample}" if sample is not None else ""
        connection.execute(
            f"""
            create table people as select distinct email
            from read_parquet('{raw}/crm_leads.parquet') order by md5(email) {limit}
            """
        )
        connection.execute(
            f"""
            create table records as
            select lead_id, email, replace(lead_id, 'L', 'C') as contact_id
            from read_parquet('{raw}/crm_leads.parquet') semi join people using (email)
            """
        )
        owner: dict[str, str] = dict(
            connection.execute("select lead_id, email from records").fetchall()
        )
        people: dict[str, Person] = defaultdict(Person)
        of_records = "lead_id in (select lead_id from records)"
        contacts: dict[str, str] = {}
        for lead in rows("crm_leads", of_records):
            people[owner[lead["lead_id"]]].leads.append(lead)
            if lead["converted_contact_id"] is not None:
                contacts[lead["converted_contact_id"]] = owner[lead["lead_id"]]
        for change in rows("crm_lead_history", of_records):
            people[owner[change["lead_id"]]].changes[change["lead_id"]].append(change)
        for call in rows("crm_activities", of_records):
            people[owner[call["lead_id"]]].engagements.append(call["occurred_at"])
        deal_owner: dict[str, str] = {}
        for deal in rows(
            "crm_opportunities",
            f"{of_records} or contact_id in (select contact_id from records)",
        ):
            name = owner.get(deal["lead_id"]) or contacts.get(deal["contact_id"])
            if name is not None:
                people[name].deals.append(deal)
                deal_owner[deal["opportunity_id"]] = name
        for step in rows("crm_opportunity_history", "true"):
            if step["opportunity_id"] in deal_owner:
                person = people[deal_owner[step["opportunity_id"]]]
                person.steps[step["opportunity_id"]].append(step)
        return dict(people)


def read_entries(db: Path) -> dict[str, list[Entry]]:
    """Entries of `fct_stage_transitions`, in order, by address."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    with duckdb.connect(str(db), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(
            """
            select members.identifier_value, transitions.cycle_number, transitions.stage,
                transitions.entered_at, transitions.is_implied
            from marts.fct_stage_transitions as transitions
            inner join intermediate.identity_members as members
                on transitions.lead_key = members.lead_key and members.identifier_type = 'email'
            order by 1, cycle_number, entry_number
            """
        ).fetchall()
    for email, cycle, stage, at, is_implied in found:
        entries[email].append((cycle, stage, at, is_implied))
    return dict(entries)
