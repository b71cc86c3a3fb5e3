"""A mistake in the rules stops the build with a sentence: file, line, remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.dbt_runs import DbtRun, RunDbt

RULES = Path(__file__).resolve().parents[2] / "seeds" / "points_rules.csv"
HEADER = RULES.read_text().splitlines()[0]

Check = Callable[..., DbtRun]


def rule(rule_id: str = "visit", **cells: str) -> str:
    """A line of the file: a faultless rule of behaviour, but for the given cells."""
    columns = {
        "rule_id": rule_id,
        "dimension": "behavior",
        "event_type": "pricing_viewed",
        "points": "6",
        "valid_from": "2000-01-01",
        "valid_to": "9999-12-31",
        "description": "Viewed the prices",
    }
    if cells.get("dimension") == "fit":
        columns |= {"event_type": "", "field": "industry", "operator": "in", "value": "finance"}
    return ",".join((columns | cells).get(name, "") for name in HEADER.split(","))


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Check:
    """Let dbt check a file of rules, given by its lines or as a whole."""
    folder = tmp_path_factory.mktemp("rules")
    file = folder / "rules.csv"
    (folder / "warehouse").mkdir()

    def run(*lines: str, text: str | None = None, command: str = "run-operation") -> DbtRun:
        file.write_text("\n".join([HEADER, *lines, ""]) if text is None else text)
        words = [command, "check_points_rules"] if command == "run-operation" else [command]
        return run_dbt(
            words,
            raw=folder,
            db=folder / "warehouse" / "warehouse.duckdb",
            variables={"points_rules_file": str(file)},
        )

    return run


def test_the_shipped_rules_pass(check: Check) -> None:
    run = check(text=RULES.read_text())
    assert run.success, run.log


MISTAKES = {
    "an unknown event type": (
        rule(event_type="pricing_veiwed"),
        "rule visit asks for the unknown event_type pricing_veiwed. Write one that",
    ),
    "no points": (rule(points="0"), "rule visit gives no points. Write a number other than 0"),
    "empty points": (rule(points=""), "rule visit gives no points. Write a number other than 0"),
    "points in words": (rule(points="six"), "points that are not a number: six. Write a number"),
    "no condition": (rule(event_type=""), "has no condition, so every event would earn it. Fill"),
    "an unknown dimension": (rule(dimension="fitness"), "dimension fitness. Write behavior"),
    "half an award": (rule(max_awards="1.5"), "has max_awards 1.5. Write a whole number, or 0"),
    "a rest in words": (rule(cool_down_days="two"), "cool_down_days two. Write a number, or 0"),
    "a half-life of a day": (rule(half_life_days="1"), "which is too short. Write 7 or more, or"),
    "a block in words": (rule(blocks_mql="yes"), "has blocks_mql yes. Write 1"),
    "a group without a cap": (
        rule(rule_group="pages"),
        "has the rule_group pages, which has no line in seeds/points_caps.csv. Correct the name",
    ),
    "a group that takes away": (
        rule(points="-5", rule_group="browsing"),
        "has the rule_group browsing, whose cap is on points given, and takes points away. Empty",
    ),
    "a group of fit": (
        rule(dimension="fit", rule_group="browsing"),
        "has the rule_group browsing, but an attribute is paid once. Empty the cell",
    ),
    "no day": (rule(valid_to="for ever"), "which are not two days. Write days such as"),
    "an end before the start": (
        rule(valid_from="2026-02-01", valid_to="2026-01-01"),
        "can never match: its valid_to 2026-01-01 lies before its valid_from 2026-02-01. Swap",
    ),
    "a topic that no such event has": (
        rule(topic="analytics"),
        "gives an event with event_type pricing_viewed topic analytics. Correct these cells",
    ),
    "a path that is another event": (
        rule(path_pattern="/blog%"),
        "gives an event with event_type pricing_viewed path_pattern /blog%. Correct these cells",
    ),
    "a path of an event without a page": (
        rule(event_type="email_clicked", path_pattern="/pricing%"),
        "gives an event with event_type email_clicked path_pattern /pricing%. Correct",
    ),
    "a form of an event that is none": (
        rule(form_id="contact"),
        "gives an event with event_type pricing_viewed form_id contact. Correct these cells",
    ),
    "a campaign of an event without one": (
        rule(event_type="lead_called", campaign_type="webinar"),
        "gives an event with event_type lead_called campaign_type webinar. Correct these",
    ),
    "an address instead of a path": (
        rule(path_pattern="www.example.com/pricing%"),
        "can never match: a path begins with a slash",
    ),
    "a path in capitals": (rule(path_pattern="/Pricing%"), "Write /pricing%."),
    "a path that ends in a slash": (rule(path_pattern="/pricing/"), "paths do not end in a slash"),
    "an attribute of behaviour": (
        rule(field="industry", operator="in", value="finance"),
        "is about behaviour but has a field, an operator or a value. Empty these cells",
    ),
    "an event of fit": (
        rule(dimension="fit", event_type="pricing_viewed"),
        "is about fit but asks for an event: pricing_viewed. Empty these cells",
    ),
    "an unknown field": (rule(dimension="fit", field="height"), "unknown field height. Write one"),
    "an unknown operator": (rule(dimension="fit", operator="="), "unknown operator =. Write one"),
    "no value": (rule(dimension="fit", value=""), "it has no value. Write the value that industry"),
    "a persona that nobody has": (
        rule(dimension="fit", field="persona", value="astronaut"),
        "no line of seeds/personas.csv gives the persona astronaut. Correct the value, or add",
    ),
    "a class of addresses that there is not": (
        rule(dimension="fit", field="email_class", value="freemail"),
        "there is no email_class freemail. Write business, free_mail or none",
    ),
    "a size in words": (
        rule(dimension="fit", field="employee_count", operator="at_least", value="many"),
        "its value is not a number: many. Write a number",
    ),
    "a span upside down": (
        rule(dimension="fit", field="employee_count", operator="between", value="99|5"),
        "no number is between 99 and 5. Swap the two",
    ),
    "half a span": (
        rule(dimension="fit", field="employee_count", operator="between", value="99"),
        "its value is not two numbers with a bar between: 99. Write it like",
    ),
    "a word as a number": (
        rule(dimension="fit", operator="at_least", value="5"),
        "industry is not a number. Use in or like",
    ),
}
# As many as one run names.
AT_ONCE = 20


@pytest.fixture(scope="module")
def said(check: Check) -> dict[int, str]:
    """What is said of each line, where faultless and faulty ones take turns."""
    sentences: dict[int, str] = {}
    names = list(MISTAKES)
    for start in range(0, len(names), AT_ONCE):
        lines = []
        for number, name in enumerate(names[start : start + AT_ONCE]):
            faulty = MISTAKES[name][0].replace("visit,", f"visit{number},", 1)
            lines += [rule(f"fine{number}"), faulty]
        run = check(*lines)
        assert not run.success
        for line, sentence in re.findall(r"rules.csv, line (\d+): (.*)", run.log):
            sentences[int(line) + 2 * start] = re.sub(r"visit\d+", "visit", sentence)
    return sentences


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_line_and_remedy(said: dict[int, str], mistake: str) -> None:
    line = 3 + 2 * list(MISTAKES).index(mistake)
    assert MISTAKES[mistake][1] in said[line]


def test_faultless_lines_are_not_named(said: dict[int, str]) -> None:
    assert sorted(said) == [3 + 2 * number for number in range(len(MISTAKES))]


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        ("Asked 'why'", "line 3: there is a quote or a backslash. Cells hold none"),
        ("Came, saw", "line 3: there are 22 cells and the header has 21. Leave commas"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(check: Check, description: str, sentence: str) -> None:
    assert sentence in check(rule("before"), rule(description=description)).log


def test_versions_that_overlap_are_named_with_both_lines(check: Check) -> None:
    run = check(rule(valid_to="2026-03-31"), rule("other"), rule(valid_from="2026-03-31"))
    assert "line 4: rule visit from 2026-03-31 overlaps its version from 2000-01-01" in run.log
    assert "on line 2, which is valid to 2026-03-31. End that one on the day before" in run.log


def test_versions_that_follow_each_other_pass(check: Check) -> None:
    run = check(rule(valid_to="2026-03-30"), rule(valid_from="2026-03-31", points="-3"))
    assert run.success, run.log


def test_a_rule_that_is_there_twice_is_named_with_its_first_line(check: Check) -> None:
    run = check(rule(), rule("other"), rule(points="7"))
    assert (
        "line 4: rule visit is in the file twice with valid_from 2000-01-01, first on line 2"
        in (run.log)
    )


def test_more_half_lives_than_there_is_room_for_are_refused(check: Check) -> None:
    lines = [rule(f"rule{days}", half_life_days=str(days)) for days in range(10, 19)]
    assert check(*lines[:8]).success
    assert "use 9 different half-lives. Use at most 8." in check(*lines).log


def test_a_missing_column_is_named(check: Check) -> None:
    run = check(text=RULES.read_text().replace(",max_awards,", ",max_award,"))
    assert "line 1: there is no column max_awards. Add it to the header" in run.log
    assert "The column max_award is not known" in run.log


def test_the_columns_of_old_are_enough_for_a_trial(check: Check) -> None:
    added = [
        HEADER.split(",").index(name)
        for name in ("campaign_type", "cool_down_days", "blocks_mql", "rule_group")
    ]
    lines = [
        ",".join(cell for place, cell in enumerate(line.split(",")) if place not in added)
        for line in (HEADER, rule())
    ]
    run = check(text="\n".join(lines))
    assert run.success, run.log


def test_caps_and_cells_that_cannot_be_meant_are_named(tmp_path: Path, run_dbt: RunDbt) -> None:
    """All mistakes of a file at once; that of the caps comes first."""
    (tmp_path / "warehouse").mkdir()
    header = "rule_group,max_points_in_period,period_days,max_points,description"

    def said(caps: str, cells: str) -> str:
        for name, text in (("caps", caps), ("cells", cells)):
            (tmp_path / f"{name}.csv").write_text(text)
        run = run_dbt(
            ["run-operation", "check_points_rules"],
            raw=tmp_path,
            db=tmp_path / "warehouse" / "warehouse.duckdb",
            variables={
                "points_rules_file": str(RULES),
                "points_caps_file": str(tmp_path / "caps.csv"),
                "points_cells_file": str(tmp_path / "cells.csv"),
            },
        )
        return "" if run.success else run.log

    no_cells = "cell,hands_over,description\n"
    fine = f"{header}\nbrowsing,20,30,0,Pages\n"
    assert said(fine, "cell,hands_over,description\nb1,mql,Good\n") == ""
    log = said(f"{fine}a,0,30,0,None\nb,many,30,0,Words\nc,5,1.5,0,Half\nc,5,1,0,Again\n", no_cells)
    assert "line 3: group a has no cap. Write max_points_in_period or max_points" in log
    assert "line 4: group b has max_points_in_period many. Write a number, or 0" in log
    assert "line 5: group c has period_days 1.5. Write a number, or 0 for the whole" in log
    assert "line 6: group c is in the file more than once" in log
    log = said(fine, "cell,hands_over,description\nE1,mql,x\nA1,yes,x\nA2,mql,x\na2,mql,x\n")
    assert "line 2: there is no cell E1. Write A to D (fit) and 1 to 4" in log
    assert "line 3: cell A1 has hands_over yes. Write mql (hands over), never, or" in log
    assert "line 5: cell a2 is in the file more than once" in log


def test_a_file_of_windows_passes(check: Check) -> None:
    run = check(text="\ufeff" + RULES.read_text().replace("\n", "\r\n"))
    assert run.success, run.log


def test_a_build_stops_before_anything_is_loaded(check: Check, tmp_path: Path) -> None:
    run = check(rule(points="0"), command="seed")
    assert not run.success
    assert "line 2: rule visit gives no points." in run.log


def test_other_rules_never_reach_what_people_read(check: Check) -> None:
    run = check(rule(), command="build")
    assert not run.success
    assert "Use make what-if, or select tag:what_if." in run.log


def test_rules_that_came_into_the_table_otherwise_are_checked_too(
    tmp_path: Path, run_dbt: RunDbt
) -> None:
    raw, db = tmp_path / "raw", tmp_path / "warehouse.duckdb"
    assert run_dbt(["seed"], raw=raw, db=db).success
    test = ["test", "--select", "assert_points_rules_can_match"]
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema if not exists raw")
    assert run_dbt(test, raw=raw, db=db).success
    with duckdb.connect(str(db)) as connection:
        connection.execute(
            "update seeds.points_rules set event_type = 'no_such' where rule_id = 'qr_scan'"
        )
    run = run_dbt(test, raw=raw, db=db)
    assert not run.success
    assert "assert_points_rules_can_match" in run.messages
