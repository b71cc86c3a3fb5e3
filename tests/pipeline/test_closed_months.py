"""What the black hole took in a month that is over, it keeps, whoever follows up later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.pipeline.raw_files import Build, Row, lead, write_ndjson
from tests.warehouses import ask

BLACK_HOLE = ["--select", "+black_hole"]
FIRST_NIGHT, SECOND_NIGHT = "2025-03-01 02:00:00", "2025-04-01 02:00:00"
LEADS = ("called", "forgotten", "called-late", "accepted-late")


def status(name: str, new: str, day: str, loaded_at: str) -> Row:
    return {
        "history_id": f"{name}-{new}",
        "lead_id": name,
        "field_name": "Status",
        "new_value": new,
        "changed_at": f"{day} 10:00:00",
        "loaded_at": loaded_at,
    }


def call(name: str, day: str, loaded_at: str) -> Row:
    return {
        "activity_id": f"{name}-{day}",
        "activity_type": "call",
        "direction": "outbound",
        "occurred_at": f"{day} 11:00:00",
        "lead_id": name,
        "rep_id": "rep-1",
        "loaded_at": loaded_at,
    }


def months(db: Path) -> list[tuple[Any, ...]]:
    return ask(
        db,
        "select month_date::varchar, handoffs, never_followed_up, black_hole_share "
        "from marts.black_hole where dimension = 'month' order by month_date",
    )


def found_again(db: Path) -> dict[str, bool]:
    rows = ask(
        db,
        "select crm_lead_id, found_again_at is not null from marts.fct_handoffs "
        "inner join marts.dim_leads using (lead_key) where is_in_black_hole",
    )
    return dict(rows)


def test_late_follow_up_does_not_improve_a_month_that_is_over(
    raw: Path, db: Path, build: Build
) -> None:
    first = [status(name, "MQL", "2025-01-08", FIRST_NIGHT) for name in LEADS]
    # Since the first of these calls follow-up can be seen.
    calls = [call("called", day, FIRST_NIGHT) for day in ("2025-01-02", "2025-01-09")]
    people = [
        lead(name, email=f"{name}@firm.example", status="MQL", loaded_at=FIRST_NIGHT)
        for name in LEADS
    ]
    write_ndjson(raw / "crm_leads" / "1.ndjson", people)
    write_ndjson(raw / "crm_lead_history" / "1.ndjson", first)
    write_ndjson(raw / "crm_activities" / "1.ndjson", calls)
    assert build(BLACK_HOLE).success
    closed = months(db)
    assert closed == [("2025-01-01", 4, 3, 0.75)]
    assert not any(found_again(db).values())

    second = [status("accepted-late", "Working", "2025-03-20", SECOND_NIGHT)]
    write_ndjson(raw / "crm_lead_history" / "2.ndjson", second)
    late = [call("called-late", "2025-03-10", SECOND_NIGHT)]
    write_ndjson(raw / "crm_activities" / "2.ndjson", late)
    assert build(BLACK_HOLE).success
    assert months(db) == closed
    assert found_again(db) == {"forgotten": False, "called-late": True, "accepted-late": True}
