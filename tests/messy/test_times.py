"""Times as companies have them are read as they are meant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.messy.company import Messy
from tests.messy.times_rows import OVER_CLOCKS


def of_lead(messy: Messy, name: str, select: str) -> list[tuple[Any, ...]]:
    """Ask about the person that a CRM lead stands for; `{lead}` is their key."""
    return messy.of_person("crm_lead", f"time-{name}", select)


def stages(messy: Messy, name: str) -> list[tuple[Any, ...]]:
    return of_lead(
        messy,
        name,
        "select stage, entered_at::varchar, is_implied from intermediate.stage_entries "
        "where lead_key = {lead} order by cycle_number, entry_number",
    )


def anomalies(messy: Messy, name: str) -> list[tuple[Any, ...]]:
    return of_lead(messy, name, "select anomaly from marts.stage_anomalies where lead_key = {lead}")


def page_days(messy: Messy, email: str) -> list[str]:
    rows = messy.of_person(
        "email",
        f"{email}@times.example",
        "select occurred_at::varchar from marts.fct_lead_timeline "
        "where lead_key = {lead} and source = 'web' order by 1",
    )
    return [at for (at,) in rows]


HANDOFF = """
    select verdict, sales_touches, first_sales_touch_at::date::varchar,
        cast(speed_to_lead_seconds as int), is_service_level_kept
    from marts.fct_handoffs where lead_key = {lead}
