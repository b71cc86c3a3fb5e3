"""Sales touched a lead when a person did something for it, and not when a program did."""

from __future__ import annotations

import pytest

from tests.messy.company import Messy


@pytest.mark.parametrize(
    ("name", "touches", "verdict", "cause"),
    [
        ("automail", 0, "never_followed_up", None),
        ("mail", 1, "pending", None),
        ("answered", 1, "pending", None),
        ("missed", 0, "never_followed_up", None),
        ("reply", 1, "pending", None),
        ("noted", 0, "no_touch_logged", "no_touch_logged"),
        ("task", 0, "never_followed_up", None),
        ("before", 1, "pending", None),
        ("long-before", 0, "never_followed_up", None),
        ("dated", 1, "pending", None),
        ("both-dated", 1, "pending", None),
    ],
)
def test_a_touch_is_what_a_person_did(
    messy: Messy, name: str, touches: int, verdict: str, cause: str | None
) -> None:
    [(found_touches, found_verdict, found_cause, is_in_black_hole)] = messy.ask(
        "select sales_touches, verdict, black_hole_cause, is_in_black_hole "
        "from marts.fct_handoffs inner join marts.dim_leads using (lead_key) "
        "where crm_lead_id = ?",
        f"touches-{name}",
    )
    assert (found_touches, found_verdict) == (touches, verdict)
    assert is_in_black_hole is (touches == 0)
    if cause:
        assert found_cause == cause
    elif touches:
        assert found_cause is None


def test_a_reply_reached_the_lead_and_a_mail_alone_did_not(messy: Messy) -> None:
    found = dict(
        messy.ask(
            "select crm_lead_id, first_sales_contact_at is not null "
            "from marts.fct_handoffs inner join marts.dim_leads using (lead_key) "
            "where crm_lead_id in ('touches-reply', 'touches-mail', 'touches-answered')"
        )
    )
    assert found == {"touches-reply": True, "touches-mail": False, "touches-answered": True}


def test_a_lead_of_friday_evening_is_due_as_monday_closes(messy: Messy) -> None:
    found = messy.ask(
        "select crm_lead_id, due_at::varchar, is_service_level_kept, "
        "speed_to_lead_business_seconds "
        "from marts.fct_handoffs inner join marts.dim_leads using (lead_key) "
        "where crm_lead_id in ('touches-weekend', 'touches-tuesday') order by 1 desc"
    )
    assert found == [
        ("touches-weekend", "2025-05-05 15:00:00", True, 5400),
        ("touches-tuesday", "2025-05-05 15:00:00", False, 34200),
    ]


def test_nothing_is_due_on_a_weekend(messy: Messy) -> None:
    due = "select count(*), count(*) filter (isodow(due_at) > 5) from"
    [(handoffs, on_weekends)] = messy.ask(f"{due} marts.fct_handoffs")
    assert handoffs > 50
    assert on_weekends == 0
    [(assigned, on_weekends)] = messy.ask(f"{due} marts.lead_assignments")
    assert assigned > 50
    assert on_weekends == 0
