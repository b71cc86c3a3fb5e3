"""Scoring and routing, replayed on made-up rows.

The models' compiled SQL runs on a scratch warehouse whose upstream tables the
tests make up, so that thousands of cases cost less than one dbt run.
"""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from dbt.cli.main import dbtRunner
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.estimate import fold_into_terms
from ml.terms import AdditiveTerms

PROJECT = Path(__file__).parents[2]
MODELS = ("int_lead_contributions", "lead_score_reasons", "lead_scores", "lead_assignments")
AS_OF = pd.Timestamp("2025-03-10 09:00:00")


@dataclass(frozen=True)
class Compiled:
    """The project's compiled SQL and what it declares."""

    sql: dict[str, str]
    relations: dict[str, str]
    features: dict[str, str]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    """Compile the models once."""
    folder = tmp_path_factory.mktemp("compiled")
    before = dict(os.environ)
    os.environ["LEAD_FUNNEL_DB"] = str(folder / "scratch.duckdb")
    try:
        result = dbtRunner().invoke(
            [
                "--quiet",
                "compile",
                "--project-dir", str(PROJECT),
                "--profiles-dir", str(PROJECT),
                "--target-path", str(folder / "target"),
                "--log-path", str(folder / "logs"),
                "--no-populate-cache",
                "--select", *MODELS,
            ]
        )  # fmt: skip
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert result.success, result.exception
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    nodes = {node["name"]: node for node in manifest["nodes"].values()}
    sql = {}
    for name in MODELS:
        path = folder / "target" / "compiled" / "lead_funnel" / nodes[name]["original_file_path"]
        sql[name] = path.read_text()
    columns = nodes["fct_lead_features"]["columns"].values()
    features = {
        column["name"]: column["meta"]["feature"]
        for column in columns
        if "feature" in column["meta"]
    }
    relations = {
        node["name"]: node["relation_name"]
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node.get("relation_name")
    }
    yield Compiled(sql=sql, relations=relations, features=features)


