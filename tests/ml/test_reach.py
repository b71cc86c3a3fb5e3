"""A version is asked only about ages and silences that enough leads reached in training."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ml.commands.train import with_reach
from ml.data.features import AGE_FEATURE, SILENCE_FEATURE
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples

TERMS = pd.DataFrame(
    {
        "term_number": [0],
        "feature": [None],
        "kind": ["intercept"],
        "knot_upper": [np.nan],
        "coefficient": [-2.0],
    }
)
SETTINGS = ModelSettings(min_level_count=2)


def reached(**columns: list[float]) -> dict[str, float]:
    """Bounds by feature, of three leads with two examples each."""
    examples = small_examples(6)
    trained = replace(
        examples,
        frame=pd.DataFrame({name: np.array(values) for name, values in columns.items()}),
        leads=np.array([1, 1, 2, 2, 3, 3]),
    )
    terms = with_reach(TERMS, trained, SETTINGS)
    assert list(terms["term_number"]) == list(range(len(terms)))
    assert terms["coefficient"].sum() == -2.0
    bounds = terms[terms["kind"] == "reach"]
    return dict(zip(bounds["feature"], bounds["knot_upper"], strict=True))


def test_what_one_lead_alone_reached_is_no_reach() -> None:
    ages = [1.0, 50.0, 60.0, 70.0, 800.0, 900.0]
    silences = [np.nan, 5.0, 30.0, 20.0, np.nan, 400.0]
    found = reached(**{AGE_FEATURE: ages, SILENCE_FEATURE: silences})
    assert found == {AGE_FEATURE: 70.0, SILENCE_FEATURE: 30.0}


def test_what_is_no_feature_or_was_hardly_ever_seen_bounds_nothing() -> None:
    assert reached(**{AGE_FEATURE: [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}) == {AGE_FEATURE: 4.0}
    never = [np.nan, np.nan, np.nan, np.nan, np.nan, 7.0]
    assert reached(**{SILENCE_FEATURE: never}) == {}
