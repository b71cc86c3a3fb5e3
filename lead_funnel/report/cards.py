"""The parts of the report."""

from dataclasses import dataclass, field
from typing import Any

from lead_funnel.report import capacity_charts, charts, funnel_charts
from lead_funnel.report.account import account_table
from lead_funnel.report.figures import Figures
from lead_funnel.report.money import money_table
from lead_funnel.report.summary import verdict
from lead_funnel.report.tables import (
    METRICS,
    bench_table,
    black_hole_cost,
    campaigns_table,
    capacity_table,
    cycles_table,
    funnel_table,
    goals_table,
    grid_table,
    sources_table,
    velocity_table,
)
from lead_funnel.report.warnings import warnings_table

ENTRIES_SHOWN = 15
"""The last entries of an account are what a reader wants."""
BESIDE_COLUMNS = 8
"""A table of more columns stands below its chart."""


@dataclass(frozen=True)
class Card:
    """One part of the page.

    Attributes
    ----------
    title, lead
        Heading, and the text below it.
    empty
        The text in its stead when there is neither chart nor table.
    charts
        Specifications by caption; None where there is no data.
    table
        Rows of text, of which the first is the heading; shown if there are others.
    wide
        Whether the card takes the whole width.
    """

    title: str
    lead: str
    empty: str
    charts: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    table: list[list[str]] = field(default_factory=list)
    wide: bool = False

    @property
    def drawn(self) -> dict[str, dict[str, Any]]:
        """The charts that have data."""
        return {caption: spec for caption, spec in self.charts.items() if spec is not None}

    @property
    def has_table(self) -> bool:
        """Whether the table has rows below its heading."""
        return len(self.table) > 1

    @property
    def has_broad_table(self) -> bool:
        """Whether the table needs the whole width of the card."""
        return self.has_table and len(self.table[0]) > BESIDE_COLUMNS

    @property
    def has_content(self) -> bool:
        """Whether there is a chart or a table to show."""
        return bool(self.drawn) or self.has_table


