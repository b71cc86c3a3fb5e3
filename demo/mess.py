"""Make the data arrive as data do: in nightly loads, late, twice, corrected, malformed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from demo.columns import Floats, concat, filter_rows, nothing, set_column, times, to_days
from demo.contract import Settings

TIME_COLUMN = {
    "web_events": "occurred_at",
    "form_submissions": "occurred_at",
    "email_events": "occurred_at",
    "campaign_responses": "occurred_at",
    "crm_leads": "updated_at",
    "crm_lead_history": "changed_at",
    "crm_contacts": "updated_at",
    "crm_accounts": "updated_at",
    "crm_opportunities": "updated_at",
    "crm_opportunity_history": "changed_at",
    "crm_activities": "occurred_at",
    "crm_reps": "hired_at",
    "campaigns": "started_at",
    "campaign_costs": "cost_date",
}
# What the first version of a corrected row lacks.
CORRECTED_COLUMN = {
    "web_events": "page_title",
    "form_submissions": "job_title",
    "email_events": "url",
    "campaign_responses": "content_id",
    "crm_leads": "job_title",
    "crm_activities": "outcome",
    "crm_contacts": "phone",
}
PUNCTUAL = ("crm_accounts", "crm_reps", "campaigns", "campaign_costs")
LATE, TWICE, CORRECTED, OLDER = 0.02, 0.005, 0.005, 1.0


def load_day(settings: Settings, at: Floats) -> Floats:
    """When a row of moment `at` is loaded if all goes well."""
    nightly = np.floor(at) + 1 + 2 / 24
    first = settings.backfill_day + 2 / 24
    return np.where(at < settings.backfill_day, first, np.minimum(nightly, settings.last_load))


def mess_up(
    rng: np.random.Generator, settings: Settings, name: str, rows: Any, older: Any | None = None
) -> tuple[Any, Counter[str]]:
    """Give rows their loads, and plant late rows, duplicates and corrections.

    Parameters
    ----------
    name : str
        Raw table.
    rows : table
        One row per key.
    older : table, optional
        Earlier versions of the first rows of `rows`, in the same order.

    Returns
    -------
    table
        All versions of all rows.
    Counter
        How many of each kind were planted.
    """
    count = rows.num_rows
    at = to_days(rows.column(TIME_COLUMN[name]), settings.start)
    loaded = load_day(settings, at)
    counts: Counter[str] = Counter()
    if name not in PUNCTUAL:
        delayed = loaded + rng.integers(1, 11, count)
        late = (
            (rng.random(count) < LATE)
            & (at >= settings.backfill_day)
            & (delayed < settings.last_load)
        )
        loaded = np.where(late, delayed, loaded)
        counts["late"] = int(late.sum())
    parts = []
    if older is not None and older.num_rows:
        first = load_day(settings, to_days(older.column(TIME_COLUMN[name]), settings.start))
        seen = (first < loaded[: len(first)]) & (rng.random(len(first)) < OLDER)
        parts.append(
            filter_rows(set_column(older, "loaded_at", times(first, settings.start)), seen)
        )
        counts["older_versions"] = int(seen.sum())
    roll = rng.random(count)
    twice = np.flatnonzero((roll < TWICE) & (name not in PUNCTUAL))
    current = set_column(rows, "loaded_at", times(loaded, settings.start))
    if name in CORRECTED_COLUMN:
        again = loaded + rng.integers(1, 4, count)
        fixed = np.flatnonzero(
            (roll >= TWICE) & (roll < TWICE + CORRECTED) & (again < settings.last_load)
        )
        wrong = filter_rows(current, fixed)
        parts.append(set_column(wrong, CORRECTED_COLUMN[name], nothing(len(fixed))))
        loaded[fixed] = again[fixed]
        current = set_column(rows, "loaded_at", times(loaded, settings.start))
        counts["corrected_versions"] = len(fixed)
    parts.append(filter_rows(current, twice))
    counts["exact_duplicates"] = len(twice)
    counts["rows"] = count
    return concat([current, *parts]), counts


def malformed_rows(
    settings: Settings,
) -> dict[str, tuple[str, list[dict[str, str | None]], dict[str, int]]]:
    """Rows that cannot be used, by raw table.

    Returns
    -------
    dict
        File format, rows and how many for which reason.
    """
    each = max(2, settings.leads // 2500)
    first = np.datetime64(settings.start, "s")
    day = np.timedelta64(86_400, "s")

    def moment(days: float) -> str:
        return str(first + np.timedelta64(round(days * 86_400), "s")).replace("T", " ")

    loaded = moment(settings.backfill_day + 2 / 24)
    good = moment(3.5)
    later = str(first + day * (settings.backfill_day + 4)).replace("T", " ")
    plans: dict[str, tuple[str, str, str, dict[str, str | None], tuple[str, ...]]] = {
        "web_events": (
            "csv",
            "event_id",
            "occurred_at",
            {"event_name": "page_view"},
            ("null_key", "unreadable_time", "future"),
        ),
        "form_submissions": (
            "ndjson",
            "submission_id",
            "occurred_at",
            {"form_id": "contact"},
            ("null_key", "unreadable_time"),
        ),
        "email_events": (
            "csv",
            "event_id",
            "occurred_at",
            {"event_name": "delivered"},
            ("null_key", "unknown_enum"),
        ),
        "crm_leads": (
            "csv",
            "lead_id",
            "created_at",
            {"status": "New"},
            ("null_key", "unreadable_time"),
        ),
        "crm_activities": (
            "ndjson",
            "activity_id",
            "occurred_at",
            {"activity_type": "call"},
            ("null_key", "unreadable_time"),
        ),
    }
    result = {}
    for name, (form, key, when, fixed, reasons) in plans.items():
        rows: list[dict[str, str | None]] = []
        for reason in reasons:
            for place in range(each):
                row: dict[str, str | None] = {
                    key: f"bad-{name}-{reason}-{place}",
                    when: good,
                    "loaded_at": loaded,
                    **fixed,
                }
                if "email" in name or name in ("form_submissions", "crm_leads"):
                    row["email"] = f"broken{place}@freemail.example"
                if name == "crm_leads":
                    row["updated_at"] = good
                if reason == "null_key":
                    row[key] = None
                elif reason == "unreadable_time":
                    row[when] = f"31/0{place % 9 + 1}/20xx 25:61"
                elif reason == "future":
                    row[when] = later
                else:
                    row["event_name"] = "teleported"
                rows.append(row)
        result[name] = (form, rows, dict.fromkeys(reasons, each))
    return result
