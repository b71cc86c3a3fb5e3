"""What train, compare and scorecard begin with: examples, split and named."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from lead_funnel.errors import TooYoungError
from lead_funnel.warehouse import Connection
from ml.data.examples import Examples, fingerprint, take, won_leads
from ml.data.features import declared_directions, declared_features
from ml.data.marts import read_capacity, read_examples
from ml.data.split import Split, split_by_time
from ml.judge.drift import DriftLimits, project_limits
from ml.judge.evaluate import USUAL_CAPACITY
from ml.settings import LabelPolicy, ModelSettings

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
    compares
        Write with a version what ``compare`` adds to it.
    """

    project: Path
    horizon_days: int
    label_policy: LabelPolicy
    settings: ModelSettings
    compares: bool = False


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
    rows give the same name, and training again replaces the same version.

    Raises
    ------
    TooYoungError
        If there are too few settled outcomes for a model.
    """
    features = declared_features(options.project)
    examples, as_of = read_examples(connection, features, options.horizon_days)
    examples = replace(examples, directions=declared_directions(options.project))
    capacity, limits = read_capacity(connection, USUAL_CAPACITY), project_limits(options.project)
    digest = fingerprint(examples, options.settings, options.label_policy)
    split = usable_split(examples, options)
    version = f"{day_of(as_of)}{digest[:8]}"
    return Material(examples, split, as_of, version, digest, capacity, limits)


def day_of(as_of: pd.Timestamp) -> str:
    """Give what the names of all versions of a day begin with."""
    return f"v{as_of:%Y%m%d}-"


def usable_split(examples: Examples, options: TrainOptions) -> Split:
    """Split by time; the test period is shortened where no model could be trained otherwise.

    Raises
    ------
    TooYoungError
        If there are too few settled outcomes for a model.
    """
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
        return split
    raise TooYoungError(reasons[0])


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
