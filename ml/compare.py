"""The command ``compare``: points, model, boosting and base rate on one bench."""

import numpy as np

from ml.bench import Bench
from ml.errors import TooYoungError
from ml.evaluate import judge, lookup
from ml.registry import check_tables, read_versions, write_version
from ml.report import auc_sentence, comparison_table, points_sentence
from ml.settings import LABEL_POLICIES
from ml.train import Material, TrainOptions, gather, judge_policy, version_tables
from ml.warehouse import Connection


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
    titles = {"all": "All examples", "entry": "Entries", "handoff": "Handoffs"}
    lines: list[str] = []
    for subset, title in titles.items():
        if table := comparison_table(bench.judged, subset):
            lines += [f"{title} of the test period:", *table]
            lines += [points_sentence(bench.judged, subset), ""]
    lines += disagreement_lines(bench) + policy_lines(material, bench, options, show)
    versions = read_versions(connection)
    found = versions[versions["model_version"] == material.version]
    if found.empty:
        return [*lines, f"Not written: {material.version} is not trained. Run lead-ml train."]
    tables = version_tables(bench.model.terms, bench)
    del tables["model_terms"]
    write_version(connection, {str(key): value for key, value in found.iloc[0].items()}, tables)
    return [*lines, f"Written to ml.score_comparison for {material.version}."]


def disagreement_lines(bench: Bench) -> list[str]:
    """Say who was right where model and points would take other leads."""
    if "points" not in bench.scores:
        return []
    best = {
        name: bench.scores[name] >= np.quantile(bench.scores[name], 0.8)
        for name in ("model", "points")
    }
    lines = ["Where the best 20 % differ:"]
    for one, other in (("model", "points"), ("points", "model")):
        rows = best[one] & ~best[other]
        if rows.any():
            rate = float(np.average(bench.test.is_won[rows], weights=bench.test.weights[rows]))
            lines.append(f"  only {one}: {int(rows.sum()):,} examples, {rate:.1%} won")
    return lines


def policy_lines(material: Material, bench: Bench, options: TrainOptions, show: bool) -> list[str]:
    """Show what the other label policies would give, each on its own rows."""
    lines = ["Label policies (what never-worked leads are):"]
    for policy in LABEL_POLICIES:
        one = bench
        if policy != options.label_policy:
            one = judge_policy(material, policy, options.settings, show)
        slim = {"model": one.scores["model"]}
        judged = judge(slim, one.test, "all", 200, options.settings.seed)
        rate = lookup(one.judged, "model", "ece", "all")["value"]
        lines.append(
            f"  {policy:<9}{auc_sentence(judged)}, base rate {one.drift.test_rate:.1%}, "
            f"calibration error {rate:.3f}"
        )
    return lines
