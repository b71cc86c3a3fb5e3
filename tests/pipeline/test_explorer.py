"""The explorer on a whole company: without filters it shows the numbers of the marts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lead_funnel.dashboard import counts
from lead_funnel.dashboard.filters import Filters, values_of
from lead_funnel.dashboard.leads import Asked, leads
from lead_funnel.dashboard.views import PAGES
from lead_funnel.publish.copy import publish
from lead_funnel.report.figures import Figures, open_figures
from lead_funnel.warehouse import published_path
from tests.pipeline.demo_company import Company

APP = Path(__file__).resolve().parents[2] / "lead_funnel" / "dashboard" / "app.py"
ALL = Filters()
RATES = ["conversion_rate", "conversion_rate_low", "conversion_rate_high"]


@pytest.fixture(scope="module")
def figures(company: Company) -> Iterator[Figures]:
    opened = open_figures(company.db)
    yield opened
    opened.con.close()


def test_the_funnel_is_that_of_the_mart(company: Company, figures: Figures) -> None:
    for cuts, dimension, held_in in (
        (["channel"], "channel", ["dimension_value"]),
        (["month", "segment"], "month, segment", ["cohort_month", "dimension_value"]),
    ):
        shown = counts.funnel(figures, ALL, cuts)
        columns = [*(counts.CUTS[cut] for cut in cuts), "stage"]
        held = company.ask(
            f"select {', '.join(held_in)}, stage, entered, won_by_colleague, mature, "
            f"{', '.join(RATES)} from marts.funnel_conversion where dimension = '{dimension}'"
        )
        expected = {tuple(map(str, row[: len(columns)])): row[len(columns) :] for row in held}
        assert len(shown) == len(held) > 10
        for row in shown.to_dict("records"):
            # A day of pandas has a time of day.
            key = tuple(str(row[column]).removesuffix(" 00:00:00") for column in columns)
            found = [row[name] for name in ("entered", "won_by_colleague", "mature", *RATES)]
            none = float("nan")
            wanted = [none if value is None else value for value in expected[key]]
            assert found == pytest.approx(wanted, nan_ok=True, abs=1e-4)


def test_the_black_hole_is_that_of_the_mart(company: Company, figures: Figures) -> None:
    [total] = counts.black_hole(figures, ALL).itertuples()
    [held] = company.ask(
        "select handoffs, never_followed_up, black_hole_share, black_hole_share_low "
        "from marts.black_hole where dimension = 'all'"
    )
    found = (total.handoffs, total.never_followed_up, total.black_hole_share)
    assert (*found, total.black_hole_share_low) == pytest.approx(held, abs=1e-4)
    listed = leads(figures, ALL, Asked("black_hole"))[1]
    assert [(listed,)] == company.ask(
        "select count(distinct lead_key) from marts.fct_handoffs where is_in_black_hole"
    )


def test_filters_part_the_numbers_without_rest(company: Company, figures: Figures) -> None:
    [(everybody,)] = company.ask("select count(*) from marts.dim_leads where cycle_number > 0")
    [(won,)] = company.ask("select sum(won_amount) from marts.fct_opportunities")
    assert leads(figures, ALL, Asked())[1] == everybody
    for name in ("team", "channel", "segment", "country"):
        narrowed = [Filters(**{name: value}) for value in values_of(figures, name)]
        assert sum(leads(figures, each, Asked())[1] for each in narrowed) == everybody
        if name != "team":
            amounts = [counts.deals(figures, each)["won_amount"].sum() for each in narrowed]
            assert sum(amounts) == pytest.approx(won)
    months = values_of(figures, "since")
    before, after = Filters(until=months[5]), Filters(since=months[6])
    assert sum(leads(figures, each, Asked())[1] for each in (before, after)) == everybody


def test_a_stage_that_is_clicked_has_the_leads_it_counts(
    company: Company, figures: Figures
) -> None:
    few = Filters(channel="paid_search")
    [(leads_entered,)] = company.ask(
        "select count(distinct entries.lead_key) from marts.fct_stage_transitions as entries "
        "inner join marts.cycle_dimensions using (lead_key, cycle_number) "
        "where stage = 'sal' and channel = 'paid_search' and segment = 'small'"
    )
    asked = Asked("entered", "sal", "segment", "small")
    rows, found = leads(figures, few, asked)
    assert found == leads_entered > 0
    assert set(rows["channel"]) == {"paid_search"}
    assert set(rows["segment"]) == {"small"}


def test_every_page_is_drawn(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "warehouse.duckdb"
    publish(company.db, published_path(db))
    monkeypatch.setattr(sys, "argv", ["app.py", "--db", str(db)])
    [(lead,)] = company.ask("select cast(min(lead_key) as varchar) from marts.routable_leads")
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["segment"] = "small"
    app.run()
    for page in PAGES:
        app.sidebar.radio[0].set_value(page).run()
        assert not app.exception, page
        assert not app.info, page
        assert app.dataframe or page == "One lead"
    app.text_input(key="lead").set_value(lead).run()
    assert not app.exception
    assert len(app.metric) == 4
