"""A double click is one request, and a page whose tracker is installed twice is one view."""

from __future__ import annotations

from tests.messy.company import Messy

EVENTS = """
    select members.identifier_value, events.event_type, count(*), sum(events.repeat_count)
    from intermediate.lead_events as events
    inner join intermediate.identity_members as members using (lead_key)
    where members.identifier_value like '%@repeats.example'
    group by all
"""


def test_what_is_told_twice_happened_once(messy: Messy) -> None:
    found = {
        (who.removesuffix("@repeats.example"), kind): (count, repeats)
        for who, kind, count, repeats in messy.ask(EVENTS)
    }
    assert found == {
        ("double", "demo_requested"): (1, 2),
        ("corrected", "demo_requested"): (2, 0),
        ("later", "demo_requested"): (2, 0),
        ("one", "demo_requested"): (1, 0),
        ("other", "demo_requested"): (1, 0),
        ("viewer", "pricing_viewed"): (5, 2),
        ("viewer", "blog_viewed"): (2, 0),
    }


def test_one_request_does_not_make_a_lead_qualified(messy: Messy) -> None:
    points = """
        select sum(points_awarded), max(stage)
        from marts.fct_lead_timeline as timeline
        inner join intermediate.identity_members as members using (lead_key)
        where members.identifier_value = ?
    """
    ((double, stage),) = messy.ask(points, "double@repeats.example")
    ((one, one_stage),) = messy.ask(points, "one@repeats.example")
    assert (double, stage) == (one, one_stage)


def test_rows_told_twice_are_counted(messy: Messy) -> None:
    counts = dict(messy.ask("select raw_table, rows_repeated from marts.audit_raw_rows"))
    assert counts["form_submissions"] >= 2
    assert counts["web_events"] >= 2
    assert counts["crm_leads"] == 0
