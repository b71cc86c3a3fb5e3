"""What was found, in plain lines."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from lead_funnel.raw.costs import TABLE_COSTS
from lead_funnel.sources.look import ConnectionSeen, TableSeen, Tool
from lead_funnel.sources.unmapped import Unmapped
from lead_funnel.words import count_text, time_text

WIDTH = 100
SHOWN_NAMES = 20


def connection_lines(seen: ConnectionSeen, tool: Tool) -> list[str]:
    """Tell of a connection: what comes of it, its tables, and what it has not."""
    entry = seen.entry
    where = (
        f"folder {entry['path']}"
        if entry.get("path")
        else (
            f"schema {entry.get('schema') or entry['name']}"
            + (f" of {entry['database']}" if entry.get("database") else "")
        )
    )
    lines = [f"{entry['name']}: {tool.name}, {where}"]
    for raw_table, rows in seen.given.items():
        lines += _wrapped(f"  {raw_table}: ", _given(seen, tool, raw_table, rows))
    for table in seen.tables:
        lines += ["", *table_lines(table)]
    if seen.missing:
        lines += ["", *_wrapped("  missing tables: ", ", ".join(seen.missing))]
    return lines


def _given(seen: ConnectionSeen, tool: Tool, raw_table: str, rows: int) -> str:
    if rows:
        return _rows(rows)
    tables = [one.names[0] for one in tool.wanted.get(raw_table, [])]
    missing = [table for table in dict.fromkeys(tables) if table in seen.missing]
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    why = f" (no table {', '.join(missing[:3])}{more})" if missing else ""
    return f"no rows{why}: {TABLE_COSTS.get(raw_table, 'nothing in it is read')}"


def table_lines(table: TableSeen) -> list[str]:
    """Tell of a table: its rows, and what each column of ours is called there."""
    name = table.relations[0].identifier
    what = (
        f" ({len(table.relations)} tables, the first {name})"
        if len(table.relations) > 1
        else (f" (called {name})" if name != table.table else "")
    )
    newest = f", newest {time_text(table.newest)}" if table.newest else ""
    lines = [f"  table {table.table}{what}: {_rows(table.rows)}{newest}"]
    read = [
        ours if ours == theirs else f"{ours}={theirs}" for ours, theirs in table.matched.items()
    ]
    lines += _wrapped("    read: ", ", ".join(read) or "none of its columns")
    if table.absent:
        lines += _wrapped("    not there: ", ", ".join(table.absent))
    if table.unread:
        lines += _wrapped("    not read: ", _shortened(table.unread))
    return lines


def unmapped_lines(found: Sequence[Unmapped], stages: Sequence[str]) -> list[str]:
    """Tell of the words that no line maps, with the lines to add."""
    stands_for = {
        "STAGE": f"one of {', '.join(stages)} for STAGE",
        "CHANNEL": "the channel for CHANNEL",
        "XX": "the code of two letters for XX",
        "KIND": "new_business, expansion or renewal for KIND",
    }
    lines: list[str] = []
    for one in found:
        total = sum(rows for _, rows in one.words)
        what = next(text for word, text in stands_for.items() if word in one.kind.line)
        lines += [
            "",
            f"No line of the seeds maps {count_text(len(one.words))} of the {one.kind.name}, in "
            f"{_rows(total)}. Add to seeds/{one.kind.seed.file}.csv, with {what}:",
            *(f"  {line}" for line in one.lines()[:SHOWN_NAMES]),
        ]
        if len(one.words) > SHOWN_NAMES:
            lines.append(f"  ... and {count_text(len(one.words) - SHOWN_NAMES)} more")
    return lines


def entry_line(entry: Mapping[str, object]) -> str:
    """Write an entry of the list as a line of YAML."""

    def value(one: object) -> str:
        if isinstance(one, dict):
            return "{" + ", ".join(f"{key}: {value(own)}" for key, own in one.items()) + "}"
        return str(one)

    return f"  - {value(dict(entry))}"


def _rows(count: int) -> str:
    return f"{count_text(count)} row" + ("" if count == 1 else "s")


def _shortened(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def _wrapped(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * (len(label) - len(label.lstrip()) + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
