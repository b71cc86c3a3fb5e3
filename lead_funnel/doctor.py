"""What stands in the way of a build, found in seconds: one line a check, with its remedy."""

from __future__ import annotations

import csv
import fcntl
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.project import (
    FILE,
    LINK,
    PACKAGE,
    builds_on_package,
    is_package,
    present_project,
    project_folder,
    project_variables,
    read_yaml,
    shipped_project,
)
from lead_funnel.warehouse import USUAL_MEMORY, first_line, open_warehouse, published_path
from lead_funnel.words import count_text, text, time_text

OK, WARN, FAIL = "ok", "warn", "fail"
# A build writes a new file beside the old one, and a copy of it.
FEWEST_FREE_BYTES = 2 * 2**30
TIMES_OF_WAREHOUSE = 3
FEWEST_MEMORY_BYTES = 2 * 2**30
OLD_COPY_DAYS = 2
UNITS = {"kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 2**10, "mib": 2**20}
UNITS |= {"gib": 2**30, "tib": 2**40}


@dataclass(frozen=True)
class Check:
    """What a check found.

    Attributes
    ----------
    subject, state, finding : str
        What was looked at; `ok`, `warn` or `fail`; what is there.
    remedy : str
        What to do; empty where nothing is wrong.
    """

    subject: str
    state: str
    finding: str
    remedy: str = ""


def check_all(project: Path, raw: Path, db: Path) -> list[Check]:
    """Make all checks; none of them stops the others."""
    folder = present_project(project)
    parts: list[tuple[str, Callable[[], Iterator[Check]]]] = [
        ("Python", check_python),
        ("disk", lambda: check_disk(db)),
        ("memory", check_memory),
        ("locks", lambda: check_locks(db)),
        ("project", lambda: check_project(project)),
        ("seeds", lambda: check_seeds(folder)),
        ("raw files", lambda: check_raw(raw)),
        ("sources", lambda: check_sources(folder, db)),
        ("copy", lambda: check_copy(db)),
    ]
    found: list[Check] = []
    for subject, check in parts:
        try:
            found += check()
        except UserError as error:
            found.append(Check(subject, FAIL, text(str(error))))
    return found


def check_python() -> Iterator[Check]:
    """Look at the versions of Python, dbt and DuckDB."""
    here = ".".join(map(str, sys.version_info[:3]))
    try:
        parts = [f"{name} {version(name)}" for name in ("dbt-core", "dbt-duckdb", "duckdb")]
    except PackageNotFoundError as error:
        yield Check("Python", FAIL, f"{error.name} is not installed", "pip install lead-funnel")
        return
    yield Check("Python", OK, ", ".join([here, *parts]))


def check_disk(db: Path) -> Iterator[Check]:
    """Compare the free space with the size of the warehouse."""
    folder = next(one for one in (db.absolute().parent, *db.absolute().parents) if one.is_dir())
    free = shutil.disk_usage(folder).free
    size = db.stat().st_size if db.is_file() else 0
    needed = max(FEWEST_FREE_BYTES, TIMES_OF_WAREHOUSE * size)
    finding = f"{bytes_text(free)} free in {folder}; the warehouse has {bytes_text(size)}"
    if not os.access(folder, os.W_OK):
        yield Check("disk", FAIL, f"{folder} cannot be written", "Name another file with --db.")
    elif free < needed:
        yield Check("disk", WARN, finding, f"Free {bytes_text(needed)} for a build and its copy.")
    else:
        yield Check("disk", OK, finding)


def check_memory() -> Iterator[Check]:
    """Compare what DuckDB may take with what the machine has."""
    has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    given = os.environ.get("LEAD_FUNNEL_MEMORY", USUAL_MEMORY)
    number = re.fullmatch(r"\s*([0-9.]+)\s*([a-zA-Z]+)\s*", given)
    limit = float(number[1]) * UNITS.get(number[2].lower(), 0) if number else 0
    finding = f"{bytes_text(has)} in the machine, DuckDB may take {given}"
    if not limit:
        yield Check(
            "memory",
            FAIL,
            f"LEAD_FUNNEL_MEMORY is {given}",
            f"Write it as, for example, {USUAL_MEMORY}.",
        )
    elif limit > 0.8 * has or has < FEWEST_MEMORY_BYTES:
        half = max(1, int(has / 2 / 10**9))
        remedy = f"Set LEAD_FUNNEL_MEMORY={half}GB: the rest is for dbt and the model."
        yield Check("memory", WARN, finding, remedy)
    else:
        yield Check("memory", OK, finding)


def check_locks(db: Path) -> Iterator[Check]:
    """Look whether another build runs, or another process has the file open."""
    lock = db.with_name(f"{db.name}.lock")
    if lock.is_file():
        with lock.open("rb") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                remedy = "Wait until it has finished; a second build waits by itself."
                yield Check("locks", WARN, f"{db} is being built", remedy)
                return
    if not db.is_file():
        yield Check("locks", OK, f"there is no warehouse at {db} yet")
        return
    try:
        open_warehouse(db, read_only=True, wait_seconds=0).close()
    except UserError as error:
        yield Check("locks", FAIL, text(str(error)))
        return
    yield Check("locks", OK, f"{db} is free")


def check_project(project: Path) -> Iterator[Check]:
    """Look where the models come from, and for variables that nothing reads."""
    if not (project / FILE).is_file():
        finding = f"none here: the installed one is used, {shipped_project()}"
        remedy = "Make your own with `lead-funnel init DIR`."
        yield Check("project", OK, finding, remedy)
        return
    if is_package(project):
        yield Check("project", OK, f"{project.absolute()} is lead_funnel itself")
        return
    own = read_yaml(project / FILE).get("vars") or {}
    own = own.get(PACKAGE) or own
    shipped = read_yaml(project_folder(project) / FILE).get("vars") or {}
    unknown = sorted(set(own) - set(shipped) - {PACKAGE})
    if unknown:
        remedy = f"Correct the names in {FILE}; docs/criteria.md lists them."
        yield Check("project", WARN, f"nothing reads the variables {', '.join(unknown)}", remedy)
    link = project / LINK
    where = shipped_project() if builds_on_package(project) else link.resolve()
    yield Check("project", OK, f"{project.absolute()}, models from {where}")


def check_seeds(project: Path) -> Iterator[Check]:
    """Compare the company's files of decisions with those that the models read."""
    shipped, own = project_folder(project) / "seeds", project / "seeds"
    files = sorted(own.glob("*.csv"))
    wrong = 0
    off = ((read_yaml(project / FILE).get("seeds") or {}).get(PACKAGE)) or {}
    for file in files:
        theirs = shipped / file.name
        if not theirs.is_file():
            continue
        for finding, remedy in _faults(file, theirs):
            wrong += 1
            yield Check("seeds", FAIL, f"seeds/{file.name}: {finding}", remedy)
        settings = off.get(file.stem) or {}
        if theirs.resolve() != file.resolve() and settings.get("+enabled", True):
            wrong += 1
            remedy = f"Add `{file.stem}: {{+enabled: false}}` under seeds: {PACKAGE}: in {FILE}."
            yield Check("seeds", FAIL, f"two seeds are called {file.stem}", remedy)
    if not wrong:
        yield Check("seeds", OK, f"{count_text(len(files))} files of decisions can be read")


def _faults(file: Path, shipped: Path) -> Iterator[tuple[str, str]]:
    try:
        rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        yield f"cannot be read ({error})", "Save it as CSV in UTF-8."
        return
    expected = shipped.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    header = [name.strip() for name in rows[0]] if rows else []
    if missing := [name for name in expected if name not in header]:
        remedy = "Add them to the header, and a cell to each line, as in the file that is shipped."
        yield f"there is no column {', '.join(missing)}", remedy
    if strange := [name for name in header if name not in expected]:
        yield f"nothing reads the column {', '.join(strange)}", "Remove it, or correct its name."
    for number, row in enumerate(rows[1:], start=2):
        if row and len(row) != len(header):
            finding = f"line {number} has {len(row)} cells and the header {len(header)}"
            yield finding, "Remove commas from cells, and check for short lines."


def check_raw(raw: Path) -> Iterator[Check]:
    """Count the raw files."""
    if not raw.is_dir():
        finding = f"there is no folder {raw}"
        remedy = "Name it with --raw, or list your tools under `sources`: docs/sources.md."
        yield Check("raw files", WARN, finding, remedy)
        return
    files = sum(one.is_file() for one in raw.rglob("*"))
    state, remedy = (OK, "") if files else (WARN, "Put exports there: docs/sources.md.")
    yield Check("raw files", state, f"{count_text(files)} files in {raw}", remedy)


def check_sources(project: Path, db: Path) -> Iterator[Check]:
    """Check the list of the company's tools, and that what it names is there."""
    from lead_funnel.sources.settings import check_places, open_entries, read_entries
    from lead_funnel.sources.show import checked_entries

    given = read_entries(project, None)
    if not given:
        remedy = (
            "" if is_package(project) else "See what there is: lead-funnel sources --detect DIR."
        )
        yield Check("sources", OK, "the list is empty: only raw files are read", remedy)
        return
    entries, names = checked_entries(project_folder(project), project_variables(project), given)
    for entry in entries:
        if entry.get("path") and not (project / str(entry["path"])).is_dir():
            finding = f"{entry['name']}: there is no folder {entry['path']}"
            yield Check("sources", FAIL, finding, "Correct `path` in the list `sources`.")
            return
    if not any(entry.get("path") for entry in entries):
        opened = open_entries(entries, names, db, project)
        with opened.connection:
            check_places(opened, names)
    tools = ", ".join(f"{entry['name']} ({entry['tool']})" for entry in entries)
    yield Check("sources", OK, tools)


def check_copy(db: Path) -> Iterator[Check]:
    """Look at the copy for readers: whether it opens, and how old it is."""
    copy = published_path(db)
    if not copy.is_file():
        yield Check("copy", WARN, f"there is none at {copy}", "Build, or `lead-funnel publish`.")
        return
    connection = open_warehouse(copy, read_only=True, wait_seconds=0)
    try:
        [(leads,)] = connection.execute("select count(*) from marts.dim_leads").fetchall()
        [(as_of,)] = connection.execute("select max(as_of) from marts.lead_scores").fetchall()
    except duckdb.Error as error:
        yield Check("copy", FAIL, text(first_line(error)), "Build and publish again.")
        return
    finally:
        connection.close()
    days = (time.time() - copy.stat().st_mtime) / 86400
    finding = f"{count_text(leads)} leads, as of {time_text(as_of)} UTC"
    if days > OLD_COPY_DAYS:
        remedy = "Find out why no build has passed since: run lead-funnel build."
        yield Check("copy", WARN, f"{finding}; written {days:.0f} days ago", remedy)
    else:
        yield Check("copy", OK, finding)


def bytes_text(size: float) -> str:
    """Write a size in GB, or in MB where it is small."""
    return f"{size / 10**9:.1f} GB" if size >= 10**9 else f"{size / 10**6:.0f} MB"
