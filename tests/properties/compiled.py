"""The project's models in the forms that dbt compiles them to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lead_funnel.raw.contract import load_contract
from tests.dbt_runs import PARSED_VARIABLES
from tests.properties.contraction import Contraction, contraction_calls, contraction_of
from tests.properties.dbt_commands import Dbt

WAREHOUSE = '"warehouse".'
ERASING = " erasing"
LOOPING = "connected_components"
# What the views of all rows of a raw table are called, those of tools among them.
ALL_ROWS = "all_raw__"
# Views that a run reads ten times. What they join costs the same on ten rows as on a thousand, so
# the replay keeps their rows.
KEPT = (ALL_ROWS, "stg_raw__")
FORMS = ("full", "increment", "full" + ERASING, "increment" + ERASING)


def given_relation(table: str) -> str:
    """Quoted name of a table that rows are put into: a raw one, or one of a tool by schema."""
    schema, _, name = table.rpartition(".")
    return f'{WAREHOUSE}"{schema or "raw"}"."{name}"'


@dataclass(frozen=True)
class Table:
    """A table that rows are put into.

    Attributes
    ----------
    columns : dict of str to str
        Their types.
    key : tuple of str
        Columns by which a loader replaces rows in place; without them, rows are added.
    """

    columns: dict[str, str]
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tools:
    """Tools that are on.

    Attributes
    ----------
    connections : list of dict
        The variable `sources`.
    tables : dict of str to Table
        Their tables, by schema and name.
    """

    connections: list[dict[str, str]] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def off(self) -> set[str]:
        """Tools that the parsed project holds, and that are not on."""
        every = {entry["tool"] for entry in PARSED_VARIABLES["sources"]}
        return every - {entry["tool"] for entry in self.connections}


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
        relation of an incremental model, and both with ` erasing` for where somebody asked to be
        forgotten.
    strategy : str
        Statements that carry an increment into the relation: `@target`, `@temp`, `@columns`.
    is_memory : bool
        Whether a full refresh leaves what is there, and adds to it.
    inputs : tuple of str
        Relations that it reads.
    is_kept_view : bool
        Whether it is a view whose rows the replay keeps: as they are now, whatever ran last.
    """

    name: str
    relation: str
    materialized: str
    forms: dict[str, str]
    strategy: str
    is_memory: bool
    inputs: tuple[str, ...]
    is_kept_view: bool


@dataclass(frozen=True)
class Project:
    """Incremental models and all that they hang on, in an order in which they can run.

    Attributes
    ----------
    tables : dict of str to Table
        What rows are put into.
    seeds : dict of str to str
        By name, the seed's relation.
    warehouse : Path
        A warehouse whose seeds are as the project has them.
    contraction : Contraction
        How models of links become connected components.
    """

    models: dict[str, Model]
    tables: dict[str, Table]
    seeds: dict[str, str]
    warehouse: Path
    contraction: Contraction

    @property
    def incremental(self) -> list[Model]:
        return [model for model in self.models.values() if model.materialized == "incremental"]

    def leading_to(self, names: Iterable[str]) -> set[str]:
        """The names of models with those of all models upstream of them."""
        read = {self.models[name].relation for name in names}
        for model in reversed(self.models.values()):
            if model.relation in read:
                read.update(model.inputs)
        return {model.name for model in self.models.values() if model.relation in read}


