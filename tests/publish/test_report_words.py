"""What the first screen says, in several states of a company."""

from pathlib import Path

import duckdb
import pytest

from lead_funnel.report import wording
from lead_funnel.report.figures import open_figures
from lead_funnel.report.headlines import Tile, tiles
from lead_funnel.report.page import unbroken
from lead_funnel.report.report import render
from lead_funnel.report.sentences import sentences
from tests.publish import report_pages


def change(warehouse: Path, *statements: str) -> Path:
    with duckdb.connect(str(warehouse)) as writer:
        for statement in statements:
            writer.execute(statement)
    return warehouse


def said(warehouse: Path) -> list[str]:
    return [sentence.words for sentence in sentences(open_figures(warehouse))]


def shown(warehouse: Path) -> dict[str, Tile]:
    return {tile.name: tile for tile in tiles(open_figures(warehouse))}


def test_sentences_say_what_matters(warehouse: Path) -> None:
    assert said(warehouse) == [
        "58 % (46–68 %) of the leads handed to sales were never followed up: 46 of 80. Arriving "
        "after hours adds about 8 (3 to 13) of them. About 13 deals (9 to 16) are at stake, "
        "worth 50 k EUR.",
        "No channel closes leads better than the others beyond chance.",
        "Against the 90 days before: Leads up 13 % to 1,447, MQLs handed over down 15 % to 676.",
        "The score ranks leads better than the points (0.80 against 0.70). Over 1 settled weeks "
        "it promised 4 wins and 5 came.",
        "3 things need a look in the data.",
    ]


def test_the_week_is_told_with_its_room(warehouse: Path) -> None:
    change(warehouse, "update marts.capacity_plan set team_id = 'all'")
    assert said(warehouse)[-1] == (
        "This week sales has 20 leads to call; 20 of them are new, for 25 free slots. Worked in "
        "full, they bring about 4 wins (1 to 7)."
    )
    assert shown(warehouse)["To call this week"].note == "20 of them new"
    change(warehouse, "update marts.capacity_plan set expected_wins = null")
    assert said(warehouse)[-1].endswith("for 25 free slots.")


def test_page_shows_the_sentences_and_leads_on(page: str) -> None:
    assert report_pages.sentences(page)[0].startswith("58 % (46–68 %) of the leads handed")
    assert len(report_pages.sentences(page)) <= 5
    assert report_pages.tiles(page)["Leads"] == ("1,447", "▲ 13 %", "in 90 days")
    assert report_pages.tiles(page, 30)["Won revenue"] == ("246 k EUR", "▲ 1 %", "in 30 days")


def test_channels_are_compared_only_beyond_chance(warehouse: Path) -> None:
    change(
        warehouse,
        "alter table marts.source_performance alter close_rate_low type double",
        "alter table marts.source_performance alter close_rate_high type double",
        "update marts.source_performance set close_rate_low = 0.09, close_rate = 0.187, "
        "close_rate_high = 0.25, cost_per_win = null, dimension_value = 'partner' "
        "where dimension_value like '</script>%'",
        "update marts.source_performance set close_rate_low = 0.01, close_rate = 0.0172, "
        "close_rate_high = 0.034, cost_per_win = 7415, dimension_value = 'paid_social' "
        "where dimension_value = 'unknown'",
    )
    assert (
        "Partner closes best: 19 % (9–25 %) of its leads are won within 90 days; of Paid social, "
        "1.7 % (1.0–3.4 %). A win costs 400 EUR through (address) and 7,415 EUR through Paid "
        "social."
    ) in said(warehouse)


