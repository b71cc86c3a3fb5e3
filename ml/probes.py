"""Probe for leaks: features too good to have been known in time."""

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from ml.examples import Examples
from ml.terms import Floats, level_values, numeric_values

# No honest single feature of a lead orders wins this well.
SUSPECT_FROM = 0.95
# Far ahead of all the others: worth asking when the value was known.
LOOK_FROM, LOOK_AHEAD = 0.75, 0.03


def single_feature_auc(train: Examples, test: Examples, feature: str) -> float:
    """Give the better direction's AUC of one feature.

    A number is tried as it is and as missing or not, on all rows. A level
    stands for its share of wins in training, and is tried on the test rows,
    because a rare level knows its own training outcome.

    Parameters
    ----------
    train, test : Examples
    feature : str

    Returns
    -------
    float
        Within 0.5 to 1; NaN if the rows tried have one outcome only.
    """
    if train.features[feature] == "numeric":
        values = np.concatenate([numeric_values(side.frame[feature]) for side in (train, test)])
        won = np.concatenate([train.is_won, test.is_won])
        missing = np.isnan(values)
        present = values[~missing]
        lowest = present.min() - 1 if len(present) else 0.0
        tries = [np.where(missing, lowest, values), missing.astype("float64")]
        return max(_either_way(won, np.nan_to_num(one)) for one in tries)
    levels = pd.Series(level_values(train.frame[feature]))
    rates = pd.Series(train.is_won).groupby(levels).mean()
    found = pd.Series(level_values(test.frame[feature])).map(rates.to_dict())
    filled = found.astype("float64").fillna(train.is_won.mean())
    return _either_way(test.is_won, np.asarray(filled, dtype="float64"))


def _either_way(won: Floats, values: Floats) -> float:
    if len(np.unique(won)) < 2:
        return float("nan")
    auc = float(roc_auc_score(won, values))
    return max(auc, 1 - auc)


def probe_features(train: Examples, test: Examples) -> pd.DataFrame:
    """Probe every feature.

    Returns
    -------
    pandas.DataFrame
        ``feature``, ``auc`` and ``verdict``, best first. ``leak``: AUC above
        0.95, no model with it is published. ``look``: at least 0.75 and
        well ahead of every feature not flagged; ask whether its value was
        known at the time. ``clean`` otherwise.
    """
    found = pd.DataFrame(
        {
            "feature": list(train.features),
            "auc": [single_feature_auc(train, test, name) for name in train.features],
        }
    ).sort_values(["auc", "feature"], ascending=[False, True], ignore_index=True)
    following = found["auc"].shift(-1).fillna(0.5)
    ahead = (found["auc"] >= LOOK_FROM) & (found["auc"] - following >= LOOK_AHEAD)
    look = ahead[::-1].cummax()[::-1] & (found["auc"] >= LOOK_FROM)
    found["verdict"] = np.select(
        [found["auc"] > SUSPECT_FROM, look], ["leak", "look"], default="clean"
    )
    return found
