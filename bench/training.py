"""How long estimating a model takes, and how much memory: a million examples of 60 features.

``python -m bench.training --examples 1000000``

Made-up examples with a known signal, five to a lead, through everything that one
version needs: clocks, penalty by cross-validation, terms, coefficients, calibration.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from bench.run import note, report
from ml.estimate import clock_features, fit_model
from ml.examples import Examples
from ml.settings import ModelSettings
from ml.terms import FeatureType

NUMERIC, CATEGORICAL, ROWS_A_LEAD = 45, 15, 5
DAY = 86_400_000_000


def make_examples(rows: int, seed: int) -> Examples:
    """Draw examples over two years, 5 % of them won."""
    random = np.random.default_rng(seed)
    columns: dict[str, Any] = {}
    features: dict[str, FeatureType] = {}
    logit = np.full(rows, -3.6)
    for number in range(NUMERIC):
        values = random.poisson(1.5, rows).astype("float64")
        values[random.random(rows) < 0.1] = np.nan
        columns[f"number_{number}"], features[f"number_{number}"] = values, "numeric"
        if number < 12:
            logit += 0.15 * np.nan_to_num(values)
    for number in range(CATEGORICAL):
        codes = random.integers(0, 12, rows)
        levels = np.array([f"level {code}" for code in range(12)], dtype=object)
        columns[f"level_{number}"], features[f"level_{number}"] = levels[codes], "categorical"
        if number < 4:
            logit += 0.3 * (codes == 0) - 0.3 * (codes == 1)
    leads = np.arange(rows) // ROWS_A_LEAD
    began = np.sort(random.integers(0, 730 * DAY, leads[-1] + 1))[leads]
    return Examples(
        frame=pd.DataFrame(columns),
        features=features,
        is_won=(random.random(rows) < 1 / (1 + np.exp(-logit))).astype("float64"),
        is_worked=np.ones(rows, dtype=bool),
        time=began + np.arange(rows) % ROWS_A_LEAD * 7 * DAY,
        horizon=90 * DAY,
        leads=leads,
        kinds=np.full(rows, "", dtype=object),
        weights=np.ones(rows),
        points=None,
        amounts=np.zeros(rows),
        row_numbers=np.arange(1, rows + 1),
    )


def measure(rows: int, seed: int) -> dict[str, Any]:
    """Estimate once."""
    note(f"making {rows:,} examples")
    examples = make_examples(rows, seed)
    note("estimating")
    started = time.monotonic()
    with threadpool_limits(limits=1):
        clocks = clock_features(examples)
        model = fit_model(examples, ModelSettings(), show=True)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {
        "examples": rows,
        "features": len(examples.features),
        "terms": len(model.terms),
        "clocks": len(clocks),
        "penalty": model.penalty,
        "load_average": round(os.getloadavg()[0], 1),
        "seconds": round(seconds, 1),
        "gigabytes_at_most": round(peak, 2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--record", action="store_true", help="keep the result")
    options = parser.parse_args(arguments)
    report("training", measure(options.examples, options.seed), options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
