"""The colours of the report, each with its counterpart for dark screens.

Accent and warning are of the Okabe-Ito set; the others are its hues, made lighter or darker until
the colour-blind can tell them apart and marks keep a contrast of 3 to 1, text 4.5 to 1. A test
works both out.
"""

INK = "#1c2430"
SOFT = "#56606e"
GRID = "#e1e5ea"
LINE = "#868e99"
CARD = "#ffffff"

ACCENT = "#0072b2"
WARNING = "#d55e00"
CONTEXT = "#7d8794"
GREEN = "#008a64"
PINK = "#8f2f70"
AMBER = "#7a5600"
SKY = "#3a8fc4"

DARK = {
    INK: "#e8ecf1",
    SOFT: "#a9b4c2",
    GRID: "#353e4a",
    LINE: "#7c8795",
    CARD: "#1b212a",
    ACCENT: "#56b4e9",
    WARNING: "#f08a3c",
    CONTEXT: "#8f9aa8",
    GREEN: "#2fc296",
    PINK: "#b85493",
    AMBER: "#f4d35e",
    SKY: "#8fd0f5",
}
"""The tone of each colour on a dark screen."""

TEXT = (INK, SOFT)
MARKS = (ACCENT, WARNING, CONTEXT, GREEN, PINK, AMBER, SKY, LINE, INK)

# A heat map keeps its tones in the dark: each cell carries its own text, in tones that nothing
# else has.
HEAT = ("#e7f1f8", "#b5d6ea", "#7db5d8", "#1f74a8", "#00547f")
HEAT_TEXT = ("#10222e", "#10222e", "#10222e", "#fefefe", "#fefefe")


def dark_rules() -> str:
    """Give the style rules that turn a drawing's colours into their dark tones."""
    return "\n".join(
        f'svg [{kind}="{light}"]{{{kind}:{dark}}}'
        for light, dark in DARK.items()
        for kind in ("fill", "stroke")
    )
