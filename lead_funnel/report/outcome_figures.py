"""The numbers of the first screen, of the cohorts and of content, read from named tables."""

from functools import cached_property

import pandas as pd

from lead_funnel.language import _
from lead_funnel.report.marts import Marts


class OutcomeFigures(Marts):
    """What came of leads, by period, by cohort and by content."""

    @cached_property
    def headlines(self) -> pd.DataFrame:
        """The headline figures by period, the newest first."""
        return self.rows(
            "marts.headline_figures",
            ["metric", "span_days", "period_number", "is_whole", "judged_after_days"]
            + [
                "currency_code",
                "counted",
                "out_of",
                "value",
                "value_low",
                "value_high",
                "previous_value",
                "change",
            ]
            + ["is_beyond_chance", "period_start_at", "period_end_at"],
        ).sort_values(["metric", "span_days", "period_number"])

    @cached_property
    def reach(self) -> pd.DataFrame:
        """How far the cycles of all months, and of each, came."""
        return self.rows(
            "marts.funnel_reach",
            ["dimension", "cohort_month", "stage", "stage_order", "horizon_days", "cycles"]
            + ["mature", "reached", "reach_rate", "reach_rate_low", "reach_rate_high"],
        ).sort_values(["dimension", "cohort_month", "stage_order"])

    @property
    def horizon_text(self) -> str:
        """The horizon of wins in words: within 90 days."""
        known = self.reach["horizon_days"].head(1)
        within = "".join(_("within {days} days").format(days=days) for days in known)
        return within or _("in time")

    @cached_property
    def content(self) -> pd.DataFrame:
        """Pieces of content that were used, the best first."""
        rows = self.rows(
            "marts.content_performance",
            ["content_id", "title", "consumers", "mature_consumers", "advanced"]
            + ["advance_rate", "advance_rate_low", "advance_rate_high"],
        )
        return rows[rows["mature_consumers"] > 0].sort_values(
            ["advance_rate", "content_id"], ascending=[False, True]
        )

    @cached_property
    def maturity(self) -> pd.DataFrame:
        """The criteria of maturity by side and level, and the levels reached."""
        return self.rows(
            "marts.lead_management_maturity",
            ["axis", "level_number", "level", "basis", "criterion", "statement", "share"]
            + ["answer", "is_met", "next_step", "is_next", "relationship_level"]
            + ["relationship_reached", "lead_management_level", "lead_management_reached"]
            + ["position"],
            "order by axis desc, level_number, criterion",
        )

    @cached_property
    def observability(self) -> pd.DataFrame:
        """Since when each capability can be seen, by source."""
        return self.rows(
            "marts.observability",
            ["source", "capability", "observable_from"],
            "order by capability, source",
        )
