"""A mistake in what sales decides stops the build with a sentence: file, line, remedy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dbt_runs import DbtRun, RunDbt

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
NAMES = (
    "sales_teams", "sales_reps", "routing_rules", "lead_effort", "country_languages",
    "stage_owners",
)  # fmt: skip

Check = Callable[..., DbtRun]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Check:
    """Let dbt check the shipped files with lines added to them."""
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "warehouse").mkdir()

    def run(**lines: str) -> DbtRun:
        for name in NAMES:
            shutil.copy(SEEDS / f"{name}.csv", folder)
            with (folder / f"{name}.csv").open("a", encoding="utf-8") as file:
                file.write(lines.get(name, ""))
        arguments = json.dumps({"folder": str(folder)})
        return run_dbt(
            ["run-operation", "check_routing_seeds", "--args", arguments],
            raw=folder,
            db=folder / "warehouse" / "warehouse.duckdb",
        )

    return run


def test_what_is_shipped_and_what_may_be_written_passes(check: Check) -> None:
    run = check(
        sales_reps="rep-1,emea,20,2026-07-01,2026-07-14,senior,4\nrep-2,,,,,,\n",
        routing_rules="1,big,DE,large,security,de,50,senior,1,emea,Large Germans\n",
        lead_effort="website,2,Inbound leads want to be called back\n",
        stage_owners="mql,,DE,large,agency,The agency calls\nmql,,DE,,marketing,Others\n",
    )
    assert run.success, run.log


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("sales_teams", "mars,Mars,Mars/Olympus", "line 5: team mars has the unknown time_zone"),
        ("stage_owners", "won,,DE,,sales,x", "line 2: there is no stage won with an owner"),
        ("stage_owners", "mql,,DE,,boss,x", "line 2: stage mql has the owner boss. Write"),
        ("stage_owners", "mql,,,,sales,x", "the owner of mql holds for everybody. Write it into"),
        ("stage_owners", "mql,,de,,sales,x", "asks for the country de. Write a code of two"),
        ("sales_teams", "emea,Again,", "line 5: team_id emea stands in the file 2 times"),
        ("sales_teams", "all,All,", "line 5: a team cannot be called all"),
        ("sales_reps", "rep-1,mars,,,,,", "line 2: rep rep-1 is in the unknown team mars"),
        ("sales_reps", "rep-1,,1.5,,,,", "line 2: rep rep-1 has the weekly_capacity 1.5. Write"),
        ("sales_reps", "rep-1,,,,,,-1", "line 2: rep rep-1 has the daily_capacity -1. Write"),
        ("sales_reps", "rep-1,,,soon,,,", "is absent from soon to , which are not two days"),
        ("sales_reps", "rep-1,,,2026-02-02,2026-02-01,,", "which lies before. Swap the two"),
        ("sales_reps", "rep-1,,,,,guru,", "has the experience guru. Write junior, experienced,"),
        ("routing_rules", "x,a,,,,,0,,,emea,", "line 10: rule a has the priority x. Write"),
        ("routing_rules", "1,a,,,,,0,,,mars,", "rule a gives leads to the unknown team mars"),
        ("routing_rules", "1,a,Germany,,,,0,,,emea,", "Write a code of two capital letters"),
        ("routing_rules", "1,a,,huge,,,0,,,emea,", "rule a asks for the unknown segment huge"),
        ("routing_rules", "1,a,,,,xx,0,,,emea,", "asks for the language xx, which no country has"),
        ("routing_rules", "1,a,,,,,101,,,emea,", "rule a has the min_score 101. Write"),
        ("routing_rules", "1,a,,,,,0,guru,,emea,", "rule a asks for the experience guru. Write"),
        ("routing_rules", "1,a,,,,,0,,yes,emea,", "rule a has only_when_open yes. Write 1"),
        ("lead_effort", "website,3,", "line 2: leads of website take 3 slots. Write 1, or 2"),
        ("lead_effort", "website,2", "line 2: there are 2 cells and the header has 3"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(
    check: Check, name: str, line: str, sentence: str
) -> None:
    run = check(**{name: line + "\n"})
    assert not run.success
    assert sentence in run.log
    assert f"seeds/{name}.csv, line " in run.log
