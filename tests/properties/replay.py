"""The project's compiled SQL, run in DuckDB without dbt, so that a whole history costs a second.

A history is a list of steps: rows arrive, a seed is edited, models run. It is replayed on the
warehouse, and its end is compared with the reference: one full refresh over all rows, in
which every table is written in another physical order.
"""

from __future__ import annotations

import functools
import gc
import json
import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from dbt_common.events.event_manager_client import cleanup_event_logger

from lead_funnel.raw.contract import load_contract
from tests.dbt_runs import invoke
from tests.properties.contraction import Contraction, render_contraction

# What was made of the project by parsing it; lies in the folder to compile in.
PARSED = "partial_parse.msgpack"
WAREHOUSE = '"warehouse".'
REFERENCE = '"reference".'
HISTORIES_PER_DATABASE = 50
ERASING = " erasing"
LOOPING = "connected_components"
FORMS = ("full", "increment", "full" + ERASING, "increment" + ERASING)

Value = str | int | float | bool | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Model:
    """A model in the forms that dbt compiles it to.

    Attributes
    ----------
    relation : str
        Quoted name of what it writes.
    materialized : str
        table, view, incremental or connected_components.
    forms : dict of str to str
        SQL by form: `full` of a first run or a full refresh, `increment` of a run that finds the
        relation, and both with ` erasing` for where somebody asked to be forgotten.
    strategy : str
        Statements that carry an increment into the relation: `@target`, `@temp`, `@columns`.
    inputs : tuple of str
        Relations that it reads.
    """

    name: str
    relation: str
    materialized: str
    forms: dict[str, str]
    strategy: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """Incremental models and all that they hang on, in an order in which they can run.

    Attributes
    ----------
    raw_columns : dict
        By raw table, its columns and their types.
    seeds : dict of str to str
        By name, the seed's relation.
    warehouse : Path
        A warehouse whose seeds are as the project has them.
    contraction : Contraction
        How models of links become connected components.
    """

    models: dict[str, Model]
    raw_columns: dict[str, dict[str, str]]
    seeds: dict[str, str]
    warehouse: Path
    contraction: Contraction

    @property
    def incremental(self) -> list[Model]:
        return [model for model in self.models.values() if model.materialized == "incremental"]


@dataclass(frozen=True)
class Arrive:
    """Rows that a load adds to a raw table, in this order."""

    rows: tuple[tuple[str, Row], ...]


