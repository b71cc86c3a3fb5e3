"""Training examples of a known truth, as many as are wanted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from scipy.special import expit

from ml.data.columns import FeatureType, Floats

NUMBERS, CATEGORIES = 45, 15
# The first of each say something about winning, the others nothing.
TELLING_NUMBERS, TELLING_CATEGORIES = 12, 5
LEVELS = 12
DAYS = 730
LEADS_AT_ONCE = 25_000
MOST_ROWS = 9


def feature_types() -> dict[str, FeatureType]:
    """Name the sixty features."""
    names: dict[str, FeatureType] = {f"number_{one:02d}": "numeric" for one in range(NUMBERS)}
    return names | {f"category_{one:02d}": "categorical" for one in range(CATEGORIES)}


def write_project(folder: Path) -> None:
    """Declare the features, as the YAML of the marts does."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    columns = [
        {"name": name, "config": {"meta": {"feature": kind}}}
        for name, kind in feature_types().items()
    ]
    model = {"models": [{"name": "fct_training_examples", "columns": columns}]}
    (folder / "models" / "_models.yml").write_text(yaml.safe_dump(model))


def draw_leads(leads: int, random: np.random.Generator) -> tuple[dict[str, Any], Floats]:
    """Draw what stays with a lead, and the logit of its true chance to be won.

    Counts, amounts with long tails, and numbers on a scale; a tenth of each is null.
    Effects are curved (a logarithm, a step, a hump), those of levels add up to about
    nothing.

    Returns
    -------
    columns : dict of feature to numpy.ndarray of shape (leads,)
    logits : numpy.ndarray of shape (leads,)
    """
    columns: dict[str, Any] = {}
    logits = np.full(leads, -4.2)
    for number, name in enumerate(feature_types()):
        null = random.random(leads) < 0.1
        if number < NUMBERS:
            values = _numbers(number, leads, random)
            columns[name] = np.where(null, np.nan, values)
            if number < TELLING_NUMBERS:
                logits += np.where(null, 0.0, _effect(number, values))
            continue
        levels = np.minimum(random.geometric(0.25, leads) - 1, LEVELS - 1)
        texts = np.array([f"level {one}" for one in range(LEVELS)], dtype=object)[levels]
        texts[null] = None
        columns[name] = texts
        if number - NUMBERS < TELLING_CATEGORIES:
            logits += np.where(null, 0.0, 0.5 * np.cos(levels * (number - NUMBERS + 1.0)))
    return columns, logits


def _numbers(number: int, rows: int, random: np.random.Generator) -> Floats:
    if number % 3 == 0:
        return random.poisson(1.5, rows).astype("float64")
    if number % 3 == 1:
        return np.round(random.lognormal(3, 1, rows), 2)
    return random.normal(size=rows)


def _effect(number: int, values: Floats) -> Floats:
    if number % 3 == 0:
        return 0.35 * np.log1p(values)
    if number % 3 == 1:
        return np.where(values > 30.0, 0.3, -0.2)
    return 0.5 * np.exp(-(values**2)) - 0.3


def draw_examples(
    leads: int, first: int, random: np.random.Generator
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Draw leads with an example at entry, one at handoff, and weekly ones.

    A lead of small prospects is worked less often, and not all that could have been
    won was. Half of what does not tell anything changes from example to example.

    Returns
    -------
    frame : pandas.DataFrame of shape (rows, columns)
        As ``marts.fct_training_examples``, with ``truth``, the true chance.
    of : numpy.ndarray of shape (rows,)
        Number of the lead within the frame.
    """
    columns, logits = draw_leads(leads, random)
    chance = expit(logits)
    won = random.random(leads) < chance
    worked = (random.random(leads) < expit(1.0 + 0.5 * (logits + 4.2))) & (
        random.random(leads) < 0.9
    )
    won &= worked
    began = random.uniform(0, DAYS, leads)
    rows = random.integers(1, MOST_ROWS + 1, leads)
    of = np.repeat(np.arange(leads), rows)
    step = np.arange(len(of)) - np.repeat(np.cumsum(rows) - rows, rows)
    seconds = np.round((began[of] + 7 * step) * 86_400).astype("int64")
    as_of = np.datetime64("2023-01-01") + seconds.astype("timedelta64[s]")
    frame = {
        "number": first + of,
        "as_of": as_of.astype("datetime64[us]"),
        "example_kind": np.array(["entry", "handoff", "weekly"], dtype=object)[np.minimum(step, 2)],
        "cycle_number": np.ones(len(of), dtype="int32"),
        "label_state": np.where(won, "won", np.where(worked, "lost", "never_worked"))[of],
        "is_won": won[of],
        "is_worked": worked[of],
        "won_amount": np.where(won, np.round(random.lognormal(9, 1, leads)), np.nan)[of],
        "points_total": np.round(20 + 6 * (logits + 4.2) + 12 * random.normal(size=leads))[of],
        "truth": chance[of],
    }
    for number, (name, values) in enumerate(columns.items()):
        own = values[of]
        if TELLING_NUMBERS <= number < NUMBERS and number % 2:
            own = np.where(np.isnan(own), own, own + random.poisson(1, len(of)))
        frame[name] = own
    return pd.DataFrame(frame), of


def chunks(examples: int, seed: int) -> Iterator[pd.DataFrame]:
    """Give exactly so many examples, a part at a time."""
    number = made = 0
    while made < examples:
        random = np.random.default_rng([seed, number])
        frame, _ = draw_examples(LEADS_AT_ONCE, number * LEADS_AT_ONCE, random)
        frame = frame.head(examples - made)
        made += len(frame)
        number += 1
        yield frame


def write_examples(db: Path, examples: int, seed: int) -> None:
    """Write a warehouse with nothing in it but examples, all of them settled."""
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema if not exists marts")
        for number, frame in enumerate(chunks(examples, seed)):
            connection.register("frame", frame)
            how = "insert into" if number else "create table"
            connection.execute(
                f"{how} marts.fct_training_examples {'' if number else 'as'} "
                "select cast(md5(cast(number as varchar)) as uuid) as lead_key, "
                "as_of + interval 90 day as label_known_at, * exclude (number, truth) from frame"
            )
            connection.unregister("frame")
