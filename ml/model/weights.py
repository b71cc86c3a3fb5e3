"""Weigh examples by the label policy: what a never-worked lead counts for."""

from dataclasses import replace

import numpy as np

from lead_funnel.errors import UserError
from ml.data.columns import Floats
from ml.data.examples import Examples, sample_leads
from ml.data.samples import LARGEST_FIT
from ml.model.estimate import fit_pipeline, predict
from ml.settings import LABEL_POLICIES, LabelPolicy, ModelSettings

# Trims stabilised weights: beyond this one unusual lead would stand for too many.
LARGEST_WEIGHT = 3.0
PROPENSITY_PENALTY = 0.1


def apply_policy(
    train: Examples, others: tuple[Examples, ...], policy: LabelPolicy, settings: ModelSettings
) -> tuple[Examples, ...]:
    """Weigh examples by the label policy.

    ``all`` counts a never-worked lead as not won. ``worked`` leaves it out.
    ``weighted`` leaves it out too, but lets worked leads that resemble it
    count for more: inverse probability of being worked, by a logistic
    regression on the same features, stabilised by the share of worked
    examples and trimmed to at most 3 (Robins, Hernan and Brumback 2000). Of very
    many examples a sample of about ``LARGEST_FIT`` teaches the probability.

    Parameters
    ----------
    train : Examples
        The probability of being worked is learnt here.
    others : tuple of Examples
        Weighed by what was learnt on ``train``.
    policy : {'worked', 'weighted', 'all'}
    settings : ModelSettings

    Returns
    -------
    tuple of Examples
        ``train`` and the others, with weights; 0 leaves a row out.

    Raises
    ------
    UserError
        If there is no such policy.
    """
    if policy not in LABEL_POLICIES:
        raise UserError(
            f"There is no label policy {policy!r}. Choose one of: {', '.join(LABEL_POLICIES)}."
        )
    every = (train, *others)
    if policy == "all":
        return tuple(replace(one, weights=np.ones(len(one))) for one in every)
    if policy == "worked" or train.is_worked.all() or not train.is_worked.any():
        return tuple(replace(one, weights=one.is_worked.astype("float64")) for one in every)
    outcome = replace(
        train,
        is_won=train.is_worked.astype("float64"),
        weights=np.ones(len(train)),
        directions={},
    )
    sample = sample_leads(outcome, LARGEST_FIT, settings.seed)
    propensity = fit_pipeline(sample, settings, PROPENSITY_PENALTY)
    share = float(train.is_worked.mean())

    def weigh(one: Examples) -> Floats:
        worked, weights = np.flatnonzero(one.is_worked), np.zeros(len(one))
        probability = predict(propensity, one.frame.iloc[worked])
        weights[worked] = np.minimum(share / probability, LARGEST_WEIGHT)
        return weights

    return tuple(replace(one, weights=weigh(one)) for one in every)
