"""What assigning by value is worth against two usual ways, on the same leads and slots.

``python -m bench.routing_gain --leads 5000``

Simulates a company, builds it, trains, and builds again by the model; or reads a warehouse that
is there (``--db``). The leads that compete for slots go to the same reps in other ways: in turn
(round robin: the leads as they came, to one rep after the other; whoever is full passes), first
come first served (greedy: the leads as they came, to the best rep with a free slot), and the newest
first, which is greedy too. Which rep of a team takes a lead changes nothing in its value here, so
all of the gain is in which leads get a slot at all. The leads that the warehouse draws at random
count as drawn. Intervals by bootstrap over leads. With the simulation's truth, the same is also
measured by the true chances of the leads at the end, faded with their age and silence.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from bench.run import FOLDER, report, run_dbt
from demo.contract import Settings
from demo.simulate import simulate
from lead_funnel.console import note

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUTING_QUEUE = """
    select
        queue.team_id,
        queue.priority_rank,
        queue.slots,
        queue.experience_level,
        pool.cycle_started_at as came_at,
        scores.probability,
        scores.expected_value / nullif(scores.probability, 0) as amount,
        leads.crm_lead_id,
        assignments.owner_id is not null as has_owner,
        assignments.is_exploration
    from intermediate.int_routing_queue as queue
    inner join intermediate.int_routing_pool as pool using (lead_key)
    inner join marts.lead_scores as scores using (lead_key)
    inner join marts.dim_leads as leads using (lead_key)
    inner join marts.lead_assignments as assignments using (lead_key)
    where coalesce(assignments.reason_code, '') != 'account_owner_full'
    order by queue.lead_key
