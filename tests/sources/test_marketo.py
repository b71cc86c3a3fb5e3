"""An instance of Marketo: activities name leads by id only."""

from __future__ import annotations

import duckdb
import pytest

from tests.sources.crm_views import ask, company
from tests.sources.marketo_instances import INSTANCE, SINGER


@pytest.fixture(scope="module")
def marketo() -> duckdb.DuckDBPyConnection:
    return company("marketo", {"instance": INSTANCE, "singer": SINGER, "bare": {}})


def test_activities_tell_of_merges_and_deletions(marketo: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, email, lead_source, status, merged_into_lead_id, is_deleted"
    assert ask(marketo, columns, "marketo__crm_leads where source = 'instance'") == [
        ("1", "ada@one.example", "List import", "MQL", None, None),
        ("2", "bob@two.example", "Webinar", None, None, "true"),
        ("3", None, None, None, "1", None),
        ("4", None, None, None, "1", None),
    ]


def test_loaders_spell_one_column_in_many_ways(marketo: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, created_at, lead_source, do_not_call"
    assert ask(marketo, columns, "marketo__crm_leads where source = 'singer'") == [
        ("1", "2025-01-10T09:00:00Z", "Web", "false")
    ]
    columns = "event_id, event_name, crm_lead_id, occurred_at, url"
    assert ask(marketo, columns, "marketo__email_events where source = 'singer'") == [
        ("g1", "clicked", "1", "2025-02-01T10:00:00Z", "https://x.example")
    ]


def test_a_field_that_was_renamed_is_known(marketo: duckdb.DuckDBPyConnection) -> None:
    columns = "history_id, lead_id, field_name, old_value, new_value"
    assert ask(marketo, columns, "marketo__crm_lead_history") == [
        ("a4", "1", "status", "New", "MQL"),
        ("a5", "1", "job_title", None, "CTO"),
    ]


def test_an_email_event_has_its_lead_and_address(marketo: duckdb.DuckDBPyConnection) -> None:
    columns = "occurred_at, event_name, crm_lead_id, email, content_id, campaign_id, url"
    assert ask(marketo, columns, "marketo__email_events where source = 'instance'") == [
        ("2025-02-07 10:00:00", "delivered", "1", "ada@one.example", "55", "campaign-20", None),
        ("2025-02-09 10:00:00", "opened", "1", "ada@one.example", None, None, None),
        (
            "2025-02-10 10:00:00",
            "clicked",
            "1",
            "ada@one.example",
            None,
            None,
            "https://one.example/offer",
        ),
        ("2025-02-11 10:00:00", "bounced", "99", "gone@old.example", None, None, None),
        ("2025-02-12 10:00:00", "unsubscribed", "2", "bob@two.example", None, None, None),
    ]


def test_forms_and_pages_are_of_a_lead(marketo: duckdb.DuckDBPyConnection) -> None:
    columns = "submission_id, form_id, crm_lead_id, page_url"
    assert ask(marketo, columns, "marketo__form_submissions") == [
        ("a14", "77", "1", "https://us.example/demo?utm_source=google")
    ]
    columns = "event_id, event_name, email, page_url, referrer_url"
    assert ask(marketo, columns, "marketo__web_events") == [
        ("a15", "page_view", "ada@one.example", "/pricing", "https://search.example")
    ]


def test_programs_and_campaigns_of_one_number_are_two(marketo: duckdb.DuckDBPyConnection) -> None:
    assert ask(marketo, "campaign_id, name, channel", "marketo__campaigns") == [
        ("campaign-20", "Invite", "event"),
        ("campaign-30", "Score", None),
        ("program-20", "How to", "event"),
        ("program-21", "Paper", "Reading club"),
    ]
    columns = "response_id, campaign_id, crm_lead_id, email, response_type, has_responded"
    assert ask(marketo, columns, "marketo__campaign_responses") == [
        ("a16", "program-20", "1", "ada@one.example", "webinar_attended", "true"),
        ("a18", "program-21", "1", "ada@one.example", "Filled-out Form", "true"),
    ]
