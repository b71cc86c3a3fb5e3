"""The report stands alone, shows aggregates only, and can be read without seeing its pictures."""

import re
from pathlib import Path

import duckdb
import pytest

from lead_funnel.command.app import main
from lead_funnel.report.report import render
from tests.publish.conftest import TABLES, build
from tests.publish.report_pages import SVG, figures, words

LOADS = re.compile(r"<script|\b(?:src|action|xlink:href)\s*=|@import|url\(|//fonts", re.I)
PICTURES = [
    "How each team&#39;s week is filled",
    "What more or fewer slots would bring",
    "20 % of those who ask are won",
    "What became of those who entered each stage",
    "How far the inquiries of each month came",
    "Which months&#39; inquiries are won",
    "How long leads stay in a stage",
    "How many leads are in each stage",
    "Where all leads stand now",
    "Is it getting better?",
    "What makes it more likely?",
    "What is at stake, beside what was won",
    "In which team?",
    "At which hour do they arrive?",
    "Which channels close?",
    "What each channel brings and costs",
    "What the most expensive campaigns cost, and for whom",
    "MQLs against the goal",
    "After which piece do leads move on?",
    "The promise held in 1 of 1 weeks",
    "Does it rank leads better?",
    "How warm the open leads are",
    "Where we stand",
    "Rows that could not be used",
]


def test_page_loads_and_runs_nothing(page: str) -> None:
    assert not LOADS.search(page)
    assert {*re.findall(r'href="(.)', page)} == {"#"}
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page


def test_links_lead_to_sections(page: str) -> None:
    places = {*re.findall(r'\bid="([^"]+)"', page)}
    assert {*re.findall(r'href="#([^"]+)"', page)} <= places
    order = ["week", "funnel", "losses", "revenue", "content", "score", "maturity", "data"]
    assert re.findall(r'<section class="card" id="(\w+)"', page) == order


def test_page_names_nobody(page: str) -> None:
    assert not re.search(r"[\w.]+@[\w.]+\.\w", page)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-", page)
    for secret in ("lead-4711", "rep-zulu", "jane"):
        assert secret not in page


def test_names_from_sources_stay_text(page: str) -> None:
    assert "</script><b>" not in page
    assert '<th role="rowheader" scope="row" class="words">&lt;/script&gt;&lt;b&gt;</th>' in page
    channels = words(next(f.svg for f in figures(page) if f.title == "Which channels close?"))
    assert "</script><b>" in channels
    assert "(address)" in channels


def test_every_part_is_drawn(page: str) -> None:
    assert [figure.title for figure in figures(page)] == PICTURES
    for cell in (
        "40 % (30–50 %)",
        "20 % (18–22 %)",
        "10 (4 to 15)",
        "half have left after 14 days",
        "9,000 EUR",
        "5,400 EUR",
        "12.5 (9.0 to 16.0)",
        "50 k EUR (36 k EUR to 64 k EUR)",
        "too young to tell",
        "Missed",
        "38 % (20–60 %)",
    ):
        assert cell in page, cell
    assert "run dbt build" not in page
    for internal in ("(null)", "label horizon", "over_capacity", "closed_won", ">nan<"):
        assert internal not in page, internal


def test_every_picture_is_told_in_words(page: str) -> None:
    """Title and description for those who hear it, its numbers for those who look closer."""
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len({*ids})
    for figure in figures(page):
        svg = figure.svg
        assert svg.get("role") == "img"
        title, description = svg.findall(f"{SVG}title")[:1] + svg.findall(f"{SVG}desc")[:1]
        assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert title.text
        assert any(letter.isdigit() for letter in description.text or ""), figure.title
        assert "nan" not in words(svg).lower().split(), figure.title
        assert figure.rows > 0, figure.title


def test_maturity_says_where_we_stand_and_what_comes_next(page: str) -> None:
    assert (
        "reached “defined”, lead management “defined process”. More is defined than lived" in page
    )
    grid = next(figure.svg for figure in figures(page) if figure.title == "Where we stand")
    assert "Relationship: defined, level 2 of 4; lead management: defined process" in words(grid)
    assert "no, 43 %" in page
    assert "not answered" in page


def test_marks_carry_their_numbers(page: str) -> None:
    funnel = next(f.svg for f in figures(page) if "who ask are won" in f.title)
    bars = [element.text for element in funnel.iter(f"{SVG}title")][1:]
    assert bars[1] == "MQL: 40 of 80, 50 % (45–55 %)"
    assert "↓ 40 % (30–50 %) go on" in words(funnel)


