"""What dbt does again for every node, done once: nothing of it changes what dbt makes.

``tests/structure/test_dbt_speed.py`` holds that dbt makes the same with and without, but for two
files that nobody reads (``_graph_not_written``).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lead_funnel.compiled_texts import keep, kept_in, program_of
from lead_funnel.dbt_macros import macros_found_when_asked_for
from lead_funnel.replaced import replaced

# The schema of what tools deliver: models/staging/raw/_raw__sources.yml.
RAW = "raw"


@contextmanager
def fast_dbt(target: Path | None = None) -> Iterator[None]:
    """Have dbt do once what it does for every node, for a while.

    Parameters
    ----------
    target : pathlib.Path, optional
        Folder that dbt writes to, for what is done once for all processes.
    """
    kept = kept_in(target.absolute()) if target else None
    with ExitStack() as changes:
        for change in (
            no_collections,
            _no_debugging,
            macros_found_when_asked_for,
            _texts_compiled_once,
            _types_known_once,
            _raw_columns_asked_once,
            _manifest_written_once,
            _json_written_at_once,
            _graph_not_written,
            _circles_looked_for_quickly,
            _given_rows_put_in_quickly,
        ):
            changes.enter_context(change())
        yield
    if kept:
        kept.write()


@contextmanager
def no_collections() -> Iterator[None]:
    """Switch garbage collection off: a whole build leaves a quarter of a gigabyte of it.

    dbt keeps a million objects, and to look among new ones for reference cycles takes a twelfth of
    a run.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _no_debugging() -> Iterator[None]:
    """Tell nobody what dbt says for debugging: it says each statement, and that takes time."""
    from dbt.adapters.events.base_types import DebugLevel
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager

    def told(tell: Any) -> Any:
        def tell_others(manager: Any, event: Any, level: Any = None, **more: Any) -> None:
            if (level or event.level_tag()) != EventLevel.DEBUG:
                tell(manager, event, level, **more)

        return tell_others

    def empty(begin: Any) -> Any:
        # The adapters' own are never told at another level.
        def begin_empty(event: Any, *_: Any, **__: Any) -> None:
            event.pb_msg = getattr(event.PROTO_TYPES_MODULE, type(event).__name__)()

        return begin_empty

    with (
        replaced(EventManager, "fire_event", told),
        replaced(DebugLevel, "__init__", empty),
    ):
        yield


@contextmanager
def _texts_compiled_once() -> Iterator[None]:
    """Make a program of each text once: the same few lines stand in hundreds of tests."""
    from dbt_common.clients.jinja import MacroFuzzEnvironment

    def once(make: Any) -> Any:
        def make_once(environment: Any, source: Any, *rest: Any, **more: Any) -> Any:
            if rest or more or not isinstance(source, str):
                return make(environment, source, *rest, **more)
            program = program_of(type(environment), source)
            if program is None:
                program = make(environment, source)
                keep(type(environment), source, program)
            return program

        return make_once

    # Native environments inherit it.
    with replaced(MacroFuzzEnvironment, "compile", once):
        yield


@contextmanager
def _types_known_once() -> Iterator[None]:
    """Make once what tells the types of a query's answer: it reads a calendar's words each time.

    So does the answer without rows, which every statement gives that asks nothing.
    """
    from dbt_common.clients import agate_helper

    def once(make: Any) -> Any:
        kept = lru_cache(lambda columns, empty: make(columns, string_null_values=empty))

        def make_once(text_columns: Any, string_null_values: Any = ("null", "")) -> Any:
            return kept(tuple(text_columns), tuple(string_null_values))

        return make_once

    with (
        replaced(agate_helper, "build_type_tester", once),
        replaced(agate_helper, "empty_table", lru_cache),
    ):
        yield


@contextmanager
def _raw_columns_asked_once() -> Iterator[None]:
    """Ask once which columns a raw table has: some two hundred models and tests want to know.

    They are there before the first model is made, and no model changes them.
    """
    from dbt.adapters.duckdb.impl import DuckDBAdapter

    def once(ask: Any) -> Any:
        kept: dict[str, Any] = {}

        def ask_once(adapter: Any, relation: Any) -> Any:
            name = str(relation)
            if name in kept:
                return kept[name]
            columns = ask(adapter, relation)
            if columns and relation.schema == RAW:
                kept[name] = columns
            return columns

        return ask_once

    with replaced(DuckDBAdapter, "get_columns_in_relation", once):
        yield


# Commands that write the manifest when they end, and one that works on what another has built.
ENDING_WITH_IT = ("build", "compile", "run", "run-operation", "seed", "test")


@contextmanager
def _manifest_written_once() -> Iterator[None]:
    """Write down what the project is made of when a run ends, and not when it begins as well.

    Ten megabytes, which take most of a second each time.
    """
    from dbt.flags import get_flags
    from dbt.parser import manifest

    # What writes at the end keeps the function that it finds when it is loaded.
    import_module("dbt.task.runnable")
    flags: Any = get_flags

    def at_the_end(write: Any) -> Any:
        def write_unless_later(*arguments: Any, **more: Any) -> None:
            if flags().WHICH not in ENDING_WITH_IT:
                write(*arguments, **more)

        return write_unless_later

    with replaced(manifest, "write_manifest", at_the_end):
        yield


@contextmanager
def _json_written_at_once() -> Iterator[None]:
    """Make a file's JSON as a whole: piece by piece, Python does what C does six times faster."""
    from dbt_common.clients import system

    def at_once(usual: Any) -> Any:
        def dump(data: Any, file: Any, **more: Any) -> None:
            file.write(usual.dumps(data, **more))

        return SimpleNamespace(**vars(usual) | {"dump": dump})

    with replaced(system, "json", at_once):
        yield


@contextmanager
def _graph_not_written() -> Iterator[None]:
    """Leave out who reads whom for no reader: the manifest tells it.

    One file is not written, and the other one holds no nodes.
    """
    from dbt.compilation import Linker

    with (
        replaced(Linker, "write_graph", lambda usual: lambda *_: None),
        replaced(Linker, "get_graph_summary", lambda usual: lambda *_: {}),
    ):
        yield


@contextmanager
def _circles_looked_for_quickly() -> Iterator[None]:
    """Look for the circle itself only where models read each other in one."""
    import networkx  # type: ignore[import-untyped]
    from dbt.compilation import Linker

    def quickly(find: Any) -> Any:
        def find_if_any(linker: Any) -> Any:
            if networkx.is_directed_acyclic_graph(linker.graph):
                return None
            return find(linker)

        return find_if_any

    with replaced(Linker, "find_cycles", quickly):
        yield


# How a query begins that names what it reads from.
COMMENT = r"--[^\n]*\n|/\*(?:(?!\*/).)*\*/"
WITH = re.compile(rf"\s*(?:(?:{COMMENT})\s*)*with\b(?:\s+recursive\b)?\s*", re.I | re.S)


@contextmanager
def _given_rows_put_in_quickly() -> Iterator[None]:
    """Read no more of a unit tested query than where the rows it is given are put.

    To take the whole query apart, word by word, takes a quarter of the unit tests' time.
    """
    from dbt import compilation

    def quickly(put_in: Any) -> Any:
        def put_in_after_with(query: str, given: Any) -> Any:
            begins = WITH.match(query)
            if begins is None:
                return put_in(query, given)
            return put_in(begins[0], given) + query[begins.end() :]

        return put_in_after_with

    with replaced(compilation, "inject_ctes_into_sql", quickly):
        yield
