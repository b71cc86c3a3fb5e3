"""Times as companies have them: days without a time, clocks that run ahead, histories cut off."""

from __future__ import annotations

from collections.abc import Mapping

from tests.messy.company import Row, Rows

MADE = {"created_at": "2025-05-01 08:00:00", "updated_at": "2025-05-01 08:00:00"}
# Both after the build's moment; the second on the next day.
A_SECOND_AHEAD, HOURS_AHEAD = "2025-07-01 04:00:01", "2025-07-02 03:30:00"


def lead(name: str, **fields: str) -> Row:
    return MADE | {"lead_id": f"time-{name}", "email": f"{name}@times.example"} | fields


def change(name: str, old: str, new: str, at: str, field: str = "Status") -> Mapping[str, str]:
    return {
        "history_id": f"time-{name}-{new}-{old}",
        "lead_id": f"time-{name}",
        "field_name": field,
        "old_value": old,
        "new_value": new,
        "changed_at": at,
    }


def call(name: str, at: str, number: int = 1) -> Row:
    return {
        "activity_id": f"time-{name}-call-{number}",
        "activity_type": "call",
        "direction": "outbound",
        "occurred_at": at,
        "lead_id": f"time-{name}",
        "rep_id": "time-rep-1",
    }


def deal(name: str, **fields: str) -> Row:
    given = {"opportunity_id": f"time-{name}-deal", "lead_id": f"time-{name}"}
    return {"created_at": "2025-05-06 16:00:00"} | given | fields


def web(event_id: str, at: str, **fields: str) -> Row:
    page = {"event_name": "page_view", "page_url": "https://site.example/pricing"}
    return {"event_id": f"time-{event_id}", "occurred_at": at} | page | fields


