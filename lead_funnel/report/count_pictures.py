"""Pictures of how many leads there are of each kind now."""

from collections.abc import Sequence

import pandas as pd

from lead_funnel.language import _
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
        ("bands", _("Band")),
        _("How warm the open leads are"),
        (
            _("Open leads before an opportunity, by band of their score."),
            _("One bar per band."),
        ),
    )


def now_picture(figures: Figures) -> Picture | None:
    """Draw where leads stand now."""
    return _counts(
        figures.stages,
        "current_stage",
        [*STAGES, *EXITS],
        ("now", _("Stage")),
        _("Where all leads stand now"),
        (_("Leads by the stage of their current cycle."), _("One bar per stage.")),
    )


def _counts(
    counted: pd.DataFrame,
    column: str,
    order: Sequence[str],
    names: tuple[str, str],
    title: str,
    notes: tuple[str, str],
) -> Picture | None:
    """Draw a bar per kind, in an order.

    The names are the drawing's key and the head of the kinds; the notes stand below the title
    and tell of the bars.
    """
    if counted.empty:
        return None
    key, head = names
    note, told = notes
    places = {value: place for place, value in enumerate(order)}
    counted = counted.assign(place=counted[column].map(places)).sort_values("place")
    frame = pd.DataFrame(
        {
            "kind": [wording.label(value) for value in counted[column]],
            "leads": counted["rows"].to_numpy(),
            "note": [wording.count(rows) for rows in counted["rows"]],
        }
    )
    frame["said"] = [
        _("{kind}: {count} leads").format(kind=kind, count=count)
        for kind, count in zip(frame["kind"], frame["note"], strict=True)
    ]
    svg = draw(
        marks.bars(frame, "kind", "leads", "said", "note"),
        key,
        title,
        told + " " + ". ".join(frame["said"]) + ".",
        len(frame) * marks.ROW,
    )
    table = [[head, _("Leads")], *frame[["kind", "note"]].to_numpy().tolist()]
    return Picture(title, note, svg, table)
