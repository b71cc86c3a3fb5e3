"""The row counts beyond which a step of training uses a sample, and how it is drawn."""

from dataclasses import replace

import numpy as np

from ml.data.examples import Examples, take

# What is read at all: of more rows, those of some leads. Held in memory, a million take 2 GB.
LARGEST_READ = 2_000_000
# Coefficients, calibration, boosting, and the probability of being worked.
LARGEST_FIT = 200_000
# Cross-validation.
CROSS_VALIDATION_ROWS = 60_000
# A number that tells the time, and a field that knows too much, show in any sample.
TIME_PROXY_ROWS = 100_000
PROBED_ROWS = 100_000
# Draws of leads, for intervals, are of rows pooled by score.
LARGEST_UNPOOLED = 10_000

# Written to ``ml.model_metrics`` with each version.
SAMPLE_LIMITS = {
    "sample_limit_read": LARGEST_READ,
    "sample_limit_fit": LARGEST_FIT,
    "sample_limit_penalty": CROSS_VALIDATION_ROWS,
    "sample_limit_clocks": TIME_PROXY_ROWS,
    "sample_limit_probes": PROBED_ROWS,
    "draws_pooled_beyond": LARGEST_UNPOOLED,
}


def thin_out(examples: Examples, seed: int) -> Examples:
    """Sample leads where there are very many rows, those without a win first.

    Wins are rare and kept all while they are at most half of ``LARGEST_FIT`` rows; of
    the other leads so many are drawn that about ``LARGEST_FIT`` rows are left. Each
    drawn one counts for those it stands for, so base rates, and with them
    probabilities, stay what they were.

    Parameters
    ----------
    examples : Examples
    seed : int
        The same rows and seed draw the same leads.
    """
    winners = np.isin(examples.leads, examples.leads[examples.is_won > 0])
    if len(examples) <= LARGEST_FIT:
        return examples
    won = int(winners.sum())
    lost = len(examples) - won
    won_room = min(won, max(LARGEST_FIT // 2, LARGEST_FIT - lost))
    share = np.where(winners, won_room / max(won, 1), (LARGEST_FIT - won_room) / max(lost, 1))
    leads, codes = np.unique(examples.leads, return_inverse=True)
    drawn = np.random.default_rng(seed).random(len(leads))[codes] < share
    return take(replace(examples, weights=examples.weights / share), drawn)
