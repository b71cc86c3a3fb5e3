"""What each connection has of what the models read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lead_funnel.errors import UserError
from lead_funnel.project import project_folder, seed_files
from lead_funnel.sources.macros import Column, Project, Relation
from lead_funnel.sources.settings import Entry, Opened
from lead_funnel.warehouse import quoted


@dataclass(frozen=True)
class Wanted:
    """A table that a view of a connector reads: its names, ours first, and its columns' names."""

    names: tuple[str, ...]
    columns: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Tool:
    """What a connector reads and gives.

    Attributes
    ----------
    raw_tables : list of str
        Those it gives rows of.
    wanted : dict
        By raw table, what is read for it.
    """

    name: str
    raw_tables: list[str]
    wanted: dict[str, list[Wanted]] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, list[Wanted]]:
        """What is read of each table, by our name of it."""
        found: dict[str, list[Wanted]] = {}
        for reads in self.wanted.values():
            for one in reads:
                if one not in found.setdefault(one.names[0], []):
                    found[one.names[0]].append(one)
        return found


@dataclass
class TableSeen:
    """A table of a connection.

    Attributes
    ----------
    table : str
        Our name.
    relations : list of Relation
        What holds its rows; several where there is a table a day.
    matched : dict of str to str
        By our name of a column, how it is spelt there.
    absent : list of str
        Columns of ours that it has not.
    unread : list of str
        Columns that nothing reads.
    """

    table: str
    relations: list[Relation]
    matched: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    rows: int = 0
    newest: str | None = None


@dataclass
class ConnectionSeen:
    """A connection: its tables, those it has not, and the rows it gives, by raw table."""

    entry: Entry
    tables: list[TableSeen] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    given: dict[str, int] = field(default_factory=dict)


class Connectors:
    """The connectors of the project, over the connections that are opened.

    The views are made in memory, by the project's own models and macros.
    """

    def __init__(self, given: Path, opened: Opened, variables: Mapping[str, Any]) -> None:
        folder = project_folder(given)
        self._connection = opened.connection
        self._seeds = seed_files(given)
        self._models = {
            file.stem: file for file in (folder / "models" / "staging").glob("*/*__*.sql")
        }
        self._rendering: list[str] = []
        self._refs: dict[str, set[str]] = {}
        self._wanted: dict[str, list[Wanted]] = {}
        self._rendered: dict[str, str] = {}
        self._made: set[str] = set()
        self.project = Project(
            folder,
            opened.connection,
            opened.database,
            dict(variables) | {"sources": opened.entries},
            on_call=self._hear_call,
            on_ref=self._hear_ref,
        )

    def tools(self, names: Collection[str] | None = None) -> dict[str, Tool]:
        """Tell what connectors read: those of some names, or all, whether they are on or not."""
        found = {}
        for name, raw_tables in self.project.call("connector_tables").items():
            if names is not None and name not in names:
                continue
            tool = Tool(name, list(raw_tables))
            for raw_table in raw_tables:
                if f"{name}__{raw_table}" in self._models:
                    self._render(f"{name}__{raw_table}")
                tool.wanted[raw_table] = self._reads(f"{name}__{raw_table}")
            found[name] = tool
        return found

    def view(self, tool: str, raw_table: str) -> str | None:
        """Make the view of a raw table that a connector gives; none where it has no such view."""
        model = f"{tool}__{raw_table}"
        if model not in self._models:
            return None
        self._make(model)
        return quoted(model)

    def seed(self, name: str) -> str:
        """Make a table of a seed; its cells are text."""
        self._make(name)
        return quoted(name)

    def seeds_with(self, columns: Sequence[str]) -> list[str]:
        """Make tables of all seeds that have some columns."""
        found = []
        for file in self._seeds.values():
            header = file.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
            if set(columns) <= {name.strip() for name in header}:
                found.append(self.seed(file.stem))
        return found

    def _reads(self, model: str) -> list[Wanted]:
        """Give what a model reads, and the models it is made of."""
        own = list(self._wanted.get(model, []))
        for other in sorted(self._refs.get(model, set())):
            own += self._reads(other)
        return own

    def _render(self, model: str) -> str:
        if model not in self._rendered:
            self._wanted[model] = []
            self._rendering.append(model)
            self._rendered[model] = self.project.render(self._models[model])
            self._rendering.pop()
        return self._rendered[model]

    def _make(self, name: str) -> None:
        if name in self._made:
            return
        self._made.add(name)
        if name in self._models:
            sql = f"view {quoted(name)} as {self._render(name)}"
        else:
            file = str(self._seeds[name]).replace("'", "''")
            sql = f"table {quoted(name)} as from read_csv('{file}', all_varchar = true)"
        self._connection.execute(f"create or replace temp {sql}")

    def _hear_call(self, macro: str, arguments: tuple[Any, ...]) -> None:
        if macro == "tool_rows" and self._rendering:
            _, tables, columns, *_ = arguments
            names = (tables,) if isinstance(tables, str) else tuple(tables)
            self._wanted[self._rendering[-1]].append(Wanted(names, dict(columns)))

    def _hear_ref(self, name: str) -> None:
        if self._rendering:
            self._refs.setdefault(self._rendering[-1], set()).add(name)
        self._make(name)


