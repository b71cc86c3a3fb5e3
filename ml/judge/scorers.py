"""The scorers that the model is compared with: points, boosting, ratings, the base rate."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from ml.data.columns import Floats, level_values, numeric_values
from ml.data.examples import Examples, Rows, stress_moments, take
from ml.data.samples import thin_out
from ml.model.calibrate import FEWEST_LEADS, Calibration, fewest_leads, learn_calibration
from ml.model.estimate import FittedModel, probabilities, to_probability
from ml.settings import ModelSettings

# Of boosting.
TREES = 100


def score_all(
    model: FittedModel, train: Examples, test: Examples, settings: ModelSettings
) -> dict[str, Floats]:
    """Give every scorer's probabilities of the test rows.

    All are calibrated in the same way, on training leads held out, so that log loss
    and Brier score compare rankings and not units.

    Returns
    -------
    dict of scorer to numpy.ndarray of shape (rows,)
        ``model``, ``points`` (where there are points), ``boosting``,
        ``base_rate`` and ``reps_rating`` (where reps rated enough leads; NaN
        for a lead not rated by then).
    """
    used = take(train, train.weights > 0)
    scores = usual_scores(model, used, test, settings)
    scores["boosting"] = boosting_probability(used, test, settings)
    rate = calibrate_unfitted(np.zeros(len(used)), used, settings).intercept
    scores["base_rate"] = to_probability(np.full(len(test), rate))
    if (rated := rating_probability(used, test, settings)) is not None:
        scores["reps_rating"] = rated
    return scores


def usual_scores(
    model: FittedModel, train: Examples, test: Examples, settings: ModelSettings
) -> dict[str, Floats]:
    """Give the probabilities of what may route: the model and, where there are any, points."""
    scores = {"model": probabilities(model, test.frame)}
    if train.points is not None and test.points is not None:
        scores["points"] = points_probability(train, test, settings)
    return scores


def rating_probability(train: Examples, test: Examples, settings: ModelSettings) -> Floats | None:
    """Turn the reps' ratings into probabilities.

    A rating stands for the share of wins that leads with it had in training,
    half a win and half a loss added; words are not taken to have an order. Then
    it is calibrated as all scorers are.

    Returns
    -------
    numpy.ndarray of shape (rows,) or None
        NaN where there was no rating by then, or one that training never
        showed; None if reps rated too few leads.
    """
    if train.ratings is None or test.ratings is None:
        return None
    seen = take(train, pd.notna(train.ratings))
    if fewest_leads(seen) < FEWEST_LEADS:
        return None
    table = pd.DataFrame(
        {"rating": seen.ratings, "won": seen.is_won * seen.weights, "all": seen.weights}
    )
    sums = table.groupby("rating").sum()
    rates = (sums["won"] + 0.5) / (sums["all"] + 1)
    logits = {str(rating): float(np.log(rate / (1 - rate))) for rating, rate in rates.items()}
    before = np.asarray(pd.Series(seen.ratings).map(logits), dtype="float64")
    now = np.asarray(pd.Series(test.ratings, dtype=object).map(logits), dtype="float64")
    calibration = calibrate_unfitted(before, seen, settings)
    return to_probability(calibration.slope * now + calibration.intercept)


def points_probability(train: Examples, test: Examples, settings: ModelSettings) -> Floats:
    """Turn points into probabilities by Platt's slope and the base rate."""
    assert train.points is not None and test.points is not None
    return calibrated_like_points(train.points, test.points, train, test, settings)


def calibrated_like_points(
    before: Floats, now: Floats, train: Examples, test: Examples, settings: ModelSettings
) -> Floats:
    """Turn a score of any unit into probabilities of the test rows.

    Parameters
    ----------
    before, now : numpy.ndarray of shape (rows,)
        The score of the training and of the test rows.
    train, test : Examples
    settings : ModelSettings
    """
    assert len(now) == len(test)
    centre, spread = before.mean(), before.std() or 1.0
    calibration = calibrate_unfitted((before - centre) / spread, train, settings)
    return to_probability(calibration.slope * (now - centre) / spread + calibration.intercept)