def test_what_cannot_be_seen_is_unknown_and_not_none(warehouse: Path) -> None:
    """Sales logs nothing, nothing has an amount, and nothing is old enough."""
    change(
        warehouse,
        "delete from marts.black_hole",
        "delete from marts.black_hole_cost",
        "update marts.source_performance set close_rate = null, close_rate_low = null, "
        "close_rate_high = null",
        "update marts.headline_figures set value = null, value_low = null, value_high = null, "
        "change = null, is_beyond_chance = null, is_whole = false",
    )
    sentences = said(warehouse)
    assert sentences[:2] == [
        "Whether leads are followed up is unknown: sales logs no touches, or no handoff is old "
        "enough.",
        "No lead is old enough to show which channel closes.",
    ]
    assert not any("Against the 90 days" in sentence for sentence in sentences)
    found = shown(warehouse)
    assert (found["Won revenue"].value, found["Won revenue"].note) == ("unknown", "not in the data")
    assert found["Never followed up"].value == "unknown"
    assert found["Never followed up"].note == "no handoff is 14 days old"
    assert not any(found[name].change or found[name].trend for name in list(found)[:6])
    assert " 0 %" not in " ".join(sentences)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "delete from marts.model_registry",
            "Leads are ranked by points: no model was trained yet.",
        ),
        (
            "update marts.model_registry set is_scoring = false",
            "The score ranks leads better than the points (0.80 against 0.70). Leads are ranked "
            "by points: no model is in charge.",
        ),
        (
            "update marts.score_comparison set difference_low = -0.02",
            "It is not shown that the score ranks leads better than the points (0.80 against "
            "0.70). Over 1 settled weeks it promised 4 wins and 5 came.",
        ),
    ],
)
def test_the_score_is_praised_only_where_it_is_better(
    warehouse: Path, statement: str, expected: str
) -> None:
    assert expected in said(change(warehouse, statement))


def test_a_small_company_has_no_trend_and_no_change(warehouse: Path) -> None:
    change(
        warehouse,
        "delete from marts.headline_figures where span_days = 30",
        "update marts.headline_figures set value = 3, change = null, is_beyond_chance = null, "
        "is_whole = false where metric in ('leads', 'mqls')",
        "delete from marts.forecast_backtest",
        "delete from marts.capacity_plan",
    )
    found = shown(warehouse)
    assert found["Leads"] == Tile(
        "Leads", "3", "in 90 days; data begin within them", "", "", "funnel"
    )
    assert "Promised → happened" not in found
    assert found["To call this week"].note == ""


def test_tiles_stand_beside_the_period_before(warehouse: Path) -> None:
    found = shown(warehouse)
    assert list(found) == [
        "Won revenue",
        "Open pipeline",
        "Leads",
        "MQLs handed over",
        "Accepted by sales",
        "Never followed up",
        "Promised → happened",
        "To call this week",
    ]
    revenue = found["Won revenue"]
    assert (revenue.value, revenue.change, revenue.note) == ("838 k EUR", "▲ 40 %", "in 90 days")
    assert "2 periods of 30 days, from 244 k EUR to 246 k EUR" in revenue.trend
    assert found["Open pipeline"].value == "2.23 M EUR"
    assert found["MQLs handed over"].change == "▼ 15 %"
    accepted = found["Accepted by sales"]
    assert (accepted.value, accepted.change) == ("31 %", "▼ 2 pts, within chance")
    assert accepted.note == "(27–35 %) after 14 days"
    assert found["Promised → happened"].value == "4 → 5"
    assert found["To call this week"].note == ""


@pytest.mark.parametrize("name", ["empty_warehouse", "bare_warehouse"])
def test_nothing_built_says_so(name: str, request: pytest.FixtureRequest) -> None:
    page = render(request.getfixturevalue(name))
    if name == "bare_warehouse":
        assert report_pages.sentences(page) == ["There is nothing to show yet: run dbt build."]
    assert "nan" not in page.lower().replace("finance", "")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (wording.share(0.6243), "62 %"),
        (wording.share(0.0705), "7.1 %"),
        (wording.share(0.575), "58 %"),
        (wording.share(0), "0 %"),
        (wording.share(None), "unknown"),
        (wording.share_range(2e-18, 0.0366), "(0.0–3.7 %)"),
        (wording.count(4938.0), "4,938"),
        (wording.count(-188.2), "−188"),
        (wording.number(0.3537), "0.35"),
        (wording.number(142.6), "143"),
        (wording.money(2_664_397.12, "EUR"), "2.66 M EUR"),
        (wording.money(999_600, "EUR"), "1.00 M EUR"),
        (wording.money(9_949, "EUR"), "9,949 EUR"),
        (wording.money(285_700, "(none)"), "286 k"),
        (wording.money(None, "EUR"), "unknown"),
        (wording.label("paid_search"), "Paid search"),
        (wording.label("(null)"), "Unknown"),
        (wording.label("mql"), "MQL"),
        (wording.label("closed_won"), "Won"),
        (wording.month("2026-03-01"), "Mar 26"),
        (wording.day("2026-06-25 02:00:00"), "25 June 2026"),
        (wording.days(13.75), "14"),
        (unbroken("up 13 % to 2.2 M EUR"), "up 13\u00a0% to 2.2\u00a0M\u00a0EUR"),
    ],
)
def test_numbers_are_as_people_write_them(written: str, expected: str) -> None:
    assert written == expected
