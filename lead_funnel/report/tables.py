"""Headline figures and tables of the report, as text."""

from typing import Any

from lead_funnel.report import charts
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.words import (
    count_text,
    days_text,
    is_known,
    money_text,
    number_range,
    number_text,
    percent_range,
    percent_text,
    text,
)

METRICS = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "wins_captured_at_20pct": "wins in the best 20 %",
    "lift_at_10pct": "lift in the best 10 %",
    "log_loss": "log loss (lower is better)",
    "brier": "Brier score (lower is better)",
    "ece": "calibration error (lower is better)",
}


def tiles(figures: Figures) -> list[tuple[str, str, str]]:
    """Give the headline figures: name, value and remark."""
    result = []
    if not figures.audit.empty:
        lost = figures.audit["rows_quarantined"].sum()
        read = count_text(figures.audit["rows_read"].sum())
        result.append(("Raw rows", read, f"{count_text(lost)} quarantined"))
    if not figures.sources.empty:
        persons = f"among {count_text(figures.persons)} persons"
        result.append(("Leads", count_text(figures.sources["leads"].sum()), persons))
        result.append(("Closed won", count_text(figures.sources["won"].sum()), "leads, so far"))
    for row in figures.funnel[figures.funnel["stage"] == STAGES[1]].itertuples():
        rate = percent_range(row.conversion_rate_low, row.conversion_rate_high)
        accepted = f"{percent_text(row.conversion_rate)} accepted by sales ({rate})"
        if not is_known(row.conversion_rate):
            accepted = "too young to tell what came of them"
        result.append(("Handed over", count_text(row.entered), accepted))
    hole = figures.black_hole
    for row in hole[hole["dimension"] == "all"].itertuples():
        interval = percent_range(row.black_hole_share_low, row.black_hole_share_high)
        remark = f"{interval}; never followed up"
        result.append(("Black hole", percent_text(row.black_hole_share), remark))
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == "roc_auc")]
    for row in bench[bench["scorer"] == "model"].itertuples():
        remark = f"{_difference(row)} against points"
        result.append(("Model's ROC AUC", number_text(row.value), remark))
    if figures.routable is not None:
        by = "model" if "model" in set(figures.scored_by["scored_by"]) else "points"
        result.append(("To call next", count_text(figures.routable), f"routed by {by}"))
    return result


def grid_table(figures: Figures) -> list[list[str]]:
    """Lay out the open leads by fit (rows A to D) and behaviour (columns 1 to 4)."""
    counted = dict(zip(figures.grid["grid_cell"], figures.grid["rows"], strict=True))
    table = [["fit by behaviour", *"1234"]]
    if counted:
        for grade in "ABCD":
            table.append([grade, *(count_text(counted.get(grade + row, 0)) for row in "1234")])
    return table


def bench_table(figures: Figures) -> list[list[str]]:
    """Lay out every measurement by scorer, with its interval."""
    bench = figures.comparison
    bench = bench[bench["subset"] == "all"]
    names = [name for name in charts.SCORERS if name in set(bench["scorer"])]
    table = [["", *(charts.SCORERS[name] for name in names), "model less points"]]
    for metric, title in METRICS.items():
        cells = {row.scorer: row for row in bench[bench["metric"] == metric].itertuples()}
        if cells:
            values = [_measured(cells.get(name)) for name in names]
            table.append([title, *values, _difference(cells.get("model"))])
    return table


def _measured(row: Any) -> str:
    if row is None or not is_known(row.value):
        return "-"
    return f"{number_text(row.value)} ({number_range(row.interval_low, row.interval_high)})"


def _difference(row: Any) -> str:
    if row is None or not is_known(row.difference):
        return "-"
    interval = number_range(row.difference_low, row.difference_high, signed=True)
    return f"{number_text(row.difference, signed=True)} ({interval})"


def funnel_table(figures: Figures) -> list[list[str]]:
    """Lay out entries and conversion by stage."""
    table = [["", "entered", "gone on", "rate", "95 % interval, %", "judged on"]]
    for row in figures.funnel[figures.funnel["stage"] != STAGES[-1]].itertuples():
        table.append(
            [
                str(row.stage),
                count_text(row.entered),
                count_text(row.advanced),
                percent_text(row.conversion_rate),
                percent_range(row.conversion_rate_low, row.conversion_rate_high),
                count_text(row.mature),
            ]
        )
    return table


def capacity_table(figures: Figures) -> list[list[str]]:
    """Lay out the coming week by team."""
    table = [["team", "reps", "free slots", "in use", "candidates", "expected to come", "to call"]]
    table[0] += ["cut-off score", "with those to come too", "expected wins", "one more rep brings"]
    for row in figures.capacity.itertuples():
        low, high = (
            count_text(round(float(str(value)))) if is_known(value) else "-"
            for value in (row.expected_arrivals_low, row.expected_arrivals_high)
        )
        table.append(
            [
                text(row.team_name),
                count_text(row.reps_active),
                count_text(row.free_slots),
                percent_text(row.utilisation),
                count_text(row.candidates),
                f"{count_text(round(float(str(row.expected_arrivals))))} ({low} to {high})",
                count_text(row.assigned_leads),
                count_text(row.cutoff_score),
                count_text(row.week_cutoff_score),
                *(
                    f"{float(str(value)):.1f}" if is_known(value) else "-"
                    for value in (row.expected_wins, row.wins_of_one_more_rep)
                ),
            ]
        )
    return table


