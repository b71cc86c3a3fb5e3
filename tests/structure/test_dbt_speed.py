"""What makes dbt faster changes nothing of what dbt makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from dbt import compilation, flags
from dbt.adapters.duckdb.impl import DuckDBAdapter
from dbt.clients.jinja import MacroStack
from dbt.compilation import Linker
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import InjectedCTE
from dbt.parser import manifest
from dbt_common.clients import system
from dbt_common.clients.jinja import MacroFuzzEnvironment
from jinja2 import Environment

from lead_funnel import compiled_texts
from lead_funnel.dbt_macros import Variables
from lead_funnel.dbt_speed import fast_dbt
from tests import dbt_runs
from tests.dbt_runs import WAREHOUSE, Parsed, invoke

# Models of each way to be made, and the tests of an area, which have the same few lines.
SELECTED = ("base_raw__crm_leads", "lead_events", "int_user_agents", "stages", "marts.core")


def compiled(folder: Path, file: Path) -> dict[str, tuple[str | None, set[str]]]:
    """What dbt compiles, and which macros it called for it, by node."""
    arguments = ["--quiet", "compile", "--select", *SELECTED]
    outcome = invoke(arguments, folder, folder / WAREHOUSE, folder, parsed=file)
    assert outcome.success, outcome.exception
    results: Any = outcome.result
    nodes = [result.node for result in results if hasattr(result.node, "compiled_code")]
    return {node.unique_id: (node.compiled_code, set(node.depends_on.macros)) for node in nodes}


def test_dbt_compiles_the_same_with_and_without(
    parsed: Parsed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(tmp_path / WAREHOUSE)) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.crm_leads (lead_id varchar, created_at timestamp)")
    asked: Counter[str] = Counter()
    ask = DuckDBAdapter.get_columns_in_relation

    def counted(adapter: DuckDBAdapter, relation: Any) -> Any:
        asked[f"{relation.schema}.{relation.identifier}"] += 1
        return ask(adapter, relation)

    monkeypatch.setattr(DuckDBAdapter, "get_columns_in_relation", counted)
    quick = compiled(tmp_path, parsed({}))
    # Once asked, the columns of a raw table that is there are known.
    assert asked["raw.crm_leads"] == 1
    assert asked["raw.erasure_requests"] > 1
    asked.clear()
    monkeypatch.setattr(dbt_runs, "fast_dbt", nullcontext)
    assert len(quick) > 30
    usual = compiled(tmp_path, parsed({}))
    assert asked["raw.crm_leads"] > 1
    assert quick.keys() == usual.keys()
    assert {key: made for key, made in quick.items() if made != usual[key]} == {}
    code, _ = quick["model.lead_funnel.base_raw__crm_leads"]
    assert code and "raw_rows.created_at" in code and "raw_rows.email" not in code


@pytest.mark.parametrize(
    "query",
    [
        "with a as (select 1) select * from a",
        "\n-- with\n/* with\n */ WITH\n\na as (\n    select 1 -- with\n)\nselect 1",
        "\nwith recursive a as (select 1) select 2",
        "with\n\n-- said of it\na as (select 1) select 1",
        "select 1 from (with a as (select 1) select * from a)",
        "-- with\nselect 1",
        "withdrawn",
        "/* a */ select * from (/* b */ with x as (select 1) select * from x)",
        "/* a */ select '/* b */ with x' as word",
        "/* a */ " * 40 + "select 1",
    ],
)
def test_given_rows_are_put_where_dbt_puts_them(query: str) -> None:
    names = ("given", "others")
    given = [InjectedCTE(id=name, sql=f" {name} as (\n-- rows\nselect 1)") for name in names]
    usual = [compilation.inject_ctes_into_sql(query, rows) for rows in (given, given[:1], [])]
    with fast_dbt():
        quick = [compilation.inject_ctes_into_sql(query, rows) for rows in (given, given[:1], [])]
    assert quick == usual
    assert "given as" in quick[0]


def test_texts_are_compiled_once_for_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    make = MacroFuzzEnvironment.compile

    def counted(environment: Any, source: Any, *rest: Any, **more: Any) -> Any:
        compiled.append(source)
        return make(environment, source, *rest, **more)

    monkeypatch.setattr(MacroFuzzEnvironment, "compile", counted)

    def two() -> str:
        # As in another process: nothing is known but what was kept.
        monkeypatch.setattr(compiled_texts, "_programs", {})
        compiled_texts.kept_in.cache_clear()
        with fast_dbt(tmp_path):
            return str(MacroFuzzEnvironment().from_string("{{ 1 + 1 }}").render({}))

    assert [two(), two()] == ["2", "2"]
    assert compiled == ["{{ 1 + 1 }}"]
    kept = tmp_path / compiled_texts.FILE
    good = kept.read_bytes()
    for damaged in (good[:-1] + b"?", good[:40], b""):
        kept.write_bytes(damaged)
        assert [two(), two()] == ["2", "2"]
    assert compiled == ["{{ 1 + 1 }}"] * 4
    # Others could have written it.
    kept.chmod(0o620)
    assert two() == "2"
    assert compiled == ["{{ 1 + 1 }}"] * 5
    monkeypatch.setattr(compiled_texts, "PACKAGES", ("jinja2",))
    assert two() == "2"
    assert compiled == ["{{ 1 + 1 }}"] * 6
    # It is no reason to fail.
    kept.unlink()
    kept.mkdir()
    assert [two(), two()] == ["2", "2"]
    # A program is the text's own, in its kind of environment.
    assert compiled_texts.program_of(MacroFuzzEnvironment, "{{ 1 + 2 }}") is None
    assert compiled_texts.program_of(Environment, "{{ 1 + 1 }}") is None


@pytest.mark.parametrize("package", ["lead_funnel", "dbt", "dbt_duckdb"])
def test_each_name_means_the_same_macro(parsed: Parsed, package: str) -> None:
    macros = Manifest.from_msgpack(parsed({}).read_bytes()).get_macros_by_package()

    def namespace(context: dict[str, Any]) -> MacroNamespace:
        builder = MacroNamespaceBuilder("lead_funnel", package, MacroStack(), ["dbt_duckdb", "dbt"])
        return builder.build_namespace(macros, context)

    def meant(part: Any) -> dict[str, Any]:
        return {
            name: meant(one) if isinstance(one, Mapping) else one.macro.unique_id
            for name, one in part.items()
        }

    parts = ("global_namespace", "local_namespace", "global_project_namespace", "packages")
    usual = namespace({})
    with fast_dbt():
        first, second = namespace({"of": "one"}), namespace({"of": "another"})
    for quick in (first, second):
        assert meant(quick) == meant(usual)
        assert [meant(getattr(quick, part)) for part in parts] == [
            meant(getattr(usual, part)) for part in parts
        ]
    # The macros of a node run in its own context.
    assert first["is_incremental"].context == {"of": "one"}
    assert second["is_incremental"].context == {"of": "another"}
    # What stands in for a macro does so for this node alone.
    first["dbt"]["is_incremental"] = "instead"
    assert first.get_from_package("dbt", "is_incremental") == "instead"
    assert second.get_from_package("dbt", "is_incremental") is second["is_incremental"]


def test_a_context_holds_the_macros_for_whoever_asks() -> None:
    variables = Variables(ref="dbt's own")
    variables.macros = {"ref": "a macro", "key": "another"}
    assert dict(variables) == {"ref": "dbt's own"}
    assert variables.copy() == {"ref": "dbt's own", "key": "another"}
    assert dict(variables.items()) == dict(zip(variables.keys(), variables.values(), strict=True))
    assert variables["key"] == variables.get("key") == "another"
    assert "key" in variables and "nothing" not in variables
    assert variables.get("nothing", "default") == "default"


def test_the_manifest_is_written_when_a_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def write(what: str, place: str) -> None:
        written.append(what)

    monkeypatch.setattr(manifest, "write_manifest", write)
    for which in ("build", "run-operation", "parse", "test", "list"):
        monkeypatch.setattr(flags, "get_flags", lambda which=which: SimpleNamespace(WHICH=which))
        with fast_dbt():
            manifest.write_manifest(which, "target")
    assert written == ["parse", "list"]


def test_json_is_written_as_dbt_writes_it(tmp_path: Path) -> None:
    data = {
        "a": [1, None, "ä"],
        "b": {"at": datetime(2026, 1, 2, tzinfo=UTC), "of": Decimal("1.5")},
    }
    usual, quick = tmp_path / "usual.json", tmp_path / "new" / "quick.json"
    system.write_json(str(usual), data)
    with fast_dbt():
        system.write_json(str(quick), data)
        assert system.read_json(str(quick)) == system.read_json(str(usual))
    assert quick.read_bytes() == usual.read_bytes()


def test_models_that_read_each_other_in_a_circle_are_named() -> None:
    linker = Linker()
    for reader, read in (("b", "a"), ("c", "b"), ("a", "c")):
        linker.dependency(reader, read)
    usual = linker.find_cycles()
    with fast_dbt():
        assert linker.find_cycles() == usual == "b --> c --> a"
        straight = Linker()
        straight.dependency("b", "a")
        assert straight.find_cycles() is None
