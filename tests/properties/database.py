"""One side of the comparison: tables made by the compiled SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import duckdb

from lead_funnel.raw.hosts import add_function
from tests.properties.compiled import (
    ERASING,
    LOOPING,
    WAREHOUSE,
    Model,
    Project,
    Table,
    given_relation,
)
from tests.properties.steps import Row, Run, Value

REFERENCE = '"reference".'
# Of what is remembered, the key and the times, of which the earliest counts.
FACT = ("fact_key", "first_dated_at", "first_loaded_at")
BOUNDS = "stg_raw__load_bounds"


class Database:
    """The tables given, the seeds and the models' tables of one side of the comparison.

    A table is made anew only when what it reads has changed, because the same inputs make the
    same table, from one history to the next as well; incremental ones once more at the end of
    each, to see that this is so.
    The reference writes every table in an order that has nothing to do with that of arrival.
    Its tables have the shapes of those `like` them, if that is given: to plan all SQL for the
    shapes of its results takes seconds.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        prefix: str,
        project: Project,
        edits: Mapping[str, tuple[str, str]],
        like: Database | None = None,
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
        # By fact, the earliest times at which the tables told it when a run looked.
        self.told: dict[Any, tuple[Any, ...]] = {}
        # Models that a run of all makes.
        self.asked: Set[str] = project.models.keys()
        # What there is in this history: the rest is left over from the one before.
        self.existing: set[str] = set()
        self.filled: set[str] = set(project.tables)
        self.seeded: dict[str, frozenset[str]] = {}
        # What a run does by model and step, and by the same the plans made of it.
        self.statements: dict[tuple[str, str], list[str]] = {}
        self.prepared: dict[tuple[str, str], list[str]] = {}
        self.plans = 0

        add_function(connection)
        connection.execute(f"attach ':memory:' as {prefix.strip('.')}")
        # What models make.
        self.made = {model.relation for model in project.models.values()}
        relations = [*self.made, *project.seeds.values()]
        relations += [given_relation(table) for table in project.tables]
        schemas = {"increments", *(relation.split(".")[1].strip('"') for relation in relations)}
        for schema in sorted(schemas):
            connection.execute(f"create schema {prefix}{schema}")
        for name, table in project.tables.items():
            shape = ", ".join(f"{column} {kind}" for column, kind in table.columns.items())
            connection.execute(f"create table {self._given(name)} ({shape})")
        for relation in project.seeds.values():
            given = relation.replace(WAREHOUSE, "given.")
            connection.execute(f"create table {self._here(relation)} as from {given} limit 0")
        for model in project.models.values():
            self._define(model, like)
        for model in project.models.values():
            self._state(model)

    def exchange(self, models: Mapping[str, Model]) -> None:
        """Run other forms of some models from now on."""
        for model in models.values():
            self.made_of.pop(model.relation, None)
            self._state(model)

    def sweep(self) -> None:
        """Let go of deleted rows."""
        self.connection.execute(f"checkpoint {self.prefix.strip('.')}")
        self.connection.execute("checkpoint rounds")

    def begin(self) -> None:
        """Empty the tables given, and forget that any model ever ran."""
        self.existing = set()
        self.told = {}
        for model in self.project.models.values():
            if model.is_memory:
                # Made of what it read and of what was there before.
                self.made_of.pop(model.relation, None)
        for table in sorted(self.filled):
            self.connection.execute(f"truncate {self._given(table)}")
            self.changes[given_relation(table)] += 1
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
        """Put rows into the tables given, in this order; of a table with a key, in place."""
        by_table: dict[str, list[Row]] = {}
        for name, row in rows:
            if name in self.project.tables:
                by_table.setdefault(name, []).append(row)
        for name, its_rows in by_table.items():
            table, target = self.project.tables[name], self._given(name)
            if table.key:
                its_rows = list({key_of(table, row): row for row in its_rows}.values())
                self.connection.execute(
                    f"delete from {target} where ({', '.join(table.key)}) in "
                    f"(values {_places(table, table.key, len(its_rows))})",
                    [row[column] for row in its_rows for column in table.key],
                )
            self.connection.execute(
                f"insert into {target} values {_places(table, table.columns, len(its_rows))}",
                [row.get(column) for row in its_rows for column in table.columns],
            )
            self.changes[given_relation(name)] += 1
            self.filled.add(name)

    def recall(self, other: Database) -> None:
        """Take over what no full refresh makes anew."""
        for model in self.project.models.values():
            if model.is_memory and model.relation in other.existing:
                target = self._here(model.relation)
                source = model.relation.replace(WAREHOUSE, other.prefix)
                self.connection.execute(f"truncate {target}")
                self.connection.execute(
                    f"insert into {target} select * from {source} as made{self._shuffled}"
                )
                self.existing.add(model.relation)

    def run(self, run: Run, again: bool = False) -> None:
        """Run models, in order; incremental ones whose inputs are as they were only if `again`."""
        selected = self.asked if run.only is None else self.asked & run.only
        for number, model in enumerate(self.project.models.values()):
            is_killed = run.killed_after is not None and number >= run.killed_after
            is_there = model.is_kept_view and model.relation in self.existing
            if is_there or (model.name in selected and not is_killed):
                self._make(model, run.full_refresh, again)

    def rebuilt(self) -> list[str]:
        """Incremental models whose last run carried rows into them."""
        return [
            model.name
            for model in self.project.models.values()
            if model.materialized == "incremental"
            and self.connection.execute(f"from {self._temp(model)} limit 1").fetchall()
        ]

    def remembered(self) -> dict[Any, tuple[Any, ...]]:
        """By fact, the times that are remembered of it."""
        return {
            row[0]: row[1:]
            for model in self.project.models.values()
            if model.is_memory and model.relation in self.existing
            for row in self.rows(model.relation, FACT)
        }

    def rows(self, relation: str, names: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """All rows: some columns, or all in the order of their names."""
        columns = ", ".join(names or sorted(self.columns(relation)))
        return self.connection.execute(f"select {columns} from {self._here(relation)}").fetchall()

    def _make(self, model: Model, full_refresh: bool, again: bool) -> None:
        if not self.existing.issuperset(self.made.intersection(model.inputs)):
            # dbt fails on a model whose input was never made.
            return
        # Asked while dbt compiles, and so no input that dbt knows of.
        is_erasing = "erasure_requests" in self.filled
        inputs = (int(is_erasing), *(self.changes[relation] for relation in model.inputs))
        form = ERASING if is_erasing else ""
        is_there = model.relation in self.existing
        self.existing.add(model.relation)
        is_anew = full_refresh and not model.is_memory
        is_increment = model.materialized == "incremental" and is_there and not is_anew
        if self.made_of.get(model.relation) == inputs and not (is_increment and again):
            return
        if model.materialized == LOOPING:
            self._contract(model, model.forms["full" + form])
        else:
            self._execute(model, ("increment" if is_increment else "full") + form)
        if model.is_memory:
            for fact, *times in self._execute(model, "told" + form).fetchall():
                self.told[fact] = tuple(map(min, times, self.told.get(fact, times)))
            self._forget_the_future()
        self.made_of[model.relation] = inputs
        if model.materialized == "view":
            self.changes[model.relation] += 1
            return
        count, content = self._execute(model, "content").fetchall()[0]
        if self.content.get(model.relation) != (count, content):
            self.changes[model.relation] += 1
            self.content[model.relation] = (count, content)

    def _forget_the_future(self) -> None:
        """Drop facts that are said to have been learned when nothing can have been loaded yet."""
        bounds = self._here(self.project.models[BOUNDS].relation)
        query = f"select max(ahead_from) from {bounds}"
        ahead_from = self.connection.execute(query).fetchall()[0][0]
        if ahead_from is not None:
            self.told = {
                fact: (dated_at, loaded_at)
                for fact, (dated_at, loaded_at) in self.told.items()
                if loaded_at <= ahead_from
            }

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

    def _define(self, model: Model, like: Database | None) -> None:
        """Make the empty relation, and the one that an increment is put into first."""
        full, kind, limit = self._here(model.forms["full"]), "table", " limit 0"
        if model.materialized == "view":
            kind, limit = "view", ""
        elif like:
            full = f"from {like._here(model.relation)}"
        elif model.materialized == LOOPING:
            full = f"select left_key as node_key, right_key as component_key from ({full})"
        relation = self._here(model.relation)
        self.connection.execute(
            f"create {kind} {relation} as select * from ({full}) as made{limit}"
        )
        if model.materialized == "incremental":
            part = f"from {like._temp(model)}" if like else self._here(model.forms["increment"])
            self.connection.execute(
                f"create table {self._temp(model)} as select * from ({part}) as made limit 0"
            )

    def _state(self, model: Model) -> None:
        """Write down what a run does with a model, in one or more statements."""
        target = self._here(model.relation)
        content = f"select count(*), coalesce(sum(hash(kept)::hugeint), 0) from {target} as kept"
        steps = {"content": [content]}
        temp = self._temp(model)
        strategy = (
            model.strategy.replace("@target", target)
            .replace("@temp", temp)
            .replace("@columns", ", ".join(self.columns(model.relation)))
        )
        for form, sql in model.forms.items():
            if model.materialized in ("view", LOOPING):
                steps[form] = ["select 1"]
            elif form.startswith("full"):
                made = f"select * from ({self._here(sql)}) as made{self._shuffled}"
                steps[form] = [f"truncate {target}", f"insert into {target} {made}"]
            elif model.materialized == "incremental":
                carried = [given.query for given in duckdb.extract_statements(strategy)]
                made = f"insert into {temp} {self._here(sql)}"
                steps[form] = [f"truncate {temp}", made, *carried]
        if model.is_memory:
            for form in ("", ERASING):
                made_of = self._here(model.forms["full" + form])
                steps["told" + form] = [f"select {', '.join(FACT)} from ({made_of}) as made"]
        for step, statements in steps.items():
            self.statements[model.name, step] = statements
            self.prepared.pop((model.name, step), None)

    def _prepare(self, model: Model, step: str) -> list[str]:
        """Plan what a run does, and give the names of the plans.

        A plan holds only as long as nothing is made or dropped in a database that it names.
        """
        names = []
        for statement in self.statements[model.name, step]:
            name = f"{self.prefix.strip('.').strip(chr(34))}_{self.plans}"
            self.plans += 1
            self.connection.execute(f"prepare {name} as {statement}")
            names.append(name)
        return names

    def _execute(self, model: Model, step: str) -> duckdb.DuckDBPyConnection:
        if (model.name, step) not in self.prepared:
            # Half of the forms are never run on one of the sides.
            self.prepared[model.name, step] = self._prepare(model, step)
        for name in self.prepared[model.name, step]:
            self.connection.execute(f"execute {name}")
        return self.connection

    def _temp(self, model: Model) -> str:
        return f"{self.prefix}increments.{model.name}"

    @property
    def _shuffled(self) -> str:
        return " order by hash(made) desc" if self.prefix == REFERENCE else ""

    def columns(self, relation: str) -> list[str]:
        """Quoted names of the columns."""
        described = self.connection.execute(
            f"select * from {self._here(relation)} limit 0"
        ).description
        return [f'"{column[0]}"' for column in described]

    def _here(self, sql: str) -> str:
        return sql.replace(WAREHOUSE, self.prefix)

    def _given(self, table: str) -> str:
        return self._here(given_relation(table))


def key_of(table: Table, row: Row) -> tuple[Value, ...]:
    """By what a row replaces another of its table."""
    return tuple(row[column] for column in table.key)


def _places(table: Table, columns: Iterable[str], rows: int) -> str:
    row = ", ".join(f"cast(? as {table.columns[column]})" for column in columns)
    return ", ".join([f"({row})"] * rows)
