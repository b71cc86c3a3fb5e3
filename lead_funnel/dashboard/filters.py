"""What the explorer is narrowed to: held over all pages, and in the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pandas as pd

from lead_funnel.report.figures import Figures

UNKNOWN = "(null)"
"""How marts write a value that is not known."""

VALUES = {
    "since": ("marts.funnel_cohorts", "cohort_month"),
    "until": ("marts.funnel_cohorts", "cohort_month"),
    "team": ("marts.funnel_cohorts", "team_id"),
    "channel": ("marts.funnel_cohorts", "channel"),
    "segment": ("marts.funnel_cohorts", "segment"),
    "country": ("marts.funnel_cohorts", "country_code"),
}
"""Where each filter's values are found."""


@dataclass(frozen=True)
class Filters:
    """One value each, or none: then all.

    Attributes
    ----------
    since, until : str, optional
        First and last month, such as ``2026-01``.
    team, channel, segment, country : str, optional
        As the marts write them; `UNKNOWN` for what is not known.
    """

    since: str | None = None
    until: str | None = None
    team: str | None = None
    channel: str | None = None
    segment: str | None = None
    country: str | None = None

    @property
    def set_ones(self) -> dict[str, str]:
        """The filters that narrow anything, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    def condition(self, columns: Mapping[str, str]) -> tuple[str, list[str]]:
        """Write the filters as a condition.

        Parameters
        ----------
        columns : mapping
            SQL by filter; ``month`` is the one that `since` and `until` compare. A filter that is
            not named here does not narrow the rows.

        Returns
        -------
        tuple
            SQL that stands after ``where``, and its parameters.
        """
        parts, given = ["true"], []
        for name, value in self.set_ones.items():
            column = columns.get("month" if name in ("since", "until") else name)
            if column is None:
                continue
            if name in ("since", "until"):
                compare = ">=" if name == "since" else "<="
                parts.append(f"strftime({column}, '%Y-%m') {compare} ?")
            else:
                parts.append(f"coalesce({column}, '{UNKNOWN}') = ?")
            given.append(value)
        return " and ".join(parts), given

    def left_out(self, columns: Mapping[str, str]) -> list[str]:
        """Name the filters that rows with these columns cannot be narrowed by."""
        there = {*columns, *(("since", "until") if "month" in columns else ())}
        return [name for name in self.set_ones if name not in there]


def values_of(figures: Figures, name: str) -> list[str]:
    """Give what a filter can be set to, in order; what is not known comes last."""
    table, column = VALUES[name]
    rows = figures.counts(table, column)[column]
    if name in ("since", "until"):
        return sorted({f"{moment:%Y-%m}" for moment in pd.to_datetime(rows.dropna())})
    return sorted(rows.dropna().astype(str), key=lambda value: (value == UNKNOWN, value))
