"""What a comparison tells beyond the bench: where scorers differ, and what label policies give."""

import numpy as np
import pandas as pd

from lead_funnel.console import step
from ml.commands.judging import weighed
from ml.commands.material import Material, TrainOptions
from ml.commands.report import auc_sentence
from ml.judge.bench import Bench, fit_and_score
from ml.judge.evaluate import judge, lookup
from ml.settings import LABEL_POLICIES

POLICY_DRAWS = 200
METRIC_COLUMNS = ("scorer", "subset", "metric", "value", "interval_low", "interval_high")


def disagreement(bench: Bench) -> pd.DataFrame:
    """Measure the leads that only one of model and points would take, and their outcomes.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_metrics`` without ``model_version``: ``examples`` and
        ``close_rate`` of those that are among the best 20 % of that scorer alone.
    """
    rows = []
    if "points" in bench.scores:
        best = {
            name: bench.scores[name] >= np.quantile(bench.scores[name], 0.8)
            for name in ("model", "points")
        }
        for one, other in (("model", "points"), ("points", "model")):
            only = best[one] & ~best[other]
            rate = np.nan
            if only.any():
                rate = np.average(bench.test.is_won[only], weights=bench.test.weights[only])
            rows += [(one, "examples", float(only.sum())), (one, "close_rate", float(rate))]
    found = pd.DataFrame(rows, columns=["scorer", "metric", "value"])
    return found.assign(subset="only in its best fifth", interval_low=np.nan, interval_high=np.nan)


def disagreement_lines(found: pd.DataFrame) -> list[str]:
    """Say who was right where model and points would take other leads."""
    if found.empty:
        return []
    lines = ["Where the best 20 % differ:"]
    for scorer, own in found.groupby("scorer", sort=False):
        value = own.set_index("metric")["value"]
        if value["examples"]:
            count, rate = int(value["examples"]), value["close_rate"]
            lines.append(f"  only {scorer}: {count:,} examples, {rate:.1%} won")
    return lines


def judge_policies(
    material: Material, bench: Bench, options: TrainOptions, show: bool
) -> pd.DataFrame:
    """Judge what each label policy would give, on its own rows.

    Parameters
    ----------
    material : Material
    bench : Bench
        Of the policy in force; the others are only fitted and scored.
    options : TrainOptions
    show : bool
        Show progress.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_metrics`` without ``model_version``; the subset names
        the policy. ``base_rate`` and ``mean_probability`` are of the test rows.
    """
    found = []
    for policy in LABEL_POLICIES:
        test, scores = bench.test, bench.scores
        if policy != options.label_policy:
            rows = weighed(material, policy, options.settings, show)
            with step(f"judging the label policy {policy}", show):
                test, scores = fit_and_score(*rows, options.settings)
        scores = {name: scores[name] for name in ("model", "points") if name in scores}
        judged = judge(scores, test, f"policy {policy}", POLICY_DRAWS, options.settings.seed)
        young = test.kinds != "later"
        rates = {
            "base_rate": float(np.average(test.is_won[young], weights=test.weights[young])),
            "mean_probability": float(np.average(scores["model"], weights=test.weights)),
        }
        extra = pd.DataFrame({"metric": list(rates), "value": list(rates.values())})
        extra = extra.assign(scorer="model", subset=f"policy {policy}")
        found += [judged[list(METRIC_COLUMNS)], extra.reindex(columns=list(METRIC_COLUMNS))]
    return pd.concat(found, ignore_index=True)


def policy_lines(found: pd.DataFrame) -> list[str]:
    """Show what the label policies give."""
    lines = ["Label policies (what never-worked leads are):"]
    for policy in LABEL_POLICIES:
        subset = f"policy {policy}"
        values = {
            name: float(lookup(found, "model", name, subset)["value"])
            for name in ("base_rate", "mean_probability", "ece")
        }
        lines.append(
            f"  {policy:<9}{auc_sentence(found, subset)}, base rate {values['base_rate']:.1%}, "
            f"mean probability {values['mean_probability']:.1%}, "
            f"calibration error {values['ece']:.3f}"
        )
    return lines