WON = {"stage_name": "Closed Won", "is_closed": "true", "is_won": "true", "amount": "700"}
MQL_AT = "2025-05-05 10:12:00"
# Over changes of the clocks, and over May Day in Germany: from half past four in the afternoon to
# half past nine on the next day of work.
OVER_CLOCKS = {
    "spring": ("2025-03-28 15:30:00", "2025-03-31 07:30:00", "time-rep-1", "DE"),
    "america": ("2025-03-07 21:30:00", "2025-03-10 13:30:00", "time-rep-us", "US"),
    "autumn": ("2024-10-25 14:30:00", "2024-10-28 08:30:00", "time-rep-1", "DE"),
    "holiday": ("2025-04-30 14:30:00", "2025-05-02 07:30:00", "time-rep-1", "DE"),
}
ROWS: Rows = {
    "crm_reps": [
        {"rep_id": rep_id, "name": name, "team_id": team, "is_active": "true"}
        for rep_id, name, team in (
            ("time-rep-1", "Ria Eins", "emea"),
            ("time-rep-us", "Uma States", "americas"),
            ("005TIMEA", "Ada Alt", "emea"),
            ("005TIMEB", "Ben Neu", "emea"),
        )
    ],
    "crm_leads": [
        # Of another company than those who buy.
        lead("day", status="MQL", owner_id="time-rep-1", email="time-day@alone.example"),
        lead("clock", status="MQL", owner_id="time-rep-1"),
        lead("night", status="MQL", owner_id="time-rep-1"),
        lead("converted", status="Converted", converted_at="2025-05-06"),
        lead("exact", status="Converted", converted_at="2025-05-06 16:00:00"),
        lead("bare", status="MQL", converted_at="2025-05-05", owner_id="time-rep-1"),
        lead("planned", status="Qualified"),
        lead("closing", status="Qualified"),
        # The history that is kept starts years after the record.
        lead("cut", status="Working", created_at="2022-01-10 08:00:00", owner_id="time-rep-1"),
        lead("whole", status="Working", owner_id="time-rep-1"),
        lead("ahead", created_at=A_SECOND_AHEAD, updated_at=A_SECOND_AHEAD, status="MQL"),
        lead("tomorrow", created_at=HOURS_AHEAD, updated_at=HOURS_AHEAD, status="New"),
        lead("moving", status="Working", updated_at=HOURS_AHEAD, owner_id="time-rep-1"),
        lead("winning", status="Qualified"),
        # Two versions of one load, the later one first.
        lead("tie", status="Unqualified", updated_at="2025-05-25 10:00:00"),
        lead("tie", status="New", updated_at="2025-05-05 10:00:00"),
        lead("tie-2", status="New", updated_at="2025-05-05 10:00:00"),
        lead("tie-2", status="Unqualified", updated_at="2025-05-25 10:00:00"),
        lead("tie-3", status="Qualified", updated_at="2025-05-26 10:00:00"),
        lead("tie-3", status="MQL", updated_at=""),
        lead("owner", status="MQL", owner_id="005TIMEB"),
        lead("leap", created_at="2024-02-29 23:59:59", updated_at="2024-02-29 23:59:59"),
        lead("week-53", created_at="2020-12-31 12:00:00", updated_at="2020-12-31 12:00:00"),
        lead("week-1", created_at="2024-12-30 12:00:00", updated_at="2024-12-30 12:00:00"),
        # The address is corrected; pages and forms under the old one stay the person's.
        lead("bride", email="old-bride@times.example", loaded_at="2025-05-02 00:00:00"),
        lead(
            "bride",
            email="new-bride@times.example",
            updated_at="2025-06-01 08:00:00",
            loaded_at="2025-06-02 00:00:00",
        ),
        *(
            lead(
                name,
                status="MQL",
                owner_id=owner,
                country_code=country,
                created_at="2024-10-20 08:00:00",
            )
            for name, (_, _, owner, country) in OVER_CLOCKS.items()
        ),
    ],
    "crm_lead_history": [
        change("day", "New", "MQL", MQL_AT),
        change("clock", "New", "MQL", MQL_AT),
        change("night", "New", "MQL", MQL_AT),
        change("bare", "New", "MQL", MQL_AT),
        *(
            one
            for name in ("converted", "exact")
            for one in (
                change(name, "New", "MQL", MQL_AT),
                change(name, "MQL", "Working", "2025-05-06 15:00:00"),
                change(name, "Working", "Converted", "2025-05-06 16:00:00"),
            )
        ),
        change("cut", "MQL", "Working", MQL_AT),
        change("whole", "MQL", "Working", MQL_AT),
        change("moving", "New", "MQL", A_SECOND_AHEAD),
        change("moving", "MQL", "Working", HOURS_AHEAD),
        change("owner", "005TIMEA", "005TIMEB", "2025-05-02 09:00:00", "Owner"),
        change("owner", "Ada Alt", "Ben Neu", "2025-05-02 09:00:00", "Owner"),
        change("owner", "New", "MQL", MQL_AT),
        *(change(name, "New", "MQL", at) for name, (at, *_) in OVER_CLOCKS.items()),
    ],
    "crm_activities": [
        call("day", "2025-05-05"),
        call("clock", "2025-05-05 10:30:00"),
        call("night", "2025-05-05 00:00:00"),
        call("night", "2025-05-05 17:00:00", 2),
        call("cut", "2025-05-05 08:50:00"),
        call("ahead", A_SECOND_AHEAD),
        call("moving", HOURS_AHEAD),
        *(call(name, at) for name, (_, at, *_) in OVER_CLOCKS.items()),
    ],
    "crm_opportunities": [
        deal("converted", stage_name="Proposal", is_closed="false"),
        # Won, and to be closed in the books a fortnight after the export.
        deal("planned", closed_at="2025-07-15", updated_at="2025-06-20 12:00:00", **WON),
        deal("closing", closed_at="2025-05-20", updated_at="2025-05-20 12:00:00", **WON),
        deal("winning", closed_at=HOURS_AHEAD, updated_at=HOURS_AHEAD, **WON),
    ],
    "crm_opportunity_history": [
        {
            "history_id": f"time-closing-{hour}",
            "opportunity_id": "time-closing-deal",
            "stage_name": stage,
            "changed_at": f"2025-05-20 {hour}:00:00",
        }
        for hour, stage in (("10", "Negotiation"), ("12", "Closed Won"))
    ],
    "web_events": [
        # Sent again two days later, and arrived again.
        web("again", "2025-06-20 10:00:00", user_id="time-u1", loaded_at="2025-06-20 10:00:05"),
        web("again", "2025-06-22 10:00:00", user_id="time-u1", loaded_at="2025-06-22 10:00:05"),
        web("again-2", "2025-06-22 10:00:00", user_id="time-u2", loaded_at="2025-06-22 10:00:05"),
        web("again-2", "2025-06-20 10:00:00", user_id="time-u2", loaded_at="2025-06-23 10:00:05"),
        # A device that never learned the date.
        web("unset", "1970-01-01 00:03:00", email="unset@times.example"),
        web("ahead", HOURS_AHEAD, email="ahead@times.example"),
        web("bride", "2025-05-01 09:00:00", email="old-bride@times.example"),
        # Two devices whose tracker gives one session id, a second of the clock.
        web("s1", "2025-05-05 09:00:00", anonymous_id="time-d1", session_id="1746435600"),
        web(
            "s2",
            "2025-05-05 09:01:00",
            anonymous_id="time-d1",
            session_id="1746435600",
            event_name="identify",
            email="one@times.example",
        ),
        web("s3", "2025-05-05 09:00:30", anonymous_id="time-d2", session_id="1746435600"),
        web(
            "s4",
            "2025-05-05 09:03:00",
            anonymous_id="time-d2",
            session_id="1746435600",
            event_name="identify",
            email="two@times.example",
        ),
        # Two people at one device, one after the other, and a customer's with one of our own.
        *(
            web(
                f"{device}-{minute}",
                f"2025-05-05 {minute}:00",
                anonymous_id=f"time-{device}",
                **({"event_name": "identify", "email": who} if who else {}),
            )
            for device, minute, who in (
                ("shared", "09:00", ""),
                ("shared", "09:01", "first@times.example"),
                ("shared", "09:02", ""),
                ("shared", "10:01", "second@times.example"),
                ("shared", "10:02", ""),
                ("lent", "09:01", "lender@times.example"),
                ("lent", "09:02", ""),
                ("lent", "09:03", "clerk@internal.example"),
                ("lent", "09:04", ""),
                ("lent", "09:05", "lender@times.example"),
                ("lent", "09:06", ""),
            )
        ),
    ],
    "form_submissions": [
        {
            "submission_id": "time-ahead",
            "form_id": "contact",
            "occurred_at": HOURS_AHEAD,
            "email": "form-ahead@times.example",
        },
        {
            "submission_id": "time-bride",
            "form_id": "contact",
            "occurred_at": "2025-05-01 09:00:00",
            "email": "old-bride@times.example",
        },
    ],
    "email_events": [
        {
            "event_id": "time-ahead",
            "event_name": "clicked",
            "occurred_at": HOURS_AHEAD,
            "email": "ahead@times.example",
        }
    ],
    "campaign_responses": [
        {
            "response_id": "time-ahead",
            "campaign_id": "time-fair",
            "occurred_at": HOURS_AHEAD,
            "email": "response-ahead@times.example",
            "response_type": "qr_scan",
        }
    ],
    "campaign_costs": [
        {"campaign_id": "time-fair", "cost_date": "2025-07-02", "amount": "10"},
    ],
    "campaigns": [
        {"campaign_id": "time-fair", "name": "Fair", "started_at": "2025-07-02 01:00:00"},
    ],
}
