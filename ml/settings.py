"""What can be set about a model; all of it goes into the fingerprint, names included."""

from dataclasses import dataclass
from typing import Literal

LabelPolicy = Literal["worked", "weighted", "all"]
LABEL_POLICIES: tuple[LabelPolicy, ...] = ("worked", "weighted", "all")

MISSING_LEVEL = "(missing)"


@dataclass(frozen=True)
class ModelSettings:
    """How terms are made and the model is estimated.

    Attributes
    ----------
    seed
        Seed of everything random: bootstrap, boosting, random split.
    max_ramps
        Most spline pieces a numeric feature may have (one more knot than pieces).
    min_level_count
        A level of a category seen with fewer leads than this is pooled.
    penalties
        Inverse L2 strengths (scikit-learn's ``C``) tried in cross-validation.
    folds
        Time-ordered validation blocks.
    test_share
        Share of the leads, the latest ones, that the model is judged on.
    handoff_weight
        How much a handoff counts in estimation beside an entry or a week of a lead, and
        how much all moments after those weeks together: as much as the eight weeks that
        a lead on the grid has.
    calibration_share
        Share of the training leads, the latest ones, that calibrate where they hold
        enough wins.
    bootstrap_draws
        Draws of leads behind every interval.
    min_wins
        Fewest won leads in training for a model to exist at all.
    """

    seed: int = 7
    max_ramps: int = 8
    min_level_count: int = 10
    penalties: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
    folds: int = 6
    test_share: float = 0.3
    handoff_weight: float = 8.0
    calibration_share: float = 0.25
    bootstrap_draws: int = 500
    min_wins: int = 40
