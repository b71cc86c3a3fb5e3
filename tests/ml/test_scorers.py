"""Boosting gets no column that says the same everywhere."""

import numpy as np
import pytest

from ml.judge import scorers
from tests.ml.small_examples import small_examples


@pytest.mark.parametrize("value", [1.0, np.inf, -np.inf])
def test_boosting_leaves_out_what_does_not_vary(
    monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    monkeypatch.setattr(scorers, "TREES", 3)
    examples = small_examples(300)
    count = examples.frame["count"].to_numpy()
    nothing = np.full(len(count), np.nan)
    same = np.where(np.arange(len(count)) % 3 == 0, np.nan, value)
    matrix = np.column_stack([nothing, same, count])
    categorical = np.zeros(3, dtype=bool)
    found = scorers._fit_boosting(matrix, examples, categorical, 7)(matrix)
    alone = scorers._fit_boosting(matrix[:, 2:], examples, categorical[2:], 7)(matrix[:, 2:])
    assert (found == alone).all()
    neither = scorers._fit_boosting(matrix[:, :2], examples, categorical[:2], 7)(matrix[:, :2])
    assert (neither == 0).all()
