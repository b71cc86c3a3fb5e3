"""What other capacities would bring; a chart without data is None."""

from typing import Any

import altair as alt

from lead_funnel.report.chart_parts import AMBER, BLUE, finish, named
from lead_funnel.report.figures import Figures

ALL_TEAMS = "All teams"


def capacity_curve_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw expected wins by the slots of the week, of the team that the reader picks.

    The present capacity is marked; the line under the pointer shows all numbers of the nearest
    capacity.
    """
    curve = figures.capacity_curve
    curve = curve[curve["expected_wins"].notna()]
    if curve.empty:
        return None
    shown = named(curve, "team_name").drop(columns="team_id")
    is_now = shown["is_present_capacity"].astype(bool)
    shown["capacity"] = [f"{percent} %" for percent in shown["capacity_percent"]]
    shown["present"] = ["the present capacity" if now else "another" for now in is_now]
    shown = shown.drop(columns=["is_present_capacity", "capacity_percent"])
    names = sorted(set(shown["team_name"]), key=lambda name: (name != ALL_TEAMS, name))
    team = alt.param(
        name="team", value=names[0], bind=alt.binding_select(options=names, name="Team ")
    )
    pointed = alt.selection_point(
        name="pointed", on="pointermove", nearest=True, fields=["slots"], empty=False
    )
    base = (
        alt.Chart(shown)
        .transform_filter("datum.team_name == team")
        .encode(
            x=alt.X("slots:Q").title("free slots of the week"),
            y=alt.Y("expected_wins:Q").title("expected wins"),
        )
    )
    numbers = [
        "capacity:N",
        alt.Tooltip("slots:Q", format=","),
        alt.Tooltip("leads:Q", format=","),
        alt.Tooltip("cutoff_score:Q", title="cut-off (score)"),
        alt.Tooltip("cutoff_probability:Q", title="cut-off (probability)", format=".3f"),
        alt.Tooltip("expected_wins:Q", title="expected wins", format=",.1f"),
        alt.Tooltip("expected_value:Q", title="expected value", format=",.0f"),
        alt.Tooltip("wins_of_one_more_slot:Q", title="wins of one more slot", format=".3f"),
        alt.Tooltip("value_of_one_more_slot:Q", title="value of one more slot", format=",.0f"),
    ]
    under_pointer = alt.condition(pointed, alt.value(1), alt.value(0))
    chart = alt.layer(
        base.mark_line(color=BLUE, strokeWidth=2),
        base.mark_point(color=AMBER, filled=True, size=110, opacity=1)
        .transform_filter("datum.present == 'the present capacity'")
        .encode(tooltip=numbers),
        base.mark_text(color=AMBER, align="left", dx=9, dy=12, fontSize=12)
        .transform_filter("datum.present == 'the present capacity'")
        .encode(text="present:N"),
        base.mark_rule(color=BLUE, strokeWidth=1)
        .encode(opacity=under_pointer, tooltip=numbers)
        .add_params(pointed),
        base.mark_point(color=BLUE, filled=True, size=70).encode(opacity=under_pointer),
    ).add_params(team)
    return finish(chart, 260)
