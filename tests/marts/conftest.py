"""The compiled SQL of the models that are replayed on made-up tables."""

import pytest

from tests.dbt_runs import Parsed
from tests.marts import market
from tests.marts.scratch import Compiled, compile_models

SCORING = ("int_lead_contributions", "lead_score_reasons", "lead_scores")
REVENUE = (
    "int_channel_steps",
    "attribution_touches",
    "attribution",
    "pipeline_daily",
    "pipeline_forecast",
)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory, parsed: Parsed) -> Compiled:
    """Compile the models once."""
    folder = tmp_path_factory.mktemp("compiled")
    return compile_models((*SCORING, *market.MODELS, *REVENUE), folder, parsed({}))
