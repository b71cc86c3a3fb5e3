"""Probe for leaks: features too good to have been known in time."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from ml.data.columns import Floats, level_values, numeric_values
from ml.data.examples import Examples, Rows, leave_out, sample_leads
from ml.data.samples import PROBED_ROWS
from ml.model.estimate import FittedModel, fit_model, probabilities
from ml.model.predict import contributions
from ml.settings import MISSING_LEVEL, ModelSettings

# No honest single feature of a lead orders wins this well.
SUSPECT_FROM = 0.95
# Far ahead of all the others: worth asking when the value was known.
LOOK_FROM, LOOK_AHEAD = 0.75, 0.03
# Where wins are rare, no honest value of a feature means that nearly all of its leads win.
RARE_WINS, NEARLY_ALL = 0.2, 0.75
# A value of fewer leads is not looked at.
FEWEST_LEADS = 10
Z = 1.96


@dataclass(frozen=True)
class Purest:
    """The value of a feature whose leads win most surely.

    Attributes
    ----------
    value
        A level of at least ten leads, or ``present`` or ``missing``.
    share
        Lower bound (Wilson, 95 %) of the share of its leads that won.
    """

    value: str
    share: float


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
    if np.ptp(won) == 0:
        return float("nan")
    auc = float(roc_auc_score(won, values))
    return max(auc, 1 - auc)


def purest_value(train: Examples, test: Examples, feature: str) -> Purest:
    """Find the value whose leads win most surely.

    A field that is filled once a contract is signed betrays itself even where it is
    filled for a part of them only, and its AUC is modest: whoever has a
    value there has won. A number is asked whether it is there at all and not 0. Of a
    value that few leads have nothing could be told, and it might name one of them.
    """
    levels: list[np.ndarray[tuple[int], np.dtype[np.object_]]] = []
    for side in (train, test):
        if train.features[feature] == "numeric":
            numbers = np.nan_to_num(numeric_values(side.frame[feature]))
            levels.append(np.where(numbers != 0, "present", "missing").astype(object))
        else:
            levels.append(level_values(side.frame[feature]))
    rows = pd.DataFrame(
        {
            "level": np.concatenate(levels),
            "lead": np.concatenate([train.leads, test.leads]),
            "won": np.concatenate([train.is_won, test.is_won]),
        }
    )
    leads = rows.groupby(["level", "lead"])["won"].max().groupby("level").agg(["mean", "size"])
    leads = leads[leads["size"] >= FEWEST_LEADS]
    if leads.empty:
        return Purest(MISSING_LEVEL, 0.0)
    rate, size = leads["mean"], leads["size"]
    spread = Z * np.sqrt(rate * (1 - rate) / size + Z**2 / (4 * size**2))
    low = ((rate + Z**2 / (2 * size) - spread) / (1 + Z**2 / size)).sort_index()
    return Purest(str(low.idxmax()), float(low.max()))


def last_rows(examples: Examples) -> Rows:
    """Give every row the position of its lead's last example, of shape (rows,)."""
    order = np.lexsort((examples.row_numbers, examples.time))
    _, codes = np.unique(examples.leads, return_inverse=True)
    last = np.empty(codes.max() + 1, dtype=np.int64)
    last[codes[order]] = order
    return last[codes]