class Warehouse:
    """A scratch warehouse of made-up tables."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as scratch")
        self.connection.execute("set threads = 2")

    def put(self, name: str, frame: pd.DataFrame, types: dict[str, str] | None = None) -> None:
        """Write a table under the name the compiled SQL reads."""
        columns = ", ".join(
            f"cast({column} as {types[column]}) as {column}"
            if types and column in types
            else column
            for column in frame.columns
        )
        self.connection.register("frame", pa.Table.from_pandas(frame, preserve_index=False))
        self._create(name, f"select {columns} from frame")
        self.connection.unregister("frame")

    def run(self, name: str) -> pd.DataFrame:
        """Build a model and give its rows."""
        self._create(name, self.compiled.sql[name])
        return self.connection.execute(f"select * from {self.compiled.relations[name]}").df()

    def _create(self, name: str, sql: str) -> None:
        relation = self.compiled.relations[name]
        schema = relation.rsplit(".", 1)[0]
        self.connection.execute(f"create schema if not exists {schema}")
        self.connection.execute(f"create or replace table {relation} as {sql}")


def keys(count: int, random: np.random.Generator) -> list[str]:
    """Random keys, all different."""
    return [str(uuid.UUID(bytes=random.bytes(16))) for _ in range(count)]


def random_features(
    compiled: Compiled, rows: int, random: np.random.Generator, *, extreme: bool
) -> pd.DataFrame:
    """Features with nulls; extreme ones lie far outside, with levels never seen."""
    frame = pd.DataFrame({"lead_key": keys(rows, random)})
    for feature, kind in compiled.features.items():
        if kind == "numeric":
            shape = random.integers(3)
            values = [
                random.poisson(2, rows).astype(float),
                random.lognormal(3, 2, rows),
                random.normal(0, 10, rows),
            ][shape]
            if extreme:
                values = values * random.choice([-1e6, 1.0, 1e6], rows)
            frame[feature] = np.where(random.random(rows) < 0.15, np.nan, values)
        else:
            levels = np.array(["a", "b", "(missing)", "x'y", "é", ""], dtype=object)
            values = random.choice(levels, rows)
            if extreme:
                values = np.where(random.random(rows) < 0.3, "never seen", values)
            frame[feature] = np.where(random.random(rows) < 0.15, None, values)
    return frame


def put_model(warehouse: Warehouse, terms: pd.DataFrame) -> None:
    """Write a fitted model as the rows that scoring reads."""
    warehouse.put(
        "model_terms",
        terms.assign(model_version="v1"),
        {"term_number": "int", "level": "varchar", "feature": "varchar"}
        | dict.fromkeys(("knot", "knot_upper", "coefficient"), "double"),
    )
    warehouse.put(
        "model_versions",
        pd.DataFrame(
            {
                "model_version": ["v1"],
                "as_of": [AS_OF],
                "is_champion": [True],
            }
        ),
    )


def put_scoring_inputs(warehouse: Warehouse, features: pd.DataFrame) -> None:
    """Write all that scoring reads besides the model."""
    frame = features.assign(
        as_of=AS_OF, stage="inquiry", cycle_number=1,
        points_behavior=1.0, points_fit=1.0, points_total=2.0,
    )  # fmt: skip
    types = {"lead_key": "uuid"} | {
        feature: "double" if kind == "numeric" else "varchar"
        for feature, kind in warehouse.compiled.features.items()
    }
    warehouse.put("fct_lead_features", frame, types)
    warehouse.put("int_clock", pd.DataFrame({"as_of": [AS_OF]}))
    warehouse.put("points_thresholds", pd.read_csv(PROJECT / "seeds" / "points_thresholds.csv"))
    warehouse.put(
        "int_points_balances",
        features[["lead_key"]].assign(fit_grade="C"),
        {"lead_key": "uuid"},
    )
    ledger = "lead_key uuid, cycle_number int, rule_id varchar, rule_description varchar, " \
        "dimension varchar, entry_type varchar, points double, half_life_days int, " \
        "occurred_at timestamp, known_at timestamp"  # fmt: skip
    opportunities = "is_won boolean, amount double, currency_code varchar, " \
        "closed_at timestamp, updated_at timestamp"  # fmt: skip
    for name, columns in (
        ("fct_points_ledger", ledger),
        ("stg_raw__crm_opportunities", opportunities),
    ):
        relation = warehouse.compiled.relations[name]
        warehouse.connection.execute(f"create schema if not exists {relation.rsplit('.', 1)[0]}")
        warehouse.connection.execute(f"create or replace table {relation} ({columns})")


@pytest.mark.parametrize("seed", range(4))
def test_the_score_in_sql_is_predict_proba(compiled: Compiled, seed: int) -> None:
    random = np.random.default_rng(seed)
    training = random_features(compiled, 1500, random, extreme=False)
    won = random.random(len(training)) < 0.3
    pipeline = Pipeline(
        [
            ("terms", AdditiveTerms(compiled.features, min_level_count=10)),
            ("logistic", LogisticRegression(C=10.0, max_iter=5000)),
        ]
    ).fit(training, won)
    terms = fold_into_terms(pipeline, pipeline["terms"].transform(training))
    features = pd.concat(
        [
            random_features(compiled, 500, random, extreme=False),
            random_features(compiled, 500, random, extreme=True),
        ]
    )

    warehouse = Warehouse(compiled)
    put_model(warehouse, terms)
    put_scoring_inputs(warehouse, features)
    warehouse.run("int_lead_contributions")
    reasons = warehouse.run("lead_score_reasons")
    scores = warehouse.run("lead_scores")

    expected = pd.Series(pipeline.predict_proba(features)[:, 1], index=list(features["lead_key"]))
    actual = scores.assign(lead_key=scores["lead_key"].astype(str)).set_index("lead_key")
    assert set(actual["scored_by"]) == {"model"}
    np.testing.assert_allclose(
        actual["probability"].loc[expected.index], expected, rtol=0, atol=1e-9
    )
    sums = reasons.groupby(reasons["lead_key"].astype(str))["strength"].sum()
    np.testing.assert_allclose(
        sums.loc[actual.index] + actual["average_logit"], actual["logit"], rtol=0, atol=1e-9
    )
    best = actual.sort_values("priority_rank")["probability"].round(9)
    assert best.is_monotonic_decreasing


def random_market(random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reps with their slots, and candidates with every kind of preference."""
    teams = ["amber", "blue", "coral"][: random.integers(1, 4)]
    reps = pd.DataFrame(
        {
            "rep_id": [f"rep-{number}" for number in range(random.integers(0, 9))],
        }
    )
    reps["team_id"] = random.choice(teams, len(reps)) if len(reps) else []
    reps["is_available"] = random.random(len(reps)) < 0.8
    reps["weekly_capacity"] = random.integers(0, 8, len(reps))
    reps["slots_taken"] = random.integers(0, 5, len(reps))
    room = (reps["weekly_capacity"] - reps["slots_taken"]).clip(lower=0)
    reps["free_slots"] = room.where(reps["is_available"], 0)

    count = int(random.integers(1, 80))
    leads = pd.DataFrame({"lead_key": keys(count, random)})
    leads["stage"] = random.choice(["inquiry", "mql"], count)
    leads["scored_by"] = "points"
    leads["priority_rank"] = random.permutation(count) + 1
    leads["score"] = 100 - leads["priority_rank"]
    leads["team_id"] = random.choice(teams, count).astype(object)
    leads["routing_rule_id"] = "rule"
    leads["handoff_at"] = AS_OF - pd.Timedelta(days=2)
    there = reps[reps["is_available"]]
    preferred: list[str | None] = [None] * count
    if len(there):
        team_of = dict(zip(there["rep_id"], there["team_id"], strict=True))
        for number in range(count):
            if random.random() < 0.5:
                owner = str(random.choice(there["rep_id"]))
                preferred[number] = owner
                leads.loc[number, "team_id"] = team_of[owner]
    leads["preferred_owner_id"] = pd.Series(preferred, dtype=object)
    has_owner = leads["preferred_owner_id"].notna()
    leads["preference"] = np.where(
        has_owner, random.choice(["kept_owner", "known_account_owner"], count), None
    )
    leads["is_running"] = has_owner & (leads["stage"] == "mql") & (random.random(count) < 0.3)
    leads["is_standing"] = has_owner & (random.random(count) < 0.3)
    leads["is_drawn_before"] = leads["is_standing"] & (random.random(count) < 0.3)
    staffed = set(there["team_id"])
    leads["blocked_reason"] = [
        "no_rep" if team not in staffed else ("suppressed" if draw < 0.1 else None)
        for team, draw in zip(leads["team_id"], random.random(count), strict=True)
    ]
    leads.loc[leads["blocked_reason"] == "no_rep", "preferred_owner_id"] = None
    return reps, leads


