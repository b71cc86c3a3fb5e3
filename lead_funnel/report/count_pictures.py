"""Pictures of how many leads there are of each kind now."""

from collections.abc import Sequence

import pandas as pd

from lead_funnel.report import marks, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import EXITS, STAGES, Figures
from lead_funnel.report.parts import Picture

BANDS = ("hot", "warm", "cool", "cold")


def bands_picture(figures: Figures) -> Picture | None:
    """Draw open leads by score band."""
    return _counts(
        figures.bands,
        "score_band",
        BANDS,
        ("bands", "band"),
        "How warm the open leads are",
        "Open leads before an opportunity, by band of their score.",
    )


def now_picture(figures: Figures) -> Picture | None:
    """Draw where leads stand now."""
    return _counts(
        figures.stages,
        "current_stage",
        [*STAGES, *EXITS],
        ("now", "stage"),
        "Where all leads stand now",
        "Leads by the stage of their current cycle.",
    )


def _counts(
    counted: pd.DataFrame,
    column: str,
    order: Sequence[str],
    names: tuple[str, str],
    title: str,
    note: str,
) -> Picture | None:
    """Draw a bar per kind, in an order; the names are the drawing's key and what a kind is."""
    if counted.empty:
        return None
    key, kind = names
    places = {value: place for place, value in enumerate(order)}
    counted = counted.assign(place=counted[column].map(places)).sort_values("place")
    frame = pd.DataFrame(
        {
            kind: [wording.label(value) for value in counted[column]],
            "leads": counted["rows"].to_numpy(),
            "note": [wording.count(rows) for rows in counted["rows"]],
        }
    )
    frame["said"] = frame[kind] + ": " + frame["note"] + " leads"
    svg = draw(
        marks.bars(frame, kind, "leads", "said", "note"),
        key,
        title,
        f"One bar per {kind}. " + ". ".join(frame["said"]) + ".",
        len(frame) * marks.ROW,
    )
    table = [[kind.capitalize(), "Leads"], *frame[[kind, "note"]].to_numpy().tolist()]
    return Picture(title, note, svg, table)
