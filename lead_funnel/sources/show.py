"""Say what the company's tools hold, and what of it will be read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.project import project_folder, project_variables
from lead_funnel.sources.detect import detected_entries
from lead_funnel.sources.exports import known_tools
from lead_funnel.sources.folders import open_folders
from lead_funnel.sources.look import Connectors, check_names, look
from lead_funnel.sources.macros import Project
from lead_funnel.sources.settings import (
    MEMORY,
    Entry,
    Opened,
    check_places,
    open_entries,
    read_entries,
)
from lead_funnel.sources.text import connection_lines, entry_line, unmapped_lines
from lead_funnel.sources.unmapped import unmapped_words
from lead_funnel.warehouse import open_beside


def show_sources(project: Path, warehouse: Path, file: Path | None) -> None:
    """Print what the connections hold.

    Raises
    ------
    UserError
        If the list cannot be read, or something that it names is not there.
    """
    folder = project_folder(project)
    variables = project_variables(project)
    entries, names = checked_entries(folder, variables, read_entries(project, file))
    if not entries:
        say("The list `sources` is empty: only the raw tables are read.")
        say("See what there is to read with `lead-funnel sources --detect FILE`.")
        return
    opened = open_entries(entries, names, warehouse, project)
    with opened.connection, tempfile.TemporaryDirectory() as intake:
        check_places(opened, names)
        if any(entry.get("path") for entry in entries):
            for line in open_folders(opened, known_tools(project), Path(intake), project):
                note(line)
        contacts_are_leads = bool(variables.get("contacts_are_leads"))
        show_connections(Connectors(project, opened, variables), opened, contacts_are_leads)


def show_connections(connectors: Connectors, opened: Opened, contacts_are_leads: bool) -> None:
    """Print what each connection holds, and the words that no line of the seeds maps."""
    tools = connectors.tools({entry["tool"] for entry in opened.entries})
    check_names(tools, opened.entries)
    seen = look(connectors, tools, opened)
    for number, one in enumerate(seen):
        for line in [""] * bool(number) + connection_lines(one, tools[one.entry["tool"]]):
            say(line)
    views = {(one.entry["tool"], raw_table) for one in seen for raw_table in one.given}
    words = unmapped_words(connectors, opened, sorted(views), contacts_are_leads)
    order = f"from {connectors.seed('funnel_stages')} order by cast(stage_order as int)"
    stages = opened.connection.execute(f"select stage {order}").fetchall()  # noqa: S608
    for line in unmapped_lines(words, [stage for (stage,) in stages]):
        say(line)


def checked_entries(
    folder: Path, variables: dict[str, Any], given: object
) -> tuple[list[Entry], dict[str, str]]:
    """Check the list by the project's own rules.

    Returns
    -------
    tuple
        The list; by file that is named as a database, the name under which it is to be open.

    Raises
    ------
    UserError
        If the list has mistakes, with all of them.
    """
    with open_beside({}) as connection:
        project = Project(folder, connection, MEMORY, variables | {"sources": given})
        if mistakes := project.call("mistakes_in_sources"):
            raise UserError(" ".join(mistakes))
        entries = [dict(entry) for entry in given] if isinstance(given, list) else []
        names = {
            str(entry["database"]): str(project.call("database_of", entry))
            for entry in entries
            if entry.get("database") and project.call("is_database_file", entry["database"])
        }
    return entries, names


def propose_sources(project: Path, place: Path, warehouse: Path) -> None:
    """Print the list that fits what a database or folder holds."""
    variables = project_variables(project)
    found = detected_entries(project, variables, place, warehouse)
    if not found:
        say(f"No tables of a known tool are in {place}.")
        return
    say("# Put this into dbt_project.yml under vars, or into a file for --sources.")
    say("sources:")
    for entry, why in found:
        say(entry_line(entry) + f"  # {why}")
