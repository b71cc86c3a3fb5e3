"""Who entered which stage of which cycle when: in the warehouse, and in truth."""

from __future__ import annotations

from typing import Any

from tests.pipeline.demo_company import Company

Entries = dict[tuple[str, int, str], Any]

# The truth knows neither expiry nor companies: what comes after an expired cycle, or one that a
# colleague's win closed, is of the same true cycle.
PASSES = """
    select lead_key, cycle_number, outcome, ended_at,
        cycle_number - count(*) filter (outcome in ('expired', 'won_by_colleague')) over (
            partition by lead_key order by cycle_number
            rows between unbounded preceding and 1 preceding
        ) as pass_number
    from marts.fct_lead_cycles
"""


def persons(company: Company) -> str:
    """Which lead_key each identity of the truth has."""
    return f"""
        select distinct truth.seen_as, members.lead_key
        from read_parquet('{company.truth}/truth_identifiers.parquet') as truth
        inner join intermediate.identity_members as members
            on truth.identifier_value = members.identifier_value
            and members.identifier_type = case truth.identifier_type
                when 'crm_lead_id' then 'crm_lead' when 'user_id' then 'user'
                else truth.identifier_type end
    """


def found(company: Company) -> Entries:
    """When each identity entered each stage of each cycle, in the warehouse."""
    return {
        (who, cycle, stage): at
        for who, cycle, stage, at in company.ask(
            f"""
            select persons.seen_as, passes.pass_number, entries.stage, min(entries.entered_at)
            from marts.fct_stage_transitions as entries
            inner join ({PASSES}) as passes using (lead_key, cycle_number)
            inner join ({persons(company)}) as persons using (lead_key)
            where entries.stage != 'expired'
            group by all
            """
        )
    }


def true(company: Company) -> Entries:
    """When each identity entered each stage of each cycle, in truth."""
    return {
        (who, cycle, stage): at
        for who, cycle, stage, at in company.ask(
            "select seen_as, cycle, stage, entered_at "
            f"from read_parquet('{company.truth}/truth_stages.parquet')"
        )
    }


def told_by_crm(entries: Entries) -> Entries:
    """All but the first contacts of cycles, of which the web and the forms tell."""
    return {key: at for key, at in entries.items() if key[2] != "inquiry"}
