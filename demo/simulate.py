"""Simulate a B2B software company and write its raw tables, with the truth apart.

``python -m demo.simulate --leads 5000 --seed 7 --out data/demo/raw --truth data/demo/truth``
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from demo.behavior import keep
from demo.changes import (
    owner_changes,
    rating_changes,
    status_changes,
    write_history,
)
from demo.columns import arrow_schema, concat, empty
from demo.contract import RAW, TRUTH, Settings
from demo.crm import close_books, write_leads, write_reps
from demo.deals import write_activities, write_contacts, write_deals
from demo.mess import malformed_rows, mess_up
from demo.outreach import list_campaigns, list_costs
from demo.people import draw_people
from demo.sales import hire_reps
from demo.story import Story, tell_story
from demo.truth import write_truth
from demo.web import write_forms, write_mails, write_responses, write_strangers, write_visits
from demo.write import Write, open_tables, write_text


def report(text: str) -> None:
    """Write one line about the progress."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _until(story: Story, end: float) -> Story:
    """Forget what lies beyond the end."""
    return replace(
        story,
        visits=keep(story.visits, story.visits.at < end),
        forms=keep(story.forms, story.forms.at < end),
        mails=keep(story.mails, story.mails.at < end),
        responses=keep(story.responses, story.responses.at < end),
    )


def _simulate_chunk(
    settings: Settings,
    place: int,
    first: int,
    count: int,
    first_rep: int,
    write_raw: Write,
    write_apart: Write,
) -> tuple[Counter[str], dict[str, Counter[str]], dict[str, Counter[str]], int]:
    """Simulate one chunk of people and write its rows.

    Returns
    -------
    Counter
        Numbers of the truth.
    dict
        Leads and wins by source.
    dict
        Planted mess by table.
    int
        Number of reps.
    """
    rng = np.random.default_rng([settings.seed, place])
    people = draw_people(rng, settings, first, count)
    reps = hire_reps(people, first_rep)
    story = _until(tell_story(rng, settings, people, reps), settings.days)
    status = status_changes(rng, settings, people, story)
    owner = owner_changes(rng, settings, people, reps, story)
    rating = rating_changes(rng, settings, people, story)
    leads = close_books(rng, settings, people, story, status, owner, rating)
    strangers, robots = write_strangers(rng, settings, count, first)
    changes = {"status": status, "owner_id": owner, "rating": rating}
    contacts, contacts_made, accounts = write_contacts(rng, settings, people, reps, story, leads)
    deals, deals_opened, deal_history = write_deals(rng, settings, people, reps, story)
    lead_rows, leads_made = write_leads(rng, settings, people, reps, story, leads)
    tables: dict[str, tuple[Any, Any | None]] = {
        "web_events": (
            concat([write_visits(rng, settings, people, story.visits), strangers]),
            None,
        ),
        "form_submissions": (write_forms(rng, settings, people, story.forms), None),
        "email_events": (write_mails(rng, settings, people, story.mails), None),
        "campaign_responses": (
            write_responses(rng, settings, people, story.responses, leads.status >= 0),
            None,
        ),
        "crm_leads": (lead_rows, leads_made),
        "crm_lead_history": (write_history(settings, people, reps, changes), None),
        "crm_contacts": (contacts, contacts_made),
        "crm_accounts": (accounts, None),
        "crm_opportunities": (deals, deals_opened),
        "crm_opportunity_history": (deal_history, None),
    }
    activities, replies = write_activities(rng, settings, people, reps, story)
    tables |= {
        "crm_activities": (activities, None),
        "crm_reps": (write_reps(rng, settings, reps), None),
    }
    planted = {}
    for name, (rows, older) in tables.items():
        messy, planted[name] = mess_up(rng, settings, name, rows, older)
        write_raw(name, messy)
    truth, sums, by_source = write_truth(settings, people, story, leads, status, replies)
    for name, rows in truth.items():
        write_apart(name, rows)
    sums["bots"] = robots
    return sums, by_source, planted, len(reps.team)