def calibrate_unfitted(scores: Floats, train: Examples, settings: ModelSettings) -> Calibration:
    """Calibrate a score that nothing was fitted for, as the model is calibrated."""
    return learn_calibration(scores, lambda fitted, held: scores[held], train, settings)


def boosting_probability(train: Examples, test: Examples, settings: ModelSettings) -> Floats:
    """Train gradient boosting, the ceiling of what the features hold.

    It is never published: it cannot be rows, and its reasons do not add up. It learns
    from the same rows with the same weights as the model.
    """
    natural = thin_out(train, settings.seed)
    train = stress_moments(natural, settings.handoff_weight)
    matrix, categorical, apply_to = encode(train)
    full = _fit_boosting(matrix, train, categorical, settings.seed)

    def held_out(fitted: Rows, held: Rows) -> Floats:
        part = take(train, fitted)
        return _fit_boosting(matrix[fitted], part, categorical, settings.seed)(matrix[held])

    calibration = learn_calibration(full(matrix), held_out, natural, settings)
    logits = full(apply_to(test.frame))
    return to_probability(calibration.slope * logits + calibration.intercept)


def _fit_boosting(
    matrix: Floats, train: Examples, categorical: NDArray[np.bool_], seed: int
) -> Callable[[Floats], Floats]:
    """Fit boosting; the result turns a matrix into logits.

    Columns that say the same everywhere are left out: scikit-learn cannot bin them.
    """
    present = (column[~np.isnan(column)] for column in matrix.T)
    varies = np.array([len(one) > 0 and one.min() < one.max() for one in present], dtype=bool)
    if not varies.any():
        return lambda rows: np.zeros(len(rows))
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=0.06,
        min_samples_leaf=30,
        early_stopping=False,
        categorical_features=categorical[varies],
        random_state=seed,
    ).fit(matrix[:, varies], train.is_won, sample_weight=train.weights)
    return lambda rows: np.asarray(model.decision_function(rows[:, varies]), dtype="float64")


class _Encoder:
    """Levels as their rank by frequency, rare ones missing; numbers as their bin.

    Trees only look at the order of numbers. They are cut here, at quantiles, because
    scikit-learn takes minutes to find its bins where rows have weights.
    """

    MOST_LEVELS, BINS = 200, 255

    def __init__(self, train: Examples) -> None:
        self.features = dict(train.features)
        self.codes: dict[str, dict[str, int]] = {}
        self.edges: dict[str, Floats] = {}
        for feature, kind in self.features.items():
            if kind == "numeric":
                values = numeric_values(train.frame[feature])
                distinct = np.unique(values[np.isfinite(values)])
                if len(distinct) > self.BINS:
                    shares = np.arange(1, self.BINS) / self.BINS
                    present = values[np.isfinite(values)]
                    self.edges[feature] = np.unique(np.quantile(present, shares))
            else:
                counts = pd.Series(level_values(train.frame[feature])).value_counts()
                levels = sorted(counts.index, key=lambda level: (-counts[level], level))
                kept = levels[: self.MOST_LEVELS]
                self.codes[feature] = {level: code for code, level in enumerate(kept)}

    def __call__(self, frame: pd.DataFrame) -> Floats:
        columns = [
            pd.Series(level_values(frame[feature]), dtype=object)
            .map(self.codes[feature])
            .to_numpy(dtype="float64", na_value=np.nan)
            if kind == "categorical"
            else self._number(feature, frame[feature])
            for feature, kind in self.features.items()
        ]
        return np.column_stack(columns)

    def _number(self, feature: str, column: pd.Series) -> Floats:
        values = numeric_values(column)
        if feature not in self.edges:
            return values
        bins = np.searchsorted(self.edges[feature], values, side="left").astype("float64")
        return np.where(np.isnan(values), np.nan, bins)


def encode(train: Examples) -> tuple[Floats, NDArray[np.bool_], _Encoder]:
    """Encode features for boosting.

    Returns
    -------
    matrix : numpy.ndarray of shape (rows, features)
    categorical : numpy.ndarray of shape (features,)
    apply_to : callable
        Encodes another frame in the same way.
    """
    encoder = _Encoder(train)
    kinds = np.array([kind == "categorical" for kind in train.features.values()])
    return encoder(train.frame), kinds, encoder
