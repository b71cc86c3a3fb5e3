"""What training may make, scoring has room for."""

import re
from pathlib import Path

from ml.settings import ModelSettings

FEATURE_LIST = Path(__file__).resolve().parents[2] / "macros" / "scoring" / "feature_list.sql"


def test_scoring_has_room_for_every_ramp_that_training_makes() -> None:
    [room] = re.findall(r"macro max_ramps\(\) %}{{ return\((\d+)\) }}", FEATURE_LIST.read_text())
    assert int(room) >= ModelSettings().max_ramps
