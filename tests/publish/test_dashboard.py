"""The explorer shows what the marts hold, from the published copy, and names nobody."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from lead_funnel.publish.copy import publish
from lead_funnel.report.figures import Figures
from lead_funnel.warehouse import published_path
from tests.publish.conftest import ADDRESS, LEAD_ID, LEAD_KEY, REP_ID
from tests.publish.test_exposures import depends_on

APP = Path(__file__).resolve().parents[2] / "lead_funnel" / "dashboard" / "app.py"
SHOWN = {
    "Funnel": [
        "select dimension_value, stage, entered, advanced, lost, recycled, disqualified, "
        "expired, won_by_colleague, open, mature, conversion_rate, conversion_rate_low, "
        "conversion_rate_high "
        "from marts.funnel_conversion where dimension = 'all'",
        "select dimension_value as channel, leads, won, mature_leads, mature_won_in_horizon, "
        "close_rate, close_rate_low, close_rate_high, median_days_to_win, sales_touches_per_win, "
        "won_amount, won_currency_code, cost, cost_currency_code, cost_per_lead, cost_per_mql, "
        "cost_per_sal, cost_per_win, return_on_cost from marts.source_performance",
    ],
    "Black hole": [
        "select dimension, dimension_value, handoffs, never_followed_up, black_hole_share, "
        "black_hole_share_low, black_hole_share_high from marts.black_hole where dimension = 'all'",
        "select dimension, dimension_value, never_followed_up, rated_by, won_anyway, "
        "missed_deals, missed_deals_low, missed_deals_high, missed_amount, missed_amount_low, "
        "missed_amount_high, currency_code, won_deals, won_amount "
        "from marts.black_hole_cost where dimension = 'all'",
    ],
    "Capacity and queue": [
        "select team_id, team_name, reps_active, weekly_capacity, slots_taken, free_slots, "
        "candidates, assigned_leads, new_handoffs, cutoff_score, expected_wins, "
        "wins_of_one_more_rep, utilisation, expected_arrivals, expected_arrivals_low, "
        "expected_arrivals_high, week_cutoff_score, target_mqls, expected_mqls, expected_mqls_low, "
        "expected_mqls_high from marts.capacity_plan",
        "select team_id, score_band, count(*) from marts.routable_leads group by all",
        "select reason_code, count(*) from marts.lead_assignments group by all",
    ],
    "Scores": [
        "select score_band, count(*) from marts.lead_scores group by all",
        "select scored_by, count(*) from marts.lead_scores group by all",
    ],
    "Nurture and content": [
        "select track, queue_reason, count(*) from marts.nurture_queue group by all",
        "select content_id, count(*) from marts.nurture_queue group by all",
        "select email_reason, count(*) from marts.contact_policy group by all",
        "select call_reason, count(*) from marts.contact_policy group by all",
        "select * exclude (title, advance_rate) from marts.content_performance",
        "from marts.content_advance_rates where stage = 'inquiry' and persona = 'analyst'",
    ],
}

CHARTS = {
    "Funnel": 2,
    "Black hole": 1,
    "Capacity and queue": 1,
    "Scores": 1,
    "Nurture and content": 0,
}

App = Callable[[], Any]


def comparable(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    """Rows as sorted text; unknown cells and addresses as the explorer writes them."""

    def cell(value: Any) -> str:
        if value is None or value != value or str(value) in ("NaT", "<NA>"):
            return "-"
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return f"{float(value):.9g}"
        return str(value).replace(ADDRESS, "(address)")

    return sorted([cell(value) for value in row] for row in rows)


@pytest.fixture
def start(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """Publish the warehouse and open the explorer on it."""
    publish(warehouse, published_path(warehouse))
    monkeypatch.setattr(sys, "argv", ["app.py", "--db", str(warehouse)])

    def run() -> Any:
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        assert not app.exception
        return app

    return run


def turn_to(app: Any, page: str) -> Any:
    app.sidebar.radio[0].set_value(page).run()
    assert not app.exception
    assert [title.value for title in app.title] == [page]
    return app


def tables(app: Any) -> list[list[list[str]]]:
    return [comparable(list(table.value.itertuples(index=False))) for table in app.dataframe]


def test_each_page_shows_the_numbers_of_the_marts(start: App, warehouse: Path) -> None:
    app = start()
    assert list(app.sidebar.radio[0].options) == list(SHOWN)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        expected = {
            page: [comparable(connection.execute(query).fetchall()) for query in queries]
            for page, queries in SHOWN.items()
        }
    for page, held in expected.items():
        assert tables(turn_to(app, page)) == held, page
        assert all(rows for rows in held)


def test_a_cut_of_the_funnel_shows_the_rows_of_the_mart(start: App) -> None:
    app = start()
    app.selectbox(key="choose_Cut by").set_value("month").run()
    app.selectbox(key="choose_Stage").set_value("sal").run()
    [[shown], _] = tables(app)
    assert shown[0].startswith("2025-01-01")
    assert shown[1:5] == ["all", "sal", "33", "40"]


def test_one_lead_is_explained_by_its_key_or_its_id_in_the_crm(start: App) -> None:
    app = turn_to(start(), "Scores")
    for wanted in (LEAD_KEY, LEAD_ID):
        app.text_input(key="lead").set_value(wanted).run()
        assert not app.exception
        score, reasons = (table.value for table in app.dataframe[2:])
        assert (score["score"].item(), score["score_band"].item()) == (64, "hot")
        assert list(reasons["label"]) == ["demonstrations", "source", "asked by"]
        assert list(reasons["value_text"]) == ["2", "partner", "(address)"]
    app.text_input(key="lead").set_value("nobody'").run()
    assert not app.exception
    assert "No lead has the CRM id or key" in app.warning[0].value


def test_no_page_names_anybody(start: App) -> None:
    app = start()
    for page in SHOWN:
        turn_to(app, page)
        told = " ".join(str(element.value) for element in [*app.markdown, *app.caption])
        told += " ".join(table.value.to_csv() for table in app.dataframe)
        told += " ".join(str(chart.proto) for chart in app.get("vega_lite_chart"))
        assert len(app.get("vega_lite_chart")) == CHARTS[page]
        for secret in (ADDRESS, REP_ID, LEAD_ID, LEAD_KEY):
            assert secret not in told, page


def test_only_the_published_copy_is_opened(start: App, warehouse: Path) -> None:
    warehouse.unlink()
    assert tables(turn_to(start(), "Scores"))


def test_without_a_published_copy_it_says_what_to_do(start: App, warehouse: Path) -> None:
    published_path(warehouse).unlink()
    app = start()
    assert "There is no published copy at" in app.error[0].value
    assert f"lead-funnel publish --db {warehouse}" in app.error[0].value
    published_path(warehouse).write_text("no warehouse")
    assert "cannot be opened" in start().error[0].value


def test_an_older_copy_is_shown_as_far_as_it_goes(
    bare_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(bare_warehouse, published_path(bare_warehouse))
    monkeypatch.setattr(sys, "argv", ["app.py", "--db", str(bare_warehouse)])
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    for page in SHOWN:
        turn_to(app, page)
        assert "Build and publish." in app.info[0].value


def test_the_exposure_names_the_marts_that_are_read(
    start: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = set()
    has = Figures.has

    def note_and_ask(figures: Figures, name: str, columns: Any) -> bool:
        read.add(name)
        return has(figures, name, columns)

    monkeypatch.setattr(Figures, "has", note_and_ask)
    app = start()
    for page in SHOWN:
        turn_to(app, page)
    turn_to(app, "Scores")
    app.text_input(key="lead").set_value(LEAD_ID).run()
    named = depends_on("models/marts/_publish__exposures.yml", "explorer")
    assert {f"marts.{name}" for name in named} == read
