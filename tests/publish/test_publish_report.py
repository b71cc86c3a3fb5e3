"""The report stands alone and shows aggregates only."""

import json
import re
from pathlib import Path

import duckdb
import pytest

from lead_funnel.report.report import main, render

LOADS = re.compile(r"\b(?:src|href|action)\s*=|@import|url\(|//fonts|https?://(?!vega)", re.I)
DATA = re.compile(r'<script type="application/json">(.*?)</script>', re.S)


def frame(page: str) -> str:
    """Give the page without the drawing library."""
    return page[: page.index('<script type="module">')]


@pytest.fixture
def page(warehouse: Path) -> str:
    return render(warehouse)


def test_page_loads_nothing(page: str) -> None:
    assert not LOADS.search(DATA.sub("", frame(page)))
    assert "default-src 'none'" in page
    assert page.count("</script>") == page.count("<script")


def test_page_names_nobody(page: str) -> None:
    shown = frame(page)
    assert not re.search(r"[\w.]+@[\w.]+", shown)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-", shown)
    for secret in ("lead-4711", "rep-zulu", "jane"):
        assert secret not in shown


def test_names_from_sources_stay_text(page: str) -> None:
    assert "</script><b>" not in page
    assert '<td class="words">&lt;/script&gt;&lt;b&gt;</td>' in page
    specs = [json.loads(data) for data in DATA.findall(page)]
    assert any("</script><b>" in json.dumps(spec) for spec in specs)
    assert any("(address)" in json.dumps(spec) for spec in specs)


def test_every_part_is_drawn(page: str) -> None:
    assert len(DATA.findall(page)) == 17
    for title in ("The funnel", "The black hole", "Points or model", "Rows in quarantine"):
        assert f"<h2>{title}</h2>" in page
    for cell in (
        "83.3 %",
        "10 (4 to 15)",
        "13.8",
        "9,000 EUR",
        "5,400 EUR",
        "10 of 12, missed",
        "33.5",
        "40.0 %",
    ):
        assert f"<td>{cell}</td>" in page
    assert "12.5 more won deals (9.0 to 16.0), worth 50,000 EUR" in page


def test_data_of_charts_can_be_read_by_a_browser(page: str) -> None:
    """A browser knows no NaN, and would stop at the first."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    for data in DATA.findall(page):
        json.loads(data, parse_constant=refuse)
    assert "run dbt build" not in page


def test_present_capacity_is_marked_on_the_curve(page: str) -> None:
    specs = [json.loads(data) for data in DATA.findall(page)]
    [curve] = [spec for spec in specs if "the present capacity" in json.dumps(spec)]
    rows = next(iter(curve["datasets"].values()))
    assert [row["slots"] for row in rows if row["present"] == "the present capacity"] == [25]
    assert {param["name"] for param in curve["params"]} == {"team", "pointed"}


def test_many_years_of_days_are_drawn(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute(
            "create or replace table marts.funnel_daily as "
            "select date '2012-01-01' + cast(day as int) as date_day, stage, 1 as stage_order, "
            "day as stock from range(4900) d(day), (values ('inquiry'), ('mql')) s(stage)"
        )
    specs = [json.loads(data) for data in DATA.findall(render(warehouse))]
    [rows] = [
        rows
        for spec in specs
        for rows in spec["datasets"].values()
        if {"day", "stock"} <= {*rows[0]}
    ]
    assert len(rows) == 2 * 700
    assert max(row["stock"] for row in rows) == 4899


@pytest.mark.parametrize("name", ["empty_warehouse", "bare_warehouse"])
def test_chart_without_data_is_a_sentence(name: str, request: pytest.FixtureRequest) -> None:
    page = render(request.getfixturevalue(name))
    assert not DATA.findall(page)
    assert "There is nothing to show yet: run dbt build." in page
    assert "sales logs no touches" in page
    assert "No model has been compared with points yet." in page


def test_file_is_written_whole_or_not_at_all(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "report.html"
    assert main(["--db", str(warehouse), "--out", str(out)]) == 0
    assert [file.name for file in out.parent.iterdir()] == ["report.html"]
    assert main(["--db", str(tmp_path / "none.duckdb"), "--out", str(out)]) == 2
    assert main(["--db", str(warehouse), "--out", str(tmp_path)]) == 2
    assert "not written" in capsys.readouterr().err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["deep", "w.duckdb"]
