"""One side of the comparison: tables made by the compiled SQL."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from lead_funnel.raw.hosts import add_function
from tests.properties.compiled import ERASING, LOOPING, WAREHOUSE, Model, Project, raw_relation
from tests.properties.steps import Row, Run

REFERENCE = '"reference".'


class Database:
    """The raw tables, the seeds and the models' tables of one side of the comparison.

    A table is made anew only when what it reads has changed, because the same inputs make the
    same table, from one history to the next as well; incremental ones once more at the end of
    each, to see that this is so.
    The reference writes every table in an order that has nothing to do with that of arrival.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        prefix: str,
        project: Project,
        edits: Mapping[str, tuple[str, str]],
    ) -> None:
        self.connection = connection
        self.prefix = prefix
        self.project = project
        self.edits = edits
        # By relation: its content, how often that has changed, and at which changes of its
        # inputs it was made.
        self.content: dict[str, tuple[int, int]] = {}
        self.changes: Counter[str] = Counter()
        self.made_of: dict[str, tuple[int, ...]] = {}
        # What there is in this history: the rest is left over from the one before.
        self.existing: set[str] = set()
        self.filled: set[str] = set(project.raw_columns)
        self.seeded: dict[str, frozenset[str]] = {}
        self.prepared: dict[tuple[str, str], list[str]] = {}
        self.names: list[str] = []

        add_function(connection)
        connection.execute(f"attach ':memory:' as {prefix.strip('.')}")
        relations = [model.relation for model in project.models.values()]
        relations += list(project.seeds.values())
        schemas = {
            "raw",
            "increments",
            *(relation.split(".")[1].strip('"') for relation in relations),
        }
        for schema in sorted(schemas):
            connection.execute(f"create schema {prefix}{schema}")
        for table, types in project.raw_columns.items():
            shape = ", ".join(f"{name} {kind}" for name, kind in types.items())
            connection.execute(f"create table {prefix}raw.{table} ({shape})")
        for relation in project.seeds.values():
            given = relation.replace(WAREHOUSE, "given.")
            connection.execute(f"create table {self._here(relation)} as from {given} limit 0")
        for model in project.models.values():
            self._define(model)
        for model in project.models.values():
            self._prepare(model)

    def exchange(self, models: Mapping[str, Model]) -> None:
        """Run other forms of some models from now on."""
        for model in models.values():
            self.made_of.pop(model.relation, None)
            self._prepare(model)

    def sweep(self) -> None:
        """Let go of deleted rows."""
        self.connection.execute(f"checkpoint {self.prefix.strip('.')}")
        self.connection.execute("checkpoint rounds")

    def begin(self) -> None:
        """Empty the raw tables, and forget that any model ever ran."""
        self.existing = set()
        for table in sorted(self.filled):
            self.connection.execute(f"truncate {self.prefix}raw.{table}")
            self.changes[raw_relation(table)] += 1
        self.filled = set()
        self.seed(frozenset())

    def seed(self, edits: frozenset[str]) -> None:
        """Load the seeds with these edits."""
        for name, relation in self.project.seeds.items():
            wanted = frozenset(edit for edit in edits if self.edits[edit][0] == name)
            if self.seeded.get(name) == wanted:
                continue
            self.seeded[name] = wanted
            self.changes[relation] += 1
            target = self._here(relation)
            given = relation.replace(WAREHOUSE, "given.")
            backwards = " order by rowid desc" if self.prefix == REFERENCE else ""
            self.connection.execute(f"truncate {target}")
            self.connection.execute(f"insert into {target} select * from {given}{backwards}")
            for edit in sorted(wanted):
                self.connection.execute(self.edits[edit][1].replace("@seed", target))

    def insert(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Add rows to the raw tables, in this order."""
        by_table: dict[str, list[Row]] = {}
        for table, row in rows:
            if table in self.project.raw_columns:
                by_table.setdefault(table, []).append(row)
        for table, its_rows in by_table.items():
            columns = list(self.project.raw_columns[table])
            places = ", ".join(["?"] * len(columns))
            self.connection.execute(
                f"insert into {self.prefix}raw.{table} values "
                + ", ".join([f"({places})"] * len(its_rows)),
                [row.get(column) for row in its_rows for column in columns],
            )
            self.changes[raw_relation(table)] += 1
            self.filled.add(table)

    def run(self, run: Run, again: bool = False) -> None:
        """Run models, in order; incremental ones whose inputs are as they were only if `again`."""
        for number, model in enumerate(self.project.models.values()):
            is_killed = run.killed_after is not None and number >= run.killed_after
            is_selected = run.only is None or model.name in run.only
            if is_selected and not is_killed:
                self._make(model, run.full_refresh, again)

    def rows(self, relation: str, names: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """All rows: some columns, or all in the order of their names."""
        columns = ", ".join(names or sorted(self._columns(relation)))
        return self.connection.execute(f"select {columns} from {self._here(relation)}").fetchall()

    def _make(self, model: Model, full_refresh: bool, again: bool) -> None:
        models = {other.relation for other in self.project.models.values()}
        if any(relation in models - self.existing for relation in model.inputs):
            # dbt fails on a model whose input was never made.
            return
        # Asked while dbt compiles, and so no input that dbt knows of.
        is_erasing = "erasure_requests" in self.filled
        inputs = (int(is_erasing), *(self.changes[relation] for relation in model.inputs))
        form = ERASING if is_erasing else ""
        is_there = model.relation in self.existing
        self.existing.add(model.relation)
        is_increment = model.materialized == "incremental" and is_there and not full_refresh
        if self.made_of.get(model.relation) == inputs and not (is_increment and again):
            return
        if model.materialized == LOOPING:
            self._contract(model, model.forms["full" + form])
        else:
            self._execute(model, ("increment" if is_increment else "full") + form)
        self.made_of[model.relation] = inputs
        if model.materialized == "view":
            self.changes[model.relation] += 1
            return
        count, content = self._execute(model, "content").fetchall()[0]
        if self.content.get(model.relation) != (count, content):
            self.changes[model.relation] += 1
            self.content[model.relation] = (count, content)

    def _contract(self, model: Model, links: str) -> None:
        """Fill the relation with the connected components of its links."""
        components = self.project.contraction.run(
            self.connection, self._here(links), f"rounds.main.{model.name}"
        )
        target = self._here(model.relation)
        self.connection.execute(f"truncate {target}")
        self.connection.execute(
            f"insert into {target} select * from ({components}) as made{self._shuffled}"
        )

    def _define(self, model: Model) -> None:
        """Make the empty relation, and the one that an increment is put into first."""
        made_of = self._here(model.forms["full"])
        if model.materialized == LOOPING:
            made_of = f"select left_key as node_key, right_key as component_key from ({made_of})"
        kind = "view" if model.materialized == "view" else "table"
        limit = "" if model.materialized == "view" else " limit 0"
        self.connection.execute(
            f"create {kind} {self._here(model.relation)} as "
            f"select * from ({made_of}) as made{limit}"
        )
        if model.materialized == "incremental":
            self.connection.execute(
                f"create table {self._temp(model)} as "
                f"select * from ({self._here(model.forms['increment'])}) as made limit 0"
            )

    def _prepare(self, model: Model) -> None:
        """Plan what a run does with a model, in one or more statements.

        A plan holds only as long as nothing is made or dropped in a database that it names.
        """
        target = self._here(model.relation)
        steps = {
            "content": "select count(*), coalesce(sum(hash(kept)::hugeint), 0) "
            f"from {target} as kept"
        }
        temp = self._temp(model)
        strategy = (
            model.strategy.replace("@target", target)
            .replace("@temp", temp)
            .replace("@columns", ", ".join(self._columns(model.relation)))
        )
        for form, sql in model.forms.items():
            if model.materialized in ("view", LOOPING):
                steps[form] = "select 1"
            elif form.startswith("full"):
                steps[form] = (
                    f"truncate {target}; insert into {target} "
                    f"select * from ({self._here(sql)}) as made{self._shuffled}"
                )
            elif model.materialized == "incremental":
                steps[form] = f"truncate {temp}; insert into {temp} {self._here(sql)}; {strategy}"
        self.prepared |= {(model.name, step): [] for step in steps}
        for step, sql in steps.items():
            for statement in duckdb.extract_statements(sql):
                name = f"{self.prefix.strip('.').strip(chr(34))}_{len(self.names)}"
                self.names.append(name)
                self.connection.execute(f"prepare {name} as {statement.query}")
                self.prepared[model.name, step].append(name)

    def _execute(self, model: Model, step: str) -> duckdb.DuckDBPyConnection:
        for name in self.prepared[model.name, step]:
            self.connection.execute(f"execute {name}")
        return self.connection

    def _temp(self, model: Model) -> str:
        return f"{self.prefix}increments.{model.name}"

    @property
    def _shuffled(self) -> str:
        return " order by hash(made) desc" if self.prefix == REFERENCE else ""

    def _columns(self, relation: str) -> list[str]:
        described = self.connection.execute(
            f"select * from {self._here(relation)} limit 0"
        ).description
        return [f'"{column[0]}"' for column in described]

    def _here(self, sql: str) -> str:
        return sql.replace(WAREHOUSE, self.prefix)


def differences(
    expected: Sequence[tuple[Any, ...]], actual: Sequence[tuple[Any, ...]]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Rows missing and rows too many; doubles may be apart by a billionth of their size."""
    exact = Counter(expected), Counter(actual)
    missing = list((exact[0] - exact[1]).elements())
    surplus = list((exact[1] - exact[0]).elements())
    for row in list(missing):
        twin = next((other for other in surplus if _same(row, other)), None)
        if twin is not None:
            missing.remove(row)
            surplus.remove(twin)
    return missing, surplus


def _same(row: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(
        math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-12)
        if isinstance(one, float) and isinstance(two, float)
        else one == two
        for one, two in zip(row, other, strict=True)
    )
