"""What is said about a file: why it is not read, or what was met while it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lead_funnel.raw.contract import Table
from lead_funnel.raw.delimited import REPEATED_HEADER, Tally
from lead_funnel.raw.headers import matched, near_misses, other_table, tool_of
from lead_funnel.raw.notes import Note, listed
from lead_funnel.raw.objects import BROKEN_JSON
from lead_funnel.raw.records import STRAY_QUOTE
from lead_funnel.raw.shelf import Taken
from lead_funnel.raw.text import Decoding
from lead_funnel.words import count_text

SHOWN_NAMES = 8
LONGEST_NAME = 40


def refused(taken: Taken, table: Table, kind: str, what: str, remedy: str) -> Taken:
    """Say that a file is not read, and why."""
    note = _note(taken, table, kind, f"not read: it {what}.", f"{remedy}.", is_quarantined=True)
    return replace(taken, way="refused", notes=(note,))


def empty(taken: Taken, table: Table) -> Taken:
    """Say that a file holds no rows and no header."""
    note = _note(taken, table, "empty", "is empty.", "If rows were expected, export it again.")
    return replace(taken, way="empty", notes=(note,))


def misfit(taken: Taken, table: Table, names: Sequence[str], nested: Sequence[str] = ()) -> Taken:
    """Say that a file has no column of its table, and what it may be."""
    if set(matched(table, nested)):
        what = f"holds the columns of {table.name} within an object"
        return refused(taken, table, "nested", what, "Write them as columns of their own")
    if other := other_table(table, names):
        what = f"has none of the columns of {table.name}, but those of {other}"
        return refused(taken, table, "other_table", what, "Name it or its folder so")
    if near := near_misses(table, names):
        likeness = listed(
            [f"`{_shown(name)}` looks like `{column}`" for name, column in near[:SHOWN_NAMES]]
        )
        return refused(
            taken, table, "no_columns", f"has none of {table.name}'s columns, but {likeness}",
            "Rename the columns",
        )  # fmt: skip
    tool = tool_of(names)
    what = f"has none of the columns of {table.name}"
    if tool:
        what += f" and looks like an export of {tool}"
        return refused(taken, table, "other_tool", what, "Rename its columns as in docs/sources.md")
    return refused(
        taken, table, "no_columns", what, "Check its header row, or whether it is another table's"
    )


def column_remarks(table: Table, taken: Taken, names: Sequence[str]) -> tuple[Note, ...]:
    """Say which names look like columns, which are there twice, and what is missing."""
    found = matched(table, names)
    notes = []
    if near := near_misses(table, names):
        likeness = listed(
            [f"`{_shown(name)}` looks like `{column}`" for name, column in near[:SHOWN_NAMES]]
        )
        notes.append(
            _note(
                taken,
                table,
                "near_miss",
                f"{likeness}, and is not taken for it.",
                "Rename it if it is.",
            )
        )
    if twice := [name for name, positions in found.items() if len(positions) > 1]:
        columns = listed([f"`{one}`" for one in twice])
        message = f"has more than one column {columns}: the first with a value counts."
        notes.append(_note(taken, table, "column_twice", message, "Leave the others out."))
    if missing := [column.name for column in table.key if column.name not in found]:
        tool, other = tool_of(names), other_table(table, names)
        alike = f"rows of {other}" if other else f"an export of {tool}" if tool else None
        looks = f" It looks like {alike}." if alike else ""
        message = (
            f"lacks the key {listed([f'`{one}`' for one in missing])}, so that no row of it can be "
            f"used.{looks}"
        )
        notes.append(_note(taken, table, "missing_key", message, "Name the column so."))
    needed = [one.name for one in table.columns if one.required and one.name not in found]
    if needed:
        message = f"lacks the time {listed([f'`{one}`' for one in needed])}."
        notes.append(_note(taken, table, "missing_time", message, "Export it with that column."))
    return tuple(notes)


def nested_remark(
    table: Table, taken: Taken, names: Sequence[str], nested: Sequence[str]
) -> tuple[Note, ...]:
    """Say that columns of the table lie within an object, where they are not found."""
    inside = [name for name in matched(table, nested) if name not in matched(table, names)]
    holds_json = any(column.kind == "json" for column in table.columns)
    if not inside or holds_json:
        return ()
    message = (
        f"holds {listed([f'`{one}`' for one in inside[:SHOWN_NAMES]])} within an object, "
        "where they are not read."
    )
    return (_note(taken, table, "nested", message, "Write them as columns of their own."),)


def tally_remarks(
    table: Table, taken: Taken, tally: Tally, decoding: Decoding, sheets: int = 0
) -> tuple[Note, ...]:
    """Say what was met while a file was read, in numbers."""
    header, broken = tally.faults[REPEATED_HEADER], tally.faults[BROKEN_JSON]
    stray = tally.faults[STRAY_QUOTE]
    said = [
        ("encoding", decoding.legacy_lines, "{} not valid UTF-8, read as Windows-1252.",
         "If names look wrong, save it as UTF-8."),
        ("nul_characters", decoding.nul_lines, "{} with NUL characters, which are left out.",
         "Check what wrote it."),
        ("title_lines", tally.titles, "{} above the header left out.", ""),
        ("closing_lines", tally.closing, "{} with totals, or below the table, left out.", ""),
        ("stray_quotes", tally.mended, "{} whose quotes are not doubled or closed"
         + (f", {count_text(stray)} of them quarantined." if stray else ", read nevertheless."),
         "Export it with a proper CSV writer."),
        ("repeated_header", header, "{} repeating the header, quarantined.", ""),
        ("short_rows", tally.short, "{} with fewer values than the header has names.",
         "Check whether values hold line ends or the file was cut."),
        ("broken_json", broken, "{} from which on nothing can be read.", "Write it again."),
    ]  # fmt: skip
    notes = [
        _note(taken, table, kind, message.format(_lines(count)), remedy)
        for kind, count, message, remedy in said
        if count
    ]
    if sheets:
        more = "1 more holds" if sheets == 1 else f"{count_text(sheets)} more hold"
        message = f"only its first sheet is read; {more} values."
        notes.append(_note(taken, table, "more_sheets", message, "Save them as files."))
    return tuple(notes)


def number_remarks(
    table: Table,
    taken: Taken,
    found: Mapping[str, Sequence[bool]],
    styles: Mapping[str, str],
    damaged: int,
) -> tuple[Note, ...]:
    """Say how numbers are read where the file could mean another, and that ids are cut."""
    notes = []
    if damaged:
        message = f"{_lines(damaged)} with an id like 1.2E+11, whose last digits are lost."
        remedy = "Export it without opening it in a spreadsheet: rows may fall on one id."
        notes.append(_note(taken, table, "damaged_ids", message, remedy))
    commas = [f"`{name}`" for name, style in styles.items() if style.startswith("comma")]
    unclear = [
        f"`{name}`" for name, style in styles.items() if style.startswith("each") and found[name][2]
    ]
    if commas:
        message = f"{listed(commas)} read with decimal commas, as its values tell."
        notes.append(_note(taken, table, "decimal_commas", message, ""))
    if unclear:
        message = (
            f"{listed(unclear)} holds numbers like 1.234, which may be 1234: they are not read."
        )
        remedy = "Export numbers without thousands marks."
        notes.append(_note(taken, table, "unclear_numbers", message, remedy))
    return tuple(notes)


def _note(
    taken: Taken,
    table: Table,
    kind: str,
    message: str,
    remedy: str,
    *,
    is_quarantined: bool = False,
) -> Note:
    size = int(taken.version.split("@")[0]) if taken.version else None
    return Note(kind, message, remedy, table.name, taken.name, size, is_quarantined)


def _lines(count: int) -> str:
    return f"{count_text(count)} line" + ("" if count == 1 else "s")


def _shown(name: str) -> str:
    clean = "".join(letter for letter in name.strip() if letter.isprintable())
    return clean if len(clean) <= LONGEST_NAME else clean[:LONGEST_NAME] + "..."
