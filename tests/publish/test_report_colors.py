"""The report can be read: contrast of text and marks, and colours that the colour-blind tell apart.

The contrast is WCAG 2.2's; colour blindness as simulated by Machado, Oliveira and Fernandes (2009).
"""

from itertools import combinations

import numpy as np
import pytest

from lead_funnel.dashboard.charts import ENDS
from lead_funnel.report import palette
from lead_funnel.report.fates import FATES
from lead_funnel.report.money_pictures import STATES
from lead_funnel.report.score_pictures import SLOTS
from lead_funnel.report.time_pictures import STAGE_COLORS

SIMULATIONS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SERIES = {
    "fates": [color for _, color in FATES.values()],
    "fates in the explorer": [color for _, color in ENDS.values()],
    "stages": list(STAGE_COLORS.values()),
    "goals": [color for _, color in STATES.values()],
    "slots": [color for _, color in SLOTS.values()],
    "revenue and cost": [palette.ACCENT, palette.WARNING],
}


def linear(color: str) -> np.ndarray:
    """Give the light of a colour by channel."""
    values = np.array([int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Work out the contrast of two colours."""
    lights = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    """Place light in CIELAB, where distances are what people see."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = (to_xyz @ light.clip(0, 1)) / [0.9505, 1.0, 1.089]
    root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def test_the_ruler_knows_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("is_dark", [False, True])
def test_text_and_marks_stand_out(is_dark: bool) -> None:
    def tone(color: str) -> str:
        return palette.DARK[color] if is_dark else color

    card = tone(palette.CARD)
    for color in palette.TEXT:
        assert contrast(tone(color), card) >= 4.5, color
    for color in palette.MARKS:
        assert contrast(tone(color), card) >= 3, color


def test_text_in_the_heat_map_stands_out() -> None:
    for cell, words in zip(palette.HEAT, palette.HEAT_TEXT, strict=True):
        assert contrast(cell, words) >= 4.5, cell
    # The dark tones replace a colour wherever it stands; cells must keep theirs.
    assert not {*palette.HEAT, *palette.HEAT_TEXT} & {*palette.DARK}


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("blindness", list(SIMULATIONS))
@pytest.mark.parametrize("series", list(SERIES))
def test_series_can_be_told_apart(series: str, blindness: str, is_dark: bool) -> None:
    matrix = np.array(SIMULATIONS[blindness])
    colors = [palette.DARK[color] if is_dark else color for color in SERIES[series]]
    for one, other in combinations(colors, 2):
        seen = [lab(matrix @ linear(color)) for color in (one, other)]
        assert float(np.linalg.norm(seen[0] - seen[1])) >= 10, (one, other)
