"""The numbers that the summary and the report show, read from named tables."""

from functools import cached_property
from pathlib import Path
from uuid import UUID

import pandas as pd

from lead_funnel.report.outcome_figures import OutcomeFigures
from lead_funnel.warehouse import open_warehouse

STAGES = ("inquiry", "mql", "sal", "sql", "closed_won")
EXITS = ("closed_lost", "recycled", "disqualified", "expired")


class Figures(OutcomeFigures):
    """The numbers of one warehouse; a missing table gives no rows."""

    @cached_property
    def as_of(self) -> object:
        """The warehouse's clock, or None."""
        for name in ("marts.capacity_plan", "marts.lead_scores"):
            moments = self.rows(name, ["as_of"], "order by as_of desc nulls last limit 1")["as_of"]
            if moments.notna().any():
                return moments.iloc[0]
        return None

    @cached_property
    def audit(self) -> pd.DataFrame:
        """Rows read, accepted, duplicates, quarantined, deleted and erased by raw table."""
        return self.rows(
            "marts.audit_raw_rows",
            [
                "raw_table",
                "rows_read",
                "rows_accepted",
                "rows_duplicate",
                "rows_quarantined",
                "rows_deleted",
                "rows_erased",
            ],
        )

    @cached_property
    def quarantine(self) -> pd.DataFrame:
        """Quarantined rows by raw table and reason, the commonest first."""
        return self.counts("marts.quarantined_rows", "raw_table", "reason", of="row_count")

    @cached_property
    def warnings(self) -> pd.DataFrame:
        """What the build noticed and somebody should look at."""
        columns = ["kind", "subject", "affected_count", "message", "remedy"]
        return self.rows("marts.data_warnings", columns, "order by kind, subject")

    @cached_property
    def not_glued(self) -> int:
        """How many identifiers and components hold more than one person has."""
        return int(self.counts("marts.oversize_identities", "kind")["rows"].sum())

    @cached_property
    def persons(self) -> int | None:
        """How many persons there are after identity resolution, or None without dim_leads."""
        return self.count("marts.dim_leads")

    @cached_property
    def stages(self) -> pd.DataFrame:
        """Leads by the stage they are in."""
        counted = self.counts("marts.dim_leads", "current_stage")
        return counted[counted["current_stage"].notna()]

    @cached_property
    def conversion(self) -> pd.DataFrame:
        """The funnel by dimension and value."""
        return self.rows(
            "marts.funnel_conversion",
            ["dimension", "dimension_value", "second_dimension_value", "cohort_month"]
            + ["stage", "stage_order", "entered", "advanced"]
            + ["lost", "recycled", "disqualified", "expired", "won_by_colleague", "open", "mature"]
            + ["conversion_rate", "conversion_rate_low", "conversion_rate_high"],
        ).sort_values(["dimension", "cohort_month", "dimension_value", "stage_order"])

    @cached_property
    def cycles(self) -> pd.DataFrame:
        """Cycles by number and outcome."""
        return self.counts("marts.fct_lead_cycles", "cycle_number", "outcome")

    @cached_property
    def velocity(self) -> pd.DataFrame:
        """How long leads stay in each stage, in the order of stages."""
        rows = self.rows(
            "marts.stage_velocity",
            ["dimension", "stage", "stage_order", "stays", "open", "stalled", "stalled_share"]
            + ["quarter_left_days", "median_days", "median_days_low", "median_days_high"]
            + ["three_quarters_left_days", "still_in_after_30_days"],
        ).sort_values("stage_order")
        return rows[rows["dimension"] == "all"]

    @cached_property
    def stays(self) -> pd.DataFrame:
        """The share still in each stage by days since the entry."""
        rows = self.rows(
            "marts.stage_velocity_curves",
            ["dimension", "stage", "stage_order", "days_in_stage", "at_risk"]
            + ["still_in_share", "still_in_share_low", "still_in_share_high"],
        ).sort_values(["stage_order", "days_in_stage"])
        return rows[rows["dimension"] == "all"]

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Leads in each stage at the end of each day, whoever owns the stage."""
        by = ["stage_order", "stage", "date_day"]
        rows = self.rows("marts.funnel_daily", [*by, "stock"])
        return rows.groupby(by, as_index=False)[["stock"]].sum()

    @cached_property
    def campaigns(self) -> pd.DataFrame:
        """Campaigns that brought leads or cost something, the dearest first."""
        rows = self.rows(
            "marts.campaign_performance",
            ["campaign_id", "name", "leads", "mqls", "sals", "won", "cost", "cost_currency_code"]
            + ["cost_per_mql", "cost_per_win", "judged_handoffs", "black_hole_share"]
            + ["cost_never_followed_up", "acquisition_cost"],
        )
        return rows[(rows["leads"] > 0) | rows["cost"].notna()].sort_values(
            ["cost", "leads", "campaign_id"], ascending=[False, False, True]
        )

    @cached_property
    def goals(self) -> pd.DataFrame:
        """Goals of known campaigns and of months that have begun, and what came of them."""
        rows = self.rows(
            "marts.goal_progress",
            ["scope", "campaign_id", "month_date", "metric", "goal", "actual"]
            + ["attainment", "is_reached", "is_over", "is_known"],
        )
        return rows[rows["is_known"].astype(bool)].sort_values(
            ["month_date", "campaign_id", "metric"]
        )

    @property
    def funnel(self) -> pd.DataFrame:
        """The funnel of all cycles, in the order of stages."""
        rows = self.conversion[self.conversion["dimension"] == "all"]
        return rows.drop(columns=["cohort_month", "second_dimension_value"])

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Leads, wins, money and close rate by channel, the best first."""
        rows = self.rows(
            "marts.source_performance",
            ["dimension", "dimension_value", "leads", "won", "mature_leads"]
            + ["mature_won_in_horizon", "close_rate", "close_rate_low", "close_rate_high"]
            + ["median_days_to_win", "sales_touches_per_win", "won_amount", "won_currency_code"]
            + ["cost", "cost_currency_code", "cost_per_lead", "cost_per_mql", "cost_per_sal"]
            + ["cost_per_win", "return_on_cost"],
        )
        return (
            rows[rows["dimension"] == "channel"]
            .drop(columns="dimension")
            .rename(columns={"dimension_value": "channel"})
            .sort_values(["close_rate", "leads", "channel"], ascending=[False, False, True])
        )

    @cached_property
    def amounts(self) -> pd.DataFrame:
        """Money won, open and spent, by kind and currency."""
        return self.rows(
            "marts.amounts_by_currency",
            ["kind", "currency_code", "entries", "without_amount", "without_rate", "amount"]
            + ["converted_amount", "reporting_currency_code"],
            "order by kind, currency_code",
        )

    @cached_property
    def black_hole(self) -> pd.DataFrame:
        """The share of handoffs nobody followed up, by dimension and value."""
        return self.rows(
            "marts.black_hole",
            ["dimension", "dimension_value", "handoffs", "never_followed_up"]
            + ["black_hole_share", "black_hole_share_low", "black_hole_share_high"],
        )

    @cached_property
    def black_hole_cost(self) -> pd.DataFrame:
        """What the black hole costs, beside what handoffs brought, by dimension and value."""
        return self.rows(
            "marts.black_hole_cost",
            ["dimension", "dimension_value", "never_followed_up", "rated_by", "won_anyway"]
            + ["missed_deals", "missed_deals_low", "missed_deals_high"]
            + ["missed_amount", "missed_amount_low", "missed_amount_high", "currency_code"]
            + ["won_deals", "won_amount"],
        )

    @cached_property
    def black_hole_factors(self) -> pd.DataFrame:
        """Handoffs in the black hole with each factor and without, the greatest excess first."""
        return self.rows(
            "marts.black_hole_factors",
            ["factor", "share_with", "share_without"]
            + ["excess_handoffs", "excess_handoffs_low", "excess_handoffs_high"],
        ).sort_values(["excess_handoffs", "factor"], ascending=[False, True])

    @cached_property
    def handoffs(self) -> pd.DataFrame:
        """Each handoff with the lead's id in the CRM: to be counted, never shown."""
        handoffs = self.rows(
            "marts.fct_handoffs",
            ["lead_key", "cycle_number", "handed_over_by", "verdict", "is_in_black_hole"],
        )
        leads = self.rows("marts.dim_leads", ["lead_key", "crm_lead_id"])
        return handoffs.merge(leads, on="lead_key")

    @cached_property
    def never_told(self) -> int:
        """MQLs that sales was not told about: not handoffs, and in no share of them."""
        told = self.counts("marts.fct_handoffs", "was_told")
        return int(told["rows"][told["was_told"].eq(False)].sum())

    @cached_property
    def models(self) -> pd.DataFrame:
        """Model versions: the one that scores first, then the newest."""
        return self.rows(
            "marts.model_registry",
            ["model_version", "as_of", "is_scoring", "gate_passed", "gate_reason"]
            + ["train_examples", "train_wins", "test_examples", "test_wins"],
        ).sort_values(["is_scoring", "as_of", "model_version"], ascending=False)

    @cached_property
    def verdict(self) -> pd.DataFrame:
        """Whether the model that scores still holds."""
        return self.rows(
            "marts.model_verdict", ["model_version", "verdict", "reason", "consequence"]
        )

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """The score comparison of the first version of ``models``."""
        rows = self.rows(
            "marts.score_comparison",
            ["model_version", "subset", "scorer", "metric", "value", "interval_low"]
            + ["interval_high", "difference", "difference_low", "difference_high"],
        )
        newest = self.models["model_version"].head(1)
        return rows[rows["model_version"].isin(newest)]

    @cached_property
    def bands(self) -> pd.DataFrame:
        """Open leads by score band."""
        return self.counts("marts.lead_scores", "score_band")

    @cached_property
    def grid(self) -> pd.DataFrame:
        """Open leads by cell of the grid of fit by behaviour, A1 to D4."""
        cells = self.counts("marts.lead_scores", "grid_cell")
        return cells[cells["grid_cell"].notna()].sort_values("grid_cell")

    @cached_property
    def scored_by(self) -> pd.DataFrame:
        """Open leads by what scored them: model or points."""
        return self.counts("marts.lead_scores", "scored_by")

    @cached_property
    def unrouted(self) -> pd.DataFrame:
        """Candidates without an owner by the reason why."""
        counted = self.counts("marts.lead_assignments", "reason_code")
        return counted[counted["reason_code"].notna()]

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Capacity of the coming week by team, with one row for all."""
        return self.rows(
            "marts.capacity_plan",
            ["team_id", "team_name", "reps_active", "weekly_capacity", "slots_taken"]
            + ["free_slots", "candidates", "assigned_leads", "new_handoffs", "cutoff_score"]
            + ["expected_wins", "expected_wins_low", "expected_wins_high", "wins_of_one_more_rep"]
            + ["utilisation", "expected_arrivals"]
            + ["expected_arrivals_low", "expected_arrivals_high", "week_cutoff_score"]
            + ["target_mqls", "expected_mqls", "expected_mqls_low", "expected_mqls_high"],
        ).sort_values("team_id")

    @cached_property
    def forecasts(self) -> pd.DataFrame:
        """Expected and actual wins of the worked handoffs of each settled week, in order."""
        weeks = self.rows(
            "marts.forecast_backtest",
            ["week_date", "basis", "worked_handoffs", "expected_wins", "expected_wins_low"]
            + ["expected_wins_high", "wins", "is_within"],
        )
        return weeks[weeks["wins"].notna()].sort_values(["week_date", "basis"])

    @cached_property
    def capacity_curve(self) -> pd.DataFrame:
        """What other capacities would bring in the coming week, by team and for all."""
        return self.rows(
            "marts.capacity_what_if",
            ["team_id", "team_name", "capacity_percent", "is_present_capacity", "slots", "leads"]
            + ["cutoff_score", "cutoff_probability", "expected_wins", "expected_value"]
            + ["wins_of_one_more_slot", "value_of_one_more_slot"],
        ).sort_values(["team_id", "capacity_percent"])

    @cached_property
    def routable(self) -> int | None:
        """How many leads have an owner, or None without the table."""
        return self.count("marts.routable_leads")

    def ledger_of(self, lead_key: object) -> pd.DataFrame:
        """Give a lead's points entries, in order."""
        columns = ["occurred_at", "event_key", "rule_id", "rule_description", "dimension"]
        columns += ["entry_type", "points", "balance", "ledger_entry_key"]
        of_lead = f"where cast(lead_key as varchar) = '{UUID(str(lead_key))}'"
        ending = f"{of_lead} order by occurred_at, ledger_entry_key"
        return self.rows("marts.fct_points_ledger", columns, ending)

    def timeline_of(self, lead_key: object) -> pd.DataFrame:
        """Give what a lead's events were, by event."""
        of_lead = f"where cast(lead_key as varchar) = '{UUID(str(lead_key))}'"
        return self.rows("marts.fct_lead_timeline", ["event_key", "event_type", "topic"], of_lead)

    def next_leads(self, count: int) -> pd.DataFrame:
        """Give the routable leads of highest value, without anything that identifies a person."""
        columns = ["lead_key", "crm_lead_id", "owner_id", "due_at", "score", "score_band"]
        columns += ["reason_1", "reason_2", "reason_3"]
        by_value = "order by coalesce(probability, 0) desc, points_total desc, lead_key"
        return self.rows("marts.routable_leads", columns, f"{by_value} limit {count}")


def open_figures(db: Path) -> Figures:
    """Open a warehouse for reading its numbers.

    Raises
    ------
    lead_funnel.errors.UserError
        If there is none, or it cannot be opened now.
    """
    return Figures(open_warehouse(db, read_only=True))
