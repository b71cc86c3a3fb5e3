"""Histories that were told by hand: each holds a case that once failed or nearly did."""

from __future__ import annotations

from tests.properties.steps import Arrive, Edit, Row, Run, Step

PRICES = "https://www.example.com/pricing"


def web_row(
    event_id: str, at: str, device: str = "phone", loaded: str = "2026-01-10", **more: str
) -> tuple[str, Row]:
    return "web_events", {
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": at,
        "loaded_at": loaded,
        "anonymous_id": device,
        "page_url": PRICES,
        "user_agent": "Mozilla/5.0",
        **more,
    }


def form_row(form_id: str, at: str, email: str, loaded: str = "2026-01-10") -> tuple[str, Row]:
    return "form_submissions", {
        "submission_id": form_id,
        "form_id": "demo_request",
        "occurred_at": at,
        "loaded_at": loaded,
        "anonymous_id": "phone",
        "email": email,
    }


def lead_row(
    lead_id: str, email: str | None, loaded: str = "2026-01-10", **more: str
) -> tuple[str, Row]:
    return "crm_leads", {
        "lead_id": lead_id,
        "created_at": "2026-01-05 09:00:00",
        "email": email,
        "loaded_at": loaded,
        **more,
    }


def mail_row(event_id: str, at: str, email: str) -> tuple[str, Row]:
    return "email_events", {
        "event_id": event_id,
        "event_name": "clicked",
        "occurred_at": at,
        "loaded_at": "2026-01-10",
        "email": email,
    }


def deal_row(stage_name: str, loaded: str = "2026-01-10") -> tuple[str, Row]:
    return "crm_opportunities", {
        "opportunity_id": "O1",
        "lead_id": "L1",
        "created_at": "2026-01-06 09:00:00",
        "updated_at": "2026-01-09 09:00:00",
        "stage_name": stage_name,
        "loaded_at": loaded,
    }


def deal_stage_row(stage_name: str, changed: str, loaded: str = "2026-01-12") -> tuple[str, Row]:
    return "crm_opportunity_history", {
        "history_id": "s1",
        "opportunity_id": "O1",
        "stage_name": stage_name,
        "changed_at": changed,
        "loaded_at": loaded,
    }


def forget_row(request_id: str, email: str) -> tuple[str, Row]:
    return "erasure_requests", {
        "request_id": request_id,
        "requested_at": "2026-01-20",
        "loaded_at": "2026-01-21",
        "email": email,
    }


ANNA = "anna@firm.example"
BERT = "bert@firm.example"

