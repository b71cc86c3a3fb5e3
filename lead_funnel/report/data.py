"""The section of what came in, what did not, and what to do about it."""

import pandas as pd

from lead_funnel.language import _
from lead_funnel.report import marks, palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import (
    UNBUILT,
    Picture,
    Section,
    Table,
    TitledTable,
    each,
    filled,
    present,
)
from lead_funnel.report.warnings import warnings_table
from lead_funnel.words import text


def section(figures: Figures) -> Section:
    """Answer what came in, what not, and what to do about it."""
    audit = [
        [
            _("Table"),
            _("Read"),
            _("Used"),
            _("Duplicates"),
            _("Quarantined"),
            _("Deleted"),
            _("Erased"),
        ]
    ]
    for row in figures.audit.pipe(each):
        counts = (row.rows_read, row.rows_accepted, row.rows_duplicate, row.rows_quarantined)
        cells = [*counts, row.rows_deleted, row.rows_erased]
        audit.append([text(row.raw_table), *(wording.count(cell) for cell in cells)])
    seen = [[_("What"), _("Source"), _("Seen since")]]
    for row in figures.observability.pipe(each):
        source = text(row.source) if str(row.source) else _("the only one")
        seen.append([wording.label(row.capability), source, wording.day(row.observable_from)])
    is_silent = "marts.data_warnings" in figures.missing
    sentences = (
        [] if is_silent or len(figures.warnings) else [_("There are no warnings about the data.")]
    )
    return Section(
        "data",
        _("Data"),
        _("What came in, and what needs attention?"),
        sentences,
        _(UNBUILT),
        present(_quarantine_picture(figures)),
        filled(
            TitledTable(
                _("What needs attention"), _("The most important first."), _noticed(figures)
            ),
            TitledTable(
                _("Rows by table"), _("Each raw row is in one column."), audit, is_open=False
            ),
            TitledTable(
                _("Visible since"),
                _("Rates do not count anything earlier. What is not listed is in no table."),
                seen,
                is_open=False,
            ),
        ),
    )


def _noticed(figures: Figures) -> Table:
    return [[_("Warning"), _("What to do")], *warnings_table(figures)[1:]]


def _quarantine_picture(figures: Figures) -> Picture | None:
    """Draw the commonest reasons for quarantine."""
    rows = figures.quarantine.head(12)
    if rows.empty:
        return None
    frame = pd.DataFrame(
        {
            "reason": [
                f"{text(row.raw_table)}: {wording.reason(row.reason)}" for row in rows.pipe(each)
            ],
            "rows": rows["rows"].to_numpy(),
            "note": [wording.count(count) for count in rows["rows"]],
        }
    )
    # Beside its bar, the table stands above the reason: both are long.
    frame["name"] = frame["reason"].str.replace(": ", ":\n", n=1, regex=False)
    frame["said"] = [
        _("{reason}: {count} rows").format(reason=reason, count=count)
        for reason, count in zip(frame["reason"], frame["note"], strict=True)
    ]
    title = _("Rows that could not be used")
    svg = draw(
        marks.bars(frame, "name", "rows", "said", "note", palette.CONTEXT),
        "quarantine",
        title,
        _("One bar per table and reason.") + " " + ". ".join(frame["said"]) + ".",
        len(frame) * marks.TALL_ROW,
    )
    table = [[_("Table and reason"), _("Rows")], *frame[["reason", "note"]].to_numpy().tolist()]
    return Picture(title, _("By table and reason; no row is lost."), svg, table)
