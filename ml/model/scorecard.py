"""Features written as points rules, and the rules of a scorecard as lines of a seed."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lead_funnel.errors import UserError
from ml.data.columns import Floats, level_values, numeric_values
from ml.data.examples import Examples
from ml.data.features import RuleHint
from ml.settings import MISSING_LEVEL

# This many points double the odds of a win.
POINTS_TO_DOUBLE = 10
POINTS_PER_LOGIT = POINTS_TO_DOUBLE / np.log(2)
# Most awards of one action, fewest leads of a level, ranges of a number.
MOST_AWARDS, FEWEST_LEADS, RANGES = 5, 10, 4
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
    """Give the rules that award anything, with their points.

    Two features may count one action, as all webinars and those attended: the second rule is
    named after its feature.
    """
    rules: list[dict[str, str]] = []
    taken: set[str] = set()
    for column, value in zip(columns, points, strict=True):
        if value == 0:
            continue
        for rule in column.rules:
            name = rule["rule_id"]
            if name in taken:
                name = f"{name}_{column.feature}"
            taken.add(name)
            rules.append({**rule, "rule_id": name, "points": f"{value:.0f}"})
    return rules


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
    """Keep the agreed rules that are decisions, not predictions.

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
