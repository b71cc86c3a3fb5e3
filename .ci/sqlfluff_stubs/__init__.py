"""What stands for the project's macros and dbt's own words while SQL is linted.

Rendering by dbt takes half a minute; here a macro is its text's first word: a query, where its body
is one, and otherwise a column. SQL in macros is not linted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_MACROS = Path(__file__).resolve().parents[2] / "macros"
_MACRO = re.compile(r"{%-?\s*macro (\w+)\(.*?-?%}(.*?){%-?\s*endmacro", re.S)
_JINJA = re.compile(r"{#.*?#}|{%.*?%}", re.S)


class Stub(str):
    """Text that can be called, indexed and asked for anything, and stays itself."""

    def __call__(self, *arguments: Any, caller: Any = None, **named: Any) -> Stub:
        return Stub(caller()) if caller else self

    def __getattr__(self, name: str) -> Stub:
        if name.startswith("__") or name in ("unsafe_callable", "alters_data"):
            raise AttributeError(name)
        return Stub("stub")

    def __getitem__(self, key: Any) -> Stub:
        return Stub("stub")

    def get(self, *arguments: Any) -> Stub:
        return Stub("stub")

    def values(self) -> list[Any]:
        return []

    def items(self) -> list[tuple[Stub, Stub]]:
        return [(Stub("stub"), Stub("stub"))]

    def __index__(self) -> int:
        return 1

    def append(self, item: Any) -> None:
        return None

    def __add__(self, other: Any) -> Any:
        return self

    def __radd__(self, other: Any) -> Any:
        return other


COLUMN = Stub("stub")
QUERY = Stub("select stub from stub")


def _stub(body: str) -> Stub:
    """Common table expressions, a query where one begins outside of all brackets, or a column."""
    text = _JINJA.sub(" ", body).strip()
    if re.match(r"\w+ as \(", text):
        query = QUERY if re.search(r"^\)\s+select\b", text, re.M) else ""
        return Stub("stub as (select 1 as one)" + "," * text.endswith(",") + f" {query}")
    found = re.search(r"^\s*(select|with)\b", text, re.M)
    before = text[: found.start()] if found else "("
    return QUERY if before.count("(") == before.count(")") else COLUMN


for _file in _MACROS.rglob("*.sql"):
    for _name, _body in _MACRO.findall(_file.read_text(encoding="utf-8")):
        globals()[_name] = _stub(_body)

lead_funnel = COLUMN
adapter = api = target = modules = dbt = exceptions = graph = model = COLUMN
execute = False


def ref(*names: str, **options: Any) -> Stub:
    return Stub(names[-1])


def source(schema: str, name: str) -> Stub:
    return Stub(f"{schema}.{name}")


def var(name: str, default: Any = None) -> Stub:
    return COLUMN


def env_var(name: str, default: Any = None) -> Stub:
    return COLUMN


def config(*values: Any, **named: Any) -> str:
    return ""


def return_(value: Any) -> Any:
    return value


def is_incremental() -> bool:
    return True


globals()["return"] = return_
this = Stub("this_table")
