"""Features that say what time it is, and hardly anything about a lead."""

import numpy as np
import pandas as pd

from ml.examples import Examples, first_times, sample_leads
from ml.samples import CLOCK_ROWS
from ml.settings import MISSING_LEVEL
from ml.terms import AdditiveTerms, level_values

# A number of whose variance the calendar explains this share is a clock.
CLOCK_SHARE = 0.8
CLOCK_BLOCKS = 50
# So is a category if that share of the latest leads has a level no earlier lead had.
NEW_LEVELS_SHARE = 0.5
LATEST_SHARE = 0.25
# So few levels may be the months of a year, and come back.
FEW_LEVELS = 12


def clock_features(examples: Examples, seed: int) -> tuple[str, ...]:
    """Name features that hardly say more than what time it is.

    A number that is the same for everyone at one moment (an interest rate, a
    growing record number) cannot rank the leads of that moment; it teaches the
    model the base rate of the past, and in the test period it lies outside of
    what was seen. The share of variance between 50 blocks of time (one-way
    analysis of variance) tells: beyond 0.8 it is a clock. A category whose levels
    come and go (the number of a campaign, a week as text) is one too: if most of
    the latest quarter of the leads have a level that no earlier lead had, what it
    taught says nothing of the leads to come. A category of at most twelve levels is
    none: those of a month of the year come back.

    Parameters
    ----------
    examples : Examples
        Training rows with a time order; of very many a sample is looked at.
    seed : int
    """
    examples = sample_leads(examples, CLOCK_ROWS, seed)
    return tuple(
        feature
        for feature, kind in examples.features.items()
        if (kind == "numeric" and calendar_share(examples, feature) > CLOCK_SHARE)
        or (kind == "categorical" and new_share(examples, feature) > NEW_LEVELS_SHARE)
    )


def calendar_share(examples: Examples, feature: str) -> float:
    """Give the share of a number's variance that lies between blocks of time."""
    order = np.lexsort((examples.leads, examples.time))
    blocks = np.empty(len(order), dtype=np.int64)
    count = max(min(CLOCK_BLOCKS, len(order) // 40), 1)
    blocks[order] = np.arange(len(order)) * count // len(order)
    sizes = np.bincount(blocks)[:, None]
    design = AdditiveTerms({feature: "numeric"}).fit(examples.frame).transform(examples.frame)
    sums = np.column_stack(
        [
            np.bincount(blocks, weights=design[:, [column]].toarray()[:, 0])
            for column in range(design.shape[1])
        ]
    )
    overall = sums.sum(axis=0) / len(order)
    total = (design.multiply(design).sum(axis=0) / len(order) - overall**2).sum()
    between = (sizes * (sums / sizes - overall) ** 2).sum() / len(order)
    return float(between / total) if total > 1e-12 else 0.0


def new_share(examples: Examples, feature: str) -> float:
    """Give the share of the latest leads whose level no earlier lead had; 0 of few levels.

    Each lead stands for itself once, by its first row with a level.
    """
    rows = pd.DataFrame(
        {
            "level": level_values(examples.frame[feature]),
            "lead": examples.leads,
            "first": first_times(examples),
            "time": examples.time,
        }
    )
    rows = rows[rows["level"] != MISSING_LEVEL].sort_values(["first", "lead", "time"])
    levels = rows.drop_duplicates("lead")["level"].to_numpy(dtype=object)
    if len(np.unique(levels.astype(str))) <= FEW_LEVELS:
        return 0.0
    cut = int(len(levels) * (1 - LATEST_SHARE))
    return float(np.mean(~np.isin(levels[cut:], levels[:cut])))
