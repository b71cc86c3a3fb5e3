"""The command ``compare``: points, model, boosting and base rate on one bench."""

import numpy as np
import pandas as pd

from lead_funnel.errors import TooYoungError
from lead_funnel.warehouse import Connection
from ml.commands.material import Material, TrainOptions, gather, judge_policy
from ml.commands.report import acceptance_lines, auc_sentence, comparison_table, points_sentence
from ml.commands.train import version_tables
from ml.judge.bench import Bench
from ml.judge.evaluate import judge, lookup
from ml.model.registry import check_tables, read_versions, write_version
from ml.settings import LABEL_POLICIES

POLICY_DRAWS = 200
METRIC_COLUMNS = ("scorer", "subset", "metric", "value", "interval_low", "interval_high")


def compare(connection: Connection, options: TrainOptions, show: bool) -> list[str]:
    """Put points, model, boosting and base rate on one bench, and report.

    The comparison is written for the version that these rows give; if that
    version was not trained yet, it is only printed.
    """
    settings = options.settings
    check_tables(connection)
    try:
        material = gather(connection, options)
    except TooYoungError as error:
        return [f"No comparison: {error}."]
    bench = judge_policy(material, options.label_policy, settings, show)
    titles = {
        "all": "All examples",
        "entry": "Entries",
        "handoff": "Handoffs",
        "rated": "Leads that a rep had rated by then",
    }
    lines = [f"Sales can take {material.capacity:.1%} of the waiting leads in a week.", ""]
    for subset in bench.judged["subset"].unique():
        if subset not in titles:
            lines.append(f"{subset}: {auc_sentence(bench.judged, subset)}.")
            continue
        lines += [f"{titles[subset]} (test period):", *comparison_table(bench.judged, subset)]
        lines += [points_sentence(bench.judged, subset), ""]
    lines += acceptance_lines(bench.judged)
    disagreements = disagreement(bench)
    policies = judge_policies(material, bench, options, show)
    lines += disagreement_lines(disagreements) + policy_lines(policies)
    versions = read_versions(connection)
    found = versions[versions["model_version"] == material.version]
    if found.empty:
        return [*lines, f"Not written: {material.version} is not trained. Run lead-ml train."]
    tables = version_tables(bench.model.terms, bench)
    del tables["model_terms"]
    tables["model_metrics"] = pd.concat(
        [tables["model_metrics"], policies, disagreements], ignore_index=True
    )
    write_version(connection, {str(key): value for key, value in found.iloc[0].items()}, tables)
    return [*lines, f"Written to ml.score_comparison_log for {material.version}."]


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

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_metrics`` without ``model_version``; the subset names
        the policy. ``base_rate`` and ``mean_probability`` are of the test rows.
    """
    found = []
    for policy in LABEL_POLICIES:
        one = bench
        if policy != options.label_policy:
            one = judge_policy(material, policy, options.settings, show)
        scores = {name: one.scores[name] for name in ("model", "points") if name in one.scores}
        judged = judge(scores, one.test, f"policy {policy}", POLICY_DRAWS, options.settings.seed)
        mean = float(np.average(one.scores["model"], weights=one.test.weights))
        rates = {"base_rate": one.drift.test_rate, "mean_probability": mean}
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
