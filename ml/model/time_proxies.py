"""Time proxies: features that tell when a lead came, and hardly anything about it."""

import numpy as np
import pandas as pd

from ml.data.columns import level_values, numeric_values
from ml.data.examples import Examples, sample_leads
from ml.data.samples import TIME_PROXY_ROWS
from ml.model.terms import AdditiveTerms
from ml.settings import MISSING_LEVEL

# A number of whose variance the calendar explains this share is a time proxy.
CALENDAR_SHARE = 0.8
CALENDAR_BLOCKS = 50
# So is a category if of the later leads that have one this share has a new level.
NEW_LEVELS_SHARE = 0.5
FEWEST_LEADS = 20


def time_proxies(train: Examples, later: Examples, seed: int) -> tuple[str, ...]:
    """Name the features that are time proxies, or whose levels do not return.

    A number that is the same for everyone at one moment (an interest rate, a
    growing record number) cannot rank the leads of that moment; it teaches the
    model the base rate of the past, and in the test period it lies outside of
    what was seen. The share of variance between 50 blocks of time (one-way
    analysis of variance) tells: beyond 0.8 it is a time proxy. A category whose levels
    come and go (the number of a campaign, a week as text, an id) is one too: if most
    of the later leads that have a level have one that training never showed, what it
    taught says nothing of them. Levels that return (a month of the year) are not.

    Parameters
    ----------
    train : Examples
        Training rows with a time order; of the numbers of very many a sample is looked at.
    later : Examples
        Rows of the test period; no outcome of theirs is looked at.
    seed : int
    """
    sample = sample_leads(train, TIME_PROXY_ROWS, seed)
    later = sample_leads(later, TIME_PROXY_ROWS, seed)
    return tuple(
        feature
        for feature, kind in train.features.items()
        if (kind == "numeric" and calendar_share(sample, feature) > CALENDAR_SHARE)
        or (kind == "categorical" and new_share(train, later, feature) > NEW_LEVELS_SHARE)
    )


def calendar_share(examples: Examples, feature: str) -> float:
    """Give the share of a number's variance between blocks of time, where it is known."""
    numbers = numeric_values(examples.frame[feature])
    known = np.isfinite(numbers)
    if not known.any():
        return 0.0
    order = np.lexsort((examples.leads[known], examples.time[known]))
    count = max(min(CALENDAR_BLOCKS, len(order) // 40), 1)
    blocks = np.arange(len(order)) * count // len(order)
    starts = np.searchsorted(blocks, np.arange(count))
    sizes = np.diff(np.append(starts, len(order)))[:, None]
    frame = pd.DataFrame({feature: numbers[known][order]})
    design = AdditiveTerms({feature: "numeric"}).fit(frame).dense(frame)
    sums = np.add.reduceat(design, starts)
    overall = sums.sum(axis=0) / len(order)
    total = ((design**2).sum(axis=0) / len(order) - overall**2).sum()
    between = (sizes * (sums / sizes - overall) ** 2).sum() / len(order)
    return float(between / total) if total > 1e-12 else 0.0


def new_share(train: Examples, later: Examples, feature: str) -> float:
    """Give the share of the later leads with a level that training never showed."""
    levels = level_values(later.frame[feature])
    present = levels != MISSING_LEVEL
    seen = pd.Series(levels).isin(set(level_values(train.frame[feature]))).to_numpy()
    leads, new_leads = (np.unique(later.leads[rows]) for rows in (present, present & ~seen))
    return len(new_leads) / len(leads) if len(leads) >= FEWEST_LEADS else 0.0
