"""A lead's points as an account: date, what happened, rule, points, balance."""

from typing import Any

import pandas as pd

from lead_funnel.errors import UserError
from lead_funnel.language import N_, _
from lead_funnel.report import wording
from lead_funnel.report.figures import Figures
from lead_funnel.words import is_known, points_text, text, time_text

HEAD = [N_("date (UTC)"), N_("what happened"), N_("rule"), N_("points"), N_("balance")]
# What an entry is where it is more than an award.
KINDS = {
    "capped": N_("its cap is reached"),
    "cooled_down": N_("too soon after the last"),
    "expired": N_("faded away"),
    "cycle_reset": N_("next cycle begins"),
    "merged": N_("two records turned out to be one person"),
}


def account_table(figures: Figures, lead_key: object, most: int | None = None) -> list[list[str]]:
    """Write the account of a lead.

    Parameters
    ----------
    figures : Figures
        The open warehouse.
    lead_key : object
        The person; nothing that is returned identifies them.
    most : int, optional
        At most so many entries, the last ones.

    Returns
    -------
    list of list of str
        `HEAD` and one row per entry, in order. Behaviour and fit each have a balance.
    """
    entries = figures.ledger_of(lead_key)
    events = figures.timeline_of(lead_key)
    merged = entries.merge(events, how="left", on="event_key")
    rows = [
        [
            time_text(row.occurred_at),
            _what(row),
            text(row.rule_description) if is_known(row.rule_id) else "-",
            points_text(row.points, signed=True),
            _balance(row),
        ]
        for row in merged.itertuples()
    ]
    return [[_(name) for name in HEAD], *(rows if most is None else rows[-most:])]


def _balance(row: Any) -> str:
    balance = points_text(row.balance)
    return _("{balance} fit").format(balance=balance) if row.dimension == "fit" else balance


def _what(row: object) -> str:
    """Say in words what an entry stands for."""
    kind = KINDS.get(str(getattr(row, "entry_type", "")))
    event_type = getattr(row, "event_type", None)
    event = _event(event_type) if is_known(event_type) else _("known about the lead")
    topic = getattr(row, "topic", None)
    if is_known(topic):
        event += f": {wording.phrase(topic)}"
    if str(getattr(row, "entry_type", "")) == "merged":
        return _(str(kind))
    return f"{event} ({_(kind)})" if kind else event


def _event(event_type: object) -> str:
    return wording.named(str(event_type).replace("_", " "))


def find_lead(figures: Figures, wanted: str) -> object:
    """Give the person's key for a CRM lead's id or a key.

    Raises
    ------
    UserError
        If no lead has it.
    """
    leads: pd.DataFrame = figures.rows("marts.dim_leads", ["lead_key", "crm_lead_id"])
    found = leads[
        (leads["crm_lead_id"] == wanted) | (leads["lead_key"].astype(str) == wanted.lower())
    ]
    if found.empty:
        raise UserError(
            f"No lead has the CRM id or key '{wanted}'. marts.dim_leads lists them "
            "(crm_lead_id, lead_key); merged records stand under the surviving id."
        )
    return found["lead_key"].iloc[0]
