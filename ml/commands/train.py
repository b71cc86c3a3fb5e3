"""The command ``train``: train a version on the warehouse and write it there."""

from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from lead_funnel.console import step
from lead_funnel.errors import TooYoungError
from lead_funnel.warehouse import Connection, read_model_table
from ml.commands.comparison import disagreement, judge_policies
from ml.commands.due import no_model
from ml.commands.judging import judge_policy
from ml.commands.material import Material, TrainOptions, gather
from ml.commands.report import (
    acceptance_lines,
    auc_sentence,
    drift_lines,
    points_sentence,
    probe_lines,
    sample_lines,
    time_proxy_lines,
)
from ml.data.columns import numeric_values
from ml.data.examples import Examples, leave_out, sample_leads, take, won_leads
from ml.data.features import AGE_FEATURE, SILENCE_FEATURE
from ml.data.samples import LARGEST_FIT, SAMPLE_LIMITS
from ml.judge.bench import Bench
from ml.judge.calibration import calibration_beyond_chance, calibration_chance
from ml.judge.distributions import distributions
from ml.judge.drift import calibration_by_age
from ml.judge.forecast import (
    LevelPrior,
    ReportingWeek,
    forecast_by_week,
    level_prior,
    level_variance,
    reporting_week,
)
from ml.judge.gate import Champion, Verdict, open_gate
from ml.model.estimate import FittedModel, fit_model, probabilities
from ml.model.registry import champion_of, check_tables, read_versions, write_version
from ml.model.weights import apply_policy
from ml.settings import ModelSettings


