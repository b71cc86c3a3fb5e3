"""How a history is drawn: rows, the loads that bring them, the runs between."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.properties.steps import Arrive, Edit, Row, Run, Step, Value

Columns = dict[str, st.SearchStrategy[Value]]
LOADS = tuple(
    datetime(2026, 1, 5, 20) + timedelta(days=days)  # noqa: DTZ001
    for days in (0, 1, 20, 85, 100)
)


@dataclass(frozen=True)
class Drawn:
    """What rows are drawn of.

    Attributes
    ----------
    tables : dict
        By table, how often it is drawn, and its columns.
    happened : tuple of str
        Columns that say when something happened.
    loaded : dict of str to str
        By table, the column that says when a row was loaded, where it is not loaded_at.
    """

    tables: dict[str, tuple[int, Columns]]
    happened: tuple[str, ...]
    loaded: dict[str, str] = field(default_factory=dict)

    @functools.cached_property
    def rows(self) -> dict[str, st.SearchStrategy[Row]]:
        """By table, its rows, but for when they were loaded."""
        return {
            table: st.fixed_dictionaries(columns) for table, (_, columns) in self.tables.items()
        }


@st.composite
def _loaded_row(draw: st.DrawFn, tables: tuple[str, ...], drawn: Drawn) -> tuple[str, Row]:
    """A row with the load that brought it: mostly the next one, often a later one."""
    table = draw(st.sampled_from([name for name in tables for _ in range(drawn.tables[name][0])]))
    row = draw(drawn.rows[table])
    times = [str(row[name]) for name in drawn.happened if row.get(name)]
    # A load a day before what it brings is quarantined; one a little before is not.
    fitting = [load for load in LOADS if str(load) >= max(times, default="")] or [LOADS[-1]]
    lateness = draw(st.sampled_from((0, 0, 0, 1, 2, 9)))
    load = None if lateness == 9 else str(fitting[min(lateness, len(fitting) - 1)])
    return table, row | {drawn.loaded.get(table, "loaded_at"): load}


@st.composite
def _runs(draw: st.DrawFn, models: tuple[str, ...], incremental: tuple[str, ...]) -> Run:
    kind = draw(st.sampled_from(("whole", "whole", "killed", "one", "rest", "anew")))
    if kind == "killed":
        return Run(killed_after=draw(st.integers(1, len(models) - 1)))
    if kind == "one":
        return Run(only=frozenset({draw(st.sampled_from(incremental))}))
    if kind == "rest":
        # All but one incremental model, as when it failed and nothing was told.
        left_out = draw(st.sampled_from(incremental))
        return Run(only=frozenset(models) - {left_out})
    if kind == "anew":
        only = frozenset({draw(st.sampled_from(incremental))})
        return Run(only=only, full_refresh=True)
    return Run()


@st.composite
def histories(
    draw: st.DrawFn,
    models: tuple[str, ...],
    incremental: tuple[str, ...],
    given: tuple[str, ...],
    edits: tuple[str, ...],
    drawn: Drawn,
    max_rows: int = 18,
) -> tuple[Step, ...]:
    """Histories of up to four batches with a run after each.

    Rows of any time come in any batch, some of them twice; a batch may be empty.
    """
    tables = tuple(table for table in drawn.tables if table in given)
    rows = draw(st.lists(_loaded_row(tables, drawn), min_size=4, max_size=max_rows))
    batch_count = draw(st.integers(1, 4))
    batches = draw(
        st.lists(st.integers(0, batch_count - 1), min_size=len(rows), max_size=len(rows))
    )
    steps: list[Step] = []
    for number in range(batch_count):
        arriving = [row for row, batch in zip(rows, batches, strict=True) if batch == number]
        if draw(st.integers(0, 3)) == 3:
            # A load that is repeated brings what there was before, once more.
            before = [row for row, batch in zip(rows, batches, strict=True) if batch < number]
            arriving += before[-3:]
        if arriving:
            steps.append(Arrive(tuple(arriving)))
        if draw(st.integers(0, 3)) == 3:
            steps.append(Edit(draw(st.frozensets(st.sampled_from(edits), max_size=2))))
        steps.append(draw(_runs(models, incremental)))
    return tuple(steps)