"""
DEMO_SEED = 7  # That of make demo, in which the model passes its gate.
REP_SLOTS = (
    "select team_id, open_slots as slots from intermediate.int_rep_open_slots "
    "where open_slots > 0 order by rep_id"
)


@dataclass(frozen=True)
class Team:
    """One team's leads, best first, and the free slots of each of its reps.

    Attributes
    ----------
    came, value, chance
        When each lead came (its rank in that order), what it is worth, how likely it is won.
    drawn
        How many of the slots go to leads drawn at random below the cut-off.
    rep_slots
        Free slots of each rep.
    """

    came: Ints
    value: Floats
    chance: Floats
    drawn: int
    rep_slots: Ints


def by_value(team: Team, who: Ints) -> Floats:
    """Give the weight of each lead: those that fit, and an equal share of what is drawn."""
    slots = min(int(team.rep_slots.sum()), len(who))
    taken = np.zeros(len(who))
    drawn = min(team.drawn, len(who) - slots)
    order = np.argsort(who, kind="stable")
    taken[order[: slots - drawn]] = 1
    if drawn:
        taken[order[slots - drawn :]] = drawn / (len(who) - slots + drawn)
    return taken


def first_come(team: Team, who: Ints) -> Floats:
    """Give the leads that came first, as many as there are slots."""
    taken = np.zeros(len(who))
    taken[np.argsort(team.came[who], kind="stable")[: team.rep_slots.sum()]] = 1
    return taken


def in_turn(team: Team, who: Ints) -> Floats:
    """Give the leads that find a free slot when one rep after the other takes the next."""
    order = np.argsort(team.came[who], kind="stable")
    reps = np.arange(len(who)) % max(len(team.rep_slots), 1)
    turns = np.arange(len(who)) // max(len(team.rep_slots), 1)
    taken = np.zeros(len(who))
    if len(team.rep_slots):
        taken[order] = turns < team.rep_slots[reps]
    return taken


def newest_first(team: Team, who: Ints) -> Floats:
    """Give the leads that came last, as many as there are slots."""
    taken = np.zeros(len(who))
    taken[np.argsort(-team.came[who], kind="stable")[: team.rep_slots.sum()]] = 1
    return taken


OTHERS = {"round_robin": in_turn, "first_come": first_come, "newest_first": newest_first}
WAYS = {"by_value": by_value, **OTHERS}


def totals(teams: Sequence[Team], draws: Sequence[Ints]) -> dict[str, tuple[float, float]]:
    """Give value and wins of each way on the drawn leads."""
    found = {}
    for name, way in WAYS.items():
        taken = [way(team, who) for team, who in zip(teams, draws, strict=True)]
        pairs = list(zip(teams, draws, taken, strict=True))
        found[name] = (
            float(sum((team.value[who] * share).sum() for team, who, share in pairs)),
            float(sum((team.chance[who] * share).sum() for team, who, share in pairs)),
        )
    return found


def compare(teams: Sequence[Team], repeats: int, seed: int) -> dict[str, object]:
    """Compare the ways, with 95 % intervals over leads drawn anew."""
    random = np.random.default_rng(seed)
    found = totals(teams, [np.arange(len(team.came)) for team in teams])
    again = [
        totals(teams, [random.integers(0, len(team.came), len(team.came)) for team in teams])
        for _ in range(repeats)
    ]
    result: dict[str, object] = {
        "leads": sum(len(team.came) for team in teams),
        "slots": int(sum(team.rep_slots.sum() for team in teams)),
    }
    for name, (value, wins) in found.items():
        result[name] = {"expected_value": round(value, 2), "expected_wins": round(wins, 2)}
    for other in OTHERS:
        gains = [run["by_value"][0] - run[other][0] for run in again]
        ratios = [run["by_value"][0] / run[other][0] for run in again if run[other][0] > 0]
        gain = found["by_value"][0] - found[other][0]
        result[f"gain_over_{other}"] = {
            "value": round(gain, 2),
            "interval": np.percentile(gains, [2.5, 97.5]).round(2).tolist(),
            "times": round(found["by_value"][0] / found[other][0], 2),
            "times_interval": np.percentile(ratios, [2.5, 97.5]).round(2).tolist(),
        }
    return result


def read_teams(db: Path, truth: Path | None, is_checked: bool = True) -> list[Team]:
    """Read the market of a warehouse; with the truth, only leads whose chance it knows.

    Leads of one firm go to one rep. Those that wait for that rep are left out, because no way may
    give them to another; where others took a slot in their place, what is counted here is not
    quite what the warehouse does.
    """
    with duckdb.connect(str(db), read_only=True) as connection:
        leads = connection.execute(ROUTING_QUEUE).df()
        rep_slots = connection.execute(REP_SLOTS).df()
        if truth is not None:
            people = connection.execute(
                "select unnest(persons.crm_lead_ids) as crm_lead_id, chances.win_chance "
                f"from read_parquet('{truth}/truth_persons.parquet') as persons "  # noqa: S608
                f"inner join read_parquet('{truth}/truth_chances.parquet') as chances "
                "using (person_id)"
            ).df()
            people = people.dropna().drop_duplicates("crm_lead_id")
            chances = people.set_index("crm_lead_id")["win_chance"]
    if leads["probability"].isna().all():
        raise SystemExit("No model scores this warehouse: the value of its leads is not known.")
    if (leads["slots"] > 1).any() or (leads["experience_level"] > 1).any():
        raise SystemExit("Leads take two slots or ask for experience: these ways cannot tell.")
    if is_checked:
        check(leads, rep_slots)
    # Of leads that points alone score, which the model was not trained on, the value is not known.
    leads["amount"] = leads["amount"].fillna(leads["amount"].median()).fillna(1.0)
    leads["chance"] = leads["probability"]
    if truth is not None:
        leads["chance"] = leads["crm_lead_id"].map(chances)
    leads = leads[leads["chance"].notna()]
    teams = []
    for team_id, own in leads.groupby("team_id"):
        own = own.sort_values("priority_rank")
        chance = own["chance"].to_numpy(dtype=np.float64)
        teams.append(
            Team(
                came=own["came_at"].rank(method="first").to_numpy().astype(np.int64),
                value=chance * own["amount"].to_numpy(dtype=np.float64),
                chance=chance,
                drawn=int(own["is_exploration"].sum()),
                rep_slots=rep_slots.loc[rep_slots["team_id"] == team_id, "slots"]
                .to_numpy()
                .astype(np.int64),
            )
        )
    return teams


def check(leads: Any, rep_slots: Any) -> None:
    """Hold what is counted here to what the warehouse assigned."""
    for team_id, own in leads.groupby("team_id"):
        slots = int(rep_slots.loc[rep_slots["team_id"] == team_id, "slots"].sum())
        given = own[own["has_owner"]]
        best = own.nsmallest(len(given) - int(given["is_exploration"].sum()), "priority_rank")
        if len(given) != min(slots, len(own)) or not best["has_owner"].all():
            raise SystemExit(f"Team {team_id} was not assigned as it is counted here.")


def build(folder: Path, leads: int) -> None:
    """Simulate a company, build it, train, and build it by the model."""
    shutil.rmtree(folder, ignore_errors=True)
    simulate(Settings(leads=leads, seed=DEMO_SEED, out=folder / "raw", truth=folder / "truth"))
    run_dbt(["seed"], folder)
    run_dbt(["run"], folder)
    train = [
        sys.executable,
        "-c",
        "from ml.commands.cli import main; raise SystemExit(main())",
        "train",
    ]
    database = {"LEAD_FUNNEL_DB": str(folder / "warehouse.duckdb")}
    subprocess.run(train, check=True, env=os.environ | database)
    run_dbt(["run", "--select", "source:ml+"], folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench.routing_gain", description=__doc__)
    parser.add_argument("--leads", type=int, default=5_000)
    parser.add_argument("--repeats", type=int, default=2_000, help="leads drawn anew")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--db", type=Path, help="a warehouse that is there")
    parser.add_argument("--truth", type=Path, help="what the simulation knows of it")
    parser.add_argument("--folder", type=Path, default=FOLDER / "routing_gain")
    parser.add_argument("--record", action="store_true", help="keep the result")
    chosen = parser.parse_args(arguments)
    db, truth = chosen.db, chosen.truth
    if db is None:
        folder = chosen.folder.resolve()
        build(folder, chosen.leads)
        db, truth = folder / "warehouse.duckdb", folder / "truth"
    note("comparing")
    found: dict[str, object] = {
        "by_the_model": compare(read_teams(db, None), chosen.repeats, chosen.seed)
    }
    if truth is not None:
        teams = read_teams(db, truth)
        found["by_true_chances"] = compare(teams, chosen.repeats, chosen.seed)
    report("routing_gain", found, chosen.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