def shuffled_within_moments(
    examples: Examples, seed: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Permute rows among those of the same moment; without time among all.

    Moments of few rows are pooled with their neighbours into blocks of fifty.
    """
    order = np.lexsort((examples.leads, examples.time))
    count = max(len(order) // 50, 1)
    moment = np.empty(len(order), dtype=np.int64)
    moment[order] = np.arange(len(order)) * count // len(order)
    # Rows of one moment stay in one block.
    moment = pd.Series(moment).groupby(examples.time).transform("min").to_numpy()
    if np.ptp(examples.time) == 0:
        moment = np.zeros(len(order), dtype=np.int64)
    drawn = np.lexsort((np.random.default_rng(seed).random(len(order)), moment))
    places = np.empty(len(order), dtype=np.int64)
    places[np.argsort(moment, kind="stable")] = drawn
    return places


def probe_features(
    train: Examples,
    test: Examples,
    model: FittedModel,
    time_proxies: tuple[str, ...],
    settings: ModelSettings,
) -> pd.DataFrame:
    """Probe every feature and give a verdict.

    Parameters
    ----------
    train, test : Examples
        With all features, also those left out as time proxies. Of very many rows a sample
        of leads is probed.
    model : FittedModel
        Estimated on ``train`` without ``time_proxies``.
    time_proxies : tuple of str
    settings : ModelSettings

    Returns
    -------
    pandas.DataFrame
        Best first: ``feature``; ``auc`` of the feature alone; ``purest_value``
        and ``purest_share``, the value whose leads win most surely and the lower
        bound of how surely; ``auc_later``, the feature alone with what its leads'
        last examples say, so with what the future knew; ``drop_shuffled``, what
        the model's ROC AUC loses when the feature is shuffled among the rows of
        one moment; ``drop_left_out``, what it loses when it is estimated without
        the feature (suspects only); ``verdict``. ``leak``: AUC alone above 0.95,
        or a value that nearly only winners have where wins are rare. ``look``: at
        least 0.75 and well ahead of every feature not flagged. ``time_proxy``:
        tells the time, or has levels that do not return. ``clean`` otherwise.
    """
    few = sample_leads(train, PROBED_ROWS, settings.seed)
    tested = sample_leads(test, PROBED_ROWS, settings.seed)
    few_last, tested_last = last_rows(few), last_rows(tested)
    rows = []
    for name in train.features:
        purest = purest_value(few, tested, name)
        rows.append(
            (
                name,
                single_feature_auc(few, tested, name),
                purest.value,
                purest.share,
                single_feature_auc(
                    at_rows(few, few_last, name), at_rows(tested, tested_last, name), name
                ),
            )
        )
    found = pd.DataFrame(
        rows, columns=["feature", "auc", "purest_value", "purest_share", "auc_later"]
    ).sort_values(["auc", "feature"], ascending=[False, True], ignore_index=True)
    found["drop_shuffled"] = found["feature"].map(shuffled_drops(model, tested, settings.seed))
    found["verdict"] = verdicts(found, time_proxies, float(np.mean(train.is_won)))
    named = suspects(found)["feature"].tolist()
    drops = left_out_drops(model, train, test, time_proxies, named, settings)
    found["drop_left_out"] = found["feature"].map(drops).astype("float64")
    return found


def suspects(probes: pd.DataFrame) -> pd.DataFrame:
    """Keep the features that are a leak or worth a look."""
    return probes[probes["verdict"].isin(["leak", "look"])]


def at_rows(examples: Examples, rows: Rows, feature: str) -> Examples:
    """Give each row what another says of one feature."""
    values = examples.frame[feature].iloc[rows].set_axis(examples.frame.index)
    return replace(examples, frame=values.to_frame())


def verdicts(found: pd.DataFrame, time_proxies: tuple[str, ...], base_rate: float) -> pd.Series:
    """Judge the figures of all features, sorted by AUC."""
    following = found["auc"].shift(-1).fillna(0.5)
    ahead = (found["auc"] >= LOOK_FROM) & (found["auc"] - following >= LOOK_AHEAD)
    look = ahead[::-1].cummax()[::-1] & (found["auc"] >= LOOK_FROM)
    pure = (found["purest_share"] >= NEARLY_ALL) & (base_rate <= RARE_WINS)
    leak = (found["auc"] > SUSPECT_FROM) | pure
    proxy = found["feature"].isin(time_proxies)
    chosen = np.select([leak, proxy, look], ["leak", "time_proxy", "look"], default="clean")
    return pd.Series(chosen, index=found.index)


def shuffled_drops(model: FittedModel, test: Examples, seed: int) -> dict[str, float]:
    """Give what the model's ROC AUC loses when one feature is shuffled within moments."""
    parts = contributions(model.terms, test.frame)
    logits = parts.sum(axis=1).to_numpy()
    places = shuffled_within_moments(test, seed)
    whole = float(roc_auc_score(test.is_won, logits))
    return {
        str(name): whole
        - float(roc_auc_score(test.is_won, logits + part.to_numpy()[places] - part.to_numpy()))
        for name, part in parts.items()
    }


def left_out_drops(
    model: FittedModel,
    train: Examples,
    test: Examples,
    time_proxies: tuple[str, ...],
    features: list[str],
    settings: ModelSettings,
) -> dict[str, float]:
    """Give what the model's ROC AUC loses when it is estimated without a feature."""
    whole = float(roc_auc_score(test.is_won, probabilities(model, test.frame)))
    drops = {}
    for name in features:
        without = leave_out(train, (*time_proxies, name))
        drops[name] = whole - 0.5
        if without.features:
            other = fit_model(without, settings, model.penalty)
            drops[name] = whole - float(
                roc_auc_score(test.is_won, probabilities(other, test.frame))
            )
    return drops
