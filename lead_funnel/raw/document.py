"""Write what is made of the contract: macros, dbt sources, descriptions of staging, and the page.

Run as ``python -m lead_funnel.raw.document`` in the project's folder after an edit of
``contract.yml``.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.raw.contract import Column, Table, load_contract

PROJECT = Path(__file__).resolve().parents[2]
ORIGIN = "lead_funnel/raw/contract.yml"
COMMAND = "python -m lead_funnel.raw.document"
WORDS = {"integer": "whole number", "boolean": "yes or no", "json": "JSON"}
"""What people call a kind of value, where it is not its name."""

DESCRIBING = ("events", "crm_records", "deals", "models")
"""Files that describe the models of staging."""
LATEST = "; the latest version of each."
"""How the description of a staging model goes on where that of its table ends."""
PAGE_START = f"<!-- From here to the end mark made of {ORIGIN} by `{COMMAND}`. -->\n"
PAGE_END = "<!-- End of what is made. -->\n"

_MACROS = """\
{{#- Made of {origin}, which says what each word means, by
    `{command}`. Edit that file, not this one. -#}}

{{#- The raw tables: how each is read. Words are in lower case, without blanks, - and _. -#}}
{{% macro raw_tables() %}}
    {{{{ return({tables}) }}}}
{{% endmacro %}}

{{#- The columns of one raw table as a dictionary from name to kind. -#}}
{{% macro raw_columns(raw_table) %}}
    {{{{ return(lead_funnel.raw_tables()[raw_table]['columns']) }}}}
{{% endmacro %}}

{{#- Where each raw table may name a person.

    ids      by type of identifier, the columns that hold one
    alone    by column, others: it is an id, as <column>_alone, only where they are empty
    texts    columns whose words are searched for e-mail addresses
    devices  whether the row was seen on a device
    forgets  columns emptied where they name something erased, with the type
    unread   columns emptied, whatever they hold -#}}
{{% macro personal_columns() %}}
    {{{{ return({personal}) }}}}
{{% endmacro %}}
"""

_SOURCES = """\
version: 2

# Made of {origin} by `{command}`. Edit that file, not this one.
# Any table and any column may be missing; a row without the key, or without the time that is
# marked required, is quarantined.

sources:
  - name: raw
    schema: raw
    description: >-
      Data of the trackers, forms, mailers and the CRM as they came, one table per kind of record.
    config:
      # Files and some loaders leave times as text.
      loaded_at_field: try_cast(loaded_at as timestamp)
    tables:
"""


def macros(tables: Mapping[str, Table]) -> str:
    """Give the macros that hold the contract in Jinja.

    dbt needs it while it parses, before it knows its own sources, and on every engine.
    """
    return _MACROS.format(
        origin=ORIGIN,
        command=COMMAND,
        tables=_literal({name: _reading(table) for name, table in tables.items()}),
        personal=_literal({name: _personal(table) for name, table in tables.items()}),
    )


def sources(tables: Mapping[str, Table]) -> str:
    """Give the YAML of the dbt sources."""
    lines = []
    for table in tables.values():
        lines.append(f"      - name: {table.name}")
        lines.append(f"        description: {json.dumps(table.description)}")
        lines.append("        columns:")
        for column in table.columns:
            text = f"{described(column)} ({_source_type(column)})"
            lines.append(f"          - {{name: {column.name}, description: {json.dumps(text)}}}")
        lines.append("          - {name: loaded_at, description: \"{{ doc('raw_loaded_at') }}\"}")
    return _SOURCES.format(origin=ORIGIN, command=COMMAND) + "\n".join(lines) + "\n"


def page(tables: Mapping[str, Table], text: str) -> str:
    """Give the page for those who bring data, its tables made anew.

    Raises
    ------
    UserError
        If the page lacks the marks between which they stand.
    """
    before, start, rest = text.partition(PAGE_START)
    _, end, after = rest.partition(PAGE_END)
    if not (start and end):
        raise UserError(f"docs/sources.md lacks the lines {PAGE_START.strip()} and {PAGE_END}")
    parts = [_page_part(table) for table in tables.values()]
    return before + start + "\n" + "\n".join(parts) + "\n" + end + after


def models(tables: Mapping[str, Table], text: str) -> str:
    """Give the YAML of the staging models, its words about columns of the contract made anew.

    Which columns there are, it says itself, and what staging adds or makes of one (a doc block).
    """
    lines = []
    table, column = None, None
    for line in text.splitlines():
        name, said = re.search(r"name: (\w+)", line), re.search(r'description: (".*")', line)
        if line.startswith("  - name: "):
            table = tables.get(name[1].removeprefix("stg_raw__")) if name else None
        elif name:
            column = table and {one.name: one for one in table.columns}.get(name[1])
        word = None
        if table and said and line.startswith("    description: "):
            word = table.description.removesuffix(".") + LATEST if LATEST in line else None
        elif column and said and "{{ doc(" not in line:
            word = described(column)
        lines.append(line.replace(said[1], json.dumps(word)) if said and word else line)
    return "\n".join(lines) + "\n"


def described(column: Column) -> str:
    """Give the description of a column with its closed vocabulary."""
    if not column.values:
        return column.description
    empty = ", or empty" if column.may_be_empty else ""
    return f"{column.description} Closed list: {', '.join(column.values)}{empty}."


MADE: dict[str, Callable[[Mapping[str, Table], str], str]] = {
    "macros/raw/raw_contract.sql": lambda tables, _: macros(tables),
    "models/staging/raw/_raw__sources.yml": lambda tables, _: sources(tables),
    **{f"models/staging/raw/_raw__{name}.yml": models for name in DESCRIBING},
    "docs/sources.md": page,
}
"""By file of the project, how it is made of the contract and of what it was."""


def stale_files(project: Path) -> dict[Path, str]:
    """Give the files that do not say what the contract says, with what they should say."""
    tables = load_contract()
    stale = {}
    for name, make in MADE.items():
        file = project / name
        was = file.read_text(encoding="utf-8") if file.exists() else ""
        text = make(tables, was)
        if text != was:
            stale[file] = text
    return stale


def _literal(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Write dictionaries by table as Jinja reads them, which is as Python does."""
    lines = ["{"]
    for name, attributes in tables.items():
        lines.append(f"        {name!r}: {{")
        for attribute, value in attributes.items():
            # No line ends within a word of a vocabulary, or between a name and what belongs to it.
            text = f"{attribute!r}: {value!r},"
            text = re.sub(r"'[^']*'", lambda quoted: quoted[0].replace(" ", "\0"), text)
            text = text.replace(": ", ":\0")
            wrapped = textwrap.wrap(
                text,
                width=100,
                initial_indent=" " * 12,
                subsequent_indent=" " * 16,
                break_long_words=False,
                break_on_hyphens=False,
            )
            lines += [line.replace("\0", " ") for line in wrapped]
        lines.append("        },")
    return "\n".join([*lines, "    }"])


def _reading(table: Table) -> dict[str, Any]:
    columns = table.columns
    conditional = {one.name: [*one.own_time_if] for one in columns if one.own_time_if}
    plans = {one.name: one.planned_unless for one in columns if one.planned_unless}
    values = {one.name: [*one.values] for one in columns if one.values}
    optional = [one.name for one in columns if one.may_be_empty]
    words = {
        one.name: {value: _squeezed(others) for value, others in one.words.items()}
        for one in columns
        if one.words
    }
    flags = {
        one.name: {"true": _squeezed(one.true_words), "false": _squeezed(one.false_words)}
        for one in columns
        if one.true_words or one.false_words
    }
    own_ids = [one.name for one in columns if one.is_own_id]
    ids_of_fields = {one.name: [*one.of_fields] for one in columns if one.of_fields}
    fallbacks = {one.name: [*one.falls_back_to] for one in columns if one.falls_back_to}
    return {
        "key": [one.name for one in table.key],
        "own_times": [one.name for one in columns if one.own_time],
        **({"own_times_if": conditional} if conditional else {}),
        **({"planned_unless": plans} if plans else {}),
        "required": [one.name for one in columns if one.required],
        **({"values": values} if values else {}),
        **({"optional": optional} if optional else {}),
        **({"words": words} if words else {}),
        **({"flag_words": flags} if flags else {}),
        **({"fallbacks": fallbacks} if fallbacks else {}),
        **({"own_ids": own_ids} if own_ids else {}),
        **({"ids_of_fields": ids_of_fields} if ids_of_fields else {}),
        "columns": {one.name: one.kind for one in columns},
    }


def _squeezed(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(re.sub("[ _-]", "", word.lower()) for word in words))


def _personal(table: Table) -> dict[str, Any]:
    ids: dict[str, list[str]] = {}
    for one in table.columns:
        if one.identifies:
            ids.setdefault(one.identifies, []).append(
                f"{one.name}_alone" if one.unless else one.name
            )
    alone = {one.name: [*one.unless] for one in table.columns if one.unless}
    forgets = {one.name: one.emptied for one in table.columns if one.emptied}
    unread = [one.name for one in table.columns if one.unread]
    return {
        "ids": ids,
        **({"alone": alone} if alone else {}),
        "texts": [one.name for one in table.columns if one.is_searched],
        **({"devices": True} if table.seen_on_devices else {}),
        **({"forgets": forgets} if forgets else {}),
        **({"unread": unread} if unread else {}),
    }


def _source_type(column: Column) -> str:
    words = {"time": "time, UTC", "integer": "whole number", "json": "JSON"}
    kind = column.kind if column.kind in words else column.value_kind
    needed = ", required" if column.key or column.required else ""
    return words.get(kind, kind) + needed


def _page_part(table: Table) -> str:
    note = f" {table.note.strip()}" if table.note else ""
    rows = ["| column | type | meaning |", "| --- | --- | --- |"]
    for column in table.columns:
        name = f"**`{column.name}`**" if column.key else f"`{column.name}`"
        star = "*" if column.required else ""
        kind = column.kind if column.kind in WORDS else column.value_kind
        rows.append(f"| {name}{star} | {WORDS.get(kind, kind)} | {described(column)} |")
    return f"### {table.name}\n\n{table.description}{note}\n\n" + "\n".join(rows) + "\n"


def main() -> int:
    """Write the files that are stale, and say which."""
    try:
        stale = stale_files(PROJECT)
    except UserError as error:
        note(str(error))
        return 2
    for file, text in stale.items():
        file.write_text(text, encoding="utf-8")
        say(f"{file.relative_to(PROJECT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