@dataclass(frozen=True)
class Edit:
    """Seed edits that hold from now on; others are taken back."""

    edits: frozenset[str]


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes
    ----------
    only : frozenset of str, optional
        Models that were selected; all where not given.
    killed_after : int, optional
        How many models the run got through before it was killed.
    full_refresh : bool
        Whether incremental models are made anew.
    """

    only: frozenset[str] | None = None
    killed_after: int | None = None
    full_refresh: bool = False


Step = Arrive | Edit | Run


@dataclass
class Tally:
    """What was compared."""

    histories: int = 0
    runs: int = 0
    killed: int = 0
    rows_arrived: int = 0
    rows_compared: int = 0
    rows_differing: int = 0
    models: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return (
            f"{self.histories} histories, {self.rows_arrived} raw rows, {self.runs} runs "
            f"({self.killed} killed or partial), {self.rows_compared} rows of {len(self.models)} "
            f"tables compared with a full refresh, {self.rows_differing} differing"
        )


def compile_project(folder: Path) -> Project:
    """Compile the project once in full-refresh form and once in incremental form.

    Nothing is built: a relation that only exists makes `is_incremental()` true.
    """
    database = folder / "warehouse.duckdb"
    (folder / "no_files").mkdir()
    columns = _raw_columns()
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw")
        for table, types in columns.items():
            shape = ", ".join(f"{name} {kind}" for name, kind in types.items())
            connection.execute(f"create table raw.{table} ({shape})")

    _dbt(folder, database, "seed")
    _dbt(folder, database, "compile", "--full-refresh", "--select", "resource_type:model")
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    nodes = manifest["nodes"] | manifest["sources"]
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["enabled"]
    }
    incremental = [
        key for key, node in models.items() if node["config"]["materialized"] == "incremental"
    ]
    order = _in_order(models, incremental)
    with duckdb.connect(str(database)) as connection:
        for key in incremental:
            schema = models[key]["schema"]
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {models[key]['relation_name']} (nothing int)")
    forms = {form: {} for form in FORMS}
    for form, compiled in forms.items():
        if form.endswith(ERASING):
            with duckdb.connect(str(database)) as connection:
                connection.execute("insert into raw.erasure_requests (request_id) values ('1')")
        flags = ["--full-refresh"] if form.startswith("full") else []
        selected = (models[key]["name"] for key in order)
        _dbt(folder, database, "compile", *flags, "--select", *selected)
        compiled.update({key: _compiled(folder, models[key]) for key in order})

    made = {}
    for key in order:
        node = models[key]
        made[node["name"]] = Model(
            name=node["name"],
            relation=node["relation_name"],
            materialized=node["config"]["materialized"],
            forms={form: compiled[key] for form, compiled in forms.items()},
            strategy=_strategy(folder, database, node["config"]) if key in incremental else "",
            inputs=tuple(
                nodes[other]["relation_name"]
                for other in node["depends_on"]["nodes"]
                if nodes[other].get("relation_name")
            ),
        )
    read = {relation for model in made.values() for relation in model.inputs}
    return Project(
        models=made,
        raw_columns={table: types for table, types in columns.items() if _raw(table) in read},
        seeds={
            node["name"]: node["relation_name"]
            for node in manifest["nodes"].values()
            if node["resource_type"] == "seed" and node["relation_name"] in read
        },
        warehouse=database,
        contraction=render_contraction(functools.partial(_inline, folder, database)),
    )


def _dbt(folder: Path, database: Path, command: str, *arguments: str) -> Any:
    """Run dbt in this process on the project parsed before, and give its results."""
    outcome = invoke(
        ["--quiet", command, *arguments],
        folder,
        database,
        folder / "no_files",
        parsed=folder / PARSED,
    )
    # What dbt leaves open is closed here, where nothing complains about it.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cleanup_event_logger()
        gc.collect()
    assert outcome.success, outcome.exception or outcome.result
    return outcome.result


def _compiled(folder: Path, node: Mapping[str, Any]) -> str:
    path = folder / "target" / "compiled" / "lead_funnel" / node["original_file_path"]
    return path.read_text().strip()


def _raw_columns() -> dict[str, dict[str, str]]:
    """Every raw table with all its columns: times as times, the rest as text."""
    return {
        name: {
            column: "timestamp" if kind in ("time", "date") else "varchar"
            for column, kind in table.value_kinds.items()
        }
        for name, table in load_contract().items()
    }


@functools.cache
def _strategy_of(folder: Path, database: Path, strategy: str, unique_key: str) -> str:
    arguments = (
        "{'target_relation': '@target', 'temp_relation': '@temp', 'unique_key': '"
        + unique_key
        + "', 'dest_columns': [{'quoted': '@columns', 'name': '@columns'}], "
        "'incremental_predicates': none}"
    )
    macro = f"get_incremental_{strategy.replace('+', '_')}_sql"
    return _inline(folder, database, "{{ " + macro + "(" + arguments + ") }}")


def _strategy(folder: Path, database: Path, config: Mapping[str, Any]) -> str:
    """What the project's own macro does with an increment."""
    strategy, unique_key = str(config["incremental_strategy"]), str(config["unique_key"])
    return _strategy_of(folder, database, strategy, unique_key)


def _inline(folder: Path, database: Path, text: str) -> str:
    result = _dbt(folder, database, "compile", "--inline", text)
    return str(result.results[0].node.compiled_code)


def _in_order(models: Mapping[str, Mapping[str, Any]], ends: Sequence[str]) -> list[str]:
    """The ends and all models upstream of them, inputs first."""
    order: list[str] = []

    def visit(key: str) -> None:
        if key in order or key not in models:
            return
        for other in models[key]["depends_on"]["nodes"]:
            visit(other)
        order.append(key)

    for end in sorted(ends):
        visit(end)
    return order


