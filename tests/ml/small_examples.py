"""Examples of every kind of value, for the tests of ml."""

import numpy as np
import pandas as pd

from ml.data.examples import Examples


def small_examples(rows: int = 400, seed: int = 0, strength: float = 1.0) -> Examples:
    """Examples of every kind of value: nulls, booleans, rare levels, extremes."""
    random = np.random.default_rng(seed)
    count = random.poisson(1.0, rows).astype("float64")
    wide = random.normal(size=rows) * 1e6
    wide[random.random(rows) < 0.3] = np.nan
    level = random.choice(["a", "b", "c", "rare", None], rows, p=[0.4, 0.3, 0.2, 0.02, 0.08])
    frame = pd.DataFrame(
        {
            "count": count,
            "wide": wide,
            "level": level,
            "flag": random.random(rows) < 0.5,
        }
    )
    logit = strength * (count - 1 + np.where(level == "a", 1.0, 0.0) + np.nan_to_num(wide / 1e6))
    won = random.random(rows) < 1 / (1 + np.exp(-logit + 0.5))
    return Examples(
        frame=frame,
        features={
            "count": "numeric",
            "wide": "numeric",
            "level": "categorical",
            "flag": "categorical",
        },
        is_won=won.astype("float64"),
        is_worked=np.ones(rows, dtype=bool),
        time=np.arange(rows, dtype=np.int64),
        horizon=0,
        leads=np.arange(rows, dtype=np.int64),
        kinds=np.full(rows, "", dtype=object),
        weights=np.ones(rows),
        points=None,
        amounts=np.zeros(rows),
        row_numbers=np.arange(1, rows + 1, dtype=np.int64),
    )