def check_names(tools: Mapping[str, Tool], entries: Sequence[Entry]) -> None:
    """Stop where the list calls something otherwise that nothing reads.

    Raises
    ------
    UserError
        If it does, with what is read.
    """
    for entry in entries:
        tables = tools[entry["tool"]].tables
        for table in entry.get("tables") or {}:
            if table not in tables:
                raise UserError(
                    f"{entry['name']} says what the table {table} is called, and {entry['tool']} "
                    f"has no such table. Its tables: {', '.join(tables)}."
                )
        for name in entry.get("columns") or {}:
            table, _, column = name.partition(".")
            columns = [ours for one in tables.get(table, []) for ours in one.columns]
            if column not in columns:
                raise UserError(
                    f"{entry['name']} says what {name} is called, and nothing reads it. Columns of "
                    f"{table}: {', '.join(columns) or 'none, it is no table'}."
                )


def look(connectors: Connectors, tools: Mapping[str, Tool], opened: Opened) -> list[ConnectionSeen]:
    """Look at every connection: what it has, and how many rows its views give."""
    seen = [see_tables(connectors, tools[entry["tool"]], entry, opened) for entry in opened.entries]
    for tool in {entry["tool"]: None for entry in opened.entries}:
        for raw_table in tools[tool].raw_tables:
            if view := connectors.view(tool, raw_table):
                rows = dict(
                    opened.connection.execute(
                        f"select source, count(*) from {view} group by 1"  # noqa: S608
                    ).fetchall()
                )
                for one in seen:
                    if one.entry["tool"] == tool:
                        one.given[raw_table] = rows.get(one.entry["name"], 0)
    return seen


def see_tables(connectors: Connectors, tool: Tool, entry: Entry, opened: Opened) -> ConnectionSeen:
    """Look at the tables of a connection."""
    seen = ConnectionSeen(entry)
    call = connectors.project.call
    for table, reads in tool.tables.items():
        relations: list[Relation] = next(
            (found for one in reads if (found := call("tables_of_connection", entry, one.names))),
            [],
        )
        if not relations:
            seen.missing.append(table)
            continue
        one = TableSeen(table, relations)
        match_columns(connectors.project, entry, one, reads, opened)
        count_rows(connectors.project, one, opened)
        seen.tables.append(one)
    return seen


def match_columns(
    project: Project, entry: Entry, seen: TableSeen, reads: Sequence[Wanted], opened: Opened
) -> None:
    """Say which column each of ours is, by the rule of tool_rows."""
    call = project.call
    relation = seen.relations[0]
    # A view over files has every column that may be in one.
    header = opened.headers.get((relation.schema, str(relation.identifier)))
    present = (
        project.columns(relation)
        if header is None
        else [Column(name, "VARCHAR") for name in header]
    )
    by_name = call("columns_by_name", present)
    nested = [column for column in present if column.name.lower() == "properties"]
    used = {column.name for column in nested}
    for ours, spellings in {
        ours: spellings for one in reads for ours, spellings in one.columns.items()
    }.items():
        own = (entry.get("columns") or {}).get(f"{seen.table}.{ours}")
        column: Column | None = call("matching_column", by_name, [own] if own else spellings)
        if column:
            seen.matched[ours] = column.name
            used.add(column.name)
        elif nested:
            seen.matched[ours] = f"{nested[0].name}.{spellings[0]}"
        else:
            seen.absent.append(ours)
    is_removed = call("_is_removed", by_name, None)
    loaders = {call("squeezed_name", name) for name in call("loaders_times")}
    seen.unread = [
        column.name
        for name, column in by_name.items()
        if column.name not in used
        and name not in loaders
        and quoted(column.name) not in is_removed
        and not column.name.startswith("_")
    ]


def count_rows(project: Project, seen: TableSeen, opened: Opened) -> None:
    """Count the rows of a table, and find when the newest was loaded."""
    ask = opened.connection.execute
    for relation in seen.relations:
        by_name = project.call("columns_by_name", project.columns(relation))
        loaded = project.call("matching_column", by_name, project.call("loaders_times"))
        text = f"cast({quoted(loaded.name)} as varchar)" if loaded else "null"
        [(rows, newest, other)] = ask(
            f"select count(*), cast(max(try_cast({text} as timestamp)) as varchar), max({text}) "  # noqa: S608
            f"from {relation}"
        ).fetchall()
        if other and not newest:
            # A number of seconds since 1970, or the like.
            moment = project.call("moment_of", "given")
            [(newest,)] = ask(
                f"select cast({moment} as varchar) from (select ? as given)",  # noqa: S608
                [other],
            ).fetchall()
        seen.rows += rows
        seen.newest = max(filter(None, (seen.newest, newest)), default=None)