def assign(compiled: Compiled, reps: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """Build lead_assignments for a market."""
    warehouse = Warehouse(compiled)
    warehouse.put("int_clock", pd.DataFrame({"as_of": [AS_OF]}))
    warehouse.put("funnel_stages", pd.DataFrame({"stage": ["mql"], "service_level_hours": [24]}))
    warehouse.put(
        "int_rep_slots",
        reps,
        {"rep_id": "varchar", "team_id": "varchar", "is_available": "boolean"}
        | dict.fromkeys(("weekly_capacity", "slots_taken", "free_slots"), "int"),
    )
    texts = (
        "stage", "scored_by", "team_id", "routing_rule_id",
        "preferred_owner_id", "preference", "blocked_reason",
    )  # fmt: skip
    warehouse.put(
        "int_routing_candidates",
        leads,
        {"lead_key": "uuid", "handoff_at": "timestamp"}
        | dict.fromkeys(texts, "varchar")
        | dict.fromkeys(("priority_rank", "score"), "bigint")
        | dict.fromkeys(("is_running", "is_standing", "is_drawn_before"), "boolean"),
    )
    frame = warehouse.run("lead_assignments")
    return frame.assign(lead_key=frame["lead_key"].astype(str))


def check_market(reps: pd.DataFrame, leads: pd.DataFrame, assigned: pd.DataFrame) -> None:
    """Everything that must be true of any assignment."""
    assert sorted(assigned["lead_key"]) == sorted(leads["lead_key"])
    assert (assigned["owner_id"].isna() != assigned["reason_code"].isna()).all()
    assert (assigned["owner_id"].isna() == assigned["due_at"].isna()).all()
    blocked = assigned.merge(
        leads[["lead_key", "blocked_reason", "is_standing", "is_drawn_before"]], on="lead_key"
    )
    is_blocked = blocked["blocked_reason"].notna()
    assert (blocked["reason_code"][is_blocked] == blocked["blocked_reason"][is_blocked]).all()

    new = assigned[assigned["takes_new_slot"]]
    free = reps.set_index("rep_id")["free_slots"]
    taken = new["owner_id"].value_counts()
    assert (taken <= free.reindex(taken.index).fillna(0)).all()

    waiting = assigned[assigned["reason_code"].isin(["over_capacity", "below_cutoff"])]
    for team, queue in waiting.groupby("team_id"):
        team_free = int(reps.loc[reps["team_id"] == team, "free_slots"].sum())
        team_new = blocked[(blocked["team_id"] == team) & blocked["takes_new_slot"]]
        assert len(team_new) == team_free
        by_value = team_new[~team_new["is_exploration"] & ~team_new["is_standing"]]
        if len(by_value):
            assert by_value["priority_rank"].max() < queue["priority_rank"].min()
        explored = int(team_new["is_exploration"].sum())
        drawn_before = int(team_new["is_drawn_before"].sum())
        assert explored <= max(int(np.floor(0.03 * team_free)) + 1, drawn_before)


@pytest.mark.parametrize("seed", range(25))
def test_leads_are_dealt_within_capacity_and_by_value(compiled: Compiled, seed: int) -> None:
    reps, leads = random_market(np.random.default_rng(seed))
    assigned = assign(compiled, reps, leads)

    check_market(reps, leads, assigned)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(compiled: Compiled, seed: int) -> None:
    reps, leads = random_market(np.random.default_rng(100 + seed))
    columns = ["lead_key", "owner_id", "assignment_reason", "reason_code", "assigned_rank"]
    once = assign(compiled, reps, leads)[columns].sort_values("lead_key")
    again = assign(compiled, reps[::-1], leads[::-1])[columns].sort_values("lead_key")
    pd.testing.assert_frame_equal(
        once.reset_index(drop=True), again.reset_index(drop=True), check_dtype=False
    )


def test_exploration_comes_to_its_share_in_the_long_run(compiled: Compiled) -> None:
    """Rounding up by a draw per team and week gives the share on average."""
    random = np.random.default_rng(1)
    teams = [f"team-{number}" for number in range(400)]
    reps = pd.DataFrame(
        {
            "rep_id": [f"rep-{team}" for team in teams],
            "team_id": teams,
            "is_available": True,
            "weekly_capacity": 10,
            "slots_taken": 0,
            "free_slots": 10,
        }
    )
    count = 400 * 15
    leads = pd.DataFrame(
        {
            "lead_key": keys(count, random),
            "stage": "inquiry",
            "scored_by": "points",
            "priority_rank": random.permutation(count) + 1,
            "score": 0,
            "team_id": np.repeat(teams, 15),
            "routing_rule_id": "rule",
            "handoff_at": pd.NaT,
            "preferred_owner_id": None,
            "preference": None,
            "is_running": False,
            "is_standing": False,
            "is_drawn_before": False,
            "blocked_reason": None,
        }
    )
    assigned = assign(compiled, reps, leads)
    assert assigned["takes_new_slot"].sum() == 4000
    share = assigned["is_exploration"].sum() / 4000
    assert 0.02 < share < 0.04
    below = assigned["exploration_probability"].dropna()
    assert below.sum() == pytest.approx(assigned["is_exploration"].sum())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("where owner_rank <= free_slots", "where true"),
        ("where owner_rank <= room", "where true"),
        ("order by candidates.priority_rank, candidates.lead_key", "order by candidates.lead_key"),
        ("and not candidates.is_running", ""),
        ("when candidates.blocked_reason is not null", "when false"),
    ],
)
def test_a_planted_fault_is_noticed(compiled: Compiled, right: str, wrong: str) -> None:
    sql = compiled.sql["lead_assignments"]
    assert right in sql
    faulty = replace(compiled, sql=compiled.sql | {"lead_assignments": sql.replace(right, wrong)})
    noticed = 0
    for seed in range(25):
        reps, leads = random_market(np.random.default_rng(seed))
        try:
            check_market(reps, leads, assign(faulty, reps, leads))
        except (AssertionError, duckdb.Error):
            noticed += 1
            break
    assert noticed
