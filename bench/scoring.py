"""Scoring in SQL against ``predict_proba``: the same to 1e-9, and how long each takes.

``python -m bench.scoring --leads 5000000``

Random leads with nulls, levels that training never showed and extreme numbers are
scored by the SQL of the project and by scikit-learn, one after the other on the
same machine, and each is compared. What scikit-learn needs first, the rows in
memory, is timed too. Seconds depend on the machine and on what else it does; the
ratio is what to look at.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from bench.run import FOLDER, PROJECT, report, run_dbt
from lead_funnel.console import note
from lead_funnel.held import own_memory
from ml.data.columns import FeatureType
from ml.data.features import declared_features
from ml.model.estimate import fold_into_terms
from ml.model.steps import logistic
from ml.model.terms import AdditiveTerms

MODEL = "int_lead_contributions"
CHUNK = 250_000
LEVELS = ("a", "b", "(missing)", "c d", "é", "", "f", "g")


def random_features(
    features: Mapping[str, FeatureType], rows: int, random: np.random.Generator
) -> pd.DataFrame:
    """Draw features; a seventh is null, and one in a hundred lies far outside or is new."""
    columns: dict[str, Any] = {}
    for name, kind in features.items():
        odd = random.random(rows) < 0.01
        null = random.random(rows) < 1 / 7
        if kind == "numeric":
            values = random.poisson(2, rows) * random.lognormal(0, 1, rows)
            values = np.where(odd, values * random.choice([-1e9, 1e9], rows), values)
            columns[name] = np.where(null, np.nan, values)
        else:
            drawn = np.array(LEVELS, dtype=object)[random.integers(0, len(LEVELS), rows)]
            drawn[odd] = "never seen"
            drawn[null] = None
            columns[name] = drawn
    return pd.DataFrame(columns)


def fit(features: Mapping[str, FeatureType], random: np.random.Generator) -> tuple[Pipeline, Any]:
    """Fit a model on random examples, and give its rows."""
    training = random_features(features, 20_000, random)
    won = random.random(len(training)) < 0.1
    pipeline = Pipeline([("terms", AdditiveTerms(features)), ("logistic", logistic(1.0))])
    pipeline.fit(training, won)
    means = pipeline["terms"].transform(training).mean(axis=0)
    return pipeline, fold_into_terms(pipeline, means).assign(model_version="v1")


def make_inputs(
    db: Path, leads: int, features: Mapping[str, FeatureType], terms: Any, seed: int
) -> None:
    """Write the leads and the champion's rows."""
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute("create schema if not exists ml")
        connection.execute("create schema if not exists intermediate")
        connection.execute(
            "create or replace table intermediate.int_champion as "
            "select 'v1' as model_version, 0 as expansion_cycles, "
            "cast(null as double) as longest_age_days"
        )
        connection.register("terms", terms)
        connection.execute("create or replace table ml.model_terms as from terms")
        connection.execute(
            "create or replace table ml.model_versions as select 'v1' as model_version, "
            "timestamp '2026-01-01' as as_of, true as is_champion"
        )
        for number, start in enumerate(range(0, leads, CHUNK)):
            rows = min(CHUNK, leads - start)
            frame = random_features(features, rows, np.random.default_rng([seed, number]))
            frame["number"] = np.arange(start, start + rows)
            connection.register("frame", frame)
            query = (
                "select cast(md5(cast(number as varchar)) as uuid) as lead_key, "
                "timestamp '2026-01-01' as as_of, false as is_customer_asking, "
                "* exclude (number) from frame"
            )
            how = "insert into" if number else "create or replace table"
            name = "marts.fct_lead_features"
            connection.execute(f"{how} {name} {'as ' if not number else ''}{query}")
            connection.unregister("frame")


def measure(folder: Path, leads: int, seed: int) -> dict[str, Any]:
    """Score once by SQL and once by scikit-learn."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "raw").mkdir(exist_ok=True)
    (folder / "raw" / "crm_leads.ndjson").write_text('{"lead_id": "nobody"}\n')
    db = folder / "warehouse.duckdb"
    db.unlink(missing_ok=True)
    features = declared_features(PROJECT)
    note(f"making {leads:,} leads")
    pipeline, terms = fit(features, np.random.default_rng(seed))
    make_inputs(db, leads, features, terms, seed)
    # Selected by name, what is compiled would be printed.
    run_dbt(["compile", "--select", "path:models/marts/scoring/intermediate"], folder)
    [path] = (folder / "target" / "compiled").rglob(f"{MODEL}.sql")
    memory = os.environ.get("LEAD_FUNNEL_MEMORY", "6GB")
    with duckdb.connect(str(db), config={"memory_limit": memory}) as connection:
        note("scoring in SQL")
        started = time.monotonic()
        connection.execute(
            "create table scores as select lead_key, 1 / (1 + exp(-logit)) as probability "
            f"from ({path.read_text()})"
        )
        in_sql = time.monotonic() - started
        note("fetching and predict_proba")
        fetching = predicting = 0.0
        worst = 0.0
        columns = ", ".join(f"leads.{name}" for name in features)
        # The keys of the probabilities are compared outside of what is timed.
        connection.execute(
            f"create table ordered as select {columns}, probability "
            "from marts.fct_lead_features as leads inner join scores using (lead_key)"
        )
        for start in range(0, leads, CHUNK):
            started = time.monotonic()
            frame = connection.execute(
                f"from ordered where rowid >= {start} and rowid < {start + CHUNK}"
            ).df()
            fetched = time.monotonic()
            chances = pipeline.predict_proba(frame)[:, 1]
            predicting += time.monotonic() - fetched
            fetching += fetched - started
            worst = max(worst, float(np.abs(chances - frame["probability"]).max()))
    return {
        "leads": leads,
        "features": len(features),
        "terms": len(terms),
        "load_average": round(os.getloadavg()[0], 1),
        "peak_memory_gb": round(own_memory() / 1024**3, 2),
        "greatest_difference": worst,
        "seconds_sql": round(in_sql, 2),
        "seconds_fetching": round(fetching, 2),
        "seconds_predict_proba": round(predicting, 2),
        "ratio_sql_to_fetching_and_predict_proba": round(in_sql / (fetching + predicting), 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.scoring", description=__doc__)
    parser.add_argument("--leads", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=FOLDER / "scoring")
    parser.add_argument("--record", action="store_true", help="keep the result")
    options = parser.parse_args(arguments)
    found = measure(options.folder.resolve(), options.leads, options.seed)
    report("scoring", found, options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
