"""A small warehouse made by hand, with things in it that must not get out."""

import shutil
from pathlib import Path

import duckdb
import pytest

from lead_funnel.report.report import render

LEAD_KEY = "0a1b2c3d-0a1b-4c3d-8e5f-0123456789ab"
ACCOUNT_KEY = "1b2c3d4e-0a1b-4c3d-8e5f-0123456789ab"
LEAD_ID = "lead-4711"
REP_ID = "rep-zulu"
ADDRESS = "jane.doe@customer.example"

TABLES = {
    "marts.audit_raw_rows": "select 'crm_leads' as raw_table, 1234 as rows_read, "
    "1200 as rows_accepted, 30 as rows_duplicate, 4 as rows_quarantined, 0 as rows_deleted, "
    "0 as rows_erased",
    "marts.quarantined_rows": f"select 'crm_leads' as raw_table, 'missing_key' as reason, "
    f"'{ADDRESS}' as row_key, '{{\"email\": \"{ADDRESS}\"}}' as raw_row, 2 as row_count "
    "from range(2)",
    "marts.publishing_rules": "select 100 as fewest_rows, 0.2 as most_lost_share, "
    "1.0 as most_gained_share, 0.2 as most_quarantined_share, false as rep_level_reporting",
    "marts.data_warnings": "select * from (values "
    "('events_of_nobody', 'email_events', 3, '3 rows belong to nobody.', 'Fill the address.'), "
    f"('status_unmapped', 'lead: Odd', 7, 'No line maps Odd \x1b[31m of {ADDRESS}.', "
    "'Add the line lead,Odd,STAGE.'), "
    "('table_missing', 'crm_reps', null, 'There are no rows of crm_reps.', 'Export them.')) "
    "w(kind, subject, affected_count, message, remedy)",
    "marts.retention_due": "select * from (values "
    f"(cast('{LEAD_KEY}' as uuid), timestamp '2024-01-05 10:00:00', 365, "
    "timestamp '2025-06-30 12:00:00')) "
    "r(lead_key, last_activity_at, retention_days, requested_at) where false",
    "intermediate.identity_members": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "cast(md5(number) as uuid) as identifier_key from (values ('1'), ('2'), ('3')) m(number)",
    "intermediate.identifiers": "select cast(md5(number) as uuid) as identifier_key, "
    "identifier_type, identifier_value from (values "
    f"('1', 'email', '{ADDRESS}'), ('2', 'crm_lead', '{LEAD_ID}'), ('3', 'user', 'u1')) "
    "i(number, identifier_type, identifier_value)",
    "marts.oversize_identities": "select kind "
    "from (values ('hub'), ('hub'), ('component')) k(kind)",
    "marts.dim_leads": f"select cast('{LEAD_KEY}' as uuid) as lead_key, 'mql' as current_stage, "
    f"'{REP_ID}' as owner_id, '{LEAD_ID}' as crm_lead_id, timestamp '2025-06-01' as "
    "stage_entered_at, 2 as cycle_number, timestamp '2025-05-01' as first_seen_at, "
    f"cast('{ACCOUNT_KEY}' as uuid) as account_key, 'email' as channel, 'small' as segment, "
    "'DE' as country_code, 'analyst' as persona, 'software' as industry, "
    f"'{ADDRESS}' as top_topic, timestamp '2025-06-29' as last_engaged_at, "
    "cast(null as timestamp) as last_sales_touch_at, false as is_customer, true as is_stalled",
    "marts.cycle_dimensions": f"select cast('{LEAD_KEY}' as uuid) as lead_key, cycle_number, "
    "cohort_month, 'marketing' as origin, 'email' as channel, '(null)' as lead_source, "
    "'fair-1' as campaign_id, 'analyst' as persona, 'small' as segment, 'DE' as country_code, "
    "team_id, 'marketing' as inquiry_owner, 'marketing' as mql_owner, 'sales' as sal_owner, "
    "'sales' as sql_owner, 'sales' as closed_won_owner from (values "
    "(1, date '2025-01-01', 'emea'), (2, date '2025-06-01', '(null)')) "
    "d(cycle_number, cohort_month, team_id)",
    "marts.funnel_cohorts": "select cohort_month, 'marketing' as origin, channel, "
    "'(null)' as lead_source, 'fair-1' as campaign_id, 'analyst' as persona, "
    "'small' as segment, country_code, 'emea' as team_id, 'marketing' as stage_owner, stage, "
    "stage_order, 100 // stage_order as entered, 40 // stage_order as advanced, 1 as lost, "
    "2 as recycled, 3 as disqualified, 0 as expired, 5 as won_by_colleague, 4 as open, "
    "90 // stage_order as mature, 36 // stage_order as mature_advanced from "
    "(values (date '2025-01-01', 'email', 'DE'), (date '2025-06-01', 'event', '(null)')) "
    "d(cohort_month, channel, country_code), "
    "(values ('inquiry', 1), ('mql', 2), ('sal', 3), ('sql', 4), ('closed_won', 5)) "
    "s(stage, stage_order)",
    "marts.fct_stage_transitions": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "cycle_number, entry_number, stage, next_stage, entered_at, "
    "cast(null as timestamp) as exited_at, cast(null as varchar) as reason from (values "
    "(1, 1, 'inquiry', 'mql', timestamp '2025-01-05'), (1, 2, 'mql', null, timestamp "
    "'2025-01-09'), (2, 3, 'inquiry', null, timestamp '2025-06-02')) "
    "t(cycle_number, entry_number, stage, next_stage, entered_at)",
    "marts.dim_accounts": f"select cast('{ACCOUNT_KEY}' as uuid) as account_key, "
    "'customer.example' as domain, 'software' as industry, 'small' as segment, "
    "'DE' as country_code, 'email' as first_touch_channel, 1 as leads, 1 as engaged_leads_90d, "
    "1 as open_leads, 0 as open_deals, cast(null as double) as open_pipeline_amount, "
    "0 as won_deals, cast(null as double) as won_amount, false as is_customer",
    "marts.fct_opportunities": f"select cast('{ACCOUNT_KEY}' as uuid) as account_key, "
    "'email' as first_touch_channel, outcome, timestamp '2025-02-01' as created_at, ended_at, "
    "amount, case when outcome = 'won' then amount end as won_amount, 'EUR' as currency_code "
    "from (values ('won', timestamp '2025-03-03', 900.0), ('open', null, 400.0)) "
    "o(outcome, ended_at, amount)",
    "marts.attribution": "select model, level, date '2025-03-01' as month_date, "
    "'email' as channel, 'fair-1' as campaign_id, 'paper' as content_id, 2.0 as mqls, "
    "1.0 as deals, 900.0 as pipeline_amount, 1.0 as won_deals, 900.0 as won_amount, "
    "50.0 as cost from (values ('first'), ('last'), ('linear'), ('position'), ('time_decay'), "
    "('removal_effect')) m(model), (values ('account'), ('person')) l(level)",
    "marts.score_changes": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "timestamp '2025-06-30' as as_of, 44.0 as previous_points, 50.0 as points, "
    "6.0 as points_change, 8.5 as points_from_new_events, -2.5 as points_from_decay, "
    "0.0 as points_from_cycle_reset, 0.0 as points_from_fit, 0.0 as points_from_identity, "
    "0.0 as points_from_rules, 0.0 as points_from_corrections, "
    "cast(null as double) as previous_probability, 0.64 as probability",
    "marts.funnel_conversion": "select dimension, 'all' as dimension_value, "
    "cast(null as varchar) as second_dimension_value, month as cohort_month, stage, stage_order, "
    "100 // stage_order as entered, 40 as advanced, 1 as lost, 2 as recycled, "
    "3 as disqualified, 0 as expired, 5 as won_by_colleague, 4 as open, 90 as mature, "
    "0.4 as conversion_rate, "
    "0.3 as conversion_rate_low, 0.5 as conversion_rate_high from "
    "(values ('all', null), ('month', date '2025-01-01')) d(dimension, month), "
    "(values ('inquiry', 1), ('mql', 2), ('sal', 3), ('sql', 4), ('closed_won', 5)) "
    "s(stage, stage_order)",
    "marts.headline_figures": "select metric, span_days, period_number, is_whole, "
    "case when metric in ('accepted_in_time', 'black_hole') then 14 end as judged_after_days, "
    "case when metric in ('won_revenue', 'open_pipeline') then 'EUR' end as currency_code, "
    "value as counted, cast(null as bigint) as out_of, value, "
    "case when metric in ('accepted_in_time', 'black_hole') then value - 0.04 end as value_low, "
    "case when metric in ('accepted_in_time', 'black_hole') then value + 0.04 end as value_high, "
    "before as previous_value, case when metric in ('accepted_in_time', 'black_hole') "
    "then value - before else value / before - 1 end as change, certain as is_beyond_chance, "
    "timestamp '2025-04-01 12:00:00' as period_start_at, "
    "timestamp '2025-06-30 12:00:00' as period_end_at from (values "
    "('won_revenue', 90, 1, true, 837800.0, 598000.0, null), "
    "('won_revenue', 30, 1, true, 245800.0, 243600.0, null), "
    "('won_revenue', 30, 2, true, 243600.0, null, null), "
    "('open_pipeline', 90, 1, false, 2230000.0, null, null), "
    "('leads', 90, 1, true, 1447.0, 1281.0, true), ('mqls', 90, 1, true, 676.0, 798.0, true), "
    "('accepted_in_time', 90, 1, true, 0.31, 0.33, false), "
    "('black_hole', 90, 1, true, null, null, null)) "
    "h(metric, span_days, period_number, is_whole, value, before, certain)",
    "marts.funnel_reach": "select dimension, month as cohort_month, stage, stage_order, "
    "90 as horizon_days, 100 as cycles, case when month = date '2025-06-01' then 0 else 80 end "
    "as mature, 80 // stage_order as reached, "
    "case when month is distinct from date '2025-06-01' then 1 / stage_order end as reach_rate, "
    "case when month is distinct from date '2025-06-01' then 0.9 / stage_order end "
    "as reach_rate_low, "
    "case when month is distinct from date '2025-06-01' then least(1, 1.1 / stage_order) end "
    "as reach_rate_high from (values ('all', null), ('month', date '2025-01-01'), "
    "('month', date '2025-06-01')) d(dimension, month), "
    "(values ('inquiry', 1), ('mql', 2), ('sal', 3), ('sql', 4), ('closed_won', 5)) "
    "s(stage, stage_order)",
    "marts.lead_management_maturity": "select *, 2 as relationship_level, "
    "'defined' as relationship_reached, 3 as lead_management_level, "
    "'defined_process' as lead_management_reached, 'defined_but_not_lived' as position from "
    "(values ('relationship', 3, 'aligned', 'data', 'mqls_are_judged', 'Sales judges MQLs.', 0.43, "
    "null, false, 'Agree on it.', true), ('lead_management', 4, 'own_department', 'answer', "
    "'own_team', 'A team owns it.', null, null, null, 'Answer it.', true)) "
    "m(axis, level_number, level, basis, criterion, statement, share, answer, is_met, next_step, "
    "is_next)",
    "marts.observability": "select '' as source, capability, date '2025-01-12' as observable_from "
    "from (values ('activities'), ('opportunities')) c(capability)",
    "marts.fct_lead_cycles": f"select cast('{LEAD_KEY}' as uuid) as lead_key, cycle_number, "
    "outcome, cycle_number = 2 as is_current from "
    "(values (1, 'recycled'), (2, 'closed_won')) c(cycle_number, outcome)",
    "marts.stage_velocity": "select 'all' as dimension, stage, stage_order, 90 as stays, "
    "30 as open, 12 as stalled, 0.4 as stalled_share, 2.5 as quarter_left_days, "
    "case when stage = 'mql' then 13.75 end as median_days, 11.5 as median_days_low, "
    "cast(null as double) as median_days_high, 60.0 as three_quarters_left_days, "
    "0.7 as still_in_after_30_days from "
    "(values ('inquiry', 1), ('mql', 2), ('sal', 3), ('sql', 4)) s(stage, stage_order)",
    "marts.stage_velocity_curves": "select 'all' as dimension, 'mql' as stage, 2 as stage_order, "
    "day as days_in_stage, 90 - day as at_risk, (90 - day) / 90 as still_in_share, "
    "case when day > 1 then 0.5 end as still_in_share_low, "
    "case when day > 1 then 0.9 end as still_in_share_high from range(1, 4) d(day)",
    "marts.funnel_daily": "select date '2025-06-29' + cast(day as int) as date_day, "
    "'mql' as stage, 2 as stage_order, 40 + day as stock from range(2) d(day)",
    "marts.campaign_performance": "select campaign_id, name, leads, 20 as mqls, 10 as sals, "
    "2 as won, cost, 'EUR' as cost_currency_code, cost / 20 as cost_per_mql, "
    "cost / 2 as cost_per_win, 15 as judged_handoffs, 0.6 as black_hole_share, "
    "cost * 0.6 as cost_never_followed_up, cost * 0.7 as acquisition_cost "
    "from (values ('fair-1', 'Fair', 40, 9000.0), "
    f"('{ADDRESS}', null, 12, null), ('mail-1', 'Mail', 0, null)) "
    "c(campaign_id, name, leads, cost)",
    "marts.goal_progress": "select scope, campaign_id, month_date, metric, goal, actual, "
    "actual / goal as attainment, actual >= goal as is_reached, is_over, is_known from (values "
    "('month', null, date '2025-05-01', 'mql', 50.0, 55.0, true, true), "
    "('month', null, date '2025-06-01', 'mql', 50.0, 23.0, false, true), "
    "('campaign', 'fair-1', null, 'sal', 12.0, 10.0, true, true), "
    "('campaign', 'fiar-1', null, 'sal', 12.0, null, false, false)) "
    "g(scope, campaign_id, month_date, metric, goal, actual, is_over, is_known)",
    "marts.fct_handoffs": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "cycle_number, handed_over_by, verdict, is_in_black_hole, was_told, "
    "is_in_black_hole is not null as is_judged, timestamp '2025-01-09' as handoff_at, "
    "'emea' as team_id, 'hot' as score_band, 'after_hours' as black_hole_cause, "
    "case when is_in_black_hole then 1800.0 end as speed_to_lead_business_seconds, "
    "case when is_in_black_hole then false end as is_service_level_kept from (values "
    "(1, 'lead_status', 'never_followed_up', true, true), "
    "(2, 'points', 'nobody_told', null, false), (3, 'points', 'pending', null, null)) "
    "h(cycle_number, handed_over_by, verdict, is_in_black_hole, was_told)",
    "marts.source_performance": "select 'channel' as dimension, "
    "source as dimension_value, 50 as leads, won, "
    "40 as mature_leads, won as mature_won_in_horizon, won / 40 as close_rate, "
    "0.01 as close_rate_low, 0.2 as close_rate_high, 33.5 as median_days_to_win, "
    "8.5 as sales_touches_per_win, 1200.0 as cost, 'EUR' as cost_currency_code, "
    "24.0 as cost_per_lead, 48.0 as cost_per_mql, 96.0 as cost_per_sal, "
    "1200 / won as cost_per_win, 3600.0 as won_amount, 'EUR' as won_currency_code, "
    "3.0 as return_on_cost from "
    f"(values ('(null)', 1), ('unknown', 2), ('{ADDRESS}', 3), ('</script><b>', 4)) s(source, won)",
    "marts.amounts_by_currency": "select kind, currency_code, entries, unknown as without_amount, "
    "no_rate as without_rate, amount, converted as converted_amount, "
    "'EUR' as reporting_currency_code from (values "
    "('won_new_business', 'EUR', 3, 1, 0, 2000.0, 2000.0), "
    "('won_new_business', 'JPY', 1, 0, 1, 1000000.0, null), "
    "('open_pipeline', 'USD', 2, 0, 0, 5000.0, 4500.0), "
    "('cost', 'EUR', 9, 0, 0, 9000.0, 9000.0)) "
    "a(kind, currency_code, entries, unknown, no_rate, amount, converted)",
    "marts.black_hole": "select dimension, value as dimension_value, 80 as handoffs, "
    "46 as never_followed_up, 0.575 as black_hole_share, 0.46 as black_hole_share_low, "
    "0.68 as black_hole_share_high from (values ('all', 'all'), ('team', 'emea'), "
    "('cause', 'over_capacity'), ('team_arrival_hour', '9'), ('month', '2025-01-01')) "
    "d(dimension, value)",
    "marts.black_hole_cost": "select 'all' as dimension, 'all' as dimension_value, "
    "46 as never_followed_up, 'model' as rated_by, 1 as won_anyway, 12.5 as missed_deals, "
    "9.0 as missed_deals_low, 16.0 as missed_deals_high, 50000.0 as missed_amount, "
    "36000.0 as missed_amount_low, 64000.0 as missed_amount_high, 'EUR' as currency_code, "
    "7 as won_deals, 28000.0 as won_amount",
    "marts.black_hole_factors": "select factor, 40 as handoffs_with, 0.7 as share_with, "
    "0.5 as share_without, excess as excess_handoffs, excess - 5 as excess_handoffs_low, "
    "excess + 5 as excess_handoffs_high from "
    "(values ('after_hours', 8.0), ('no_owner', 2.0), ('owner_unknown', null)) f(factor, excess)",
    "marts.model_registry": "select 'v1' as model_version, timestamp '2025-06-30' as as_of, "
    "true as is_scoring, true as gate_passed, 'better than points' as gate_reason, "
    "900 as train_examples, 90 as train_wins, 300 as test_examples, 30 as test_wins",
    "marts.model_verdict": "select 'v1' as model_version, 'refit' as verdict, "
    "'the base rate moved' as reason, 'routing goes on' as consequence",
    "marts.forecast_backtest": "select date '2025-03-03' as week_date, 'tested' as basis, "
    "12 as worked_handoffs, 4.25 as expected_wins, 1.0 as expected_wins_low, "
    "8.0 as expected_wins_high, 5 as wins, true as is_within",
    "marts.score_comparison": "select 'v1' as model_version, 'all' as subset, scorer, metric, "
    "value, value - 0.05 as interval_low, value + 0.05 as interval_high, "
    "case when scorer = 'model' then 0.1 end as difference, "
    "case when scorer = 'model' then 0.02 end as difference_low, "
    "case when scorer = 'model' then 0.18 end as difference_high from "
    "(values ('points', 0.7), ('model', 0.8)) s(scorer, value), "
    "(values ('roc_auc'), ('ece')) m(metric)",
    "marts.lead_scores": f"select cast('{LEAD_KEY}' as uuid) as lead_key, 'hot' as score_band, "
    "'model' as scored_by, timestamp '2025-06-30' as as_of, 'mql' as stage, 64 as score, "
    "0.64 as probability, 50.0 as points_total, 40.0 as points_behavior, 10.0 as points_fit, "
    "'B' as fit_grade, 'B2' as grid_cell, 'v1' as model_version, "
    f"'Asked for a demonstration, twice' as reason_1, 'Wrote from {ADDRESS}' as reason_2, "
    "cast(null as varchar) as reason_3",
    "marts.lead_score_reasons": f"select cast('{LEAD_KEY}' as uuid) as lead_key, reason_rank, "
    "label, value_text, strength from (values (2, 'source', 'partner', 0.5), "
    f"(1, 'demonstrations', '2', 1.2), (3, 'asked by', '{ADDRESS}', -0.1)) "
    "r(reason_rank, label, value_text, strength)",
    "marts.nurture_queue": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "cast(null as varchar) as topic, track, queue_reason, content_id from (values "
    "('acquisition', 'below_cutoff', 'paper'), ('acquisition', 'below_cutoff', null), "
    "('customer', 'customer', 'guide')) q(track, queue_reason, content_id)",
    "marts.contact_policy": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "email_reason = 'none' as may_email, call_reason = 'none' as may_call, "
    "email_reason, call_reason from (values ('none', 'none'), "
    "('none', 'no_phone'), ('unsubscribed', 'none')) p(email_reason, call_reason)",
    "marts.content_performance": "select content_id, 'whitepaper' as content_type, "
    "cast(null as varchar) as topic, 'mql' as stage, content_id as title, 12 as consumers, "
    "10 as mature_consumers, "
    "4 as advanced, 0.4 as observed_rate, 0.38 as advance_rate, "
    "0.2 as advance_rate_low, 0.6 as advance_rate_high "
    "from (values ('paper'), ('guide')) c(content_id)",
    "marts.content_advance_rates": "select stage, persona, 'paper' as content_id, 7 as uses, "
    "3 as advanced, 3 / 7 as observed_rate, 0.4 as advance_rate, 0.25 as advance_rate_low, "
    "0.5 as advance_rate_high from (values ('inquiry'), ('mql')) s(stage), "
    "(values ('analyst'), ('unknown')) p(persona)",
    "marts.lead_assignments": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "'over_capacity' as reason_code, cast(null as varchar) as owner_id, 'emea' as team_id, "
    "cast(null as varchar) as assignment_reason, cast(null as timestamp) as assigned_at, "
    "cast(null as timestamp) as due_at",
    "marts.capacity_plan": "select 'emea' as team_id, 'Europe' as team_name, "
    "timestamp '2025-06-30 12:00:00' as as_of, 2 as reps_active, 30 as weekly_capacity, "
    "5 as slots_taken, 25 as free_slots, 60 as candidates, 20 as assigned_leads, "
    "20 as new_handoffs, 12 as cutoff_score, 3.5 as expected_wins, 0.6 as expected_wins_low, "
    "7.2 as expected_wins_high, 0.7 as wins_of_one_more_rep, "
    "0.833 as utilisation, 9.5 as expected_arrivals, 4.0 as expected_arrivals_low, "
    "15.0 as expected_arrivals_high, 17 as week_cutoff_score, 28 as target_mqls, "
    "12.5 as expected_mqls, 5.5 as expected_mqls_low, 19.5 as expected_mqls_high",
    "marts.capacity_what_if": "select team_id, '</script><b>' as team_name, "
    "percent as capacity_percent, percent = 100 as is_present_capacity, percent // 4 as slots, "
    "percent // 4 as leads, 12 as cutoff_score, 0.12 as cutoff_probability, "
    "sqrt(percent) as expected_wins, 100.0 * sqrt(percent) as expected_value, "
    "0.1 as wins_of_one_more_slot, 10.0 as value_of_one_more_slot "
    "from (values (0), (100), (300)) w(percent), (values ('emea'), ('all')) t(team_id)",
    "marts.routable_leads": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    f"'{LEAD_ID}' as crm_lead_id, '{REP_ID}' as owner_id, timestamp '2025-07-01 09:00:00' as "
    "due_at, 'emea' as team_id, 64 as score, 'hot' as score_band, 0.64 as probability, "
    "50.0 as points_total, "
    f"'Asked for a demonstration (2 times)' as reason_1, 'Wrote from {ADDRESS}' as reason_2, "
    "cast(null as varchar) as reason_3",
    "marts.fct_points_ledger": f"select cast('{LEAD_KEY}' as uuid) as lead_key, "
    "timestamp '2025-06-01 10:00:00' + to_days(cast(day as int)) as occurred_at, "
    "cast(md5(cast(day as varchar)) as uuid) as event_key, 'pricing_view' as rule_id, "
    "'Viewed the prices' as rule_description, 'behavior' as dimension, entry_type, points, "
    "balance, cast(md5('entry' || day) as uuid) as ledger_entry_key from "
    "(values (2, 'capped', 0.0, 5.5), (1, 'award', 6.0, 6.0)) e(day, entry_type, points, balance)",
    "marts.fct_lead_timeline": "select cast(md5('1') as uuid) as event_key, "
    f"cast('{LEAD_KEY}' as uuid) as lead_key, 'pricing_viewed' as event_type, "
    f"'{ADDRESS}' as topic, timestamp '2025-06-02' as occurred_at, true as is_engagement, "
    "false as is_sales_touch",
    "ml.model_terms": "select 'v1' as model_version, 1 as term_number",
    "staging.stg_raw__crm_leads": f"select '{ADDRESS}' as email",
    "raw.crm_leads": f"select '{ADDRESS}' as email",
}