STORIES: dict[str, tuple[Step, ...]] = {
    "nothing ever arrives": (Run(), Run()),
    "a late event lies between two that were there": (
        Arrive(
            (
                form_row("f1", "2026-01-05 08:00", ANNA),
                web_row("w1", "2026-01-05 08:20"),
                web_row("w3", "2026-01-05 09:00"),
            )
        ),
        Run(),
        Arrive((web_row("w2", "2026-01-05 08:40", loaded="2026-03-01"),)),
        Run(),
    ),
    "two people become one, and part again": (
        Arrive(
            (
                lead_row("L1", ANNA),
                lead_row("L2", BERT),
                form_row("f1", "2026-01-05 08:00", ANNA),
                form_row("f2", "2026-01-05 08:10", BERT),
            )
        ),
        Run(),
        Arrive((lead_row("L2", BERT, "2026-01-11", merged_into_lead_id="L1"),)),
        Run(),
        Arrive((lead_row("L2", BERT, "2026-01-12"),)),
        Run(),
    ),
    "an older person takes the key": (
        Arrive((form_row("f1", "2026-01-06 08:00", ANNA), web_row("w1", "2026-01-06 08:01"))),
        Run(),
        Arrive((lead_row("L1", ANNA, "2026-01-09"),)),
        Run(),
    ),
    "an address turns out to be shared, and then not": (
        Arrive(
            (lead_row("L1", ANNA), lead_row("L2", ANNA), form_row("f1", "2026-01-05 10:00", ANNA))
        ),
        Run(),
        Edit(frozenset({"a role address"})),
        Run(),
        Edit(frozenset()),
        Run(),
    ),
    "our own people leave no rows": (
        Arrive((form_row("f1", "2026-01-05 10:00", ANNA), web_row("w1", "2026-01-05 10:01"))),
        Run(),
        Edit(frozenset({"an own domain"})),
        Run(),
    ),
    "rules and types change and nothing arrives": (
        Arrive((form_row("f1", "2026-01-05 10:00", ANNA), web_row("w1", "2026-01-05 10:01"))),
        Run(),
        Edit(frozenset({"points of a page"})),
        Run(),
        Edit(frozenset({"no type for a page", "points of a page"})),
        Run(),
    ),
    "a rule pays less and nothing arrives": (
        Arrive((form_row("f1", "2026-01-05 10:00", ANNA), web_row("w1", "2026-01-05 10:01"))),
        Run(),
        Edit(frozenset({"fewer points of a page"})),
        Run(),
    ),
    "a run is killed after every model": (
        Arrive((form_row("f1", "2026-01-05 10:00", ANNA), web_row("w1", "2026-01-05 10:01"))),
        Run(),
        Arrive((lead_row("L1", ANNA, status="Working"), web_row("w2", "2026-01-05 10:00"))),
        *(Run(killed_after=number) for number in range(1, 60, 3)),
    ),
    "moments tie": (
        # Of pages that differ: the same page in one moment is one event.
        Arrive(
            tuple(
                web_row(f"w{number}", "2026-01-05 10:00", email=ANNA, page_url=f"{PRICES}/{number}")
                for number in range(8)
            )
        ),
        Run(),
        Arrive(
            tuple(
                web_row(
                    f"v{number}",
                    "2026-01-05 10:00",
                    email=ANNA,
                    page_url=f"{PRICES}/{number}",
                    utm_campaign=f"c{number % 3}",
                )
                for number in range(8)
            )
        ),
        Run(),
    ),
    "one thing is told twice in one moment, of many people": (
        Arrive(
            tuple(
                web_row(
                    f"w{number}",
                    "2026-01-05 10:00",
                    device=f"device {number % 8}",
                    email=f"person{number % 8}@firm.example",
                )
                for number in range(16)
            )
        ),
        Run(),
    ),
    "an event is corrected and changes hands": (
        Arrive(
            (
                web_row("w1", "2026-01-05 10:00", email=ANNA),
                web_row("w2", "2026-01-05 11:00", email=BERT),
            )
        ),
        Run(),
        Arrive((web_row("w1", "2026-01-05 10:00", email=BERT, loaded="2026-01-11"),)),
        Run(),
    ),
    "a cycle begins and its events were there": (
        Arrive(
            (
                lead_row("L1", ANNA),
                form_row("f1", "2026-01-05 10:00", ANNA),
                form_row("f2", "2026-01-25 10:00", ANNA, loaded="2026-01-26"),
                web_row("w1", "2026-01-25 10:00"),
            )
        ),
        Run(),
        Arrive(
            tuple(
                (
                    "crm_lead_history",
                    {
                        "history_id": f"h{day}",
                        "lead_id": "L1",
                        "field_name": "Status",
                        "old_value": old,
                        "new_value": new,
                        "changed_at": f"2026-01-{day}",
                        "loaded_at": "2026-02-01",
                    },
                )
                for day, old, new in ((10, "New", "MQL"), (20, "MQL", "Not Ready"))
            )
        ),
        Run(),
    ),
    "a deal without flags is won by its history, and was not": (
        Arrive((lead_row("L1", ANNA), deal_row("Proposal"))),
        Run(),
        Arrive((deal_row("Closed Won", "2026-01-12"), deal_stage_row("Closed Won", "2026-01-11"))),
        Run(),
        Arrive((deal_stage_row("Proposal", "2026-01-11", "2026-01-13"),)),
        Run(),
        Arrive((deal_row("Proposal", "2026-01-14"),)),
        Run(),
    ),
    "a record has versions in several parts, and a part grows": (
        Arrive((lead_row("L1", ANNA, "2026-01-10"), lead_row("L2", BERT, "2026-01-11"))),
        Run(),
        Arrive((lead_row("L1", BERT, "2026-01-11"), lead_row("L1", ANNA, "2026-01-11"))),
        Run(),
        Arrive((lead_row("L1", None, "2026-01-09"), lead_row("L2", BERT, "2026-01-11"))),
        Run(),
    ),
    "somebody is forgotten, and the same rows come again": (
        Arrive(
            (
                lead_row("L1", ANNA),
                form_row("f1", "2026-01-05 10:00", ANNA),
                web_row("w1", "2026-01-05 10:01"),
                mail_row("m1", "2026-01-05 11:00", ANNA),
                form_row("f2", "2026-01-06 10:00", BERT),
                web_row("w2", "2026-01-06 10:01"),
            )
        ),
        Run(),
        Arrive((forget_row("e1", ANNA),)),
        Run(),
        Arrive((lead_row("L1", ANNA, "2026-02-01"), form_row("f1", "2026-01-05 10:00", ANNA))),
        Run(),
        Arrive((form_row("f3", "2026-01-05 10:30", BERT, "2026-02-01"),)),
        Run(),
    ),
    "a lead expires because time passes, and a late event takes it back": (
        Arrive(
            (form_row("f1", "2026-01-05 10:00", ANNA), form_row("f2", "2026-01-06 10:00", BERT))
        ),
        Run(),
        Arrive((form_row("f3", "2026-08-01 10:00", BERT, "2026-08-02"),)),
        Run(),
        Arrive((form_row("f4", "2026-05-01 10:00", ANNA, "2026-08-03"),)),
        Run(),
        Arrive((form_row("f5", "2027-01-01 10:00", BERT, "2027-01-02"),)),
        Run(),
    ),
    "what is loaded later is from before the first load": (
        Arrive((form_row("f1", "2026-01-05 10:00", ANNA), web_row("w1", "2026-01-05 10:01"))),
        Run(),
        Arrive((web_row("w2", "2026-01-04 10:01", loaded="2026-01-04 12:00", email=BERT),)),
        Run(),
    ),
    "a row from another year comes before the others": (
        Arrive((lead_row("L1", ANNA, "2031-01-01"),)),
        Run(),
        Arrive((lead_row("L2", BERT, "2031-01-01"),)),
        Run(),
        Arrive(tuple(web_row(f"w{minute}", f"2026-01-05 10:{minute}") for minute in range(10, 50))),
        Run(),
        Arrive((lead_row("L1", ANNA, "2026-01-12"), lead_row("L1", BERT, "2026-01-11"))),
        Run(),
    ),
    "an event is sent again with another time": (
        Arrive((web_row("w1", "2026-01-05 10:00", email=ANNA, loaded="2026-01-10"),)),
        Run(),
        Arrive((web_row("w1", "2026-01-04 10:00", email=ANNA, loaded="2026-01-12"),)),
        Run(),
        Arrive((web_row("w1", "2026-01-06 10:00", email=ANNA, loaded="2026-01-11"),)),
        Run(),
        Arrive((web_row("w1", "2026-01-07 10:00", email=BERT, loaded="2026-01-13"),)),
        Run(),
    ),
    "a record says again what it said before, and its person is forgotten": (
        Arrive((lead_row("L1", ANNA, "2026-01-10"), lead_row("L2", BERT, "2026-01-10"))),
        Run(),
        Arrive((lead_row("L1", BERT, "2026-01-11"), lead_row("L2", BERT, "2026-01-09"))),
        Run(),
        Arrive((lead_row("L1", ANNA, "2026-01-12"),)),
        Run(),
        Arrive((forget_row("e1", ANNA),)),
        Run(),
    ),
}  # fmt: skip
