"""What a warehouse says of a simulated company beside what is true: one function a figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from bench.routing_gain import compare, read_teams
from bench.truth import HORIZON, IN_HORIZON

VERDICT_SHARES = {"prospect": 0.05}
"""Share of the leads nobody worked that get a verdict all the same, by kind of person."""
OTHER_VERDICTS = 0.35
SILENCES = [0, 7, 14, 28, 56, 90, 180, np.inf]
AGES = [0, 8, 29, 57, 91, 181, np.inf]

# The truth knows no expiry: what comes after one is of the same true cycle. Of that,
# the handoff that was in the black hole is meant, else the first.
HANDOFFS = """
    with passes as (
        select lead_key, cycle_number,
            cycle_number - count(*) filter (outcome in ('expired', 'won_by_colleague')) over (
                partition by lead_key order by cycle_number
                rows between unbounded preceding and 1 preceding
            ) as pass_number
        from marts.fct_lead_cycles
    )
    select truth.*, persons.kind, handoffs.handoff_key, handoffs.handed_over_by,
        handoffs.is_in_black_hole, handoffs.is_judged, handoffs.is_after_hours,
        handoffs.is_over_capacity, handoffs.verdict
    from read_parquet('{truth}/truth_handoffs.parquet') as truth
    inner join read_parquet('{truth}/truth_persons.parquet') as persons using (person_id)
    inner join intermediate.identity_members as members
        on members.identifier_type = 'crm_lead' and members.identifier_value = truth.lead_id
    inner join passes
        on passes.lead_key = members.lead_key and passes.pass_number = truth.cycle
    inner join marts.fct_handoffs as handoffs
        on handoffs.lead_key = passes.lead_key and handoffs.cycle_number = passes.cycle_number
    qualify row_number() over (
        partition by truth.lead_id, truth.cycle order by handoffs.handoff_at
    ) = 1
"""
SCORES = """
    select scores.probability, features.days_since_cycle_start as age, chances.days_silent,
        chances.win_chance
    from marts.lead_scores as scores
    inner join marts.fct_lead_features as features using (lead_key)
    inner join intermediate.identity_members as members
        on members.lead_key = scores.lead_key and members.identifier_type = 'crm_lead'
    inner join read_parquet('{truth}/truth_chances.parquet') as chances
        on chances.lead_id = members.identifier_value
    where scores.scored_by = 'model'
