"""What a tool's tag and selector take, and whether rows still come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from lead_funnel.sources.macros import Project
from lead_funnel.warehouse import open_beside
from tests.dbt_runs import PARSED_VARIABLES, PROJECT, WAREHOUSE, RunDbt

RAW = "source.lead_funnel.raw"


def test_each_tool_has_a_tag_and_a_selector() -> None:
    with open_beside({}) as connection:
        tools = set(Project(PROJECT, connection, "memory", {}).call("connector_tables"))
    text = (PROJECT / "selectors.yml").read_text(encoding="utf-8")
    selectors = {one["name"]: one["definition"] for one in yaml.safe_load(text)["selectors"]}
    assert selectors == {tool: {"method": "tag", "value": tool, "children": True} for tool in tools}
    text = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    folders = yaml.safe_load(text)["models"]["lead_funnel"]["staging"]
    assert {tool: folders[tool].get("+tags") for tool in tools} == {tool: [tool] for tool in tools}


def test_a_selector_takes_a_tool_and_what_is_made_of_it(run_dbt: RunDbt, tmp_path: Path) -> None:
    run = run_dbt(
        ["--quiet", "ls", "--resource-type", "model", "--output", "name", "--selector", "segment"],
        raw=tmp_path,
        db=tmp_path / WAREHOUSE,
        variables={"sources": PARSED_VARIABLES["sources"]},
    )
    assert run.success, run.log
    chosen = set(run.result)
    assert {"segment__web_events", "stg_raw__web_events", "lead_events", "dim_leads"} <= chosen
    assert not {"snowplow__web_events", "hubspot__crm_leads"} & chosen


def test_freshness_is_told_of_files_and_of_text(run_dbt: RunDbt, tmp_path: Path) -> None:
    """It warns of what is old and of what has no rows, and stops nothing."""
    now = datetime.now(UTC).replace(microsecond=0)
    (tmp_path / "crm_reps.csv").write_text(
        f"rep_id,loaded_at\nr1,{now - timedelta(days=9)}\nr2,{now}\nr3,soon\n", encoding="utf-8"
    )
    (tmp_path / "campaigns.csv").write_text(
        f"campaign_id,loaded_at\nc1,{now - timedelta(days=9)}\n", encoding="utf-8"
    )
    run = run_dbt(["source", "freshness"], raw=tmp_path, db=tmp_path / WAREHOUSE)
    assert run.success, run.log
    found = {result.node.unique_id: result for result in run.result.results}
    assert found[f"{RAW}.crm_reps"].status == "pass"
    assert found[f"{RAW}.crm_reps"].max_loaded_at == now
    assert found[f"{RAW}.campaigns"].status == "warn"
    assert found[f"{RAW}.web_events"].status == "warn"
    assert f"{RAW}.intake_notes" not in found
