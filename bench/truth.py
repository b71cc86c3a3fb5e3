"""The model against the truth of a simulated company: what it could be, and what it is.

``python -m bench.truth --leads 300000``

A company is simulated and built, and models are trained under every label policy. They
are judged on handoffs, where the simulation knows the probability of a win if sales
works the lead, those that nobody worked included.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from bench.run import FOLDER, PROJECT, report, run_dbt
from demo import simulate
from demo import vocabulary as words
from lead_funnel.console import note
from lead_funnel.warehouse import open_warehouse
from ml.commands.material import Material, TrainOptions, gather
from ml.data.columns import Floats, level_values
from ml.data.examples import Examples, leave_out, take, won_leads
from ml.judge.calibration import calibration_chance
from ml.judge.evaluate import METRICS, judge, lookup, weighted_metrics
from ml.judge.ranking import rank
from ml.judge.scorers import boosting_probability, encode
from ml.model.estimate import FittedModel, fit_model, probabilities
from ml.model.time_proxies import time_proxies
from ml.model.weights import apply_policy
from ml.settings import LABEL_POLICIES, ModelSettings

HORIZON = 90
# A deal takes a lognormal number of days; so many of the wins fall within the horizon.
DEAL_MEDIAN, DEAL_SPREAD = 33, 0.45
IN_HORIZON = float(norm.cdf(np.log(HORIZON / DEAL_MEDIAN) / DEAL_SPREAD))
RISES = {
    "pricing_views_90d": words.WIN_PRICING,
    "demo_requests_90d": words.WIN_DEMO,
    "webinars_attended_90d": words.WIN_WEBINAR,
    "product_views_90d": words.WIN_PRODUCT,
    "careers_views": words.WIN_CAREERS,
    "blog_views": words.WIN_BLOG,
    "days_since_cycle_start": words.WIN_AGE,
}
TRUTH = """
    select
        cast(examples.lead_key as varchar) as lead_key,
        examples.as_of,
        handoffs.win_probability,
        handoffs.worked
    from marts.fct_training_examples as examples
    inner join (
        select distinct members.lead_key, persons.person_id
        from intermediate.identity_members as members
        inner join read_parquet('{truth}/truth_identifiers.parquet') as persons
            on members.identifier_value = persons.identifier_value
            and members.identifier_type = 'crm_lead'
            and persons.identifier_type = 'crm_lead_id'
    ) as persons using (lead_key)
    asof inner join read_parquet('{truth}/truth_handoffs.parquet') as handoffs
        on persons.person_id = handoffs.person_id
        and examples.as_of >= handoffs.handed_over_at
    where examples.example_kind = 'handoff'
        and handoffs.handed_over_at > examples.as_of - interval 2 day