def train(connection: Connection, options: TrainOptions, show: bool) -> list[str]:
    """Train a version, judge it, and make it champion if it passes the gate.

    Judged is a model of the training period alone. If it passes, what is
    published is fitted again on all mature examples with the same penalty, as
    the latest outcomes are the most telling; the measurements stay those of
    the judged model. If it fails, the judged terms are kept as challenger.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
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
    versions = read_versions(connection)
    try:
        with step("reading the examples", show):
            material = gather(connection, options)
    except TooYoungError as error:
        return [no_model(error)]
    bench = judge_policy(material, options.label_policy, settings, show)
    with step("checking the gate", show):
        champion = read_champion(connection, versions, material.version)
        verdict = open_gate(bench, settings, champion)
    model, rows = bench.model, bench.train
    if verdict.passed:
        with step("fitting again on all settled outcomes", show), threadpool_limits(limits=1):
            rows = settled(material, bench, options)
            model = fit_model(rows, settings, bench.model.penalty)
    was_champion = champion_of(versions) == material.version
    row = version_row(material, bench, options, verdict, verdict.passed or was_champion)
    tables = version_tables(
        with_reach(model.terms, rows, settings),
        bench,
        reporting_week(options.project),
        level_prior(options.project),
    )
    with (
        step("counting the distributions that later builds compare with", show),
        threadpool_limits(limits=1),
    ):
        tables["feature_distributions"] = what_was_seen(material, bench, model, settings)
    if options.compares:
        compared = [tables["model_metrics"], judge_policies(material, bench, options, show)]
        tables["model_metrics"] = pd.concat([*compared, disagreement(bench)], ignore_index=True)
    write_version(connection, row, tables)
    return train_report(material, bench, verdict, row)


def read_champion(connection: Connection, versions: pd.DataFrame, version: str) -> Champion | None:
    """Read the champion, unless it is the very version being trained."""
    name = champion_of(versions)
    if name is None or name == version:
        return None
    terms = read_model_table(connection, "model_terms")
    own = terms[terms["model_version"] == name].sort_values("term_number", ignore_index=True)
    as_of = versions.loc[versions["model_version"] == name, "as_of"].iloc[0]
    return None if own.empty else Champion(name, own, int(as_of.value // 1000))


def settled(material: Material, bench: Bench, options: TrainOptions) -> Examples:
    """Give all mature examples with a weight: the published model is fitted on them."""
    (everything,) = apply_policy(material.examples, (), options.label_policy, options.settings)
    return leave_out(take(everything, everything.weights > 0), bench.time_proxies)


def with_reach(terms: pd.DataFrame, trained: Examples, settings: ModelSettings) -> pd.DataFrame:
    """Add to the terms how old and how silent a cycle may be to be scored by them.

    That is the age, or the silence, that as many leads reached in training as a level
    of a category needs to count; cycles beyond are scored by points. Where it is no
    feature, or fewer leads trained at all, there is no bound.
    """
    bounds = {
        feature: bound
        for feature in (AGE_FEATURE, SILENCE_FEATURE)
        if (bound := reach_of(feature, trained, settings)) is not None
    }
    count = len(terms)
    reach = pd.DataFrame(
        {
            "term_number": range(count, count + len(bounds)),
            "feature": list(bounds),
            "kind": "reach",
            "knot_upper": list(bounds.values()),
            "coefficient": 0.0,
        }
    )
    return pd.concat([terms, reach], ignore_index=True) if bounds else terms


def reach_of(feature: str, trained: Examples, settings: ModelSettings) -> float | None:
    """Give the largest value of a feature that enough leads reached in training."""
    if feature not in trained.frame:
        return None
    values = pd.Series(numeric_values(trained.frame[feature])).groupby(trained.leads).max()
    largest = values.dropna().nlargest(settings.min_level_count)
    return float(largest.iloc[-1]) if len(largest) == settings.min_level_count else None


def what_was_seen(
    material: Material, bench: Bench, model: FittedModel, settings: ModelSettings
) -> pd.DataFrame:
    """Give the distributions that nights compare with: of all rows, or a sample of very many."""
    seen = leave_out(
        sample_leads(material.examples, LARGEST_FIT, settings.seed), bench.time_proxies
    )
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


def version_tables(
    terms: pd.DataFrame, bench: Bench, week: ReportingWeek, prior: LevelPrior
) -> dict[str, pd.DataFrame]:
    """Make the rows of the other tables of the schema ``ml``."""
    drift, model = bench.drift, bench.model
    with threadpool_limits(limits=1):
        trained = probabilities(model, bench.train.frame)
    extra = {
        "base_rate_train": drift.train_rate,
        "base_rate_test": drift.test_rate,
        "score_psi": drift.score_psi,
        "penalty": model.penalty,
        "ece_of_a_perfect_model": calibration_chance(bench.scores["model"], bench.test),
        "ece_beyond_chance": calibration_beyond_chance(bench.scores["model"], bench.test),
        "calibration_slope": model.calibration.slope,
        "level_variance": level_variance(bench.train, trained, week, prior),
        "examples_fitted": model.rows,
        **SAMPLE_LIMITS,
    }
    measured = pd.DataFrame(
        {"scorer": "model", "subset": "all", "metric": list(extra), "value": list(extra.values())}
    ).assign(interval_low=np.nan, interval_high=np.nan)
    judged = bench.judged[list(measured.columns)]
    ages = calibration_by_age(bench.test, bench.scores["model"], bench.limits)
    by_period = (
        pd.concat([one for one in (drift.periods, ages) if len(one)] or [drift.periods])
        .melt("period", ["leads", "won_share", "mean_probability"], "metric", "value")
        .rename(columns={"period": "subset"})
        .assign(scorer="model", interval_low=np.nan, interval_high=np.nan)
    )
    by_period["value"] = by_period["value"].astype("float64")
    weeks = forecast_by_week(bench.test, bench.scores["model"], week)
    return {
        "model_terms": terms,
        "model_metrics": pd.concat([judged, measured, by_period, weeks], ignore_index=True),
        "score_comparison_log": bench.judged,
        "feature_probes": bench.probes,
    }


def train_report(
    material: Material, bench: Bench, verdict: Verdict, row: dict[str, Any]
) -> list[str]:
    """Report on a version, line by line."""
    lines = [
        f"{material.version}: trained on {len(bench.train):,} examples of "
        f"{len(np.unique(bench.train.leads)):,} leads ({won_leads(bench.train):,} won), judged on "
        f"{len(bench.test):,} of {len(np.unique(bench.test.leads)):,} leads "
        f"({won_leads(bench.test):,} won) from {row['test_from']:%Y-%m-%d} on.",
        *sample_lines(bench),
        auc_sentence(bench.judged) + ".",
        points_sentence(bench.judged),
        *acceptance_lines(bench.judged),
        *drift_lines(bench),
        *probe_lines(bench),
        *time_proxy_lines(bench),
    ]
    if verdict.passed:
        lines.append(f"Gate passed: {verdict.reason}.")
        lines.append(
            "It is the champion, fitted again on all settled outcomes. Run dbt build to score."
        )
    else:
        lines.append(f"Gate not passed: {verdict.reason}.")
        lines.append("It stays a challenger; routing continues as before.")
    return lines
