"""The whole way on the Olist data set: no statuses, no web events, no activities."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from demo import olist
from ml.commands import cli as lead_ml
from tests import warehouses

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = PROJECT.parent / "shared" / "data" / "olist"

pytestmark = pytest.mark.skipif(
    not SOURCE.is_dir(), reason="the Olist data set is not beside the project"
)

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, run_dbt: Callable[..., Any]) -> Ask:
    """Map, build, train, and ask the warehouse."""
    folder = tmp_path_factory.mktemp("olist")
    raw, db = folder / "raw", folder / "warehouse.duckdb"
    assert olist.main(["--source", str(SOURCE), "--out", str(raw)]) in (0, None)
    built = run_dbt(["build", "--exclude-resource-type", "unit_test"], raw=raw, db=db)
    assert built.success, built.log
    assert lead_ml.main(["train", "--db", str(db), "--project-dir", str(PROJECT)]) == 0
    return partial(warehouses.ask, db)


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SOURCE / "expected_facts.json").read_text())
    return loaded


def test_leads_and_wins_by_source_are_the_known_ones(ask: Ask, facts: dict[str, Any]) -> None:
    rows = ask(
        "select dimension_value, leads, won from marts.source_performance "
        "where dimension = 'lead_source'"
    )
    assert {source: {"mql": leads, "won": won} for source, leads, won in rows} == facts["by_origin"]


def test_leads_and_wins_by_month_are_the_known_ones(ask: Ask, facts: dict[str, Any]) -> None:
    rows = ask(
        """
        select
            strftime(leads.inquiry_at, '%Y-%m'), count(*) filter (where cycles.cycle_number = 1),
            count(cycles.closed_won_at)
        from marts.fct_lead_cycles as cycles
        inner join marts.dim_leads as leads using (lead_key)
        group by 1
        """
    )
    assert {month: {"mql": leads, "won": won} for month, leads, won in rows} == facts[
        "by_contact_month"
    ]


def test_the_deal_won_before_its_contact_is_kept_and_flagged(ask: Ask) -> None:
    assert ask(
        """
        select count(distinct lead_key), count(distinct cycles.closed_won_at)
        from marts.stage_anomalies
        inner join marts.fct_lead_cycles as cycles using (lead_key)
        where anomaly = 'before_first_contact'
        """
    ) == [(1, 1)]


def test_every_row_is_accepted(ask: Ask) -> None:
    assert ask(
        """
        select sum(rows_read), sum(rows_accepted) from marts.audit_raw_rows
        where rows_read > 0
        """
    ) == [(16842, 16842)]


def test_what_nobody_logged_is_not_called_a_black_hole(ask: Ask) -> None:
    assert ask("select count(*) from marts.black_hole") == [(0,)]


def test_the_model_orders_leads_on_a_time_split_with_embargo(ask: Ask) -> None:
    [(auc, low, high)] = ask(
        """
        select value, interval_low, interval_high from ml.score_comparison_log
        where scorer = 'model' and metric = 'roc_auc' and subset = 'all'
        """
    )
    assert low < auc < high
    assert auc >= 0.67
    assert ask(
        """
        select count(*) from ml.model_versions
        where train_until + interval 90 day > test_from
        """
    ) == [(0,)]


def test_nothing_that_is_known_only_after_the_win_is_a_feature(ask: Ask) -> None:
    after_the_win = (SOURCE / "olist_closed_deals_dataset.csv").read_text().splitlines()[0]
    columns = {
        name
        for (name,) in ask(
            """
            select column_name from information_schema.columns
            where table_name = 'fct_training_examples'
            """
        )
    }
    assert columns.isdisjoint(set(after_the_win.split(",")))
