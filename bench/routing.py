"""How long it takes to assign very many leads, against sorting them.

``python -m bench.routing --leads 1000000 --reps 1000``

Makes a warehouse that holds nothing but what the routing models read: scored leads, reps in
teams with capacities and caps, rules, accounts, handoffs. Then dbt builds the models that route
and assign on it, and, timed apart, the receipts and the plan. Sorting writes the candidates once
by team and value. Fails where a rep is above capacity or a lead without owner or reason. Seconds
depend on the machine and on what else it does; the ratio is what to look at.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.run import FOLDER, build_seconds, report, run_dbt, sort_seconds
from lead_funnel.console import note

TEAMS = 20
REPEATS = 3
ROUTING = (
    "source_efforts",
    "int_lead_efforts",
    "int_lead_combinations",
    "int_routing_matches",
    "int_routing_pool",
    "int_account_owners",
    "int_routing_owners",
    "int_routing_candidates",
)
ASSIGNING = (
    "int_rep_slots",
    "int_routing_kept",
    "int_rep_open_slots",
    "int_account_picks",
    "int_routing_queue",
    "int_two_slot_choices",
    "int_two_slot_assignments",
    "int_rep_open_slots_left",
    "int_one_slot_choices",
    "int_one_slot_assignments",
    "lead_assignments",
)
PLANS = (
    "routing_receipts",
    "int_expected_arrivals",
    "int_capacity_curve",
    "capacity_plan",
    "capacity_what_if",
)
SEEDS = ("attribution_settings", "country_languages", "funnel_stages", "points_cells")
KEY = "cast(md5('lead' || number) as uuid)"
AS_OF = "timestamp '2026-01-05 02:00:00'"

INPUTS = f"""
create schema if not exists intermediate;
create schema if not exists staging;
create schema if not exists seeds;
create schema if not exists marts;
create table intermediate.clock as select {AS_OF} as as_of;
create table seeds.sales_teams as
    select 'team-' || number as team_id, 'Team ' || number as name, '' as time_zone
    from range({{teams}}) as teams(number);
create table seeds.lead_effort as select 'website' as lead_source, 2 as slots;
create table seeds.routing_rules as
    select
        number as priority, 'rule-' || number as rule_id,
        case number % 4 when 0 then 'DE' when 1 then 'US' when 2 then 'SG' else '' end
            as country_code,
        case number % 3 when 0 then 'large' when 1 then 'small' else '' end as segment,
        case when number % 2 = 0 then 'topic-' || number % 5 else '' end as topic,
        '' as language, (number % 3) * 20.0 as min_score,
        case number % 5 when 0 then 'senior' when 1 then 'experienced' else '' end
            as min_experience,
        '' as only_when_open, 'team-' || number as team_id, '' as description
    from range({{teams}}) as rules(number)
    union all
    select
        1000 + number, 'rest-' || number, '', '', '', '', number * 2.0, '', '',
        'team-' || number, ''
    from range({{teams}}) as rules(number);
create table intermediate.team_days as
    select
        '' as team_id, date '2026-01-05' as work_date,
        timestamp '2026-01-05 09:00:00' as opens_at, timestamp '2026-01-05 17:00:00' as due_at,
        timestamp '2026-01-02 17:00:00' as begins_at, false as is_open;
create table intermediate.reps as
    select
        'rep-' || number as rep_id, 'team-' || number % {{teams}} as team_id,
        cast(10 + number % 30 as int) as weekly_capacity,
        cast(3 + number % 20 as int) as daily_capacity,
        number % 20 != 0 as is_active, number % 25 = 1 as is_absent,
        cast(1 + number % 3 as int) as experience_level,
        number % 20 != 0 and number % 25 != 1 as is_available
    from range({{reps}}) as reps(number);
