"""The explorer shows what the marts hold, from the published copy, and names nobody."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from lead_funnel.dashboard.lead_page import literal
from lead_funnel.publish.copy import publish
from lead_funnel.report.figures import Figures
from lead_funnel.warehouse import published_path
from tests.publish.conftest import ACCOUNT_KEY, ADDRESS, LEAD_ID, LEAD_KEY, REP_ID

PROJECT = Path(__file__).resolve().parents[2]
APP = PROJECT / "lead_funnel" / "dashboard" / "app.py"
CHARTS = {
    "This week": 2,
    "Funnel": 2,
    "Where leads get lost": 1,
    "What brings revenue": 0,
    "Content": 0,
    "Scores": 1,
    "Accounts": 0,
    "Leads": 0,
    "One lead": 0,
}

App = Callable[..., Any]


@pytest.fixture(scope="module")
def published(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published copy of the warehouse, to be copied."""
    to = tmp_path_factory.mktemp("published") / "copy.duckdb"
    publish(made / "w.duckdb", to)
    return to


@pytest.fixture
def start(warehouse: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """Open the explorer on the published warehouse, at an address."""
    shutil.copy(published, published_path(warehouse))
    monkeypatch.setattr(sys, "argv", ["app.py", "--db", str(warehouse)])

    def run(**address: str) -> Any:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return run


def turn_to(app: Any, page: str) -> Any:
    app.sidebar.radio[0].set_value(page).run()
    assert not app.exception
    assert [title.value for title in app.title] == [page]
    return app


def rows(app: Any, number: int) -> list[list[Any]]:
    frame = app.dataframe[number].value
    return [list(row) for row in frame.astype(object).where(frame.notna(), None).to_numpy()]


def address(app: Any) -> dict[str, str]:
    """What is written after the page's address."""
    return {
        name: value if isinstance(value, str) else value[0]
        for name, value in app.query_params.items()
    }


def test_the_funnel_is_counted_under_the_filters(start: App) -> None:
    app = start(page="Funnel")
    shown = {row[0]: row[1:] for row in rows(app, 0)}
    # Of both channels: 2 x 90 old enough, 2 x 36 went on.
    assert shown["Inquiry"] == [200, 80, 40.0, "(33–47 %)", 8]
    assert shown["Won"][:3] == [40, 16, None]
    assert app.dataframe[0].proto.placeholder == "-"
    app.sidebar.selectbox(key="filter_channel").set_value("event").run()
    assert {row[0]: row[1] for row in rows(app, 0)}["Inquiry"] == 100
    assert address(app) == {"page": "Funnel", "channel": "event"}


def test_filters_hold_over_all_pages_and_can_be_cleared(start: App) -> None:
    app = start(page="Funnel", country="(null)", since="2025-06")
    assert {row[0]: row[1] for row in rows(app, 0)}["Inquiry"] == 100
    turn_to(app, "What brings revenue")
    assert "Nothing here under these filters." in [caption.value for caption in app.caption]
    assert address(app)["country"] == "(null)"
    [clear] = [button for button in app.sidebar.button if button.label == "Clear filters"]
    clear.click().run()
    assert address(app) == {"page": "What brings revenue"}
    assert rows(app, 0) == [["Email", 2.0, 1, 400.0, 1.0, 900.0]]


def test_a_filter_that_does_not_apply_is_named(start: App) -> None:
    app = start(page="What brings revenue", team="emea")
    assert "Not narrowed by team." in [caption.value for caption in app.caption]
    assert "Not narrowed by team." not in [
        caption.value for caption in turn_to(app, "Leads").caption
    ]


def test_two_dimensions_at_once_show_both(start: App) -> None:
    app = start(page="Funnel")
    app.selectbox(key="choose_And by").set_value("channel").run()
    assert [str(row[0])[:7] + row[1] for row in rows(app, 1)] == ["2025-01Email", "2025-06Event"]


def test_the_black_hole_is_counted_under_the_filters(start: App) -> None:
    app = start(page="Where leads get lost")
    assert rows(app, 0) == [["Emea", 1, 1, 0.5, 100.0, "(21–100 %)", 0.0]]
    assert app.metric[2].value == "1"
    app.sidebar.selectbox(key="filter_until").set_value("2025-01").run()
    assert app.metric[1].value == "1"
    app.sidebar.selectbox(key="filter_since").set_value("2025-06").run()
    app.sidebar.selectbox(key="filter_until").set_value(None).run()
    assert not app.metric


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ({"list": "entered", "of": "mql"}, "Leads that entered the stage MQL"),
        ({"list": "stage", "of": "mql"}, "Leads that are in the stage MQL"),
        (
            {"list": "black_hole", "cut": "cause", "row": "after_hours"},
            "Leads handed to sales that nobody followed up · cause: After hours",
        ),
        (
            {"list": "entered", "of": "inquiry", "cut": "stage_owner", "row": "marketing"},
            "Leads that entered the stage Inquiry · stage owner: Marketing",
        ),
        ({"list": "account", "of": ACCOUNT_KEY}, "Leads of an account"),
        ({"list": "no such list"}, "All leads"),
        ({"list": "entered"}, "All leads"),
    ],
)
def test_a_number_leads_to_its_leads(start: App, asked: dict[str, str], title: str) -> None:
    app = start(page="Leads", **asked)
    assert app.subheader[0].value == title
    assert rows(app, 0)[0][:4] == [LEAD_ID, 64, "hot", "MQL"]
    assert ADDRESS not in app.dataframe[0].value.to_csv()


