"""The project's models in the forms that dbt compiles them to."""

from __future__ import annotations

import functools
import gc
import json
import warnings
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
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
ERASING = " erasing"
LOOPING = "connected_components"
FORMS = ("full", "increment", "full" + ERASING, "increment" + ERASING)


def raw_relation(table: str) -> str:
    """Quoted name of a raw table."""
    return f'{WAREHOUSE}"raw"."{table}"'


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


def compile_project(folder: Path, filled: Mapping[str, Set[str]]) -> Project:
    """Compile the project once in full-refresh form and once in incremental form.

    Nothing is built: a relation that only exists makes `is_incremental()` true.

    Parameters
    ----------
    folder : Path
        Where to compile: holds what was made of the project by parsing it.
    filled : mapping of str to set of str
        By raw table, the columns that rows will have a value in. Others are left out, as a loader
        may: to read a column costs as much on ten rows as on a thousand.
    """
    database = folder / "warehouse.duckdb"
    (folder / "no_files").mkdir()
    columns = _raw_columns(filled)
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
    forms = {form: {} for form in FORMS}
    for form, compiled in forms.items():
        with duckdb.connect(str(database)) as connection:
            for key in incremental:
                relation, schema = models[key]["relation_name"], models[key]["schema"]
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(f"drop table if exists {relation}")
                # What no full refresh makes anew is made once, where it is not there.
                if form.startswith("increment") or models[key]["config"]["full_refresh"] is None:
                    connection.execute(f"create table {relation} (nothing int)")
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
        raw_columns={
            table: types for table, types in columns.items() if raw_relation(table) in read
        },
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