"""


def ask(db: Path, sql: str) -> pd.DataFrame:
    """Give the rows of a query of the warehouse."""
    with duckdb.connect(str(db), read_only=True) as connection:
        return connection.execute(sql).df()


def black_hole_cost(db: Path, truth: Path) -> dict[str, Any]:
    """Give the cost of the black hole: the interval claimed, and the deals that truly were missed.

    Of the handoffs that the CRM made: of those that points made the simulation knows nothing.
    """
    claimed = ask(
        db,
        "select rated_by, missed_deals_low as low, missed_deals as value, "
        "missed_deals_high as high, never_followed_up from marts.black_hole_cost "
        "where dimension = 'handed_over_by' and dimension_value = 'lead_status'",
    )
    rows = ask(db, HANDOFFS.format(truth=truth))
    lost = rows[rows["black_hole"] & (rows["handed_over_by"] == "lead_status")]
    lost = lost[lost["is_in_black_hole"].fillna(False).astype(bool)]
    anyway = lost["won_at"] <= lost["handed_over_at"] + pd.Timedelta(days=HORIZON)
    true = float(lost["win_probability"].sum() * IN_HORIZON - anyway.sum())
    if claimed.empty:
        return {"true": round(true, 2), "holds": None}
    row = claimed.iloc[0]
    return {
        **{name: round(float(row[name]), 2) for name in ("low", "value", "high")},
        "rated_by": row["rated_by"],
        "handoffs": int(row["never_followed_up"]),
        "handoffs_compared": len(lost),
        "true": round(true, 2),
        "holds": bool(row["low"] <= true <= row["high"]),
    }


def causes(db: Path, truth: Path) -> dict[str, Any]:
    """Give the excess of two causes: the interval by the mart's method, and the truth.

    The truth is the same contrast of the true chances to be left alone. What the cause itself
    takes from the chance to be worked (`caused`) is another thing: the simulated reps keep other
    hours than the seed says. Both are known of handoffs that the CRM made; the mart's excess is of
    all, so the contrast is made anew of these.
    """
    rows = ask(db, HANDOFFS.format(truth=truth))
    rows = rows[rows["is_judged"] & (rows["handed_over_by"] == "lead_status")]
    ignored = 1 - rows["kind"].map(VERDICT_SHARES).fillna(OTHER_VERDICTS).astype(float)
    mart = ask(
        db,
        "select factor, excess_handoffs_low as low, excess_handoffs as value, "
        "excess_handoffs_high as high from marts.black_hole_factors",
    ).set_index("factor")
    found: dict[str, Any] = {}
    for factor, without, mine, theirs in (
        ("after_hours", "work_probability_in_hours", "is_after_hours", "after_hours"),
        ("over_capacity", "work_probability_with_capacity", "is_over_capacity", "over_capacity"),
    ):
        has = rows[mine].astype(bool)
        left = (1 - rows["work_probability"]) * ignored
        true = float(has.sum() * (left[has].mean() - left[~has].mean()))
        caused = float(((rows[without] - rows["work_probability"]) * ignored)[has].sum())
        if not rows[mine].any():
            found[factor] = {"holds": None, "handoffs": 0, "true_handoffs": int(rows[theirs].sum())}
            continue
        low, value, high = contrast(rows["is_in_black_hole"].astype(bool), rows[mine].astype(bool))
        of_all = mart.loc[factor]
        found[factor] = {
            "low": round(float(low), 1),
            "value": round(float(value), 1),
            "high": round(float(high), 1),
            "true": round(true, 1),
            "caused": round(caused, 1),
            "holds": bool(low <= true <= high),
            "mart": [round(float(str(of_all[name])), 1) for name in ("low", "value", "high")],
            "agree_on_the_factor": round(float((rows[mine] == rows[theirs]).mean()), 3),
        }
    return found


def contrast(lost: pd.Series, has: pd.Series) -> tuple[float, float, float]:
    """Give the excess with its interval, as black_hole_factors does (Newcombe, method 10)."""
    bounds = []
    for side in (has, ~has):
        n, k = int(side.sum()), int((lost & side).sum())
        z = 1.96
        share = k / n
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        bounds.append((share, centre - reach, centre + reach))
    (a, a_low, a_high), (b, b_low, b_high) = bounds
    n = int(has.sum())
    low = a - b - np.hypot(a - a_low, b_high - b)
    high = a - b + np.hypot(a_high - a, b - b_low)
    return n * low, n * (a - b), n * high


def by_band(rows: pd.DataFrame, column: str, edges: list[float]) -> list[dict[str, Any]]:
    """Give the mean score and the mean true chance of scored leads by bands of a column."""
    bands = pd.cut(rows[column], edges, right=False)
    found = []
    for band, own in rows.groupby(bands, observed=True):
        chance = own["win_chance"] * IN_HORIZON
        found.append(
            {
                column: str(band),
                "leads": len(own),
                "score": round(float(own["probability"].mean()), 4),
                "true": round(float(chance.mean()), 4),
                "error": round(float(own["probability"].mean() - chance.mean()), 4),
                "chance": round(float(1.96 * np.sqrt((chance * (1 - chance)).sum()) / len(own)), 4),
            }
        )
    return found


def scores(db: Path, truth: Path) -> dict[str, Any]:
    """Give the scores of tonight against the true chances: by silence and by age."""
    rows = ask(db, SCORES.format(truth=truth))
    return {
        "by_silence": by_band(rows, "days_silent", SILENCES),
        "by_age": by_band(rows, "age", AGES),
        "leads": len(rows),
    }


def calibration_by_age(db: Path) -> list[dict[str, Any]]:
    """Give what the judged model promised and what came, by age band of the test's leads.

    Held to chance alone, and to the range that promises have: chance, and a level that moves.
    """
    rows = ask(
        db,
        "select subset, metric, value from ml.model_metrics inner join marts.model_registry "
        "using (model_version) where is_scoring and (metric = 'level_variance' or "
        "metric in ('leads', 'won_share', 'mean_probability') and subset like '%days%')",
    )
    level = float(rows.loc[rows["metric"] == "level_variance", "value"].sum())
    found = []
    for band, own in rows.groupby("subset"):
        value = own.set_index("metric")["value"]
        if not {"leads", "won_share", "mean_probability"} <= set(value.index):
            continue
        p, n = float(value["mean_probability"]), float(value["leads"])
        chance, moved = p * (1 - p) / n, level * (p * (1 - p)) ** 2
        error = float(value["won_share"]) - p
        found.append(
            {
                "age": band,
                "leads": int(n),
                "promised": round(p, 4),
                "came": round(float(value["won_share"]), 4),
                "within_chance": bool(abs(error) <= 1.96 * np.sqrt(chance)),
                "within_range": bool(abs(error) <= 1.96 * np.sqrt(chance + moved)),
            }
        )
    return found


def forecasts(db: Path) -> dict[str, float]:
    """Count the settled past weeks whose interval holds the wins that came, and sum both."""
    rows = ask(
        db,
        "select is_within, expected_wins, wins, level_deviation, "
        "expected_wins_high - expected_wins_low as width from marts.forecast_backtest "
        "where is_within is not null",
    )
    return {
        "weeks": len(rows),
        "within": int(rows["is_within"].sum()),
        "expected_wins": round(float(rows["expected_wins"].sum()), 1),
        "wins": int(rows["wins"].sum()),
        "width": round(float(rows["width"].sum() / rows["expected_wins"].sum()), 3),
        "level_deviation": round(float(rows["level_deviation"].mean()), 3),
    }


def routing(db: Path, truth: Path) -> dict[str, Any]:
    """Give the gain of routing by value over three usual ways, by the true chances of tonight."""
    found = compare(read_teams(db, truth, is_checked=False), 500, 1)
    names = ("gain_over_round_robin", "gain_over_first_come", "gain_over_newest_first")
    return {"leads": found["leads"], "slots": found["slots"]} | {
        name: found[name] for name in names
    }


def measure(db: Path, truth: Path) -> dict[str, Any]:
    """Give every figure of one company."""
    found: dict[str, Any] = {
        "black_hole_cost": black_hole_cost(db, truth),
        "causes": causes(db, truth),
        "forecasts": forecasts(db),
        "calibration_by_age": calibration_by_age(db),
        "scores": scores(db, truth),
    }
    try:
        found["routing"] = routing(db, truth)
    except SystemExit as reason:
        found["routing"] = str(reason)
    return found