create table marts.dim_leads as
    select
        {KEY} as lead_key, 'crm-' || number as crm_lead_id,
        cast(md5('account' || number % ({{leads}} // 4)) as uuid) as account_key,
        case hash(number) % 10 when 0 then 'sql' when 1 then 'closed_won' else 'inquiry' end
            as current_stage,
        case hash(number + 1) % 5 when 0 then 'website' else 'fair' end as lead_source,
        case hash(number + 2) % 5 when 0 then 'DE' when 1 then 'US' when 2 then 'SG' else 'FR' end
            as country_code,
        case hash(number + 3) % 3 when 0 then 'large' when 1 then 'small' else 'medium' end
            as segment,
        'topic-' || hash(number + 4) % 8 as top_topic,
        case when number % 3 = 0 then 'rep-' || hash(number + 5) % {{reps}} end as owner_id,
        false as is_customer, hash(number % ({{leads}} // 4)) % 10 = 0 as is_customer_account,
        false as is_internal, false as is_deleted,
        cast(null as timestamp) as last_sales_touch_at
    from range({{leads}}) as leads(number);
create table marts.lead_scores as
    select
        {KEY} as lead_key, cast({AS_OF} as timestamp) as as_of, 1 as cycle_number,
        case when number % 4 = 0 then 'mql' else 'inquiry' end as stage,
        'model' as scored_by, hash(number + 6) % 1000000 / 2e6 as probability,
        cast(round(hash(number + 6) % 1000000 / 2e4) as int) as score,
        hash(number + 7) % 100 / 1.0 as points_total,
        hash(number + 6) % 1000000 / 2e6 * 5000 as expected_value,
        'C3' as grid_cell,
        row_number() over (order by hash(number + 6) % 1000000 desc, number) as priority_rank
    from range({{leads}}) as leads(number);
create table marts.contact_policy as
    select
        lead_key, true as has_email, true as has_phone,
        hash(crm_lead_id) % 10 != 0 as may_email, hash(crm_lead_id) % 10 != 0 as may_call
    from marts.dim_leads;
create table marts.fct_lead_cycles as
    select
        {KEY} as lead_key, 1 as cycle_number,
        {AS_OF} - to_days(cast(hash(number + 8) % 400 as int)) as started_at,
        cast(null as timestamp) as marketing_mql_at,
        'marketing' as origin, true as is_current, 'open' as outcome,
        cast(null as timestamp) as ended_at,
        cast(null as timestamp) as closed_won_at
    from range({{leads}}) as leads(number);
create table marts.fct_handoffs as
    select
        cast(md5('handoff' || number) as uuid) as handoff_key, {KEY} as lead_key,
        1 as cycle_number,
        {AS_OF} - to_seconds(cast(hash(number + 9) % 8000000 as bigint)) as handoff_at,
        {AS_OF} - to_seconds(cast(hash(number + 9) % 8000000 as bigint)) + to_hours(8) as due_at,
        cast(null as timestamp) as first_sales_touch_at,
        0 as sales_touches, cast(null as bigint) as sales_minutes,
        case when number % 3 = 0 then 'rep-' || hash(number + 5) % {{reps}} end as owner_id
    from range({{leads}}) as leads(number)
    where number % 4 = 0;
create table intermediate.lead_owners as
    select
        lead_key, owner_id, timestamp '2025-01-01' as owned_from,
        timestamp '9999-12-31' as owned_to
    from marts.dim_leads
    where owner_id is not null;
create table intermediate.lead_accounts as
    select lead_key, 'account-' || hash(crm_lead_id) % 100000 as crm_account_id
    from marts.dim_leads where hash(crm_lead_id) % 20 = 0;
create table marts.model_registry (model_version text, test_until timestamp, is_scoring boolean);
create table marts.forecast_backtest (
    basis text, model_version text, week_date date, wins double, expected_wins double,
    wins_variance double
);
create table staging.stg_raw__crm_accounts as
    select 'account-' || number as account_id, 'rep-' || hash(number) % {{reps}} as owner_id
    from range(100000) as accounts(number);
create table staging.stg_raw__crm_leads as
    select crm_lead_id as lead_id, owner_id, timestamp '2025-12-01' as updated_at
    from marts.dim_leads;
"""


def peak_memory(stop: threading.Event, found: list[int]) -> None:
    """Watch the largest resident set among the processes started from here, in bytes."""
    mine = os.getpid()
    while not stop.wait(0.2):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent == mine:
                    pages = int((process / "statm").read_text().split()[1])
                    found.append(pages * os.sysconf("SC_PAGE_SIZE"))
            except (OSError, IndexError, ValueError):
                continue


def broken(folder: Path) -> tuple[int, int, int, int]:
    """Count reps above capacity, leads without owner or reason, new owners, and receipts."""
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        [(above,)] = connection.execute(
            """
            select count(*) from (
                select owner_id, sum(slots) as slots
                from marts.lead_assignments where takes_new_slot group by owner_id
            ) as loads
            left join intermediate.int_rep_slots as reps on loads.owner_id = reps.rep_id
            where loads.slots > coalesce(least(reps.free_slots, reps.free_slots_today), 0)
            """
        ).fetchall()
        [(lost, given)] = connection.execute(
            """
            select
                count(*) filter (where (owner_id is null) = (reason_code is null)),
                count(*) filter (where takes_new_slot)
            from marts.lead_assignments
            """
        ).fetchall()
        [(receipts,)] = connection.execute("select count(*) from marts.routing_receipts").fetchall()
    return int(above), int(lost), int(given), int(receipts)


def measure(leads: int, reps: int, folder: Path) -> dict[str, object]:
    """Make the inputs, build on them, and check what came out."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "crm_leads.csv").write_text("lead_id\n")
    run_dbt(["seed", "--select", *SEEDS], folder)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(INPUTS.format(leads=leads, reps=reps, teams=TEAMS))
    note("inputs written; now building")
    stop, sizes = threading.Event(), [0]
    watch = threading.Thread(target=peak_memory, args=(stop, sizes), daemon=True)
    watch.start()
    routing = statistics.median(build_seconds(folder, ROUTING) for _ in range(REPEATS))
    assigning = statistics.median(build_seconds(folder, ASSIGNING) for _ in range(REPEATS))
    stop.set()
    watch.join()
    plans = build_seconds(folder, PLANS)
    sort = statistics.median(
        sort_seconds(
            folder, "intermediate.int_routing_candidates", "team_id, priority_rank, lead_key"
        )
        for _ in range(REPEATS)
    )
    above, lost, given, receipts = broken(folder)
    return {
        "leads": leads,
        "reps": reps,
        "teams": TEAMS,
        "rules": 2 * TEAMS,
        "leads_given_a_slot": given,
        "reps_above_capacity": above,
        "leads_without_owner_or_reason": lost,
        "sort_seconds": round(sort, 2),
        "assigning_seconds": round(assigning, 2),
        "assigning_ratio_to_sorting": round(assigning / sort, 1),
        "owners_and_rules_seconds": round(routing, 2),
        "both_ratio_to_sorting": round((routing + assigning) / sort, 1),
        "peak_memory_gigabytes": round(max(sizes) / 2**30, 2),
        "receipts": receipts,
        "receipts_and_plan_seconds": round(plans, 2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; fails only where somebody is above capacity or a lead is lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.routing", description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--reps", type=int, default=1_000)
    parser.add_argument("--folder", type=Path, default=FOLDER / "routing")
    parser.add_argument("--record", action="store_true", help="keep the result")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.leads, chosen.reps, chosen.folder.resolve())
    report("routing", found, chosen.record)
    return 1 if found["reps_above_capacity"] or found["leads_without_owner_or_reason"] else 0


if __name__ == "__main__":
    sys.exit(main())
