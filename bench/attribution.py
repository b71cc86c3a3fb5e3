"""How the time of attribution grows with the events: at three sizes, each twice the one before.

``python -m bench.attribution --events 2000000``

Makes a warehouse that holds nothing but what the models of attribution read: people in
companies, with visits, mails and fairs, MQLs and deals. Then dbt builds them on it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.run import FOLDER, build_seconds, model_seconds, report, run_dbt
from lead_funnel.console import note

MODELS = (
    "int_touches",
    "int_journey_touches",
    "int_channel_steps",
    "attribution_touches",
    "attribution",
)
SEEDS = ("channels", "attribution_settings", "attribution_touch_types")
EVENTS_PER_LEAD = 20
LEADS_PER_ACCOUNT = 4
SIZES = 3

INPUTS = """
create schema intermediate;
create schema staging;
create schema marts;
create table intermediate.clock as
    select timestamp '2026-01-01' as as_of, timestamp '2026-01-01' as backfilled_until;
create table intermediate.lead_events as
    select
        cast(md5('event' || number) as uuid) as event_key,
        cast(md5('lead' || hash(number) % {leads}) as uuid) as lead_key,
        timestamp '2024-01-01' + to_seconds(cast(hash(number + 1) % 63000000 as bigint))
            as occurred_at,
        case number % 10
            when 0 then 'email_clicked' when 1 then 'trade_fair_visited' else 'page_viewed'
        end as event_type,
        case
            when number % 10 > 1 then cast(md5('device' || hash(number) % {leads}) as uuid)
        end as device_key,
        case when number % 10 > 1 then cast(hash(number + 2) % 8 as int) end as session_number,
        case when number % 3 = 0 then 'piece-' || number % 40 end as content_id,
        case
            when number % 10 < 2 or hash(number + 3) % 9 = 0 then 'campaign-' || number % 50
        end as campaign_id,
        case hash(number + 4) % 4 when 0 then 'google' when 1 then 'linkedin' end as utm_source,
        case hash(number + 4) % 4 when 0 then 'cpc' when 1 then 'paid_social' end as utm_medium,
        '' as lead_version
    from range({events}) as events(number);
create table marts.dim_leads as
    select
        cast(md5('lead' || number) as uuid) as lead_key,
        cast(md5('account' || number // {colleagues}) as uuid) as account_key
    from range({leads}) as leads(number);
create table marts.fct_lead_cycles as
    select
        lead_key,
        1 as cycle_number,
        case
            when hash(lead_key) % 2 = 0
                then timestamp '2024-06-01' + to_seconds(cast(hash(lead_key) % 46000000 as bigint))
        end as marketing_mql_at
    from marts.dim_leads;
create table marts.fct_opportunities as
    select
        cast(lead_key as varchar) as opportunity_id,
        account_key,
        lead_key,
        timestamp '2024-07-01' + to_seconds(cast(hash(lead_key) % 46000000 as bigint))
            as created_at,
        timestamp '2024-09-01' + to_seconds(cast(hash(lead_key) % 46000000 as bigint)) as ended_at,
        case when hash(lead_key) % 20 = 0 then 'won' else 'lost' end as outcome,
        cast(hash(lead_key) % 100000 as double) as amount
    from marts.dim_leads
    where hash(lead_key) % 10 = 0;
create table marts.opportunity_people as
    select opportunity_id, lead_key from marts.fct_opportunities;
create table intermediate.currency_rates as
    select
        'EUR' as currency_code, timestamp '1900-01-01' as valid_from,
        timestamp '9999-12-31' as valid_until, 1.0::double as rate, 'EUR' as reporting_currency;
create table staging.stg_raw__campaigns as
    select 'campaign-' || number as campaign_id, 'email' as channel
    from range(50) as campaigns(number);
create table staging.stg_raw__campaign_costs as
    select
        campaign_id, date '2025-01-01' as cost_date, 100.0 as amount, 'EUR' as currency_code
    from staging.stg_raw__campaigns;
"""


def make_inputs(db: Path, events: int) -> None:
    """Make the tables that attribution reads."""
    leads = events // EVENTS_PER_LEAD
    text = INPUTS.format(events=events, leads=leads, colleagues=LEADS_PER_ACCOUNT)
    with duckdb.connect(str(db)) as connection:
        for statement in text.split(";"):
            if statement.strip():
                connection.execute(statement)


def measure(folder: Path, events: int) -> dict[str, float]:
    """Build attribution on so many events; give the seconds of each model, and of all."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "raw").mkdir(parents=True)
    # dbt wants some raw table.
    (folder / "raw" / "crm_leads.csv").write_text("lead_id\n")
    make_inputs(folder / "warehouse.duckdb", events)
    run_dbt(["seed", "--select", *SEEDS], folder)
    seconds = build_seconds(folder, MODELS)
    return {"all": round(seconds, 2)} | {
        model: round(found, 2) for model, found in model_seconds(folder).items() if model in MODELS
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure at each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.attribution", description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000, help="of the largest size")
    parser.add_argument("--record", action="store_true", help="keep the figures in bench/results")
    options = parser.parse_args(arguments)
    found = {}
    for size in reversed(range(SIZES)):
        events = options.events // 2**size
        note(f"{events} events")
        found[f"{events} events"] = measure(FOLDER / "attribution", events)
    report("attribution", found, options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