def test_a_list_keeps_to_the_row_that_was_clicked(start: App) -> None:
    app = start(page="Leads", list="entered", of="mql", cut="month", row="2025-06-01")
    assert "0 leads." in [caption.value for caption in app.caption]


def test_what_if_moves_with_its_slider(start: App) -> None:
    app = start()
    assert app.metric[0].value == "25"
    app.select_slider(key="capacity_percent").set_value(300).run()
    assert app.metric[0].value == "75"
    assert app.metric[3].value == "17.3"


def test_one_lead_is_explained_by_its_key_or_its_id_in_the_crm(start: App) -> None:
    app = start(page="One lead")
    for wanted in (LEAD_KEY, LEAD_ID):
        app.text_input(key="lead").set_value(wanted).run()
        assert not app.exception
        assert [metric.value for metric in app.metric] == ["MQL", "64", "none", "Email"]
        reasons, path, timeline, points, moves = (rows(app, number) for number in range(5))
        assert reasons[2] == ["asked by", "(address)", "against"]
        assert [row[1] for row in path] == ["Inquiry", "MQL", "Inquiry"]
        assert timeline[0][:3] == ["Pricing viewed", "lead", "1"]
        assert points[0][-1] == "5.5"
        assert moves[0][3] == "+8.5 by new events, -2.5 by time that passed"
    assert address(app)["lead"] == LEAD_ID
    app.text_input(key="lead").set_value("nobody'").run()
    assert not app.exception
    assert "No lead has the CRM id or key" in app.warning[0].value


def test_an_e_mail_address_that_is_typed_stays_out_of_the_address_of_the_page(start: App) -> None:
    app = start(page="One lead")
    app.text_input[0].set_value(LEAD_ID).run()
    assert address(app)["lead"] == LEAD_ID
    app.text_input[0].set_value(ADDRESS).run()
    assert not app.exception
    assert "lead" not in address(app)


def test_no_page_of_numbers_names_anybody(start: App) -> None:
    app = start()
    assert list(app.sidebar.radio[0].options) == list(CHARTS)
    for page, charts in CHARTS.items():
        turn_to(app, page)
        told = " ".join(str(element.value) for element in [*app.markdown, *app.caption])
        told += " ".join(table.value.to_csv() for table in app.dataframe)
        told += " ".join(str(chart.proto) for chart in app.get("vega_lite_chart"))
        assert len(app.get("vega_lite_chart")) == charts, page
        secrets = {ADDRESS, REP_ID, LEAD_KEY, ACCOUNT_KEY, LEAD_ID}
        # What a list is of is the lead's id in the CRM.
        for secret in secrets - ({LEAD_ID} if page == "Leads" else set()):
            assert secret not in told, page


def test_only_the_published_copy_is_opened(start: App, warehouse: Path) -> None:
    app = start()
    warehouse.unlink()
    assert rows(turn_to(app, "Scores"), 0)


def test_without_a_published_copy_it_says_what_to_do(start: App, warehouse: Path) -> None:
    published_path(warehouse).unlink()
    app = start()
    assert "There is no published copy at" in app.error[0].value
    published_path(warehouse).write_text("no warehouse")
    assert "cannot be opened" in start().error[0].value


@pytest.mark.parametrize("emptied", ["bare_warehouse", "empty_warehouse"])
def test_nothing_to_show_is_said(
    emptied: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = request.getfixturevalue(emptied)
    # Neither could be published: the floor would keep it from readers.
    shutil.copy(file, published_path(file))
    monkeypatch.setattr(sys, "argv", ["app.py", "--db", str(file)])
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    for page in CHARTS:
        turn_to(app, page)
        if emptied == "bare_warehouse" and page != "One lead":
            assert "Build and publish." in app.info[0].value
        assert not app.dataframe


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
    for page in CHARTS:
        turn_to(app, page)
    app.text_input(key="lead").set_value(LEAD_ID).run()
    file = PROJECT / "models/marts/_publish__exposures.yml"
    exposures = yaml.safe_load(file.read_text(encoding="utf-8"))["exposures"]
    [named] = [each["depends_on"] for each in exposures if each["name"] == "explorer"]
    assert {f"ref('{name.removeprefix('marts.')}')" for name in read} == {*named}


def test_values_of_a_source_make_no_links() -> None:
    assert literal("Works in [us](https://x.example) & *co*") == (
        "Works in \\[us\\]\\(https\\://x.example\\) \\& \\*co\\*"
    )
