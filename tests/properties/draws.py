"""How a history is drawn: rows, the loads that bring them, the runs between.

The rows are those of one to four companies that have nothing in common but the loads and runs: a
run costs the same for all of them as for one, and what arrives of one must leave the others alone.
"""

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


# So many companies at most lie beside each other in one warehouse.
COMPANIES = 4
DOMAIN = "firm.example"
# Columns whose values name what only one company has: identifiers, but for these, and addresses.
SAME = ("form_id", "campaign_id", "owner_id", "click_id", "deal_pipeline_stage_id")
ADDRESSES = ("email", "property_email", "domain", "website")


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


def own_domain(company: int) -> str:
    """The domain of a company's accounts."""
    return DOMAIN.replace(".", f"{company or ''}.", 1)


def of_company(row: Row, company: int) -> Row:
    """The row with names of its own for everybody and everything in it; as it is of the first."""

    def renamed(column: str, value: Value) -> Value:
        if not company or not isinstance(value, str):
            return value
        if column in ADDRESSES:
            name, is_mail, domain = value.rpartition("@")
            if DOMAIN in domain:
                return name + is_mail + domain.replace(DOMAIN, own_domain(company))
            return f"{name}{company}{is_mail}{domain}"
        is_own = column.endswith(("id", "ids")) and column not in SAME
        return f"{value}{company}" if is_own else value

    return {column: renamed(column, value) for column, value in row.items()}


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
    # In half of the histories nobody may ask to be forgotten, whatever the number of rows.
    left_out = () if draw(st.booleans()) else ("erasure_requests",)
    tables = tuple(table for table in drawn.tables if table in given and table not in left_out)
    batch_count = draw(st.integers(1, 4))
    loads: list[list[tuple[str, Row]]] = [[] for _ in range(batch_count)]
    for company in range(draw(st.integers(1, COMPANIES))):
        rows = [
            (table, of_company(row, company))
            for table, row in draw(
                st.lists(_loaded_row(tables, drawn), min_size=4, max_size=max_rows)
            )
        ]
        batches = draw(
            st.lists(st.integers(0, batch_count - 1), min_size=len(rows), max_size=len(rows))
        )
        for number, load in enumerate(loads):
            load += [row for row, batch in zip(rows, batches, strict=True) if batch == number]
            if draw(st.integers(0, 3)) == 3:
                # A load that is repeated brings what there was before, once more.
                before = [row for row, batch in zip(rows, batches, strict=True) if batch < number]
                load += before[-3:]
    steps: list[Step] = []
    for load in loads:
        if load:
            steps.append(Arrive(tuple(load)))
        if draw(st.integers(0, 3)) == 3:
            steps.append(Edit(draw(st.frozensets(st.sampled_from(edits), max_size=2))))
        steps.append(draw(_runs(models, incremental)))
    return tuple(steps)
