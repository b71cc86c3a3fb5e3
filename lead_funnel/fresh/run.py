"""Within the day: take what arrived since the last whole build, and give new leads an owner.

Only the leads that something new touches are made, in a small warehouse of their own, and put into
the published copy. The warehouse itself learns nothing but whom the leads were given to: the night
does all of its work as if there had been no fresh run.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lead_funnel import last_build
from lead_funnel.console import note, say, working
from lead_funnel.dbt_runs import run_dbt
from lead_funnel.errors import UserError
from lead_funnel.fresh.parsed import QUIETLY, parsed_project, target_of, without_hooks
from lead_funnel.fresh.publish import Handed, mark, publish_leads, remember
from lead_funnel.fresh.small import (
    NIGHT,
    OF_FILES,
    POPULATION,
    VIEWS,
    make_small,
    make_views,
    open_small,
    remove_small,
)
from lead_funnel.fresh.state import fresh_state_path, last_whole
from lead_funnel.fresh.touched import Found, find_touched
from lead_funnel.locks import build_lock
from lead_funnel.nightly import Build
from lead_funnel.project import link_package
from lead_funnel.publish.floor import AUDIT, ChangedError
from lead_funnel.publish.retention import REQUEST_PREFIX
from lead_funnel.raw.folder import check_folder
from lead_funnel.warehouse import open_beside, open_warehouse, quoted
from lead_funnel.words import count_text

OWNERS = "+crm_lead_sync_changes"
BASE = "lead_funnel.staging.raw.base"
REQUESTS = "base_raw__erasure_requests"
# What is read of files, and when it came; then the leads, and what readers have of them.
READ = (f"{BASE},{OWNERS}", REQUESTS, "date_orders", "stg_raw__load_bounds", "clock")
LEADS = (
    OWNERS,
    "fct_lead_timeline",
    "fct_stage_transitions",
    "stage_anomalies",
    "+routable_leads",
    "cycle_dimensions",
    "nurture_queue",
    "crm_new_lead_details",
)
NOT_LEADS = (
    BASE,
    *VIEWS,
    "lead_funnel.staging.erasure",
    "date_orders",
    "stg_raw__load_bounds",
    "clock",
    *(name for name in (*POPULATION, *OF_FILES) if name != "first_knowledge"),
    # What only the tables of the population are made of: tests/structure/test_areas.py.
    "fct_training_examples",
    "int_content_contrasts",
    "int_content_uses",
    "int_training_moments",
    "stg_raw__campaign_costs",
)
# What each run does before its models: the second finds files and tables as the first left them.
HOOKS_OF_CONNECTIONS = ("attach_night", "attach_databases")
HOOKS = (*HOOKS_OF_CONNECTIONS, "prepare_raw", "prepare_ml", "prepare_sync")
WHOLE_FIRST = "Run the whole build first: make build, or lead-funnel build."


@dataclass(frozen=True)
class Result:
    """What a fresh run did."""

    found: Found
    handed: Handed | None = None


def fresh_build(options: Build, wait_seconds: float) -> int:
    """Take what is new, while no other build of the warehouse runs, and say what came of it.

    Returns
    -------
    int
        0; 1 if nothing was published because something failed.

    Raises
    ------
    UserError
        If something must be done first.
    """
    started = time.monotonic()
    os.environ["LEAD_FUNNEL_RAW"] = str(options.raw)
    os.environ["LEAD_FUNNEL_DB"] = str(options.db)
    link_package(options.project)
    if not options.db.is_file():
        raise UserError(f"There is no warehouse at {options.db}. {WHOLE_FIRST}")
    if not options.entries:
        check_folder(options.raw, options.db)
    with build_lock(options.db, wait_seconds):
        check_whole(options)
        begun, state = options.given(), fresh_state_path(options.db)
        made = options.db, options.copy
        if not options.again and last_build.is_standing(state, made, begun):
            say("Nothing is new since the last run.")
            return 0
        try:
            result = run(options)
        except ChangedError as error:
            note(f"build: {error}")
            return 1
        last_build.remember(state, made, begun)
    say(summary(result, time.monotonic() - started))
    return 0


def check_whole(options: Build) -> None:
    """Stop where there is no whole build to start from.

    Raises
    ------
    UserError
        With what to do.
    """
    last = last_whole(options.db)
    if last is None:
        raise UserError(f"The last whole build of {options.db} did not go through. {WHOLE_FIRST}")
    if last != json.loads(json.dumps(last_build.made_by(options.project, options.variables))):
        raise UserError(
            f"The last whole build was of another project, seeds or variables. {WHOLE_FIRST}"
        )
    if not options.copy.is_file():
        raise UserError(f"There is no published copy at {options.copy}. {WHOLE_FIRST}")
    with open_beside({"night": options.db, "copy": options.copy}) as connection:
        if connection.execute(
            f"from night.marts.{AUDIT} except from copy.marts.{AUDIT} limit 1"
        ).fetchall():
            raise UserError(
                f"{options.db} was built anew since it was published, by dbt alone. {WHOLE_FIRST}"
            )


def run(options: Build) -> Result:
    """Make the leads that something new touches, and publish them."""
    note("Read what arrived since the last whole build ...")
    # Nobody else may have it open for writing, nor leave changes in its log.
    open_warehouse(options.db).close()
    try:
        small = make_small(options.db)
        with in_place_of_the_warehouse(small):
            manifest = parsed_project(options, small, variables_of(options))
            without_hooks(manifest, HOOKS)
            dbt(options, small, manifest, READ, ())
        stop_at_erasures(options)
        with working("the leads that it touches"), open_small(options.db) as connection:
            make_views(connection)
            found = find_touched(connection)
        if not found.rows and not found.earlier:
            return Result(found)
        known = count_text(found.leads)
        note(f"Make the leads that it touches; known before: {known} ...")
        with in_place_of_the_warehouse(small):
            without_hooks(manifest, HOOKS_OF_CONNECTIONS)
            dbt(options, small, manifest, LEADS, NOT_LEADS)
        with working("the published copy"):
            mark(options.db)
            handed = publish_leads(options.db, options.copy, options.accept_changes)
            remember(options.db)
    finally:
        remove_small(options.db)
    return Result(found, handed)


def variables_of(options: Build) -> list[str]:
    """Say to dbt what is otherwise than in a whole build."""
    variables = {"fresh_of": str(options.db.absolute()), "exploration_share": 0}
    if options.sources:
        variables["sources"] = options.entries
    return ["--vars", json.dumps(variables)]


def dbt(
    options: Build, small: Path, manifest: Any, chosen: tuple[str, ...], left: tuple[str, ...]
) -> None:
    """Run models in the small warehouse; what dbt writes of its own lies beside it."""
    command = ["run", *variables_of(options), *QUIETLY, "--select", *chosen]
    command += ["--exclude", *left] if left else []
    command += [f"--target-path={target_of(options.db)}"]
    run_dbt(command, "tables", small, options.said, options.project, manifest)


@contextmanager
def in_place_of_the_warehouse(small: Path) -> Iterator[None]:
    """Have the profile name the small warehouse."""
    before = os.environ["LEAD_FUNNEL_DB"]
    os.environ["LEAD_FUNNEL_DB"] = str(small.absolute())
    try:
        yield
    finally:
        os.environ["LEAD_FUNNEL_DB"] = before


def stop_at_erasures(options: Build) -> None:
    """Stop where somebody asked to be forgotten since: the whole build forgets, in all tables.

    Who is due by `retention_days` did not ask: each night writes requests for the next.

    Raises
    ------
    UserError
        If so.
    """
    with open_small(options.db) as connection:
        ((asked,),) = connection.execute(
            f"select count(*) from {quoted('staging', REQUESTS)} "
            "where not starts_with(coalesce(request_id, ''), ?) and request_key not in "
            f"(select request_key from {quoted(NIGHT, 'staging', REQUESTS)})",
            [REQUEST_PREFIX],
        ).fetchall()
    if asked:
        raise UserError(f"Somebody asked to be forgotten since the last whole build. {WHOLE_FIRST}")


def summary(result: Result, seconds: float) -> str:
    """Say in a few lines what was done."""
    if not result.handed:
        return f"Nothing is new that touches a lead ({seconds:.0f} s)."
    handed = result.handed
    waiting = (
        f"Without an owner because no slot is left for them: {count_text(handed.waiting)} "
        "(slots_kept_for_the_day in dbt_project.yml keeps some).\n"
        if handed.waiting
        else ""
    )
    return (
        f"New or changed rows: {count_text(result.found.rows)}.\n"
        f"Leads made anew, colleagues among them: {count_text(handed.leads)}; with an owner: "
        f"{count_text(handed.owned)}, of these given one now: {count_text(handed.newly_owned)}.\n"
        f"{waiting}Published in {seconds:.0f} s; all else is as the last whole build left it."
    )