def compile_project(
    folder: Path, filled: Mapping[str, Set[str]], tools: Tools | None = None
) -> Project:
    """Compile the project once in full-refresh form and once in incremental form.

    Nothing is built: a relation that only exists makes `is_incremental()` true.

    Parameters
    ----------
    folder : Path
        Where to compile: holds what was made of the project by parsing it.
    filled : mapping of str to set of str
        By raw table, the columns that rows will have a value in. Others are left out, as a loader
        may: to read a column costs as much on ten rows as on a thousand.
    tools : Tools, optional
        What is read besides.
    """
    tools = tools or Tools()
    dbt = Dbt(folder, json.dumps({"sources": tools.connections}))
    (folder / "no_files").mkdir()
    tables = {name: Table(types) for name, types in _raw_columns(filled).items()} | tools.tables
    statements = []
    for name, table in tables.items():
        schema, _, own_name = name.rpartition(".")
        shape = ", ".join(f"{column} {kind}" for column, kind in table.columns.items())
        statements += [
            f"create schema if not exists {schema or 'raw'}",
            f"create table {schema or 'raw'}.{own_name} ({shape})",
        ]
    dbt.execute(*statements)

    dbt.run("seed")
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    nodes = manifest["nodes"] | manifest["sources"]
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["config"]["enabled"]
        and not tools.off.intersection(node["fqn"])
    }
    if tools.connections:
        _make_views(dbt, models, filled)
    incremental = [
        key for key, node in models.items() if node["config"]["materialized"] == "incremental"
    ]
    order = _in_order(models, incremental)
    forms: dict[str, dict[str, str]] = {form: {} for form in FORMS}
    for form, compiled in forms.items():
        statements = []
        for key in incremental:
            relation, schema = models[key]["relation_name"], models[key]["schema"]
            statements += [f"create schema if not exists {schema}"]
            statements += [f"drop table if exists {relation}"]
            # What no full refresh makes anew is made once, where it is not there.
            if form.startswith("increment") or models[key]["config"]["full_refresh"] is None:
                statements += [f"create table {relation} (nothing int)"]
        if form.endswith(ERASING):
            statements += ["insert into raw.erasure_requests (request_id) values ('1')"]
        dbt.execute(*statements)
        is_full = form.startswith("full")
        flags = ["--full-refresh"] if is_full else []
        selected = order if is_full else incremental
        dbt.run("compile", *flags, "--select", *(models[key]["name"] for key in selected))
        compiled.update({key: dbt.compiled(models[key]) for key in selected})

    strategies = {key: _strategy_call(models[key]["config"]) for key in incremental}
    calls = sorted(set(strategies.values()))
    rendered = dbt.call([*contraction_calls(), *calls])
    strategy_of = dict(zip(calls, rendered[-len(calls) :], strict=True))
    made = {}
    for key in order:
        node = models[key]
        inputs = [
            nodes[other]["relation_name"]
            for other in node["depends_on"]["nodes"]
            if nodes[other].get("relation_name")
        ]
        # Tables of tools are no sources of dbt.
        inputs += [
            given_relation(name)
            for name in tools.tables
            if given_relation(name) in forms["full"][key]
        ]
        kind = node["config"]["materialized"]
        is_kept_view = kind == "view" and node["name"].startswith(KEPT)
        made[node["name"]] = Model(
            name=node["name"],
            relation=node["relation_name"],
            materialized="table" if is_kept_view else kind,
            forms={form: compiled[key] for form, compiled in forms.items() if key in compiled},
            strategy=strategy_of[strategies[key]] if key in incremental else "",
            is_memory=node["config"]["full_refresh"] is False,
            inputs=tuple(inputs),
            is_kept_view=is_kept_view,
        )
    read = {relation for model in made.values() for relation in model.inputs}
    return Project(
        models=made,
        tables={name: table for name, table in tables.items() if given_relation(name) in read},
        seeds={
            node["name"]: node["relation_name"]
            for node in manifest["nodes"].values()
            if node["resource_type"] == "seed" and node["relation_name"] in read
        },
        warehouse=dbt.database,
        contraction=contraction_of(rendered[: -len(calls)]),
    )


def _make_views(
    dbt: Dbt, models: Mapping[str, Mapping[str, Any]], filled: Mapping[str, Set[str]]
) -> None:
    """Make the views of the tools that are on, and what stands for those of all rows.

    Dbt asks what columns they have. What stands for the views of all rows has those that rows
    will have a value in, and times as times: reading them from text costs three times more.
    """
    given = {entry["tool"] for entry in json.loads(dbt.variables)["sources"]}
    views = _in_order(models, [key for key, node in models.items() if given & set(node["fqn"])])
    dbt.run("compile", "--select", *(models[key]["name"] for key in views))
    statements = []
    for key in views:
        schema, relation = models[key]["schema"], models[key]["relation_name"]
        statements += [
            f"create schema if not exists {schema}",
            f"create view {relation} as {dbt.compiled(models[key])}",
        ]
    for node in models.values():
        _, is_of_all, table = node["name"].partition(ALL_ROWS)
        if is_of_all:
            types = _raw_columns(filled)[table]
            if table in filled:
                types |= {"source_file": "varchar"}
            shape = ", ".join(f"{name} {kind}" for name, kind in types.items())
            statements += [f"create table {node['relation_name']} ({shape})"]
    dbt.execute(*statements)


def _raw_columns(filled: Mapping[str, Set[str]]) -> dict[str, dict[str, str]]:
    """Every raw table with its key and the filled columns: times as times, the rest as text."""
    return {
        name: {
            column: "timestamp" if kind in ("time", "date") else "varchar"
            for column, kind in table.value_kinds.items()
            if column in filled.get(name, set()) | {key.name for key in table.key}
        }
        for name, table in load_contract().items()
    }


def _strategy_call(config: Mapping[str, Any]) -> str:
    """A call of the project's own macro that carries an increment into a relation."""
    arguments = (
        "{'target_relation': '@target', 'temp_relation': '@temp', 'unique_key': '"
        + str(config["unique_key"])
        + "', 'dest_columns': [{'quoted': '@columns', 'name': '@columns'}], "
        "'incremental_predicates': none}"
    )
    macro = f"get_incremental_{str(config['incremental_strategy']).replace('+', '_')}_sql"
    return f"{macro}({arguments})"


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