def simulate(settings: Settings) -> dict[str, Any]:
    """Simulate the company; returns the summary that is also written to the truth folder."""
    begun = time.monotonic()
    malformed = malformed_rows(settings)
    sums: Counter[str] = Counter()
    by_source: dict[str, Counter[str]] = {}
    planted: dict[str, Counter[str]] = {}
    with (
        open_tables(settings.out, RAW, set(malformed)) as write_raw,
        open_tables(settings.truth, TRUTH, set()) as write_apart,
    ):
        rng = np.random.default_rng([settings.seed, 2**31])
        for name, rows in (
            ("campaigns", list_campaigns(settings)),
            ("campaign_costs", list_costs(settings)),
        ):
            messy, planted[name] = mess_up(rng, settings, name, rows)
            write_raw(name, messy)
        write_raw("erasure_requests", empty(arrow_schema(RAW["erasure_requests"])))
        first_rep = 1
        for place, first in enumerate(range(0, settings.leads, settings.chunk)):
            count = min(settings.chunk, settings.leads - first)
            numbers, sources, mess, reps = _simulate_chunk(
                settings, place, first, count, first_rep, write_raw, write_apart
            )
            first_rep += reps
            sums.update(numbers)
            for total, part in ((by_source, sources), (planted, mess)):
                for name, counts in part.items():
                    total.setdefault(name, Counter()).update(counts)
            seconds = time.monotonic() - begun
            report(f"simulated {first + count} of {settings.leads} leads, {seconds:.0f} s")
    for name, (form, bad, _) in malformed.items():
        write_text(settings.out, name, form, list(RAW[name]), bad)
    reasons = {name: counts for name, (_, _, counts) in malformed.items()}
    summary = _summarise(settings, sums, by_source, planted, reasons)
    text = json.dumps(summary, indent=2) + "\n"
    (settings.truth / "truth_summary.json").write_text(text, encoding="utf-8")
    return summary


def _summarise(
    settings: Settings,
    sums: Counter[str],
    by_source: dict[str, Counter[str]],
    planted: dict[str, Counter[str]],
    malformed: dict[str, dict[str, int]],
) -> dict[str, Any]:
    """Put the truth into numbers."""
    duplicates = {
        name: {
            kind: counts[kind]
            for kind in ("exact_duplicates", "corrected_versions", "older_versions")
        }
        for name, counts in planted.items()
    }
    return {
        "leads": settings.leads,
        "seed": settings.seed,
        "start": settings.start.isoformat(),
        "days": settings.days,
        **sums,
        "win_rate": round(sums["won"] / max(sums["persons_with_crm_lead"], 1), 4),
        "black_hole_share": round(sums["black_hole_handoffs"] / max(sums["mature_handoffs"], 1), 4),
        "by_lead_source": by_source,
        "unique_rows": {name: counts["rows"] for name, counts in planted.items()},
        "duplicates_planted": {
            name: kinds | {"total": sum(kinds.values())} for name, kinds in duplicates.items()
        },
        "late_rows": {name: counts["late"] for name, counts in planted.items()},
        "malformed_planted": malformed,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.simulate", description=__doc__)
    parser.add_argument("--leads", type=int, default=5000, help="known persons to simulate")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same bytes")
    parser.add_argument(
        "--out", type=Path, default=Path("data/demo/raw"), help="folder for the raw tables"
    )
    parser.add_argument(
        "--truth", type=Path, default=Path("data/demo/truth"), help="folder for the truth"
    )
    parser.add_argument(
        "--start", type=date.fromisoformat, default=date(2025, 1, 1), help="first day"
    )
    parser.add_argument("--days", type=int, default=540, help="days to simulate, 60 at least")
    chosen = parser.parse_args(arguments)
    if chosen.leads < 10 or chosen.days < 60:
        report("Nothing simulated: --leads must be at least 10 and --days at least 60.")
        return 2
    summary = simulate(
        Settings(chosen.leads, chosen.seed, chosen.out, chosen.truth, chosen.start, chosen.days)
    )
    report(
        f"{summary['crm_leads']} CRM leads, {summary['won']} won ({summary['win_rate']:.1%}), "
        f"{summary['black_hole_share']:.1%} of {summary['mature_handoffs']} handoffs "
        "in the black hole"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