def build(file: Path, tables: dict[str, str]) -> Path:
    """Write a warehouse; dim_leads is a view, as a mart may be."""
    with duckdb.connect(str(file)) as connection:
        for name, query in tables.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            kind = "view" if name == "marts.dim_leads" else "table"
            connection.execute(f"create {kind} {name} as {query}")
    return file


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of warehouses, to be copied: sixty tables take longer to make than one file."""
    folder = tmp_path_factory.mktemp("made")
    build(folder / "w.duckdb", TABLES)
    emptied = {name: f"select * from ({query}) where false" for name, query in TABLES.items()}
    build(folder / "empty.duckdb", emptied)
    return folder


@pytest.fixture(scope="session")
def page(made: Path) -> str:
    """The report of that warehouse."""
    return render(made / "w.duckdb")


@pytest.fixture
def warehouse(made: Path, tmp_path: Path) -> Path:
    """A warehouse with a row or more in every table."""
    return Path(shutil.copy(made / "w.duckdb", tmp_path))


@pytest.fixture
def empty_warehouse(made: Path, tmp_path: Path) -> Path:
    """A warehouse whose tables are all there and hold nothing."""
    return Path(shutil.copy(made / "empty.duckdb", tmp_path))


@pytest.fixture
def bare_warehouse(tmp_path: Path) -> Path:
    """A warehouse without any mart but one without columns we know."""
    return build(tmp_path / "bare.duckdb", {"marts.other": "select 1 as one"})