def velocity_table(figures: Figures) -> list[list[str]]:
    """Lay out how long leads stay, and who is stalled."""
    table = [["", "a quarter gone after", "half", "95 % interval", "three quarters"]]
    table[0] += ["still in", "stalled of these"]
    for row in figures.velocity.itertuples():
        interval = f"{days_text(row.median_days_low)} to {days_text(row.median_days_high)}"
        table.append(
            [
                str(row.stage),
                days_text(row.quarter_left_days),
                days_text(row.median_days),
                interval if is_known(row.median_days) else "-",
                days_text(row.three_quarters_left_days),
                count_text(row.open),
                percent_text(row.stalled_share),
            ]
        )
    return table


def cycles_table(figures: Figures) -> list[list[str]]:
    """Lay out what became of the first, second and later passes."""
    names = {"closed_won": "won", "closed_lost": "lost", "recycled": "handed back"}
    names |= {"disqualified": "disqualified", "won_by_colleague": "colleague won"}
    names |= {"expired": "expired", "open": "open"}
    table = [["pass", "all", *names.values()]]
    for number, rows in figures.cycles.groupby("cycle_number"):
        counts = rows.set_index("outcome")["rows"]
        cells = [count_text(counts.get(outcome, 0)) for outcome in names]
        table.append([str(number), count_text(counts.sum()), *cells])
    return table


def sources_table(figures: Figures) -> list[list[str]]:
    """Lay out what each channel takes and brings."""
    table = [["channel", "leads", "won", "days to win", "touches a win", "won amount", "cost"]]
    table[0] += ["cost a lead", "an MQL", "a SAL", "a win", "return"]
    for row in figures.sources.head(25).itertuples():
        code = row.cost_currency_code
        table.append(
            [
                text(row.channel),
                count_text(row.leads),
                count_text(row.won),
                days_text(row.median_days_to_win),
                days_text(row.sales_touches_per_win),
                money_text(row.won_amount, row.won_currency_code),
                *(
                    money_text(value, code)
                    for value in (
                        row.cost,
                        row.cost_per_lead,
                        row.cost_per_mql,
                        row.cost_per_sal,
                        row.cost_per_win,
                    )
                ),
                number_text(row.return_on_cost),
            ]
        )
    return table


def campaigns_table(figures: Figures) -> list[list[str]]:
    """Lay out the dearest campaigns."""
    table = [["campaign", "cost", "leads", "MQLs", "SALs", "won", "an MQL costs"]]
    table[0] += ["in the black hole", "money in it"]
    for row in figures.campaigns.head(charts.CAMPAIGNS_SHOWN).itertuples():
        code = row.cost_currency_code
        table.append(
            [
                text(row.name if is_known(row.name) else row.campaign_id),
                money_text(row.cost, code),
                *(count_text(value) for value in (row.leads, row.mqls, row.sals, row.won)),
                money_text(row.cost_per_mql, code),
                percent_text(row.black_hole_share),
                money_text(row.cost_never_followed_up, code),
            ]
        )
    return table


def goals_table(figures: Figures) -> list[list[str]]:
    """Lay out the goals of campaigns, one row per campaign."""
    goals = figures.goals
    goals = goals[goals["scope"] == "campaign"]
    metrics = [name for name in charts.GOAL_METRICS if name in set(goals["metric"])]
    table = [["campaign", *(charts.GOAL_METRICS[name] for name in metrics)]]
    for campaign, rows in goals.groupby("campaign_id"):
        cells = {row.metric: _goal(row) for row in rows.itertuples()}
        table.append([text(campaign), *(cells.get(name, "") for name in metrics)])
    return table


def _goal(row: Any) -> str:
    is_reached = is_known(row.is_reached) and bool(row.is_reached)
    state = "reached" if is_reached else "missed" if bool(row.is_over) else "still open"
    return f"{count_text(row.actual)} of {count_text(row.goal)}, {state}"


def black_hole_cost(figures: Figures) -> list[str]:
    """Say in sentences what the leads in the black hole would have brought, and what others did."""
    rows = figures.black_hole_cost
    sentences = []
    for row in rows[rows["dimension"] == "all"].itertuples():
        low, high = days_text(row.missed_deals_low), days_text(row.missed_deals_high)
        rated = "by the model" if row.rated_by == "model" else "by the rates of others like them"
        sentences.append(
            f"Worked by sales, its leads would have brought {days_text(row.missed_deals)} more won "
            f"deals ({low} to {high}){_worth(row.missed_amount, row.currency_code)}, {rated}. "
            f"All handoffs together really brought {count_text(row.won_deals)}"
            f"{_worth(row.won_amount, row.currency_code)}."
        )
    if figures.never_told:
        sentences.append(
            f"Beside them, nobody of sales was told of {count_text(figures.never_told)} MQLs: a "
            "gap of the process, and no handoff."
        )
    return sentences


def _worth(amount: Any, code: Any) -> str:
    return f", worth {money_text(amount, code)}" if is_known(amount) else ""
