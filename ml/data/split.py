"""Splits that respect time and never cut a lead in two."""

from dataclasses import dataclass

import numpy as np

from lead_funnel.errors import TooYoungError
from ml.data.examples import Examples, Rows, first_times


@dataclass(frozen=True)
class Split:
    """Positions of training and test rows.

    Attributes
    ----------
    train, test
        Positions of rows.
    test_from
        Start of the test period in the unit of ``Examples.time``; none for a
        random split.
    """

    train: Rows
    test: Rows
    test_from: int | None


def split_by_time(examples: Examples, test_share: float) -> Split:
    """Test on the latest leads, train on outcomes known before them.

    A lead belongs to the test if its first example lies in the test period.
    Of the other leads those examples train whose horizon had passed when the
    test period began: the embargo is one horizon, and no training label looks
    into the test period.

    Parameters
    ----------
    examples : Examples
    test_share : float
        Share of the leads, by their first example.

    Raises
    ------
    TooYoungError
        If one side would be empty.
    """
    first = first_times(examples)
    _, one_a_lead = np.unique(examples.leads, return_index=True)
    starts = np.sort(first[one_a_lead], kind="stable")
    test_from = int(starts[min(int(len(starts) * (1 - test_share)), len(starts) - 1)])
    in_test = first >= test_from
    known = examples.time + examples.horizon <= test_from
    train = np.flatnonzero(~in_test & known)
    if not len(train):
        raise TooYoungError(
            "no example was settled before the test period begins, as the data span less "
            "than the embargo"
        )
    return Split(train, np.flatnonzero(in_test), test_from)


def split_at_random(examples: Examples, test_share: float, seed: int) -> Split:
    """Test on leads drawn at random; for tables that have no time.

    Parameters
    ----------
    examples : Examples
    test_share : float
        Share of the leads.
    seed : int
    """
    leads, codes = np.unique(examples.leads, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(leads))
    in_test = (order >= int(len(leads) * (1 - test_share)))[codes]
    return Split(np.flatnonzero(~in_test), np.flatnonzero(in_test), None)


def latest_slice(examples: Examples, share: float) -> tuple[Rows, Rows]:
    """Separate the latest leads from the earlier ones.

    Earlier rows whose horizon reaches into the slice are left out where that
    leaves at least half of the earlier wins; a short history keeps them.

    Returns
    -------
    earlier, latest : numpy.ndarray
        Positions.
    """
    first = first_times(examples)
    _, one_a_lead = np.unique(examples.leads, return_index=True)
    lead_order = np.lexsort((examples.leads[one_a_lead], first[one_a_lead]))
    cut = int(len(lead_order) * (1 - share))
    latest_leads = examples.leads[one_a_lead][lead_order[cut:]]
    latest = np.isin(examples.leads, latest_leads)
    start = examples.time[latest].min()
    settled = ~latest & (examples.time + examples.horizon <= start)
    enough = examples.is_won[settled].sum() >= examples.is_won[~latest].sum() / 2
    earlier = settled if enough and settled.any() else ~latest
    return np.flatnonzero(earlier), np.flatnonzero(latest)


def time_folds(examples: Examples, folds: int, fewest_wins: int = 5) -> list[tuple[Rows, Rows]]:
    """Cut leads into blocks of equally many wins and validate forward in time.

    Block k is validated by a model of the leads before it. Blocks hold equal
    numbers of wins, not rows, because wins are what carries information. Rows
    whose horizon reaches into the validated block are left out where enough
    wins remain. Without any order in time the blocks are leads in the order
    of their number.

    Parameters
    ----------
    examples : Examples
    folds : int
        Blocks validated; one more block only trains.
    fewest_wins : int
        Folds with fewer wins on either side are left out.

    Returns
    -------
    list of (train, validation) positions
        Possibly empty.
    """
    first = first_times(examples)
    order = np.lexsort((examples.leads, first))
    wins = np.cumsum(examples.is_won[order])
    total = wins[-1] if len(wins) else 0.0
    bounds = np.searchsorted(wins, total * np.arange(1, folds + 1) / (folds + 1))
    edges = [*(int(bound) for bound in bounds), len(order)]
    result: list[tuple[Rows, Rows]] = []
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        if start >= stop:
            continue
        valid = order[start:stop]
        before = order[:start]
        before = before[~np.isin(examples.leads[before], examples.leads[valid])]
        begins = first[valid].min()
        settled = before[examples.time[before] + examples.horizon <= begins]
        if examples.is_won[settled].sum() >= examples.is_won[before].sum() / 2:
            before = settled
        if all(
            min(examples.is_won[side].sum(), (1 - examples.is_won[side]).sum()) >= fewest_wins
            for side in (before, valid)
        ):
            result.append((before, valid))
    return result
