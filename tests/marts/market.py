"""Made-up markets: teams with reps, and leads in the queue for their slots."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.marts.scratch import AS_OF, Compiled, Warehouse, keys

MODELS = (
    "int_routing_kept",
    "int_rep_open_slots",
    "int_account_picks",
    "int_routing_queue",
    "int_two_slot_choices",
    "int_two_slot_assignments",
    "int_rep_open_slots_left",
    "int_one_slot_choices",
    "int_one_slot_assignments",
    "lead_assignments",
)
LEVELS = 3
DAY_BEGAN = AS_OF - pd.Timedelta(hours=16)
TEXTS = (
    "stage", "scored_by", "team_id", "routing_rule_id", "preferred_owner_id", "preference",
    "reassigned_because", "blocked_reason", "account_key",
)  # fmt: skip
FLAGS = (
    "is_running", "is_standing", "is_drawn_before", "is_customer_account", "is_customer_asking",
)  # fmt: skip
BOUND = ["known_account_owner", "customer_account", "same_account"]
"""Preferences of leads that go to the rep of their account or to nobody."""


@dataclass(frozen=True)
class Market:
    """Reps with their slots, and leads."""

    reps: pd.DataFrame
    leads: pd.DataFrame


def make_market(
    random: np.random.Generator,
    teams: int,
    *,
    experience: bool = True,
    two_slots: bool = True,
    staying: bool = True,
) -> Market:
    """Draw teams of a few reps, with leads of every kind of preference.

    Parameters
    ----------
    random : numpy.random.Generator
        Where the draws come from.
    teams : int
        How many; each is a market of its own.
    experience, two_slots, staying
        Whether leads ask for experience, take two slots, stay with their rep.
    """
    rep_teams = np.repeat(np.arange(teams), random.integers(0, 6, teams))
    reps = pd.DataFrame({"rep_id": [f"rep-{number}" for number in range(len(rep_teams))]})
    count = len(reps)
    reps["team_id"] = [f"team-{team}" for team in rep_teams]
    reps["experience_level"] = random.integers(1, LEVELS + 1, count)
    reps["is_available"] = random.random(count) < 0.85
    reps["weekly_capacity"] = random.integers(0, 8, count)
    reps["slots_taken"] = random.integers(0, 5, count)
    left = (reps["weekly_capacity"] - reps["slots_taken"]).clip(lower=0)
    reps["free_slots"] = left.where(reps["is_available"], 0)
    has_day_cap = random.random(count) < 0.5
    day = np.minimum(reps["free_slots"], random.integers(0, 5, count))
    reps["free_slots_today"] = np.where(has_day_cap, day, reps["free_slots"])
    reps["day_begins_at"] = DAY_BEGAN

    lead_teams = np.repeat(np.arange(teams), random.integers(0, 25, teams))
    leads = pd.DataFrame({"lead_key": keys(len(lead_teams), random)})
    count = len(leads)
    leads["stage"] = random.choice(["inquiry", "mql"], count)
    leads["scored_by"] = "model"
    leads["probability"] = np.round(random.beta(1, 8, count), 6)
    leads["priority_rank"] = leads["probability"].rank(ascending=False, method="first").astype(int)
    leads["points_total"] = 0.0
    leads["score"] = (leads["probability"] * 100).round().astype(int)
    leads["slots"] = np.where(two_slots & (random.random(count) < 0.3), 2, 1)
    leads["team_id"] = np.array([f"team-{team}" for team in lead_teams], dtype=object)
    leads["routing_rule_id"] = "rule"
    leads["handoff_at"] = AS_OF - pd.Timedelta(days=2)
    leads["handoff_due_at"] = AS_OF - pd.Timedelta(days=1)
    leads["reassigned_because"] = None
    asked = random.choice([1, 1, 1, 2, 3], count)
    leads["experience_level"] = asked if experience else 1

    there = reps[reps["is_available"]]
    preferred: list[str | None] = [None] * count
    for number, team in enumerate(leads["team_id"]):
        own = there[there["team_id"] == team]
        if staying and len(own) and random.random() < 0.4:
            rep = own.iloc[int(random.integers(len(own)))]
            preferred[number] = str(rep["rep_id"])
            level = min(int(leads.loc[number, "experience_level"]), int(rep["experience_level"]))
            leads.loc[number, "experience_level"] = level
    leads["preferred_owner_id"] = pd.Series(preferred, dtype=object)
    has_owner = leads["preferred_owner_id"].notna()
    known = random.choice(["kept_owner", "known_account_owner"], count)
    leads["preference"] = np.where(has_owner, known, None)
    leads["is_running"] = has_owner & (leads["stage"] == "mql") & (random.random(count) < 0.2)
    leads["is_standing"] = has_owner & (random.random(count) < 0.3)
    leads["is_drawn_before"] = leads["is_standing"] & (random.random(count) < 0.2)
    leads["is_customer_account"] = False
    leads["is_customer_asking"] = False
    leads["account_key"] = None
    hours = random.choice([2, 60], count)
    leads["standing_since_at"] = AS_OF - pd.to_timedelta(hours, unit="h")
    leads["standing_due_at"] = leads["standing_since_at"] + pd.Timedelta(hours=24)
    staffed = set(there["team_id"])
    leads["blocked_reason"] = [
        "no_rep" if team not in staffed else ("suppressed" if draw < 0.05 else None)
        for team, draw in zip(leads["team_id"], random.random(count), strict=True)
    ]
    return Market(reps, leads)


def crowded_market(random: np.random.Generator, teams: int, waiting: int) -> Market:
    """Make many teams with one rep of ten slots each, and more leads than that."""
    names = [f"team-{number}" for number in range(teams)]
    reps = pd.DataFrame(
        {
            "rep_id": [f"rep-{number}" for number in range(teams)],
            "team_id": names,
            "experience_level": 1,
            "is_available": True,
            "weekly_capacity": 10,
            "slots_taken": 0,
            "free_slots": 10,
            "free_slots_today": 10,
            "day_begins_at": DAY_BEGAN,
        }
    )
    count = teams * waiting
    rank = random.permutation(count) + 1
    leads = pd.DataFrame(
        {
            "lead_key": keys(count, random),
            "stage": "inquiry",
            "scored_by": "model",
            "probability": 1 - rank / count,
            "priority_rank": rank,
            "points_total": 0.0,
            "score": 0,
            "slots": 1,
            "experience_level": 1,
            "team_id": np.repeat(names, waiting),
            "routing_rule_id": "rule",
            "handoff_at": pd.NaT,
            "handoff_due_at": pd.NaT,
            "standing_since_at": pd.NaT,
            "standing_due_at": pd.NaT,
            "preferred_owner_id": None,
            "preference": None,
            "reassigned_because": None,
            "blocked_reason": None,
            "account_key": None,
            **dict.fromkeys(FLAGS, False),
        }
    )
    return Market(reps, leads)


def assign(
    compiled: Compiled, market: Market, as_of: pd.Timestamp = AS_OF, model: str = MODELS[-1]
) -> pd.DataFrame:
    """Build lead_assignments for a market, or a model on the way there."""
    warehouse = Warehouse(compiled)
    warehouse.put("clock", pd.DataFrame({"as_of": [as_of]}))
    warehouse.put(
        "team_days",
        pd.DataFrame({"team_id": [""], "due_at": [as_of + pd.Timedelta(hours=9)]}),
    )
    numbers = ("weekly_capacity", "slots_taken", "free_slots", "free_slots_today")
    warehouse.put(
        "int_rep_slots",
        market.reps,
        {"rep_id": "varchar", "team_id": "varchar", "is_available": "boolean"}
        | {"day_begins_at": "timestamp", "experience_level": "int"}
        | dict.fromkeys(numbers, "int"),
    )
    warehouse.put(
        "int_routing_candidates",
        market.leads,
        {"lead_key": "uuid", "handoff_at": "timestamp", "handoff_due_at": "timestamp"}
        | {"standing_since_at": "timestamp", "standing_due_at": "timestamp"}
        | {"probability": "double", "points_total": "double"}
        | dict.fromkeys(TEXTS, "varchar")
        | dict.fromkeys(("priority_rank", "score"), "bigint")
        | dict.fromkeys(("slots", "experience_level"), "int")
        | dict.fromkeys(FLAGS, "boolean"),
    )
    for name in MODELS[: MODELS.index(model)]:
        warehouse.run(name)
    frame = warehouse.run(model)
    return frame.assign(lead_key=frame["lead_key"].astype(str))


def slots_left(market: Market, assigned: pd.DataFrame) -> pd.DataFrame:
    """Give each rep's slots that are still free, in the week and on the day."""
    told = assigned.merge(
        market.leads[["lead_key", "is_standing", "standing_since_at"]], on="lead_key"
    )
    new = told[told["takes_new_slot"]]
    earlier = new["is_standing"] & (new["standing_since_at"] <= DAY_BEGAN)
    today = new["slots"].where(~earlier, 0).groupby(new["owner_id"]).sum()
    week = new.groupby("owner_id")["slots"].sum()
    left = market.reps.set_index("rep_id")
    left["week_left"] = left["free_slots"] - week.reindex(left.index).fillna(0)
    left["day_left"] = left["free_slots_today"] - today.reindex(left.index).fillna(0)
    return left
