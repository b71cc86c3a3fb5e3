"""Make a CRM whose leads change their status often and in every odd way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

STATUSES = (
    "New",
    "MQL",
    "Working",
    "Qualified",
    "Returned to Marketing",
    "Not Ready",
    "Unqualified",
    "Zombie",
)
"""Statuses that a lead changes between; the last one is in no map."""

MOVES = np.array([0.14, 0.2, 0.2, 0.12, 0.12, 0.12, 0.08, 0.02])
START = np.datetime64("2022-01-01T00:00:00", "s")
LOADED = np.datetime64("2027-01-01T02:00:00", "s")
DAY = 86400
MOST_IN_A_SECOND = 5


@dataclass(frozen=True)
class Size:
    """How many leads and status changes to make, about, and from which seed."""

    leads: int
    changes: int
    seed: int = 1


def write_stage_history(size: Size, out: Path) -> int:
    """Write the raw tables and say how many status changes they hold.

    Some histories start late, some leads come twice, changes share a second, statuses are
    set again, and deals contradict their leads.
    """
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(size.seed)
    # Histories that start late lose some.
    size = replace(size, changes=round(size.changes * 1.043))
    created = rng.integers(0, 540 * DAY, size.leads)
    changes, last = _changes(rng, size, created)
    leads = _leads(rng, size.leads, created, last)
    deals, steps = _deals(rng, size.leads, created)
    tables = {
        "crm_leads": leads,
        "crm_lead_history": changes,
        "crm_opportunities": deals,
        "crm_opportunity_history": steps,
        "crm_activities": _calls(rng, size.leads, created),
    }
    for name, rows in tables.items():
        rows.assign(loaded_at=LOADED).to_parquet(out / f"{name}.parquet", index=False)
    return len(changes)


def _moment(seconds: Any) -> Any:
    return START + np.asarray(seconds).astype("timedelta64[s]")


def _named(prefix: str, numbers: Ints) -> Any:
    return np.char.add(prefix, numbers.astype(str))


def _changes(
    rng: np.random.Generator, size: Size, created: Ints
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the status history and, by lead that has one, its last status and time."""
    lead = np.sort(rng.integers(0, size.leads, size.changes))
    place = np.arange(size.changes) - np.searchsorted(lead, lead)
    gap = np.maximum(1, rng.exponential(20 * DAY, size.changes).astype(np.int64))
    at_once = (rng.random(size.changes) < 0.12) & (place > 0)
    gap[at_once & (place % MOST_IN_A_SECOND != 0)] = 0
    passed = np.cumsum(gap)
    first = np.searchsorted(lead, lead)
    since = passed - passed[first] + gap[first]
    early = rng.random(size.leads) < 0.03
    at = created[lead] + since - np.where(early[lead], 30 * DAY, 0)
    at = np.maximum(at, 0)

    drawn = rng.choice(len(STATUSES), size.changes, p=MOVES)
    old, new = np.zeros(size.changes, np.int64), drawn.copy()
    again = rng.random(size.changes) < 0.05
    for step in range(int(place.max()) + 1):
        rows = np.flatnonzero(place == step)
        if step:
            old[rows] = new[rows - 1]
        new[rows] = np.where(again[rows], old[rows], drawn[rows])

    kept = place >= np.where(rng.random(size.leads) < 0.2, 2, 0)[lead]
    words = np.array(STATUSES)
    frame = pd.DataFrame(
        {
            "history_id": _named("h", rng.permutation(size.changes)),
            "lead_id": _named("L", lead),
            "field_name": "Status",
            "old_value": words[old],
            "new_value": words[new],
            "changed_at": _moment(at),
            "changed_by": "rep-1",
        }
    )
    quiet = rng.random(size.changes) < 0.05
    frame.loc[quiet, "new_value"] = frame.loc[quiet, "new_value"].str.lower()
    frame.loc[(place == 0) & (rng.random(size.changes) < 0.3), "old_value"] = None
    ends = np.flatnonzero(np.append(lead[1:] != lead[:-1], True))
    last = pd.DataFrame({"status": words[new[ends]], "at": at[ends]}, index=lead[ends])
    return frame[kept].reset_index(drop=True), last


