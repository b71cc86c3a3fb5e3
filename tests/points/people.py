"""People with random histories, and one with the history that the documents tell of."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]

START = datetime(2023, 1, 2)  # noqa: DTZ001 - the warehouse's times are UTC without a zone
DAYS = 1100
PEOPLE = 60
CAMPAIGNS = {"spring": "email", "fair": "trade_fair"}
PATHS = ("/", "/pricing", "/blog/analytics-basics", "/blog/security", "/careers/sales", "/products")

RULES = """\
rule_id,dimension,event_type,path_pattern,content_type,topic,form_id,campaign_type,field,operator,\
value,points,max_awards,period_days,cool_down_days,half_life_days,blocks_mql,rule_group,\
valid_from,valid_to,description
page,behavior,page_viewed,,,,,,,,,1,3,30,0,30,0,,2000-01-01,9999-12-31,Viewed a page
pricing,behavior,pricing_viewed,,,,,,,,,6,2,10,0,7,0,,2000-01-01,2024-03-31,Viewed the prices
pricing,behavior,pricing_viewed,,,,,,,,,9.5,2,10,0,60,0,,2024-04-01,9999-12-31,Viewed the prices
blog,behavior,,/blog%,,,,,,,,2,0,0,3,14,0,,2000-01-01,9999-12-31,Read the blog
security,behavior,,/blog/sec%,,,,,,,,3,2,0,1.5,90,0,deep,2000-01-01,9999-12-31,Read about security
scan,behavior,qr_scanned,,,,,,,,,5,4,0,0.5,90,0,deep,2000-01-01,9999-12-31,Scanned a code
fair,behavior,,,,,,trade_fair,,,,4,5,0,0,45,0,,2000-01-01,9999-12-31,Came from a trade fair
news,behavior,,,,,newsletter,,,,,7,1,0,0,0,0,,2000-01-01,9999-12-31,Signed up
careers,behavior,careers_viewed,,,,,,,,,-10,3,30,0,90,1,,2000-01-01,9999-12-31,Looked at jobs
silence,behavior,went_silent,,,,,,,,,-15,0,0,0,0,0,,2000-01-01,9999-12-31,Was silent
finance,fit,,,,,,,industry,in,finance,8,1,0,0,0,0,,2000-01-01,9999-12-31,Finance
"""

EXAMPLE = "quinn@firm.example"
STUDENT = "stud@college.example"
SEEKER = "seeker@home.example"

# Rules of one half-life, so that it makes no difference which of two at one moment is cut.
CAPS = """\
rule_group,max_points_in_period,period_days,max_points,description
deep,7,40,13,Security and codes
"""


def _web(event_id: str, at: datetime, email: str, path: str, **more: Any) -> Row:
    return {
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": str(at),
        "email": email,
        "page_url": f"https://www.example.com{path}",
        "user_agent": "Mozilla/5.0",
        **more,
    }


def _form(submission_id: str, at: datetime, email: str, form_id: str, **more: Any) -> Row:
    return {
        "submission_id": submission_id,
        "occurred_at": str(at),
        "email": email,
        "form_id": form_id,
        **more,
    }


def random_people(rng: random.Random) -> dict[str, list[Row]]:
    """Histories over three years, with ties, visits close together, and several cycles."""
    tables: dict[str, list[Row]] = {
        name: []
        for name in ("web_events", "form_submissions", "campaign_responses", "email_events")
    }
    tables |= {"crm_leads": [], "crm_lead_history": []}
    for number in range(PEOPLE):
        email = f"person{number}@firm{number}.example"
        crm_lead = f"L{number}"
        first = START + timedelta(days=rng.randrange(200))
        visits = sorted(first + timedelta(days=rng.randrange(DAYS - 250)) for _ in range(6))
        moments = [
            visit + timedelta(hours=rng.choice((0, 0, 9, 30, 100)), minutes=rng.choice((0, 7)))
            for visit in visits
            for _ in range(rng.randrange(8))
        ]
        for place, at in enumerate(moments):
            key = f"{number}-{place}"
            campaign = {"campaign_id": rng.choice((None, *CAMPAIGNS))}
            utm = {"utm_campaign": campaign["campaign_id"]}
            kind = rng.randrange(10)
            if kind < 7:
                tables["web_events"].append(_web(key, at, email, rng.choice(PATHS), **utm))
            elif kind == 7:
                form = rng.choice(("newsletter", "contact"))
                tables["form_submissions"].append(_form(key, at, email, form, **utm))
            elif kind == 8:
                scan = {"response_id": key, "occurred_at": str(at), "email": email}
                tables["campaign_responses"].append(scan | {"response_type": "qr_scan"} | campaign)
            else:
                click = {"event_id": key, "occurred_at": str(at), "email": email}
                tables["email_events"].append(click | {"event_name": "clicked"} | campaign)
        # Nobody's last cycle has expired.
        last = START + timedelta(days=1030 + number % 20)
        tables["web_events"].append(_web(f"{number}-last", last, email, "/"))
        lead = {"lead_id": crm_lead, "created_at": str(first), "email": email, "status": "New"}
        tables["crm_leads"].append(lead | {"industry": rng.choice(("finance", "mining", None))})
        for place in range(rng.randrange(4)):
            at = first + timedelta(days=150 + 300 * place + rng.randrange(60))
            for step, (old, new) in enumerate((("New", "Working"), ("Working", "Not Ready"))):
                change = {"history_id": f"h{number}-{place}-{step}", "lead_id": crm_lead}
                change |= {"field_name": "Status", "old_value": old, "new_value": new}
                change["changed_at"] = str(at + timedelta(days=step))
                tables["crm_lead_history"].append(change)
    return tables


def told_people() -> dict[str, list[Row]]:
    """The example of the documents, a student and somebody who looks for a job."""
    day = datetime(2025, 11, 3, 9)  # noqa: DTZ001
    step = timedelta(minutes=10)
    title = {"job_title": "Student of law"}
    tables = {
        "campaign_responses": [
            {
                "response_id": "scan",
                "occurred_at": str(day),
                "email": EXAMPLE,
                "campaign_id": "fair",
                "response_type": "qr_scan",
            }
        ],
        "web_events": [
            _web("click", day + step, EXAMPLE, "/products/x", event_name="product_click"),
            _web("case", day + 4 * step, EXAMPLE, "/case-studies/security"),
            _web("jobs", day + timedelta(days=40), EXAMPLE, "/careers/sales"),
            *(_web(f"jobs{n}", day + n * step, SEEKER, f"/careers/{n}") for n in range(3)),
        ],
        "form_submissions": [
            _form("news", day + 2 * step, EXAMPLE, "newsletter"),
            _form("webinar", day + 3 * step, EXAMPLE, "webinar"),
            _form("demo", day + 5 * step, EXAMPLE, "demo_request"),
            *(
                _form(f"{kind}{n}", day + (5 + n) * step, email, "demo_request", **more)
                for kind, email, more in (("s", STUDENT, title), ("j", SEEKER, {}))
                for n in range(2)
            ),
            _form("j2", day + 8 * step, SEEKER, "contact"),
        ],
        # So good a fit that the deduction for students alone would not keep them out.
        "crm_leads": [
            {
                "lead_id": lead_id,
                "created_at": str(day),
                "email": email,
                "industry": "finance",
                "employee_count": 5000,
                "country_code": "DE",
                "job_title": job_title,
            }
            for lead_id, email, job_title in (
                ("LS", STUDENT, "Student of law"),
                ("LJ", SEEKER, "Director"),
            )
        ],
    }
    return tables


AS_OF = "2026-01-31 02:00:00"
"""When the last rows arrived."""


def write_raw(folder: Path) -> None:
    """Write the raw tables: what happened before December 2025 was loaded then."""
    folder.mkdir()
    tables = random_people(random.Random(5))
    for name, rows in told_people().items():
        tables.setdefault(name, []).extend(rows)
    tables["campaigns"] = [
        {"campaign_id": campaign, "name": campaign, "channel": channel}
        for campaign, channel in CAMPAIGNS.items()
    ]
    for name, rows in tables.items():
        lines = (json.dumps(row | {"loaded_at": _loaded_at(row)}) for row in rows)
        (folder / f"{name}.ndjson").write_text("\n".join(lines) + "\n")


def _loaded_at(row: Row) -> str:
    times = [row.get(name) for name in ("occurred_at", "created_at", "changed_at")]
    latest = max(time for time in [*times, ""] if time is not None)
    return "2025-12-01 02:00:00" if latest < "2025-12-01" else AS_OF