class Replay:
    """A connection on which histories are replayed, one after the other.

    Parameters
    ----------
    project : Project
        What runs on the warehouse, and what the reference is made by.
    edits : mapping of str to (str, str)
        By name of a seed edit, the seed and the statement, with `@seed` for its relation.
    """

    def __init__(self, project: Project, edits: Mapping[str, tuple[str, str]]) -> None:
        self.tally = Tally()
        self.replayed = 0
        self.project = project
        self.edits = edits
        self.connection = duckdb.connect()
        self._open()

    def close(self) -> None:
        self.connection.close()

    def _open(self) -> None:
        """Start with fresh databases.

        Statements are prepared once, because planning them costs five times more than running
        them on a few rows. A plan must not be made for the rows that happen to be there first,
        hence no optimizer.
        """
        self.connection.close()
        self.connection = duckdb.connect()
        self.connection.execute("set threads = 1; set TimeZone = 'UTC'; pragma disable_optimizer")
        self.connection.execute(f"attach '{self.project.warehouse}' as given (read_only)")
        self.connection.execute("attach ':memory:' as scratch")
        self.warehouse = _Database(self.connection, WAREHOUSE, self.project, self.edits)
        self.reference = _Database(self.connection, REFERENCE, self.project, self.edits)

    @contextmanager
    def planting(self, spoilt: Mapping[str, Model]) -> Iterator[None]:
        """Run other forms of some models for a while, on both sides, and tally nothing."""
        tally, self.tally = self.tally, Tally()
        sides = (self.warehouse, self.reference)
        try:
            for side in sides:
                side.exchange(spoilt)
            yield
        finally:
            for side in sides:
                side.exchange({name: self.project.models[name] for name in spoilt})
            self.tally = tally

    def check(self, history: Sequence[Step]) -> None:
        """Replay a history, compare its end with a full refresh, and run once more.

        Raises
        ------
        AssertionError
            If a table differs, naming the models and the first rows.
        """
        self.tally.histories += 1
        self.replayed += 1
        if self.replayed % HISTORIES_PER_DATABASE == 0:
            # Deleted rows stay in memory.
            self.warehouse.sweep()
            self.reference.sweep()
        self.warehouse.begin()
        self.reference.begin()
        arrived: list[tuple[str, Row]] = []
        edits: frozenset[str] = frozenset()
        for step in history:
            if isinstance(step, Arrive):
                arrived.extend(step.rows)
                self.warehouse.insert(step.rows)
            elif isinstance(step, Edit):
                edits = step.edits
                self.warehouse.seed(edits)
            else:
                self.warehouse.run(step)
                self.tally.runs += 1
                self.tally.killed += step.killed_after is not None or step.only is not None
        self.warehouse.run(Run())

        self.reference.seed(edits)
        self.reference.insert(arrived[::-1])
        self.reference.run(Run(full_refresh=True))
        self._compare("is not the full refresh")

        self.warehouse.run(Run(), again=True)
        self._compare("changes when run once more")
        self.tally.runs += 2
        self.tally.rows_arrived += len(arrived)

    def _compare(self, complaint: str) -> None:
        complaints = []
        for model in self.reference.project.models.values():
            if model.materialized == "view":
                continue
            expected = self.reference.content[model.relation]
            self.tally.rows_compared += expected[0]
            self.tally.models.add(model.name)
            if self.warehouse.content[model.relation] == expected:
                continue
            missing, surplus = _differences(
                self.reference.rows(model.relation), self.warehouse.rows(model.relation)
            )
            self.tally.rows_differing += max(len(missing), len(surplus))
            if missing or surplus:
                complaints.append(
                    f"{model.name} {complaint}:\n"
                    f"  {len(missing)} rows missing, such as {missing[:1]}\n"
                    f"  {len(surplus)} rows too many, such as {surplus[:1]}"
                )
        assert not complaints, "\n".join(complaints)


class _Database:
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

        connection.execute(f"attach ':memory:' as {prefix.strip('.')}")
        relations = [model.relation for model in project.models.values()]
        relations += list(project.seeds.values())
        schemas = {"raw", *(relation.split(".")[1].strip('"') for relation in relations)}
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
        self.connection.execute("checkpoint scratch")

    def begin(self) -> None:
        """Empty the raw tables, and forget that any model ever ran."""
        self.existing = set()
        for table in sorted(self.filled):
            self.connection.execute(f"truncate {self.prefix}raw.{table}")
            self.changes[_raw(table)] += 1
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
            self.changes[_raw(table)] += 1
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
            self.connection, self._here(links), self._temp(model)
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
        """Plan what a run does with a model, in one or more statements."""
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
        return f"scratch.main.{self.prefix.strip('.').strip(chr(34))}_{model.name}"

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


def _raw(table: str) -> str:
    return f'{WAREHOUSE}"raw"."{table}"'


def _differences(
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