def _leads(rng: np.random.Generator, leads: int, created: Ints, last: pd.DataFrame) -> pd.DataFrame:
    """One lead in twenty is the next one's second record; some were converted."""
    number = np.arange(leads)
    twin = (rng.random(leads) < 0.05) & (number + 1 < leads)
    person = np.where(twin, number + 1, number)
    converted = rng.random(leads) < 0.1
    converted_at = created + rng.integers(0, 200 * DAY, leads)
    last = last.reindex(number)
    has_history = last["at"].notna().to_numpy()
    updated = np.where(has_history, np.nan_to_num(last["at"].to_numpy()), created).astype(np.int64)
    ahead = rng.random(leads) < 0.02
    status = last["status"].fillna("MQL").to_numpy()
    return pd.DataFrame(
        {
            "lead_id": _named("L", number),
            "created_at": _moment(created),
            "updated_at": _moment(updated + np.where(ahead, DAY, 0)),
            "email": np.char.add(_named("p", person), "@firm.example"),
            "status": np.where(ahead, "Working", status),
            "converted_at": pd.Series(_moment(converted_at)).where(converted),
            "converted_contact_id": pd.Series(_named("C", number)).where(converted),
            "is_deleted": False,
        }
    )


def _deals(
    rng: np.random.Generator, leads: int, created: Ints
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Opportunities of a quarter of the leads, some with a history, some in contradiction."""
    count = leads // 4
    lead = np.sort(rng.integers(0, leads, count))
    opened = created[lead] + rng.integers(0, 300 * DAY, count)
    closed = opened + rng.integers(-10 * DAY, 90 * DAY, count)
    fate = rng.choice(5, count, p=[0.2, 0.25, 0.35, 0.1, 0.1])
    won, lost, named, bare = fate == 1, fate == 2, fate == 3, fate == 4
    stage = np.select(
        [won, lost, named, bare], ["Closed Won", "Closed Lost", "Closed Won", ""], "Proposal"
    )
    flags = ~named & ~bare
    by_contact = rng.random(count) < 0.1
    deal = _named("O", rng.permutation(count))
    frame = pd.DataFrame(
        {
            "opportunity_id": deal,
            "lead_id": pd.Series(_named("L", lead)).mask(by_contact),
            "contact_id": pd.Series(_named("C", lead)).where(by_contact),
            "created_at": _moment(opened),
            "updated_at": _moment(np.maximum(opened, closed)),
            "stage_name": pd.Series(stage).mask(bare),
            "amount": 1000.0,
            "currency_code": "EUR",
            "is_closed": pd.Series(won | lost, dtype="boolean").where(flags),
            "is_won": pd.Series(won, dtype="boolean").where(flags),
            "closed_at": pd.Series(_moment(closed)).where(won | lost | named),
        }
    )
    told = np.flatnonzero(rng.random(count) < 0.2)
    steps = pd.DataFrame(
        {
            "history_id": _named("s", np.arange(2 * len(told))),
            "opportunity_id": np.concatenate([deal[told], deal[told]]),
            "stage_name": np.concatenate(
                [
                    np.full(len(told), "Proposal"),
                    np.where(won | named, "Closed Won", "Negotiation")[told],
                ]
            ),
            "changed_at": _moment(
                np.concatenate([opened[told] + 60, np.maximum(opened, closed)[told]])
            ),
        }
    )
    return frame, steps


def _calls(rng: np.random.Generator, leads: int, created: Ints) -> pd.DataFrame:
    """Leads that call: an engagement, worth too few points to hand anybody over."""
    lead = np.flatnonzero(rng.random(leads) < 0.4)
    at = np.maximum(created[lead] + rng.integers(-20 * DAY, 400 * DAY, len(lead)), 0)
    return pd.DataFrame(
        {
            "activity_id": _named("a", np.arange(len(lead))),
            "activity_type": "call",
            "direction": "inbound",
            "occurred_at": _moment(at),
            "lead_id": _named("L", lead),
        }
    )