def cards(figures: Figures) -> list[Card]:
    """Put the parts of the page together."""
    unbuilt = "There is nothing to show yet: run dbt build."
    unseen = (
        "Whether leads were followed up cannot be seen: sales logs no touches, or no "
        "handoff is old enough."
    )
    quarantine = charts.quarantine_chart(figures)
    is_unaudited = "marts.quarantined_rows" in figures.missing
    scored = " ".join(verdict(figures)).replace("`", "")
    bench = {
        METRICS[metric]: charts.bench_chart(figures, metric)
        for metric in ("roc_auc", "pr_auc", "wins_captured_at_20pct")
    }
    cost = " ".join(black_hole_cost(figures))
    by_points = (
        "expected wins need a model" if "model" not in set(figures.scored_by["scored_by"]) else ""
    )
    return [
        Card(
            "The funnel",
            "What became of the passes that entered each stage. The rate counts only those that "
            "entered a label horizon ago or earlier.",
            unbuilt,
            {"": charts.funnel_chart(figures)},
            funnel_table(figures),
        ),
        Card(
            "How long leads stay in a stage",
            "Share still in the stage by days since the entry, with 95 % intervals. Leads that "
            "have not left yet count for as long as they have been seen there; a dash: fewer than "
            "that have left.",
            unbuilt,
            {"": funnel_charts.stays_chart(figures)},
            velocity_table(figures),
        ),
        Card(
            "Leads in each stage",
            "Leads that stood in each stage at the end of each day.",
            unbuilt,
            {"": funnel_charts.daily_chart(figures)},
        ),
        Card(
            "Wins by cohort",
            "Closed won by the month in which the pass through the funnel began.",
            "No deal was won yet.",
            {"": charts.cohorts_chart(figures)},
        ),
        Card(
            "Where leads stand now",
            "Leads by the stage they are in.",
            unbuilt,
            {"": charts.stages_chart(figures)},
        ),
        Card(
            "Passes through the funnel",
            "What became of the first, the second and later passes of leads.",
            unbuilt,
            table=cycles_table(figures),
        ),
        Card(
            "Which channel really closes",
            "Share of leads won within the label horizon, of those whose horizon is over, with "
            "95 % intervals. (null): nothing tells the channel. Costs are those of the channel's "
            "campaigns, those that brought nobody included; return is won amount for each unit of "
            "cost.",
            "No lead is old enough to tell which channel closes.",
            {"": charts.sources_chart(figures)},
            sources_table(figures),
            wide=True,
        ),
        Card(
            "Money",
            "What was won, what is open and what was spent, each in its own currency and converted "
            "at the rates of seeds/exchange_rates.csv. What has no rate is in no other figure.",
            "No source tells of deals or costs.",
            table=money_table(figures) if len(figures.amounts) else [],
        ),
        Card(
            "The black hole",
            "Handoffs that nobody touched or judged in time, as a share of those old enough to "
            f"tell, with 95 % intervals. By team at most: single reps are not shown. {cost}",
            unseen,
            {
                "more than without": funnel_charts.factors_chart(figures),
                "by team": charts.black_hole_teams_chart(figures),
                "by hour of arrival": charts.black_hole_chart(figures, "arrival_hour", "hour"),
                "by month": charts.black_hole_chart(figures, "month", "month of the handoff"),
            },
            wide=True,
        ),
        Card(
            "Campaigns",
            "What the dearest campaigns cost and what came of it. The black hole's share of the "
            "cost is what was spent on leads that nobody followed up.",
            "No campaign brought leads or cost anything.",
            {"cost of the campaign": funnel_charts.campaigns_chart(figures)},
            campaigns_table(figures),
            wide=True,
        ),
        Card(
            "Goals of every month",
            "Entries into the stage by month, against the goal that marketing set.",
            "No goal is set for every month (seeds/campaign_goals.csv).",
            funnel_charts.months_charts(figures),
            wide=True,
        ),
        Card(
            "Goals of campaigns",
            "Goals that marketing set and what came of them; a cost is to stay below its goal.",
            "No goal is set for a known campaign (seeds/campaign_goals.csv).",
            table=goals_table(figures),
            wide=True,
        ),
        Card(
            "Points or model",
            f"On the same leads of the latest period, with 95 % intervals. {scored}",
            f"No model has been compared with points yet. {scored}",
            bench,
            bench_table(figures),
            wide=True,
        ),
        Card(
            "Score bands",
            "Open leads before an opportunity, by the band of their score, and by fit (A is best) "
            "and behaviour (1 is most).",
            "No lead is scored.",
            {"": charts.bands_chart(figures)},
            grid_table(figures),
        ),
        Card(
            "A lead's account of points",
            f"The last {ENTRIES_SHOWN} entries of the lead to be called first: what it did, what "
            "the agreed rules gave for it, and the balance. Whose it is stays in the warehouse; "
            "python -m lead_funnel.report.account shows the account of any lead.",
            "No lead can be handed over now.",
            table=[
                row
                for lead_key in figures.next_leads(1)["lead_key"]
                for row in account_table(figures, lead_key, ENTRIES_SHOWN)
            ],
            wide=True,
        ),
        Card(
            "Rows in quarantine",
            "Raw rows that could not be used, by table and reason. None is lost.",
            unbuilt if is_unaudited else "No raw row is in quarantine.",
            {"": quarantine},
        ),
        Card(
            "What to look at",
            "What the build noticed, what it costs, and what to do about it.",
            unbuilt if "marts.data_warnings" in figures.missing else "Nothing was noticed.",
            table=warnings_table(figures),
            wide=True,
        ),
        Card(
            "Capacity of the coming week",
            "How each team's slots are filled, and the score that the last one went to"
            + (f"; {by_points}." if by_points else "."),
            "There are no teams or reps to plan with.",
            {"": charts.capacity_chart(figures)},
            capacity_table(figures),
            wide=True,
        ),
        Card(
            "What more slots would bring",
            "Expected wins of the leads that compete for slots now, by how many slots there are: "
            "up to three times the present capacity, marked. Point at the curve for the numbers; "
            "leads that stay with their rep are not in it.",
            "What more slots would bring needs a model: points know no wins.",
            {"": capacity_charts.capacity_curve_chart(figures)},
        ),
    ]
