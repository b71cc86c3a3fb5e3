"""The summary is short, true to the tables, and never breaks."""

import json
import re
from pathlib import Path

import duckdb
import pytest

from lead_funnel.command.app import main
from lead_funnel.publish.copy import publish
from lead_funnel.report.sections import WIDTH
from lead_funnel.report.summary import summarize
from lead_funnel.report.truth import read_truth
from lead_funnel.warehouse import published_path

ADDRESS = "jane.doe@customer.example"


def test_summary_shows_what_the_tables_hold(warehouse: Path) -> None:
    text = summarize(warehouse)
    assert "as of 2025-06-30 12:00 UTC" in text
    assert "1,234 read = 1,200 accepted + 30 duplicates + 4 quarantined" in text
    assert "quarantined for missing key 4" in text
    assert "3 not merged into one person, because too much is linked" in text
    assert "57.5 %" in text
    assert "46.0 to 68.0" in text
    assert "+0.100" in text
    assert "Routing is by model v1." in text
    assert re.search(r"lead-4711 +rep-zulu +2025-07-01 09:00 +64 +hot\n    Asked for a dem", text)
    assert "Missing" not in text


def test_summary_tells_of_time_money_and_goals(warehouse: Path) -> None:
    text = summarize(warehouse)
    assert (
        "2 cycles, 1 of them by leads that came back:\n              1 won, 1 handed back" in text
    )
    assert re.search(r"mql +50 +40 .* 13\.8\n", text)
    assert re.search(r"inquiry +100 +40 .* -\n", text)
    assert "more often    after hours: 70.0 % against 50.0 %, 8 more than without (3 to 13)" in text
    assert "no owner: 70.0 %" not in text
    assert "Never told    1 MQLs that sales was not told about" in text
    assert "12.5 won deals (9.0 to 16.0), worth 50,000 EUR" in text
    assert re.search(r"unknown .* 33\.5 +8\.5 +600 EUR", text)
    assert re.search(r"Fair +9,000 EUR +40 +20 +10 +2 +450 EUR +60\.0 % +5,400 EUR", text)
    assert "5,400 EUR of it on leads that nobody followed up" in text
    assert "0 of 1 goals of campaigns that are over were reached" in text
    assert "1 of 1 goals of months that are over were reached" in text
    assert "2025-06 so far: mql 23 of 50" in text


def test_marketing_is_told_what_sales_can_take(warehouse: Path, tmp_path: Path) -> None:
    db = tmp_path / "warehouse.duckdb"
    db.write_bytes(warehouse.read_bytes())
    with duckdb.connect(str(db)) as connection:
        connection.execute("update marts.capacity_plan set team_id = 'all'")
    text = summarize(db)
    assert "sales can take 28 MQLs a week; 12.5 arrive (5.5 to 19.5)" in text
    assert "70.0 % spent on acquisition: on people who had asked for nothing before" in text
    assert "Fit by behaviour: B2 1." in text


def test_what_has_no_rate_is_told_in_its_own_currency(warehouse: Path) -> None:
    text = summarize(warehouse)
    assert (
        "Money         won 2,000 EUR of new business in 4 deals, 1 of them of unknown amount"
        in text
    )
    assert "open pipeline 4,500 EUR in 2 deals" in text
    assert "spent on campaigns 9,000 EUR in 9 entries" in text
    assert "not converted: 1,000,000 JPY in 1 deal, won (no rate in" in text


