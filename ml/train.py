"""The command ``train``: a version from the warehouse, and into it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from lead_funnel.console import step
from lead_funnel.errors import TooYoungError
from lead_funnel.warehouse import Connection, read_model_table
from ml.bench import Bench, run_bench
from ml.distributions import distributions
from ml.drift import DriftLimits, project_limits
from ml.due import not_due
from ml.estimate import FittedModel, fit_model, probabilities
from ml.evaluate import calibration_beyond_chance, calibration_chance
from ml.examples import Examples, fingerprint, leave_out, sample_leads, take, won_leads
from ml.features import declared_features
from ml.gate import Champion, Verdict, open_gate
from ml.marts import read_capacity, read_examples, read_verdict
from ml.registry import champion_of, check_tables, read_versions, write_version
from ml.report import (
    acceptance_lines,
    auc_sentence,
    clock_lines,
    drift_lines,
    points_sentence,
    probe_lines,
    sample_lines,
)
from ml.samples import LARGEST_FIT, SAMPLE_LIMITS
from ml.settings import LabelPolicy, ModelSettings
from ml.split import Split, split_by_time
from ml.weights import apply_policy

# Where the usual test period leaves too few wins before its embargo, a shorter one may not.
SHORTER_TESTS = (0.25, 0.2, 0.15)


@dataclass(frozen=True)
class TrainOptions:
    """What the command line says about training.

    Attributes
    ----------
    project
        Folder of the dbt project, for the declared features.
    horizon_days, label_policy
        As the examples were built, and what never-worked leads are.
    settings
        Of the model.
    if_due
        Do nothing unless the data have moved on.
    """

    project: Path
    horizon_days: int
    label_policy: LabelPolicy
    settings: ModelSettings
    if_due: bool = False


@dataclass(frozen=True)
class Material:
    """Mature examples of the warehouse, split, weights not yet applied.

    With them: what sales can take, and from where on something has moved.
    """

    examples: Examples
    split: Split
    as_of: pd.Timestamp
    version: str
    digest: str
    capacity: float
    limits: DriftLimits


def gather(connection: Connection, options: TrainOptions) -> Material:
    """Read, split and name the examples.

    The version's name is its moment and a hash of rows and settings: the same
    rows give the same name, and training again replaces the same version. The
    test period is shortened only if else there could be no model at all.

    Raises
    ------
    TooYoungError
        If there are too few settled outcomes for a model.
    """
    features = declared_features(options.project)
    examples, as_of = read_examples(connection, features, options.horizon_days)
    capacity, limits = read_capacity(connection), project_limits(options.project)
    digest = fingerprint(examples, options.settings, options.label_policy)
    reasons: list[str] = []
    for share in (options.settings.test_share, *SHORTER_TESTS):
        try:
            split = split_by_time(examples, share)
        except TooYoungError as error:
            reasons.append(str(error))
            continue
        if reason := too_few(examples, split, options.label_policy, options.settings):
            reasons.append(reason)
            continue
        version = f"v{as_of:%Y%m%d}-{digest[:8]}"
        return Material(examples, split, as_of, version, digest, capacity, limits)
    raise TooYoungError(reasons[0])


def judge_policy(
    material: Material, policy: LabelPolicy, settings: ModelSettings, show: bool
) -> Bench:
    """Train on the training period and judge on the test period.

    Rows of weight 0 are left out of the judging too: whether a lead that was
    never worked would have been won, nobody knows.
    """
    train = take(material.examples, material.split.train)
    test = take(material.examples, material.split.test)
    with step("weighing the examples", show), threadpool_limits(limits=1):
        train, test = apply_policy(train, (test,), policy, settings)
    train, test = take(train, train.weights > 0), take(test, test.weights > 0)
    return run_bench(
        train,
        test,
        settings,
        has_time=True,
        show=show,
        capacity=material.capacity,
        limits=material.limits,
    )


def too_few(
    examples: Examples, split: Split, policy: LabelPolicy, settings: ModelSettings
) -> str | None:
    """Say why there can be no model of this split, if there cannot."""
    kept = examples.is_worked | (policy == "all")
    sides = [take(examples, rows[kept[rows]]) for rows in (split.train, split.test)]
    wins = [won_leads(side) for side in sides]
    if wins[0] < settings.min_wins:
        return (
            f"{wins[0]} won leads with a settled outcome before the test period, "
            f"{settings.min_wins} needed"
        )
    if wins[1] < 2 or sides[1].is_won.all():
        return f"{wins[1]} won leads in the test period: nothing can be judged"
    return None


def train(connection: Connection, options: TrainOptions, show: bool) -> list[str]:
    """Train a version, judge it, and make it champion if the gate opens.

    Judged is a model of the training period alone. If it passes, what is
    published is fitted again on all mature examples with the same penalty, as
    the latest outcomes are the most telling; the measurements stay those of
    the judged model. If it fails, the judged terms are kept as challenger.

    Parameters
    ----------
    connection : ibis backend
    options : TrainOptions
    show : bool
        Show progress.

    Returns
    -------
    list of str
        The report, line by line.
    """
    settings = options.settings
    check_tables(connection)
    try:
        with step("reading the examples", show):
            material = gather(connection, options)
    except TooYoungError as error:
        return [f"No model: {error}. Routing stays as it is (points without a champion)."]
    versions = read_versions(connection)
    if options.if_due:
        wins, holds = counted_wins(material, options.label_policy), read_verdict(connection)
        if reason := not_due(versions, material.version, material.as_of, wins, holds):
            return [f"Not due: {reason}."]
    bench = judge_policy(material, options.label_policy, settings, show)
    with step("passing the gate", show):
        champion = read_champion(connection, versions, material.version)
        verdict = open_gate(bench, settings, champion)
    model = bench.model
    if verdict.passed:
        with step("fitting again on all settled outcomes", show), threadpool_limits(limits=1):
            model = refit(material, bench, options)
    was_champion = champion_of(versions) == material.version
    row = version_row(material, bench, options, verdict, verdict.passed or was_champion)
    tables = version_tables(model.terms, bench)
    with step("writing down what the world looks like", show), threadpool_limits(limits=1):
        tables["feature_distributions"] = what_was_seen(material, bench, model, settings)
    write_version(connection, row, tables)
    return train_report(material, bench, verdict, row)


def counted_wins(material: Material, policy: LabelPolicy) -> float:
    """Count won examples as a version does: not those in the embargo, nor those left out."""
    rows = np.concatenate([material.split.train, material.split.test])
    kept = material.examples.is_worked[rows] | (policy == "all")
    return float(material.examples.is_won[rows][kept].sum())


def read_champion(connection: Connection, versions: pd.DataFrame, version: str) -> Champion | None:
    """Read the champion, unless it is the very version being trained."""
    name = champion_of(versions)
    if name is None or name == version:
        return None
    terms = read_model_table(connection, "model_terms")
    own = terms[terms["model_version"] == name].sort_values("term_number", ignore_index=True)
    as_of = versions.loc[versions["model_version"] == name, "as_of"].iloc[0]
    return None if own.empty else Champion(name, own, int(as_of.value // 1000))


def refit(material: Material, bench: Bench, options: TrainOptions) -> FittedModel:
    """Fit the published model on all mature examples, with the same penalty."""
    (everything,) = apply_policy(material.examples, (), options.label_policy, options.settings)
    everything = leave_out(take(everything, everything.weights > 0), bench.clocks)
    return fit_model(everything, options.settings, bench.model.penalty)


def what_was_seen(
    material: Material, bench: Bench, model: FittedModel, settings: ModelSettings
) -> pd.DataFrame:
    """Give the distributions that nights compare with: of all rows, or a sample of very many."""
    seen = leave_out(sample_leads(material.examples, LARGEST_FIT, settings.seed), bench.clocks)
    return distributions(seen, probabilities(model, seen.frame))


def version_row(
    material: Material, bench: Bench, options: TrainOptions, verdict: Verdict, champion: bool
) -> dict[str, Any]:
    """Make the row of ``ml.model_versions``."""
    return {
        "model_version": material.version,
        "as_of": material.as_of,
        "label_horizon_days": options.horizon_days,
        "label_policy": options.label_policy,
        "train_from": _moment(bench.train.time.min()),
        "train_until": _moment(bench.train.time.max()),
        "test_from": _moment(material.split.test_from),
        "test_until": _moment(bench.test.time.max()),
        "train_examples": len(bench.train),
        "train_wins": int(bench.train.is_won.sum()),
        "test_examples": len(bench.test),
        "test_wins": int(bench.test.is_won.sum()),
        "fingerprint": material.digest,
        "is_champion": champion,
        "gate_passed": verdict.passed,
        "gate_reason": verdict.reason,
    }


def _moment(microseconds: Any) -> pd.Timestamp:
    return pd.Timestamp(int(microseconds), unit="us")


def version_tables(terms: pd.DataFrame, bench: Bench) -> dict[str, pd.DataFrame]:
    """Make the rows of the other tables of the schema ``ml``."""
    drift, model = bench.drift, bench.model
    extra = {
        "base_rate_train": drift.train_rate,
        "base_rate_test": drift.test_rate,
        "score_psi": drift.score_psi,
        "penalty": model.penalty,
        "ece_of_a_perfect_model": calibration_chance(bench.scores["model"], bench.test),
        "ece_beyond_chance": calibration_beyond_chance(bench.scores["model"], bench.test),
        "calibration_slope": model.calibration.slope,
        "examples_fitted": model.rows,
        **SAMPLE_LIMITS,
    }
    measured = pd.DataFrame(
        {"scorer": "model", "subset": "all", "metric": list(extra), "value": list(extra.values())}
    ).assign(interval_low=np.nan, interval_high=np.nan)
    judged = bench.judged[list(measured.columns)]
    by_month = (
        drift.periods.melt("period", ["leads", "won_share", "mean_probability"], "metric", "value")
        .rename(columns={"period": "subset"})
        .assign(scorer="model", interval_low=np.nan, interval_high=np.nan)
    )
    by_month["value"] = by_month["value"].astype("float64")
    return {
        "model_terms": terms,
        "model_metrics": pd.concat([judged, measured, by_month], ignore_index=True),
        "score_comparison": bench.judged,
        "feature_probes": bench.probes,
    }


def train_report(
    material: Material, bench: Bench, verdict: Verdict, row: dict[str, Any]
) -> list[str]:
    """Report on a version, line by line."""
    lines = [
        f"{material.version}: trained on {len(bench.train):,} examples of "
        f"{len(np.unique(bench.train.leads)):,} leads ({won_leads(bench.train)} won), judged on "
        f"{len(bench.test):,} of {len(np.unique(bench.test.leads)):,} leads "
        f"({won_leads(bench.test)} won) from {row['test_from']:%Y-%m-%d} on.",
        *sample_lines(bench),
        auc_sentence(bench.judged) + ".",
        points_sentence(bench.judged),
        *acceptance_lines(bench.judged),
        *drift_lines(bench),
        *probe_lines(bench),
        *clock_lines(bench),
    ]
    if verdict.passed:
        lines.append(f"Gate passed: {verdict.reason}.")
        lines.append(
            "It is champion, fitted again on all settled outcomes. Run dbt build to score."
        )
    else:
        lines.append(f"Gate not passed: {verdict.reason}.")
        lines.append("It stays challenger; routing goes on as before.")
    return lines
