"""The command ``scorecard``: the model as points rules that people can adopt."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from lead_funnel.errors import TooYoungError, UserError
from lead_funnel.warehouse import Connection
from ml.commands.judging import judge_policy
from ml.commands.material import TrainOptions, gather
from ml.data.examples import stress_moments
from ml.data.features import RuleHint, declared_rules
from ml.judge.bench import Bench
from ml.judge.evaluate import judge, lookup
from ml.judge.scorers import calibrated_like_points
from ml.model.scorecard import (
    POINTS_PER_LOGIT,
    POINTS_TO_DOUBLE,
    cells,
    feature_columns,
    policies,
    read_rules,
    written_rules,
)
from ml.model.steps import logistic

SEED = Path("seeds") / "points_rules.csv"


@dataclass(frozen=True)
class Scorecard:
    """Integer points and what they lose.

    Attributes
    ----------
    rules
        Rows of ``points_rules.csv``, cells by column.
    judged
        Model, scorecard, scorecard before rounding, and points, as ``judge`` gives
        them, differences to the model.
    """

    rules: list[dict[str, str]]
    judged: pd.DataFrame


def scorecard(connection: Connection, options: TrainOptions, out: Path, show: bool) -> list[str]:
    """Make points rules from the model, and say what they lose against it.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    options : TrainOptions
    out : pathlib.Path
        The file of rules, in the columns of ``seeds/points_rules.csv``.
    show : bool
        Show progress.

    Returns
    -------
    list of str
        The report, line by line.

    Raises
    ------
    UserError
        If the seed cannot be read, the file not written, or no feature is declared
        to be expressible as a rule.
    """
    hints = declared_rules(options.project)
    header, agreed = read_rules(options.project / SEED)
    try:
        material = gather(connection, options)
    except TooYoungError as error:
        return [f"No scorecard: {error}."]
    bench = judge_policy(material, options.label_policy, options.settings, show)
    with threadpool_limits(limits=1):
        card = make_scorecard(bench, hints, options)
    kept = policies(agreed, hints)
    rows = [cells(rule, header, agreed) for rule in card.rules] + kept
    try:
        with out.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, header, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise UserError(
            f"{out} cannot be written ({error.strerror}). Name another --out."
        ) from error
    return scorecard_report(card, len(kept), out)


def make_scorecard(bench: Bench, hints: Mapping[str, RuleHint], options: TrainOptions) -> Scorecard:
    """Estimate points for what rules can express, and judge them on the test period.

    A logistic regression on counts (up to a cap), levels and ranges, with the
    model's penalty and weights; ten points double the odds, rounded to whole points.
    """
    train, test = bench.train, bench.test
    columns = [
        column
        for feature in train.features
        if feature in hints
        for column in feature_columns(feature, hints[feature], train, test)
    ]
    if not columns:
        raise UserError(
            "No feature can be written as a points rule. Say how in the YAML of "
            "fct_training_examples: config: {meta: {points: {event_types: [...]}}} or {field: ...}."
        )
    design = np.column_stack([column.train for column in columns])
    weights = stress_moments(train, options.settings.handoff_weight).weights
    estimate = logistic(bench.model.penalty).fit(design, train.is_won, sample_weight=weights)
    exact = estimate.coef_[0] * POINTS_PER_LOGIT
    whole = np.round(exact)
    on_test = np.column_stack([column.test for column in columns])
    scores = {"model": bench.scores["model"]}
    for name, points in (("scorecard", whole), ("scorecard before rounding", exact)):
        scores[name] = calibrated_like_points(
            design @ points, on_test @ points, train, test, options.settings
        )
    if "points" in bench.scores:
        scores["points"] = bench.scores["points"]
    judged = judge(
        scores, test, "all", options.settings.bootstrap_draws, options.settings.seed, "model"
    )
    return Scorecard(written_rules(columns, whole), judged)


def scorecard_report(card: Scorecard, kept: int, out: Path) -> list[str]:
    """Say what the scorecard loses, line by line."""
    lines = [
        f"{len(card.rules)} rules from the model ({POINTS_TO_DOUBLE} points double the odds of a "
        f"win), {kept} agreed rules kept that keep people out or deduct.",
        "On the test period, calibrated in the same way:",
        f"{'':<28}{'ROC AUC':>9}{'against the model':>28}{'calibr. error':>15}",
    ]
    for name in card.judged["scorer"].unique():
        auc = lookup(card.judged, name, "roc_auc", "all")
        ece = float(lookup(card.judged, name, "ece", "all")["value"])
        gap = ""
        if name != "model":
            low, high = auc["difference_low"], auc["difference_high"]
            gap = f"{auc['difference']:+.3f} ({low:+.3f} to {high:+.3f})"
        lines.append(f"{name:<28}{auc['value']:>9.3f}{gap:>28}{ece:>15.3f}")
    lines.append(
        f"Written to {out}. Copy it over {SEED} to adopt it, edit it, or leave it; the threshold "
        "in seeds/points_thresholds.csv must then be set anew."
    )
    return lines
