"""The command ``scorecard``: the model as points rules that people can adopt."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from lead_funnel.errors import TooYoungError, UserError
from lead_funnel.warehouse import Connection
from ml.bench import Bench
from ml.estimate import logistic
from ml.evaluate import judge, lookup
from ml.examples import Examples, stress_handoffs
from ml.features import RuleHint, declared_rules
from ml.scorers import calibrated_like_points
from ml.settings import MISSING_LEVEL
from ml.terms import Floats, level_values, numeric_values
from ml.train import TrainOptions, gather, judge_policy

# So many points double the odds of a win.
POINTS_TO_DOUBLE = 10
POINTS_PER_LOGIT = POINTS_TO_DOUBLE / np.log(2)
# An action pays at most so often; a level needs so many leads; a number has so many ranges.
MOST_AWARDS, FEWEST_LEADS, RANGES = 5, 10, 4
SEED = Path("seeds") / "points_rules.csv"
NOT_IN_SEEDS = set("|'\"\\,%")
ALWAYS = {"valid_from": "2000-01-01", "valid_to": "9999-12-31"}


@dataclass(frozen=True)
class Column:
    """One thing that earns points, as a column of the scorecard's design.

    Attributes
    ----------
    feature
        The feature it reads.
    rules
        Cells of the rules that award it, without points.
    values
        How often it is awarded, of shape (rows,), on training and on test rows.
    """

    feature: str
    rules: tuple[Mapping[str, str], ...]
    train: Floats
    test: Floats


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
    connection : ibis backend
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


def read_rules(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Read the agreed rules: the columns and the lines.

    Raises
    ------
    UserError
        If the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = list(reader)
            return list(reader.fieldnames or []), rows
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}). Run from the folder of the dbt project, "
            "or name it by --project-dir."
        ) from error


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
    weights = stress_handoffs(train, options.settings.handoff_weight).weights
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


def feature_columns(feature: str, hint: RuleHint, train: Examples, test: Examples) -> list[Column]:
    """Write one feature as things that earn points."""
    if hint.event_types:
        return count_columns(feature, hint.event_types, train, test)
    if train.features[feature] == "numeric":
        return range_columns(feature, hint.field, train, test)
    return level_columns(feature, hint.field, train, test)


def count_columns(
    feature: str, event_types: Sequence[str], train: Examples, test: Examples
) -> list[Column]:
    """Let an action earn its points each time, up to what 95 % of its doers do."""
    before, now = (numeric_values(side.frame[feature]) for side in (train, test))
    done = before[before > 0]
    if len(np.unique(train.leads[before > 0])) < FEWEST_LEADS:
        return []
    cap = int(np.clip(np.floor(np.quantile(done, 0.95)), 1, MOST_AWARDS))
    rules = tuple(
        {
            "rule_id": f"model_{event_type}",
            "dimension": "behavior",
            "event_type": event_type,
            "max_awards": str(cap),
            "description": event_type.replace("_", " ").capitalize(),
        }
        for event_type in event_types
    )
    counts = [np.clip(np.nan_to_num(side), 0, cap) for side in (before, now)]
    return [Column(feature, rules, counts[0], counts[1])]


def level_columns(feature: str, field: str, train: Examples, test: Examples) -> list[Column]:
    """Let a level earn its points; what is missing or rare earns none."""
    before, now = (level_values(side.frame[feature]) for side in (train, test))
    pairs = pd.DataFrame({"level": before, "lead": train.leads}).drop_duplicates()
    pairs["name"] = [rule_name(field, str(level)) for level in pairs["level"]]
    found = []
    # Levels that differ only in how they are written are one rule.
    for name, own in pairs.groupby("name", sort=True):
        levels = sorted({str(level) for level in own["level"]})
        if MISSING_LEVEL in levels or any(set(level) & NOT_IN_SEEDS for level in levels):
            continue
        if own["lead"].nunique() < FEWEST_LEADS:
            continue
        rule = {
            "rule_id": str(name),
            "dimension": "fit",
            "field": field,
            "operator": "in",
            "value": "|".join(levels),
            "max_awards": "1",
            "description": f"{field}: {levels[0]}".replace("_", " "),
        }
        sides = [np.isin(side, levels).astype("float64") for side in (before, now)]
        found.append(Column(feature, (rule,), sides[0], sides[1]))
    return found


def rule_name(field: str, level: str) -> str:
    """Name the rule of a level."""
    return f"model_{field}_{level}".replace(" ", "_").lower()


def range_columns(feature: str, field: str, train: Examples, test: Examples) -> list[Column]:
    """Let a number earn the points of its range, of four with about as many rows each."""
    before, now = (numeric_values(side.frame[feature]) for side in (train, test))
    present = before[~np.isnan(before)]
    if len(np.unique(present)) <= RANGES:
        return []
    edges = np.unique(np.round(np.quantile(present, np.arange(1, RANGES) / RANGES)))
    found = []
    for place in range(len(edges) + 1):
        low = edges[place - 1] if place else -np.inf
        high = edges[place] - 1 if place < len(edges) else np.inf
        operator, value = "between", f"{low:.0f}|{high:.0f}"
        if not np.isfinite(low):
            operator, value = "at_most", f"{high:.0f}"
        elif not np.isfinite(high):
            operator, value = "at_least", f"{low:.0f}"
        rule = {
            "rule_id": f"model_{field}_{place + 1}",
            "dimension": "fit",
            "field": field,
            "operator": operator,
            "value": value,
            "max_awards": "1",
            "description": f"{field}: {operator} {value}".replace("_", " ").replace("|", " and "),
        }
        sides = [
            np.asarray((side >= low) & (side <= high), dtype="float64") for side in (before, now)
        ]
        found.append(Column(feature, (rule,), sides[0], sides[1]))
    return found


def written_rules(columns: Sequence[Column], points: Floats) -> list[dict[str, str]]:
    """Give the rules that award anything, with their points."""
    return [
        {**rule, "points": f"{value:.0f}"}
        for column, value in zip(columns, points, strict=True)
        if value != 0
        for rule in column.rules
    ]


def cells(
    rule: Mapping[str, str], header: Sequence[str], agreed: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Fill a line: 0 where the agreed rules hold numbers, else empty."""
    line = {}
    for column in header:
        numbers = bool(agreed) and all(is_number(other[column]) for other in agreed)
        line[column] = rule.get(column, ALWAYS.get(column, "0" if numbers else ""))
    return line


def is_number(text: str) -> bool:
    """Tell whether a cell holds a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def policies(
    agreed: Sequence[Mapping[str, str]], hints: Mapping[str, RuleHint]
) -> list[dict[str, str]]:
    """Keep the agreed rules that are decisions and no predictions.

    Those are rules that keep people out (``blocks_mql``), and deductions for what
    the model does not look at.
    """
    events = {event for hint in hints.values() for event in hint.event_types}
    fields = {hint.field for hint in hints.values() if hint.field}
    return [
        dict(rule)
        for rule in agreed
        if rule.get("blocks_mql", "0") not in ("", "0")
        or (
            float(rule["points"]) < 0
            and rule["event_type"] not in events
            and rule["field"] not in fields
        )
    ]


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
            gap = f"{auc['difference_to_points']:+.3f} ({low:+.3f} to {high:+.3f})"
        lines.append(f"{name:<28}{auc['value']:>9.3f}{gap:>28}{ece:>15.3f}")
    lines.append(
        f"Written to {out}. Copy it over {SEED} to adopt it, edit it, or leave it; the threshold "
        "in seeds/points_thresholds.csv is another one then."
    )
    return lines
