"""The macros and connector views of the dbt project, rendered without dbt.

dbt takes a quarter of a minute to read the project. Here only what a view uses is read, so that
what is said of a connection is what the very macros make of it.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, NoReturn

import jinja2

from lead_funnel.errors import UserError
from lead_funnel.warehouse import Connection, quoted

_MACRO = re.compile(r"(\{%-?\s*macro\s+)(\w+)")
# A name that Jinja gives out even where it begins with an underscore; dbt does the same.
_PREFIX = "dbt_macro__"


def _new_environment() -> jinja2.Environment:
    return jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701


@functools.cache
def _program(text: str) -> CodeType:
    """Compile a text once, whatever projects and connections it is rendered for."""
    return _new_environment().compile(text)


class _ReturnedError(Exception):
    """Carries what `return` in a macro gives; dbt has the same."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


@dataclass(frozen=True)
class Column:
    """A column of a table, as dbt's adapters give it."""

    name: str
    data_type: str


@dataclass(frozen=True)
class Relation:
    """A schema or a table, as dbt's adapters give it."""

    database: str
    schema: str
    identifier: str | None = None

    def __str__(self) -> str:
        """Give the name for SQL."""
        return quoted(*(part for part in (self.database, self.schema, self.identifier) if part))

    def without_identifier(self) -> Relation:
        """Give the schema."""
        return replace(self, identifier=None)

    def incorporate(self, path: Mapping[str, str]) -> Relation:
        """Give another table of the schema."""
        return replace(self, **path)


class Project:
    """The macros and models of a dbt project, on a connection.

    Parameters
    ----------
    folder : pathlib.Path
        Where dbt_project.yml lies.
    connection : duckdb.DuckDBPyConnection
        What macros ask is asked there.
    database : str
        The name under which the warehouse is open.
    variables : mapping
        dbt's variables.
    on_call, on_ref : callables
        Hear of each macro that is called, with what, and of each model or seed that is named.
    """

    def __init__(
        self,
        folder: Path,
        connection: Connection,
        database: str,
        variables: Mapping[str, Any],
        on_call: Callable[[str, tuple[Any, ...]], None] = lambda *_: None,
        on_ref: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = folder
        self._connection = connection
        self._database = database
        self._variables = variables
        self._on_call = on_call
        self._on_ref = on_ref
        self._environment = _new_environment()
        self._files = {
            name: file
            for file in sorted((folder / "macros").rglob("*.sql"))
            for _, name in _MACRO.findall(file.read_text(encoding="utf-8"))
        }
        self._macros = {name: functools.partial(self.call, name) for name in self._files}
        self._environment.globals.update(self._names())

    def call(self, macro: str, *arguments: Any, **named: Any) -> Any:
        """Call a macro: gives what it returns, or the text that it makes."""
        if macro == "squeezed_name":
            # Asked of each column of each table.
            return self._squeezed(*arguments)
        self._on_call(macro, arguments)
        return self._call(macro, *arguments, **named)

    @functools.cache  # noqa: B019
    def _squeezed(self, name: str) -> str:
        return str(self._call("squeezed_name", name))

    def _call(self, macro: str, *arguments: Any, **named: Any) -> Any:
        found = getattr(self._module(self._files[macro]), _PREFIX + macro)
        try:
            return found(*arguments, **named)
        except _ReturnedError as returned:
            return returned.value

    def render(self, model: Path) -> str:
        """Give the SQL of a model."""
        return self._template(model.read_text(encoding="utf-8")).render()

    @functools.cache  # noqa: B019
    def _module(self, file: Path) -> Any:
        text = _MACRO.sub(rf"\1{_PREFIX}\2", file.read_text(encoding="utf-8"))
        return self._template(text).module

    def _template(self, text: str) -> jinja2.Template:
        environment = self._environment
        names = environment.make_globals(None)
        return environment.template_class.from_code(environment, _program(text), names)

    def _names(self) -> dict[str, Any]:
        """Give what dbt lets macros and models speak of, as far as connector views do."""
        return {
            **self._macros,
            "lead_funnel": SimpleNamespace(**self._macros),
            "adapter": SimpleNamespace(
                dispatch=self._dispatch,
                quote=quoted,
                get_columns_in_relation=self.columns,
                check_schema_exists=self.has_schema,
            ),
            "api": SimpleNamespace(Relation=SimpleNamespace(create=self._relation)),
            "config": lambda *_, **__: "",
            "exceptions": SimpleNamespace(raise_compiler_error=_stop, warn=lambda _: ""),
            "execute": True,
            "local_md5": _md5,
            "modules": SimpleNamespace(re=re),
            "ref": self._ref,
            "return": _return,
            "run_query": self._query,
            "target": {"type": "duckdb", "name": "duckdb", "database": self._database},
            "var": lambda name, default=None: self._variables.get(name, default),
            "zip": zip,
        }

    def _dispatch(self, macro: str, _package: str | None = None) -> Callable[..., Any]:
        return self._macros.get(f"duckdb__{macro}") or self._macros[f"default__{macro}"]

    def _ref(self, name: str) -> str:
        self._on_ref(name)
        return quoted(name)

    def _relation(
        self, database: str | None = None, schema: str = "main", identifier: str | None = None
    ) -> Relation:
        return Relation(database or self._database, schema, identifier)

    @functools.cache  # noqa: B019
    def columns(self, relation: Relation) -> list[Column]:
        """List the columns of a table or view."""
        rows = self._connection.execute(
            "select column_name, data_type from duckdb_columns() where database_name = ? "
            "and schema_name = ? and table_name = ? order by column_index",
            [relation.database, relation.schema, relation.identifier],
        ).fetchall()
        return [Column(str(name), str(data_type)) for name, data_type in rows]

    def has_schema(self, database: str, schema: str) -> bool:
        """Tell whether a schema exists."""
        found = self._connection.execute(
            "select 1 from duckdb_schemas() where database_name = ? and schema_name = ?",
            [database, schema],
        )
        return bool(found.fetchall())

    def _query(self, sql: str) -> SimpleNamespace:
        rows = [_Row(row) for row in self._connection.execute(sql).fetchall()]
        columns = [
            SimpleNamespace(values=functools.partial(list, column))
            for column in zip(*rows, strict=True)
        ]
        return SimpleNamespace(rows=rows, columns=columns)


class _Row(tuple[Any, ...]):
    def values(self) -> tuple[Any, ...]:
        return self


def _return(value: object = None) -> NoReturn:
    raise _ReturnedError(value)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _stop(message: str) -> NoReturn:
    raise UserError(message)