"""


def test_a_call_on_the_day_of_the_handoff_comes_after_it(messy: Messy) -> None:
    [(verdict, touches, day, speed, kept)] = of_lead(messy, "day", HANDOFF)
    assert (verdict, touches, day, speed) == ("pending", 1, "2025-05-05", None)
    assert kept is True
    assert of_lead(messy, "clock", HANDOFF)[0][1:4] == (1, "2025-05-05", 1080)


def test_a_time_of_the_day_says_more_than_the_day(messy: Messy) -> None:
    assert of_lead(messy, "night", HANDOFF)[0][1:4] == (2, "2025-05-05", 24480)


def test_a_conversion_that_has_only_a_day_comes_after_what_happened_that_day(messy: Messy) -> None:
    assert stages(messy, "converted") == stages(messy, "exact")
    assert stages(messy, "exact")[-1] == ("sql", "2025-05-06 16:00:00", False)
    assert [implied for _, _, implied in stages(messy, "exact")] == [False] * 4
    assert anomalies(messy, "converted") == anomalies(messy, "exact") == []
    [*_, mql, sal, sql] = stages(messy, "bare")
    assert mql == ("mql", "2025-05-05 10:12:00", False)
    assert sal[2] is True
    assert sql[:1] + sql[2:] == ("sql", False)
    assert sql[1].startswith("2025-05-05 23:59:59")


def test_a_win_stays_a_win_when_its_close_date_lies_ahead(messy: Messy) -> None:
    won = "select won_at::varchar from intermediate.lead_wins where lead_key = {lead}"
    assert of_lead(messy, "planned", won) == [("2025-06-20 12:00:00",)]
    assert of_lead(messy, "closing", won) == [("2025-05-20 12:00:00",)]
    assert anomalies(messy, "closing") == []
    assert of_lead(messy, "winning", won) == [("2025-07-02 03:30:00",)]


def test_a_history_that_starts_late_does_not_date_what_was_before(messy: Messy) -> None:
    entered = {stage: (at, implied) for stage, at, implied in stages(messy, "cut")}
    assert entered["mql"] == entered["sal"][:1] + (True,)
    assert entered["sal"] == ("2025-05-05 10:12:00", False)
    [(_, _, _, speed, _)] = of_lead(messy, "cut", HANDOFF)
    assert speed is None
    # The whole history of this one is there: it was made as an MQL.
    entered = {stage: (at, implied) for stage, at, implied in stages(messy, "whole")}
    assert entered["mql"] == ("2025-05-01 08:00:00", False)


def test_rows_may_be_ahead_of_their_load(messy: Messy) -> None:
    assert ("mql", "2025-07-01 04:00:01", False) in stages(messy, "ahead")
    assert stages(messy, "tomorrow") == [("inquiry", "2025-07-02 03:30:00", False)]
    assert stages(messy, "moving")[-1] == ("sal", "2025-07-02 03:30:00", False)
    owned = "select count(*) from marts.lead_assignments where lead_key = {lead}"
    assert of_lead(messy, "tomorrow", owned) == [(1,)]
    assert (
        messy.ask("select raw_table from marts.quarantined_rows where row_key like 'time-%'") == []
    )


@pytest.mark.parametrize(("name", "status"), [
    ("tie", "Unqualified"), ("tie-2", "Unqualified"), ("tie-3", "Qualified"),
])  # fmt: skip
def test_of_versions_that_came_together_the_later_counts(
    messy: Messy, name: str, status: str
) -> None:
    found = "select status from staging.stg_raw__crm_leads where lead_id = ?"
    assert messy.ask(found, f"time-{name}") == [(status,)]


@pytest.mark.parametrize(("user", "arrived"), [
    ("time-u1", "2025-06-20 10:00:05"), ("time-u2", "2025-06-22 10:00:05"),
])  # fmt: skip
def test_an_event_that_was_sent_again_happened_at_the_earlier_time(
    messy: Messy, user: str, arrived: str
) -> None:
    times = messy.of_person(
        "user",
        user,
        "select occurred_at::varchar, loaded_at::varchar from marts.fct_lead_timeline "
        "where lead_key = {lead} and source = 'web'",
    )
    assert times == [("2025-06-20 10:00:00", arrived)]


def test_a_device_that_never_learned_the_date_happened_on_arrival(messy: Messy) -> None:
    assert page_days(messy, "unset") == ["2025-07-01 04:00:00"]
    counted = "select rows_clock_unset from marts.audit_raw_rows where raw_table = 'web_events'"
    assert messy.ask(counted) == [(1,)]


def test_an_owner_is_an_id_and_not_a_name(messy: Messy) -> None:
    owners = (
        "select owner_id, owned_from::date::varchar from intermediate.lead_owners "
        "where lead_key = {lead} order by owned_from"
    )
    assert of_lead(messy, "owner", owners) == [
        ("005TIMEA", "2025-05-01"),
        ("005TIMEB", "2025-05-02"),
    ]
    assert of_lead(
        messy, "owner", "select owner_id from marts.fct_handoffs where lead_key = {lead}"
    ) == [("005TIMEB",)]


@pytest.mark.parametrize(("name", "month"), [
    ("leap", "2024-02-01"), ("week-53", "2020-12-01"), ("week-1", "2024-12-01"),
])  # fmt: skip
def test_odd_days_fall_into_their_months(messy: Messy, name: str, month: str) -> None:
    assert of_lead(
        messy,
        name,
        "select date_trunc('month', started_at)::date::varchar from marts.fct_lead_cycles "
        "where lead_key = {lead}",
    ) == [(month,)]


@pytest.mark.parametrize("name", OVER_CLOCKS)
def test_business_hours_are_counted_over_changes_of_the_clocks(messy: Messy, name: str) -> None:
    seconds = (
        "select speed_to_lead_business_seconds from marts.fct_handoffs where lead_key = {lead}"
    )
    assert of_lead(messy, name, seconds) == [(3600,)]


def test_a_corrected_address_stays_the_persons(messy: Messy) -> None:
    ours = "select count(*) from marts.fct_lead_timeline where lead_key = {lead} and source in "
    assert of_lead(messy, "bride", ours + "('web', 'form')") == [(2,)]
    one = (
        "select count(distinct lead_key) from intermediate.identity_members where identifier_value "
    )
    assert messy.ask(one + "in ('time-bride', 'old-bride@times.example')") == [(1,)]


def test_a_session_is_of_one_device(messy: Messy) -> None:
    assert page_days(messy, "one") == ["2025-05-05 09:00:00", "2025-05-05 09:01:00"]
    assert page_days(messy, "two") == ["2025-05-05 09:00:30", "2025-05-05 09:03:00"]


def test_a_shared_device_belongs_to_who_was_logged_in(messy: Messy) -> None:
    first, second = page_days(messy, "first"), page_days(messy, "second")
    assert [at[11:16] for at in first] == ["09:00", "09:01", "09:02"]
    assert [at[11:16] for at in second] == ["10:01", "10:02"]


def test_what_a_colleague_does_on_a_customers_device_is_not_the_customers(messy: Messy) -> None:
    assert [at[11:16] for at in page_days(messy, "lender")] == ["09:01", "09:02", "09:05", "09:06"]
