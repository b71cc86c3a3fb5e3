"""A value is read where its meaning is plain, and else null and counted: it costs no row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.messy.company import Messy
from tests.messy.values_rows import (
    ADDRESSES,
    COUNTRIES,
    EPOCHS,
    GONE_ID,
    LONG_ID,
    NO_ADDRESSES,
    NULL_WORDS,
    PHONES,
    PUNYCODE,
    SIZES,
    SOURCES,
)


def one_column(messy: Messy, kind: str, column: str) -> list[Any]:
    """Give a column of the planted leads of a kind, in their order."""
    rows = messy.ask(
        f"select {column} from staging.stg_raw__crm_leads where lead_id like 'val-{kind}-%' "
        "order by cast(split_part(lead_id, '-', 3) as int)"
    )
    return [value for (value,) in rows]


# Ids


def test_both_lengths_of_a_salesforce_id_are_one_lead(messy: Messy) -> None:
    short = LONG_ID[:15]
    touched = messy.ask(
        "select distinct leads.crm_lead_id from marts.fct_lead_timeline as events "
        "inner join marts.dim_leads as leads on events.lead_key = leads.lead_key "
        "where events.event_type in ('sales_called', 'trade_fair_visited') "
        "and events.source_id in ('val-sf', 'val-1')"
    )
    assert touched == [(short,)]
    assert messy.ask("select count(*) from marts.dim_leads where crm_lead_id = ?", LONG_ID) == [
        (0,)
    ]


def test_ids_that_differ_in_case_only_are_two(messy: Messy) -> None:
    found = messy.ask(
        "select count(distinct lead_key) from marts.dim_leads "
        "where crm_lead_id ilike '00q7x0000zz%'"
    )
    assert found == [(2,)]


def test_a_number_written_as_a_fraction_is_the_same_id(messy: Messy) -> None:
    assert messy.ask(
        "select owner_id, converted_contact_id from staging.stg_raw__crm_leads "
        "where lead_id = 'val-float'"
    ) == [("41707", "91550")]
    assert messy.ask(
        "select count(distinct lead_key) from intermediate.identity_members "
        "where identifier_key in ("
        "cast(md5('email:val-other@values.example') as uuid), "
        "cast(md5('crm_lead:val-float') as uuid))"
    ) == [(1,)]


def test_words_for_nothing_are_nothing(messy: Messy) -> None:
    nothing = [None] * len(NULL_WORDS)
    assert one_column(messy, "null", "merged_into_lead_id") == nothing
    assert one_column(messy, "owner", "owner_id") == nothing
    assert one_column(messy, "source", "lead_source") == nothing
    people = messy.ask(
        "select count(distinct lead_key) from marts.dim_leads where crm_lead_id like 'val-null-%'"
    )
    assert people == [(len(NULL_WORDS),)]


def test_a_source_is_published_in_one_spelling_and_kept_in_the_crms(messy: Messy) -> None:
    published = messy.ask(
        "select lead_source, channel from marts.dim_leads where crm_lead_id like 'val-spelt-%' "
        "order by crm_lead_id"
    )
    channels = ["event"] * 3 + ["paid_search"] * 2 + [None] * 2
    assert published == list(zip(SOURCES.values(), channels, strict=True))
    assert one_column(messy, "spelt", "lead_source") == [source.lower() for source in SOURCES]


# Addresses


def test_an_address_is_one_however_it_is_written(messy: Messy) -> None:
    found = messy.ask(
        "select email, count(*) from staging.stg_raw__form_submissions "
        "where submission_id like 'val-yes-%' group by email"
    )
    assert found == [("vera.k@values.example", len(ADDRESSES))]


def test_what_is_no_address_is_nobody(messy: Messy) -> None:
    found = messy.ask(
        "select email, count(*) from staging.stg_raw__form_submissions "
        "where submission_id like 'val-no-%' group by email"
    )
    assert found == [(None, len(NO_ADDRESSES))]


def test_a_request_finds_its_person_however_it_is_written(messy: Messy) -> None:
    left = messy.ask(
        "select count(*) from staging.base_raw__crm_leads "
        "where lead_id like 'val-gone-%' or lead_id = ? or lead_id = ?",
        GONE_ID,
        GONE_ID[:15],
    )
    assert left == [(0,)]


def test_an_umlaut_is_one_character_or_two(messy: Messy) -> None:
    assert messy.ask(
        "select count(*), count(distinct email) from staging.stg_raw__form_submissions "
        "where submission_id like 'val-uml-%'"
    ) == [(2, 1)]


def test_a_domain_in_punycode_is_its_letters(messy: Messy) -> None:
    found = messy.ask(
        "select email from staging.stg_raw__form_submissions "
        "where submission_id like 'val-idn-%' order by submission_id"
    )
    assert [email for (email,) in found] == [PUNYCODE[0]] * 3 + PUNYCODE[3:]
    assert messy.ask(
        "select domain from staging.stg_raw__crm_accounts where account_id = 'val-idn'"
    ) == [("m\u00fcller.example",)]


# Values


def test_sizes_are_numbers(messy: Messy) -> None:
    assert one_column(messy, "size", "employee_count") == list(SIZES.values())
    requests = messy.ask(
        "select count(*) from marts.fct_lead_timeline "
        "where event_type = 'demo_requested' and source_id like 'val-yes-%'"
    )
    assert requests == [(len(ADDRESSES),)]
    assert messy.ask(
        "select distinct employee_count, consent_marketing, utm_campaign "
        "from staging.stg_raw__form_submissions where submission_id like 'val-yes-%'"
    ) == [(201, True, "spring fair")]


def test_money_is_read_with_its_marks(messy: Messy) -> None:
    assert messy.ask(
        "select amount, closed_at from staging.stg_raw__crm_opportunities "
        "where opportunity_id = 'val-1'"
    ) == [(1200.0, None)]
    assert messy.ask(
        "select name, cost from marts.campaign_performance where campaign_id = 'spring fair'"
    ) == [("Spring", 1200.5)]


def test_countries_have_two_letters(messy: Messy) -> None:
    assert one_column(messy, "country", "country_code") == list(COUNTRIES.values())


def test_only_a_number_can_be_called(messy: Messy) -> None:
    found = messy.ask(
        "select policy.may_call from marts.contact_policy as policy "
        "inner join marts.dim_leads as leads on policy.lead_key = leads.lead_key "
        "where leads.crm_lead_id like 'val-phone-%' and not policy.has_phone and policy.may_call"
    )
    assert found == []
    has_phone = messy.ask(
        "select has_phone from marts.dim_leads where crm_lead_id like 'val-phone-%' "
        "order by crm_lead_id"
    )
    assert [value for (value,) in has_phone] == list(PHONES.values())


def test_yes_and_no_have_many_words(messy: Messy) -> None:
    assert one_column(messy, "opted", "has_opted_out") == [True, False, None]
    assert messy.ask("select is_active from staging.stg_raw__crm_reps where rep_id = '41707'") == [
        (True,)
    ]


def test_a_site_is_known_by_its_host(messy: Messy) -> None:
    assert messy.ask(
        "select domain from staging.stg_raw__crm_accounts where account_id = 'val-1'"
    ) == [("hosts.example",)]


# Times


def test_times_are_read_in_any_plain_form(messy: Messy) -> None:
    def days(kind: str) -> list[str]:
        return [str(value) for value in one_column(messy, kind, "created_at")]

    assert days("epoch") == ["2025-05-01 09:00:00"] * len(EPOCHS)
    assert days("british") == ["2025-04-28 14:05:00", "2025-05-02 14:05:00"]
    assert days("dutch") == [
        "2025-04-13 14:05:00",
        "2024-11-02 14:05:00",
        "2025-01-12 00:00:00",
    ]
    assert days("german") == ["2025-04-28 14:05:00", "2025-05-02 14:05:00"]
    assert days("zone") == ["2025-05-01 09:00:00"]
    assert one_column(messy, "converted", "converted_at") == [None] * 3


def test_one_date_with_the_month_first_tells_how_the_others_are_read(messy: Messy) -> None:
    assert messy.ask(
        "select account_id, cast(created_at as varchar) from staging.stg_raw__crm_accounts "
        "where account_id like 'val-american-%' order by account_id"
    ) == [
        ("val-american-0", "2025-01-13 14:05:00"),
        ("val-american-1", "2024-12-01 00:00:00"),
        ("val-american-2", "2025-03-04 00:00:00"),
    ]


def test_a_date_that_could_be_two_is_quarantined(messy: Messy) -> None:
    assert messy.ask(
        "select raw_table, row_key from marts.quarantined_rows where reason = 'ambiguous_date'"
    ) == [("campaign_costs", None)]
    assert messy.ask("select reason from marts.quarantined_rows where row_key = 'val-zone-0'") == [
        ("unreadable_time",)
    ]


def test_a_record_without_its_time_was_made_when_it_was_first_seen(messy: Messy) -> None:
    assert {str(value) for value in one_column(messy, "undated", "created_at")} == {
        "2025-05-02 08:00:00"
    }


# Words


def test_tools_names_are_understood(messy: Messy) -> None:
    events = messy.ask(
        "select source_id, event_type from marts.fct_lead_timeline "
        "where source_id like 'val-%' and (event_type like '%email%' or event_type like 'sales%' "
        "or event_type like 'spam%') order by source_id"
    )
    assert events == [
        ("val-CLICKED", "email_clicked"),
        ("val-Demo", "sales_met"),
        ("val-WhatsApp", "sales_emailed"),
        ("val-delivery", "email_delivered"),
        ("val-hard_bounce", "email_bounced"),
        ("val-open", "email_opened"),
        ("val-send", "email_sent"),
        ("val-sent", "email_sent"),
        ("val-sf", "sales_called"),
        ("val-spamreport", "spam_complained"),
    ]


def test_a_word_that_nobody_knows_is_quarantined_with_the_word(messy: Messy) -> None:
    assert messy.ask(
        "select row_key, reason from marts.quarantined_rows "
        "where row_key like 'val-%' and reason like 'unknown%' order by row_key, reason"
    ) == [
        ("val-bare", "unknown_activity_type"),
        ("val-bare", "unknown_event_name"),
        ("val-pigeon post", "unknown_activity_type: pigeon post"),
    ]


def test_an_event_without_a_name_is_one_web_event(messy: Messy) -> None:
    assert messy.ask(
        "select event_type, count(*) from marts.fct_lead_timeline "
        "where source_id is null and event_type = 'web_event' and lead_key = ("
        "select lead_key from intermediate.identity_members "
        "where identifier_key = cast(md5('email:vera.k@values.example') as uuid)) group by 1"
    ) == [("web_event", 1)]


# What could not be read


@pytest.mark.parametrize(
    ("raw_table", "column", "count"),
    [
        ("crm_leads", "employee_count", 2),
        ("crm_leads", "country_code", 1),
        ("crm_leads", "phone", 5),
        ("crm_leads", "converted_at", 3),
        ("crm_leads", "has_opted_out", 1),
        ("crm_leads", "created_at", 2),
        ("form_submissions", "email", len(NO_ADDRESSES)),
        ("campaigns", "ended_at", 1),
        ("crm_reps", "hired_at", 1),
    ],
)
def test_unreadable_values_are_counted(
    messy: Messy, raw_table: str, column: str, count: int
) -> None:
    found = messy.ask(
        "select row_count from marts.unreadable_values where raw_table = ? and column_name = ?",
        raw_table,
        column,
    )
    assert found
    assert found[0][0] >= count


def test_an_example_shows_the_shape_only(messy: Messy) -> None:
    examples = messy.ask("select string_agg(example, '') from marts.unreadable_values")[0][0]
    assert not {*examples} & {*"abcdefghijklmnopqrtuvwxyBCDEFGHIJKLMNOPQRSTUVWXYZ12345678"} - {
        *"(empty)"
    }
