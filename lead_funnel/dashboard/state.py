"""What the explorer remembers from page to page, and writes into the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import streamlit

from lead_funnel.dashboard.filters import Filters, values_of
from lead_funnel.dashboard.leads import Asked
from lead_funnel.report.figures import Figures
from lead_funnel.report.wording import label

FILTER_LABELS = {
    "since": "From month",
    "until": "To month",
    "team": "Team",
    "channel": "Channel",
    "segment": "Size of firm",
    "country": "Country",
}
LEADS, LEAD = "Leads", "One lead"


def begin(pages: Sequence[str]) -> None:
    """Take page, lead, list and filters from the address, once a session."""
    state, address = streamlit.session_state, streamlit.query_params
    if "page" in state:
        return
    state["page"] = address.get("page") if address.get("page") in pages else pages[0]
    state["lead"] = address.get("lead", "")
    state["asked"] = Asked.from_address(address)
    for field in fields(Filters):
        state[f"filter_{field.name}"] = address.get(field.name)


def choose_filters(figures: Figures) -> Filters:
    """Draw the filters, and give what is chosen."""
    chosen: dict[str, str | None] = {}
    for name, title in FILTER_LABELS.items():
        values = values_of(figures, name)
        key = f"filter_{name}"
        # A value of an old address, or one that the last build no longer has.
        if streamlit.session_state.get(key) not in values:
            streamlit.session_state[key] = None
        chosen[name] = streamlit.selectbox(
            title,
            values,
            key=key,
            format_func=str if name in ("since", "until", "country") else label,
            placeholder="All",
            disabled=not values,
        )
    if any(chosen.values()):
        streamlit.button("Clear filters", on_click=clear_filters)
    return Filters(**chosen)


def clear_filters() -> None:
    """Show everything again."""
    for name in FILTER_LABELS:
        streamlit.session_state[f"filter_{name}"] = None


def write_address(filters: Filters) -> None:
    """Write page and filters into the address, so that it can be sent to somebody."""
    state = streamlit.session_state
    words = {"page": state["page"], **filters.set_ones}
    if state["page"] == LEADS:
        words |= state["asked"].to_address()
    lead = state.get("lead") or ""
    # Somebody may type an e-mail address, which must not go on to logs and histories.
    if state["page"] == LEAD and lead and "@" not in lead:
        words["lead"] = lead
    if dict(streamlit.query_params) != words:
        streamlit.query_params.from_dict(words)


def show_leads(asked: Asked) -> None:
    """Turn to the leads behind a number; to be called before the page is drawn."""
    streamlit.session_state["asked"] = asked
    streamlit.session_state["page"] = LEADS


def show_lead(lead_key: object) -> None:
    """Turn to one lead; to be called before the page is drawn."""
    streamlit.session_state["lead"] = str(lead_key)
    streamlit.session_state["page"] = LEAD


def say_left_out(names: Sequence[str]) -> None:
    """Say which filters do not narrow what follows."""
    if names:
        streamlit.caption(
            f"Not narrowed by {', '.join(FILTER_LABELS[name].lower() for name in names)}."
        )