def test_no_table_needs_to_scroll_on_a_phone(page: str) -> None:
    """There, a cell stands beside the name of its column."""
    cells = re.findall(r"<td\b[^>]*>", page)
    assert len(cells) > 100
    assert all('data-label="' in cell for cell in cells)
    assert "overflow-x" not in page


@pytest.mark.slow
def test_many_years_and_names_stay_small(tmp_path: Path) -> None:
    """A history of fourteen years, eighteen months of cohorts, and twenty of each name."""
    long = dict(TABLES)
    long["marts.funnel_daily"] = (
        "select date '2012-01-01' + cast(day as int) as date_day, stage, place as stage_order, "
        "day as stock from range(4900) d(day), (values ('inquiry', 1), ('mql', 2), ('sal', 3), "
        "('sql', 4)) s(stage, place)"
    )
    long["marts.stage_velocity_curves"] = (
        "select 'all' as dimension, stage, place as stage_order, day as days_in_stage, "
        "900 - day as at_risk, (900 - day) / 900 as still_in_share, 0.1 as still_in_share_low, "
        "0.9 as still_in_share_high from range(1, 800) d(day), (values ('inquiry', 1), "
        "('mql', 2), ('sal', 3), ('sql', 4)) s(stage, place)"
    )
    for name in ("source_performance", "campaign_performance", "content_performance"):
        key = {"source_performance": "dimension_value", "campaign_performance": "campaign_id"}
        column = key.get(name, "content_id")
        long[f"marts.{name}"] = (
            f"select * replace ('name ' || number as {column}) from ({TABLES[f'marts.{name}']}), "
            "range(20) n(number)"
        )
    long["marts.funnel_reach"] = (
        "select * replace (case when dimension = 'month' then "
        "cast(date '2010-01-01' + to_months(cast(number as int)) as date) end as cohort_month) "
        f"from ({TABLES['marts.funnel_reach']}), range(180) n(number) "
        "where cohort_month is distinct from date '2025-06-01' "
        "and (dimension = 'month' or number = 0)"
    )
    page = render(build(tmp_path / "long.duckdb", long))
    assert len(page.encode()) < 400_000
    stock = next(f for f in figures(page) if f.title == "How many leads are in each stage")
    assert "At the end: Inquiry 4,899" in words(stock.svg)
    assert "2025-05-31" in page


def test_a_table_and_its_reason_stand_whole_beside_their_bar(tmp_path: Path) -> None:
    rows = (
        "select * from (values "
        "('opportunity_contacts', 'unknown_event_name:teleported to Berlin', 2), "
        "('web_events', 'unknown_event_name:registration for the webinar completed', 1)) "
        "q(raw_table, reason, row_count)"
    )
    page = render(build(tmp_path / "quarantine.duckdb", {"marts.quarantined_rows": rows}))
    [picture] = figures(page)
    *beside, long = [element.text or "" for element in picture.svg.iter(f"{SVG}tspan")]
    assert beside == [
        "opportunity_contacts:",
        "unknown event name:teleported to Berlin",
        "web_events:",
    ]
    # A word of a source may be of any length: here it is cut, and whole in the table below.
    assert long.endswith("…")
    assert "unknown event name:registration for the webinar completed</" in page


@pytest.mark.parametrize("name", ["empty_warehouse", "bare_warehouse"])
def test_section_without_data_says_what_would_fill_it(
    name: str, request: pytest.FixtureRequest
) -> None:
    page = render(request.getfixturevalue(name))
    assert not figures(page)
    assert "There is nothing to show yet: run dbt build." in page
    assert "sales logs no touches, or no handoff is old enough. Add crm_activities." in page
    assert "No model has been compared with points yet" in page


def test_goals_are_shown_only_where_some_are_set(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("delete from marts.goal_progress")
    assert "goal" not in render(warehouse).lower().replace("against the goal", "goal")


def test_file_is_written_whole_or_not_at_all(
    empty_warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "report.html"
    assert main(["report", "--db", str(empty_warehouse), "--out", str(out)]) == 0
    assert [file.name for file in out.parent.iterdir()] == ["report.html"]
    assert main(["report", "--db", str(tmp_path / "none.duckdb"), "--out", str(out)]) == 2
    assert main(["report", "--db", str(empty_warehouse), "--out", str(tmp_path)]) == 2
    assert "not written" in capsys.readouterr().err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["deep", "empty.duckdb"]
