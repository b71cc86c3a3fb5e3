"""A mistake in the map of the CRM's fields stops the build with a sentence: file, line, remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.dbt_runs import DbtRun, RunDbt

MAP = Path(__file__).resolve().parents[2] / "seeds" / "crm_field_map.csv"
HEADER = "crm,object_type,our_column,crm_field"
KEY = "hubspot,contacts,crm_lead_id,id"

Check = Callable[..., DbtRun]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Check:
    """Let dbt check a map, given by its lines."""
    folder = tmp_path_factory.mktemp("map")
    file = folder / "my_map.csv"
    (folder / "warehouse").mkdir()

    def run(*lines: str) -> DbtRun:
        file.write_text("\n".join([HEADER, *lines, ""]))
        words = ["run-operation", "check_crm_field_map", "--args", json.dumps({"file": str(file)})]
        return run_dbt(words, raw=folder, db=folder / "warehouse" / "warehouse.duckdb")

    return run


def test_the_shipped_map_passes_and_so_does_an_empty_one(check: Check) -> None:
    shipped = check(*MAP.read_text().splitlines()[1:])
    assert shipped.success, shipped.log
    assert check().success


MISTAKES = {
    "pipedrive,leads,stage,stage": "there is no CRM pipedrive. Write hubspot or salesforce.",
    "hubspot,,stage,stage_x": "the line names no object_type. Write the kind of object",
    "hubspot,contacts,scroe,lead_score": "crm_lead_sync has no column scroe. Write one of "
    "crm_lead_id, source, crm_record_id",
    "hubspot,contacts,stage,": "the line names no crm_field for stage. Write the field of",
    "hubspot,contacts,due_at,Due at": "no field is called Due at. Write its name in the",
    "hubspot,contacts,score,Rating": "Rating belongs to reps or to the CRM, and score would",
    KEY: "crm_lead_id of hubspot contacts is mapped again, as on line 2. Keep one of the lines.",
    "hubspot,contacts,fit_grade,lead_grade": "",
    # The case of a field makes no other field of it.
    "hubspot,contacts,score_band,Lead_Grade": "hubspot contacts would write two columns into "
    "lead_grade, as on line 10. Give each a field of its own.",
    "salesforce,Lead,crm_lead_id,Lead_Number__c": "crm_lead_id goes into Lead_Number__c. It is",
    "salesforce,Contact,stage,Stage__c": "salesforce Contact has no line for crm_lead_id, so no "
    "record would be found. Add salesforce,Contact,crm_lead_id,Id.",
}


def test_each_mistake_is_told_with_file_line_and_remedy(check: Check) -> None:
    run = check(KEY, *MISTAKES)
    assert not run.success
    told = dict(re.findall(r"my_map\.csv, line (\d+): (.*)", run.log))
    assert sorted(map(int, told)) == [
        number for number, sentence in enumerate(MISTAKES.values(), start=3) if sentence
    ]
    for number, sentence in enumerate(MISTAKES.values(), start=3):
        assert sentence in told.get(str(number), ""), run.log


def test_every_command_checks_the_map_before_it_loads_anything() -> None:
    project = yaml.safe_load((MAP.parents[1] / "dbt_project.yml").read_text(encoding="utf-8"))
    hooks = project["on-run-start"]
    assert hooks.index("{{ check_crm_field_map() }}") < hooks.index("{{ prepare_sync() }}")
