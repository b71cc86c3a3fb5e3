"""Give the company a second CRM, of a firm it bought, whose users log nothing.

Only on request (``--second-crm``): with several CRMs the sync creates no leads, which the demo is
to show.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.columns import concat, glue, label, lower, nothing, numbers, pick, table, times
from demo.contract import RAW, TRUTH, Settings

SOURCE = "bought_crm"
SHARE = 0.12
"""Leads of the second CRM, for each known person of the first."""
HANDED, WORKED, WON = 0.7, 0.5, 0.2
"""Shares of its leads that become MQLs, of these that are worked, and of these that are won."""


def write_second_crm(
    rng: np.random.Generator, settings: Settings, persons: int, first: int
) -> tuple[dict[str, Any], Any]:
    """Build its rows of the raw tables, and `truth_second_crm`.

    Its statuses and deals are there; of what its users did nothing is. Whether sales followed a
    lead up is not to be known of any of them.
    """
    rows = max(3, round(SHARE * persons))
    number = first + np.arange(rows)
    zeros = np.zeros(rows, dtype=np.int64)
    created = 5 + (settings.days - 12) * rng.random(rows)
    handed = np.where(rng.random(rows) < HANDED, created + 5 * rng.random(rows), np.nan)
    worked = (~np.isnan(handed)) & (rng.random(rows) < WORKED)
    opened = np.where(worked & (rng.random(rows) < 0.5), handed + 20 * rng.random(rows), np.nan)
    won_at = opened + 15 + 30 * rng.random(rows)
    won = (rng.random(rows) < WON / 0.5) & (won_at < settings.days)
    handed = np.where(handed < settings.days, handed, np.nan)
    opened = np.where(opened < settings.days, opened, np.nan)
    lead, start = label("b-", number), settings.start
    source = pick((SOURCE,), zeros)
    names = [pick(part, rng.integers(0, len(part), rows)) for part in
             (words.FIRST_NAMES, words.LAST_NAMES)]  # fmt: skip
    last = np.fmax(np.fmax(created, handed), opened)
    status = np.where(np.isnan(opened), np.where(np.isnan(handed), 0, 1), 2)
    leads = {
        "lead_id": lead,
        "created_at": times(created, start),
        "updated_at": times(last, start),
        "email": glue(lower(names[0]), ".", lower(names[1]), label("@bought", number), ".example"),
        "first_name": names[0],
        "last_name": names[1],
        "company_name": label("Bought ", number),
        "country_code": pick([item.code for item in words.COUNTRIES], zeros),
        "lead_source": pick(("referral",), zeros),
        "status": pick(("New", "MQL", "Qualified"), status),
        "is_deleted": numbers(worked & False),
        "source": source,
        "loaded_at": nothing(rows, "time"),
    }
    parts = [(created, "New", None), (handed, "MQL", "New"), (opened, "Qualified", "MQL")]
    history = []
    for place, (at, new, old) in enumerate(parts):
        chosen = np.flatnonzero(~np.isnan(at))
        history.append(
            {
                "history_id": label(f"b{place}-", number[chosen]),
                "lead_id": label("b-", number[chosen]),
                "field_name": pick(("status",), chosen * 0),
                "old_value": pick((old,), chosen * 0),
                "new_value": pick((new,), chosen * 0),
                "changed_at": times(at[chosen], start),
                "source": pick((SOURCE,), chosen * 0),
                "loaded_at": nothing(len(chosen), "time"),
            }
        )
    sold = np.flatnonzero(~np.isnan(opened))
    deals = {
        "opportunity_id": label("b-opp-", number[sold]),
        "lead_id": label("b-", number[sold]),
        "created_at": times(opened[sold], start),
        "updated_at": times(np.where(won, won_at, opened)[sold], start),
        "deal_type": pick(("New Business",), sold * 0),
        "stage_name": pick(("Proposal", "Closed Won"), won[sold].astype(np.int64)),
        "amount": numbers(np.round(np.exp(rng.normal(8.3, 0.5, len(sold))), -2)),
        "currency_code": pick(("EUR",), sold * 0),
        "is_closed": numbers(won[sold]),
        "is_won": numbers(won[sold]),
        "closed_at": times(np.where(won, won_at, np.nan)[sold], start),
        "source": pick((SOURCE,), sold * 0),
        "loaded_at": nothing(len(sold), "time"),
    }
    true = {
        "lead_id": lead,
        "handed_over_at": times(handed, start),
        "was_worked": numbers(worked),
        "won_at": times(np.where(won, won_at, np.nan), start),
    }
    return (
        {
            "crm_leads": table(leads, RAW["crm_leads"]),
            "crm_lead_history": concat([table(part, RAW["crm_lead_history"]) for part in history]),
            "crm_opportunities": table(deals, RAW["crm_opportunities"]),
        },
        table(true, TRUTH["truth_second_crm"]),
    )
