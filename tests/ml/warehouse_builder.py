"""A small warehouse with examples of known truth, for the tests of ml."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

YAML = """
version: 2

x-numeric: &numeric
  config: {meta: {feature: numeric, label: "a number"}}

models:
  - name: another_model
    columns:
      - {name: not_mine, config: {meta: {feature: numeric}}}
  - name: fct_training_examples
    columns:
      - {name: lead_key, data_type: uuid}
      - name: visits_7d
        config: {meta: {feature: numeric, points: {event_types: [page_viewed]}}}
      - {name: recency_days, <<: *numeric}
      - {name: noise, config: {meta: {feature: numeric, label: "noise"}}}
      - name: source
        config: {meta: {feature: categorical, label: "source", points: {field: lead_source}}}
      - {name: has_phone, config: {meta: {feature: categorical, label: "phone known"}}}
"""

MACRO = Path(__file__).parents[2] / "macros" / "scoring" / "prepare_ml.sql"
# Columns by table, as dbt makes them: one line of the macro each.
ML_TABLES = dict(re.findall(r"^ +'(\w+)': '([^']+)',$", MACRO.read_text(), flags=re.M))


@dataclass(frozen=True)
class World:
    """How the examples come about.

    ``signal`` scales what features say about winning; ``points_signal`` what
    points say; ``leak`` makes the feature ``noise`` the outcome itself, and
    ``written_later`` an amount that is written for half of the winners once they
    have won, into a field that keeps no history. ``rated`` lets reps rate the
    leads at their weekly examples, by a noisy view of the truth.
    """

    leads: int = 1500
    days: int = 420
    seed: int = 0
    signal: float = 1.0
    points_signal: float = 0.2
    constant_points: bool = False
    never_worked: float = 0.15
    leak: bool = False
    written_later: bool = False
    rated: bool = False
    intercept: float = -1.6


def training_examples(world: World) -> pd.DataFrame:
    """Draw examples on an entry, weekly and handoff grid."""
    random = np.random.default_rng(world.seed)
    lead = np.arange(world.leads)
    keys = [f"00000000-0000-4000-8000-{number:012d}" for number in random.permutation(lead)]
    began = np.sort(random.uniform(0, world.days, world.leads))
    mood = random.normal(size=world.leads)
    source = random.choice(["paid", "organic", "referral", None], world.leads)
    phone = random.random(world.leads) < 0.5
    rows = random.integers(1, 5, world.leads)
    of = np.repeat(lead, rows)
    step = np.concatenate([np.arange(count) for count in rows])
    frame = pd.DataFrame({"lead_key": np.array(keys)[of], "number": of, "step": step})
    day = began[of] + step * 7
    frame["as_of"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.round(day * 86400), unit="s")
    frame["example_kind"] = np.select(
        [step == 0, step == 1], ["entry", "handoff"], default="weekly"
    )
    frame["visits_7d"] = random.poisson(np.exp(0.5 * mood[of]), len(of))
    frame["recency_days"] = np.where(
        random.random(len(of)) < 0.2, np.nan, random.exponential(10, len(of))
    )
    frame["noise"] = random.normal(size=len(of))
    frame["source"] = source[of]
    frame["has_phone"] = phone[of]
    logit = world.intercept + world.signal * (
        1.1 * mood
        + np.select([source == "referral", source == "paid"], [1.0, -1.0], default=0.0)
        + 0.8 * (phone - 0.5)
    )
    won = random.random(world.leads) < 1 / (1 + np.exp(-logit))
    worked = (random.random(world.leads) >= world.never_worked) | won
    if world.leak:
        frame["noise"] = won[of] + random.normal(scale=0.1, size=len(of))
    if world.written_later:
        written = won & (random.random(world.leads) < 0.5)
        amount = np.round(random.lognormal(8, 1, world.leads))
        frame["noise"] = np.where(written, amount, np.nan)[of]
    horizon = pd.Timedelta(days=90)
    now = pd.Timestamp("2025-01-01") + pd.Timedelta(days=world.days)
    frame = frame[frame["as_of"] <= now].copy()
    of = frame["number"].to_numpy()
    mature = (frame["as_of"] + horizon <= now).to_numpy()
    frame["cycle_number"] = 1
    frame["stage"] = "inquiry"
    frame["label_state"] = np.select(
        [~mature, won[of], worked[of]], ["immature", "won", "lost"], default="never_worked"
    )
    frame["is_won"] = pd.array(np.where(mature, won[of], False), dtype="boolean")
    frame.loc[~mature, "is_won"] = pd.NA
    frame["is_worked"] = pd.array(worked[of], dtype="boolean")
    frame["won_amount"] = np.where(won[of] & mature, 1000.0 + 10 * of, np.nan)
    frame["label_known_at"] = frame["as_of"] + horizon
    frame["rating"] = 0.6 * logit[of] + random.normal(size=len(of))
    points = 20 + 10 * (world.points_signal * logit[of] + random.normal(size=len(of)))
    frame["points_behavior"] = points
    frame["points_fit"] = 10.0
    frame["points_total"] = 10.0 if world.constant_points else points + 10
    return frame.drop(columns=["number", "step"]).sample(frac=1, random_state=world.seed)


def build(folder: Path, world: World) -> Path:
    """Write a project folder with YAML and warehouse; give the file."""
    models = folder / "models" / "marts"
    models.mkdir(parents=True, exist_ok=True)
    (models / "_scoring__models.yml").write_text(YAML)
    path = folder / "warehouse.duckdb"
    examples = training_examples(world)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute("create schema ml")
        # A published copy holds no table but those of marts and ml.
        connection.execute("create schema staging")
        connection.execute("create table staging.erased_rows (row_hash text)")
        for name, columns in ML_TABLES.items():
            connection.execute(f"create table ml.{name} ({columns})")
        connection.register("examples", examples)
        connection.execute(
            "create table marts.fct_training_examples as "
            "select * replace (lead_key::uuid as lead_key, as_of::timestamp as as_of) from examples"
        )
        if world.rated:
            connection.execute(
                """
                create table marts.example_ratings as
                select
                    lead_key,
                    as_of,
                    case when rating < -0.3 then 'cold' when rating < 0.6 then 'warm' else 'hot' end
                        as rep_rating,
                    as_of - interval 1 hour as rated_at
                from marts.fct_training_examples
                where example_kind = 'weekly'
                """
            )
    return path