"""


def read_truth(db: Path, truth: Path, material: Material) -> pd.DataFrame:
    """Give the truth of each example; null where it is no handoff of the simulation.

    ``chance`` is the probability of a win within the horizon if sales works the lead.
    """
    keys = "cast(lead_key as varchar) as lead_key, as_of, example_kind, cycle_number"
    with duckdb.connect(str(db), read_only=True) as connection:
        known = connection.execute(TRUTH.format(truth=truth)).df()
        rows = connection.execute(
            f"select {keys} from marts.fct_training_examples order by all"
        ).df()
    known = known.drop_duplicates(["lead_key", "as_of"])
    rows = rows.iloc[material.examples.row_numbers - 1]
    found = rows.merge(known, how="left", on=["lead_key", "as_of"])
    found["chance"] = found["win_probability"] * IN_HORIZON
    return found


def best_possible(known: pd.DataFrame, examples: Examples) -> Floats:
    """Average the true chances over what the features do not hold.

    A boosted regression of the true chance itself, which has no noise of outcomes, on
    the features; each lead is predicted by folds without it.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        NaN where there is no true chance.
    """
    own = np.flatnonzero(known["chance"].notna())
    matrix, categorical, _ = encode(take(examples, own))
    regression = HistGradientBoostingRegressor(
        max_iter=400, learning_rate=0.05, categorical_features=categorical, random_state=0
    )
    best = np.full(len(known), np.nan)
    best[own] = cross_val_predict(
        regression,
        matrix,
        known["chance"].to_numpy()[own],
        groups=examples.leads[own],
        cv=GroupKFold(5),
    )
    return best


def against_truth(chances: Floats, rows: Examples, true: Floats) -> dict[str, float]:
    """Judge probabilities by true chances, without the noise of outcomes.

    Each row counts as won by its chance and as lost by the rest: what ROC AUC and
    calibration error would be on average over all that could have come of these rows.
    """
    ranking = rank(chances, replace(rows, is_won=true))
    [metrics] = weighted_metrics(ranking, np.ones((1, len(true))))
    return {name: round(float(metrics[METRICS.index(name)]), 4) for name in ("roc_auc", "ece")}


def effects(model: FittedModel, test: Examples) -> dict[str, dict[str, float]]:
    """Compare the true effects with the model's.

    Of a number the whole rise; of a source or industry what it adds against the
    average lead.
    """
    terms = model.terms
    found = {}
    for feature, true in RISES.items():
        own = terms[(terms["feature"] == feature) & (terms["kind"] == "ramp")]
        found[feature] = {"true": true, "estimated": float(own["coefficient"].sum())}
    groups: list[tuple[str, tuple[str, ...], dict[str, float]]] = [
        (
            "lead_source",
            ("channel",),
            {source.lead_source: source.win for source in words.SOURCES},
        ),
        ("industry", (), {each.name: each.fit for each in words.INDUSTRIES}),
    ]
    for feature, others, true_effects in groups:
        added = sum(contribution(terms, test, name) for name in (feature, *others))
        levels = level_values(test.frame[feature])
        means = {level: float(np.mean(added[levels == level])) for level in true_effects
                 if (levels == level).any()}  # fmt: skip
        centre = float(np.mean(list(means.values())))
        middle = float(np.mean([true_effects[level] for level in means]))
        for level, mean in means.items():
            found[f"{feature}: {level}"] = {
                "true": true_effects[level] - middle, "estimated": mean - centre,
            }  # fmt: skip
    return {name: {key: round(v, 3) for key, v in pair.items()} for name, pair in found.items()}


def contribution(terms: pd.DataFrame, examples: Examples, feature: str) -> Any:
    """Give what a category adds to the log odds of each row."""
    own = terms[terms["feature"] == feature].set_index("level")["coefficient"]
    is_other = (terms["feature"] == feature) & (terms["kind"] == "other")
    other = float(terms[is_other]["coefficient"].sum())
    by_level = own[own.index.notna()].to_dict()
    levels = pd.Series(level_values(examples.frame[feature]), dtype=object)
    return levels.map(by_level).fillna(other).to_numpy(dtype="float64")


def judge_rows(
    name: str, chances: Floats, rows: Examples, settings: ModelSettings
) -> dict[str, Any]:
    """Give ROC AUC and calibration error of some rows, with what chance alone gives."""
    judged = judge({name: chances}, rows, "all", 200, settings.seed)
    auc, ece = (lookup(judged, name, metric, "all") for metric in ("roc_auc", "ece"))
    floor = calibration_chance(chances, rows)
    return {
        "rows": len(rows),
        "won_leads": won_leads(rows),
        "roc_auc": [round(float(auc[c]), 4) for c in ("value", "interval_low", "interval_high")],
        "ece": round(float(ece["value"]), 4),
        "ece_of_a_perfect_model": round(floor, 4),
        "ece_beyond_chance": round(max(float(ece["value"]) - floor, 0.0), 4),
    }


def measure(folder: Path, leads: int, seed: int, reuse: bool) -> dict[str, Any]:
    """Simulate, build, train, and hold against the truth."""
    db, truth = folder / "warehouse.duckdb", folder / "truth"
    if not reuse:
        db.unlink(missing_ok=True)
        simulate.main(["--leads", str(leads), "--seed", str(seed), "--out", str(folder / "raw"),
                       "--truth", str(truth)])  # fmt: skip
        note("building")
        without = [f"--exclude-resource-type={kind}" for kind in ("test", "unit_test")]
        run_dbt(["build", "--select", "+fct_training_examples", *without], folder)
    settings = ModelSettings(seed=seed)
    options = TrainOptions(PROJECT, HORIZON, "weighted", settings)
    with open_warehouse(db, read_only=True) as connection:
        material = gather(connection, options)
    known = read_truth(db, truth, material)
    known["best"] = best_possible(known, material.examples)
    known = known.iloc[material.split.test].reset_index(drop=True)
    handed = known["chance"].notna().to_numpy()
    true = known["chance"].to_numpy()[handed]
    found: dict[str, Any] = {"leads": leads, "examples": len(material.examples), "policies": {}}
    for policy in LABEL_POLICIES:
        note(f"training with the label policy {policy}")
        train, test = apply_policy(
            take(material.examples, material.split.train),
            (take(material.examples, material.split.test),),
            policy,
            settings,
        )
        train, kept = take(train, train.weights > 0), test.weights > 0
        proxies = time_proxies(train, take(test, kept), seed)
        train, test = leave_out(train, proxies), leave_out(test, proxies)
        with threadpool_limits(limits=1):
            model = fit_model(train, settings)
        chances = probabilities(model, test.frame)
        found["policies"][policy] = {
            "won_leads_in_training": won_leads(train),
            "mean_probability_of_all_handoffs": round(float(chances[handed].mean()), 4),
            "true_if_worked": round(float(true.mean()), 4),
            "bias": round(float(chances[handed].mean() - true.mean()), 4),
            "test": judge_rows("model", chances[kept], take(test, kept), settings),
        }
        if policy == "weighted":
            with threadpool_limits(limits=1):
                boosted = boosting_probability(train, test, settings)
            found |= judge_handoffs(chances, boosted, test, known, settings)
            found["effects"] = effects(model, take(test, kept))
    agreeing = [pair["true"] * pair["estimated"] > 0 for pair in found["effects"].values()]
    found["signs"] = f"{sum(agreeing)} of {len(agreeing)}"
    low = found["policies"]["all"]["bias"]
    found["bias_weighted_to_all"] = round(abs(found["policies"]["weighted"]["bias"] / low), 3)
    return found


def judge_handoffs(
    chances: Floats, boosted: Floats, test: Examples, known: pd.DataFrame, settings: ModelSettings
) -> dict[str, Any]:
    """Judge handoffs: the worked ones by what came of them, all by their true chances."""
    best, true = known["best"].to_numpy(), known["chance"].to_numpy()
    handed = np.isfinite(true)
    worked = handed & (test.weights > 0)
    scorers = {
        "model": chances,
        "boosting": boosted,
        "best_by_these_features": best,
        "all_known": true,
    }
    won = test.is_won[worked]
    return {
        "handoffs_worked": {
            **judge_rows("model", chances[worked], take(test, worked), settings),
            "roc_auc_unweighted": {
                name: round(float(roc_auc_score(won, scores[worked])), 4)
                for name, scores in scorers.items()
            },
        },
        "handoffs_by_their_chances": {
            "rows": int(handed.sum()),
            **{
                name: against_truth(scores[handed], take(test, handed), true[handed])
                for name, scores in scorers.items()
            },
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.truth", description=__doc__)
    parser.add_argument("--leads", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=FOLDER / "truth")
    parser.add_argument("--reuse", action="store_true", help="take what the folder holds")
    parser.add_argument("--record", action="store_true", help="keep the result")
    options = parser.parse_args(arguments)
    found = measure(options.folder.resolve(), options.leads, options.seed, options.reuse)
    report("truth", found, options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
