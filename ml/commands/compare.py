"""The command ``compare``: points, model, boosting and base rate on one bench."""

import pandas as pd

from lead_funnel.errors import TooYoungError
from lead_funnel.warehouse import Connection
from ml.commands.comparison import (
    disagreement,
    disagreement_lines,
    judge_policies,
    policy_lines,
)
from ml.commands.judging import judge_policy
from ml.commands.material import TrainOptions, gather
from ml.commands.report import acceptance_lines, auc_sentence, comparison_table, points_sentence
from ml.commands.train import version_tables
from ml.judge.forecast import level_prior, reporting_week
from ml.model.registry import check_tables, read_versions, write_version


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
    tables = version_tables(
        bench.model.terms, bench, reporting_week(options.project), level_prior(options.project)
    )
    del tables["model_terms"]
    tables["model_metrics"] = pd.concat(
        [tables["model_metrics"], policies, disagreements], ignore_index=True
    )
    write_version(connection, {str(key): value for key, value in found.iloc[0].items()}, tables)
    return [*lines, f"Written to ml.score_comparison_log for {material.version}."]