def test_no_pipeline_is_empty_where_no_deal_can_be_seen(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update marts.observability set observable_from = null")
        con.execute("delete from marts.amounts_by_currency where kind != 'cost'")
    text = summarize(warehouse)
    assert "Money         unknown: no source tells of deals" in text
    assert "open pipeline" not in text
    assert "spent on campaigns 9,000 EUR" in text


def test_warnings_stand_in_order_with_their_remedies(warehouse: Path) -> None:
    text = summarize(warehouse)
    assert (
        "Warnings      3\n"
        "- There are no rows of crm_reps. Export them.\n"
        "- No line maps Odd [31m of (address) Add the line lead,Odd,STAGE.\n"
        "- 3 rows belong to nobody. Fill the address.\n"
    ) in text
    assert "\x1b" not in text


def test_null_source_stands_apart_from_unknown(warehouse: Path) -> None:
    lines = summarize(warehouse).splitlines()
    assert any(line.startswith("(null) ") for line in lines)
    assert any(line.startswith("unknown ") for line in lines)


@pytest.mark.parametrize(("language", "widest"), [("en", 115), ("de", 125)])
def test_summary_fits_a_terminal_and_names_nobody(
    warehouse: Path, language: str, widest: int
) -> None:
    text = summarize(warehouse, language=language)
    assert len(text.splitlines()) < 100
    # The name of a file may be of any length, and the tables of stages and of channels
    # have more columns than the width holds.
    lines = [line for line in text.splitlines() if str(warehouse.parent) not in line]
    rows = [line for line in lines if len(re.findall(r"\S  +", line)) > 8]
    assert {line.split()[0] for line in rows} >= {"Funnel", "sql", "unknown", "(null)"}
    assert len(rows) == 10
    assert max(map(len, rows)) <= widest
    assert [line for line in lines if len(line) > WIDTH and line not in rows] == []
    assert "@" not in text


def test_truth_stands_beside(warehouse: Path, tmp_path: Path) -> None:
    numbers = {"persons_in_data": 55, "won": 7}
    (tmp_path / "truth_summary.json").write_text(json.dumps(numbers))
    assert main(["summary", "--db", str(warehouse), "--truth", str(tmp_path)]) == 0
    text = summarize(warehouse, read_truth(tmp_path))
    assert "55 that the data can tell apart; 7 closed won" in text
    assert "in truth" not in text
    assert "truth of these" not in text


@pytest.mark.parametrize("taken_up_later", [False, True])
def test_the_black_hole_of_the_same_handoffs_stands_beside(
    warehouse: Path, tmp_path: Path, taken_up_later: bool
) -> None:
    (tmp_path / "truth_summary.json").write_text("{}")
    tables = {
        "truth_handoffs": "select 'p1' as person_id, 1 as cycle, true as black_hole, "
        f"{taken_up_later} as taken_up_later, false as pending, 0.25 as win_probability, "
        "timestamp '2025-01-01' as handed_over_at, cast(null as timestamp) as won_at",
        "truth_identifiers": "select 'p1' as person_id, 'crm_lead_id' as identifier_type, "
        "'lead-4711' as identifier_value",
    }
    for name, query in tables.items():
        duckdb.sql(query).write_parquet(str(tmp_path / f"{name}.parquet"))
    text = summarize(warehouse, read_truth(tmp_path))
    assert re.search(r"made by the CRM +1 +100.0 % +1\n", text)
    assert re.search(r"truth of these +1 +100.0 % +1\n", text)


def test_files_are_named_once_they_exist(warehouse: Path, tmp_path: Path) -> None:
    report = tmp_path / "page.html"
    assert "none yet" in summarize(warehouse, report=report)
    report.write_text("")
    publish(warehouse, published_path(warehouse))
    text = summarize(warehouse, report=report)
    assert f"Report        {report}" in text
    assert f"For readers   {published_path(warehouse)}" in text


def test_points_route_and_the_summary_says_why(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.model_registry set is_scoring = false, gate_passed = false, "
            "gate_reason = 'no better than points'"
        )
    text = summarize(warehouse)
    assert "Routing is by points: model v1 failed its gates." in text
    assert "Gate: no better than points" in text


def test_drift_of_the_model_in_charge_is_one_line(warehouse: Path) -> None:
    assert "\nDrift: refit, the base rate moved; routing goes on.\n" in summarize(warehouse)


def test_what_was_promised_stands_beside_what_came(warehouse: Path) -> None:
    said = " ".join(summarize(warehouse).split())
    assert (
        "of 12 worked handoffs of the week of 2025-03-03, 4.2 wins were to be expected "
        "(1.0 to 8.0) and 5 came; the range held in 1 of 1 weeks."
    ) in said


def test_the_promise_of_a_large_company_is_told_to_its_end(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "create or replace table marts.capacity_plan as select * replace ('all' as team_id, "
            "21126.84 as expected_wins, 13015.2 as expected_wins_low, "
            "29238.4 as expected_wins_high) from marts.capacity_plan"
        )
        connection.execute(
            "create or replace table marts.forecast_backtest as select * replace ("
            "123456 as worked_handoffs, 21000 as wins, 20126.84 as expected_wins, "
            "12015.2 as expected_wins_low, 28238.4 as expected_wins_high) "
            "from marts.forecast_backtest"
        )
    lines = summarize(warehouse, language="de").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("Versprochen und gewonnen"))
    this_week = next(n for n, line in enumerate(lines) if line.startswith("Diese Woche"))
    said = " ".join(lines[first:this_week])
    assert "waren 20.126,8 Abschlüsse zu erwarten (12.015,2 bis 28.238,4)" in said
    assert said.endswith("das Intervall hielt in 1 von 1 Wochen.")
    assert " ".join(lines[this_week : this_week + 2]) == (
        "Diese Woche: 21.126,8 (13.015,2 bis 29.238,4), wenn der Vertrieb jeden Lead bearbeitet, "
        "den er bekommt."
    )


@pytest.mark.parametrize("name", ["empty_warehouse", "bare_warehouse"])
def test_empty_or_missing_tables_are_said_and_do_not_break(
    name: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    file: Path = request.getfixturevalue(name)
    assert main(["summary", "--db", str(file)]) == 0
    text = capsys.readouterr().out
    assert "dbt build" in text
    assert "not observable" in text
    assert "Routing is by points" in text
    assert ("Missing: marts." in text) == (name == "bare_warehouse")


@pytest.mark.slow
def test_every_table_may_be_missing_alone(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute(
            "select table_name, table_type from information_schema.tables "
            "where table_schema = 'marts'"
        ).fetchall()
    for name, kind in names:
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} marts.{name}")
        assert summarize(warehouse)


def test_bad_input_is_told_in_words(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summary", "--db", str(tmp_path / "none.duckdb")]) == 2
    assert main(["summary", "--db", str(warehouse), "--truth", str(tmp_path)]) == 2
    assert "demo.simulate" in capsys.readouterr().err
