"""What the build noticed and somebody should look at, as the marts tell it."""

import textwrap
from pathlib import Path

import pandas as pd

from lead_funnel.language import _
from lead_funnel.report.figures import Figures, open_figures
from lead_funnel.report.said import said
from lead_funnel.words import count_text, headed, text

WIDTH = 100
SHOWN = 8
SHOWN_OF_A_KIND = 2
# What is lost, before what is only odd. Kinds that are not here come last.
FIRST = (
    "file_not_read",
    "table_missing",
    "column_missing",
    "erasure_names_nobody",
    "erasure_found_nobody",
    "status_unmapped",
    "source_unmapped",
    "activity_unmapped",
    "identity_oversize",
    "values_unreadable",
    "events_of_nobody",
    "rows_quarantined",
    "history_unseen",
    "file_read_with_care",
)


def in_order(warnings: pd.DataFrame) -> pd.DataFrame:
    """Sort warnings by how much depends on them, then by what they concern."""
    places = {kind: place for place, kind in enumerate(FIRST)}
    return (
        warnings.assign(place=warnings["kind"].map(places).fillna(len(FIRST)))
        .sort_values(
            ["place", "affected_count", "subject"], ascending=[True, False, True], kind="stable"
        )
        .drop(columns="place")
    )


def read_warnings(db: Path) -> pd.DataFrame:
    """Read the warnings of a warehouse.

    Raises
    ------
    UserError
        If it cannot be opened.
    """
    figures = open_figures(db)
    try:
        return figures.warnings
    finally:
        figures.con.close()


def warning_lines(warnings: pd.DataFrame) -> list[str]:
    """Write each warning with its remedy, the weightiest first."""
    return [
        line
        for row in in_order(warnings).itertuples()
        for line in textwrap.wrap(
            f"- {text(said(row.message))} {text(said(row.remedy))}", WIDTH, subsequent_indent="  "
        )
    ]


def warnings_section(figures: Figures) -> list[str]:
    """Show warning, or say that nothing was."""
    if figures.warnings.empty:
        is_missing = "marts.data_warnings" in figures.missing
        return [] if is_missing else [headed(_("Warnings"), _("none"))]
    ordered = in_order(figures.warnings)
    shown = ordered.groupby("kind", sort=False).head(SHOWN_OF_A_KIND).head(SHOWN)
    lines = [headed(_("Warnings"), count_text(len(ordered))), *warning_lines(shown)]
    if (more := len(ordered) - len(shown)) > 0:
        words = _("  and {count} more in the report and in marts.data_warnings")
        lines.append(words.format(count=count_text(more)))
    return lines


def warnings_table(figures: Figures) -> list[list[str]]:
    """Lay out all warnings and their remedies."""
    table = [["warning", "what to do"]]
    for row in in_order(figures.warnings).itertuples():
        table.append([text(said(row.message)), text(said(row.remedy))])
    return table
