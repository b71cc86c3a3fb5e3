"""The whole way on a simulated company: raw files, marts, a trained champion, scores."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from lead_funnel.warehouse import open_warehouse
from ml.commands.judging import judge_policy
from ml.commands.material import TrainOptions, gather
from ml.commands.train import settled
from ml.model.estimate import FittedModel, fit_model, probabilities
from ml.settings import ModelSettings
from tests.pipeline.demo_company import Company

PROJECT = Path(__file__).resolve().parents[2]


def test_every_raw_row_is_accepted_superseded_deleted_or_quarantined(
    company: Company, truth: dict[str, Any]
) -> None:
    assert company.ask("select count(*) from marts.audit_raw_rows where not is_balanced") == [(0,)]
    rows = dict(
        company.ask("select raw_table, rows_accepted + rows_deleted from marts.audit_raw_rows")
    )
    assert {table: rows[table] for table in truth["unique_rows"]} == truth["unique_rows"]
    [(deleted,)] = company.ask("select sum(rows_deleted) from marts.audit_raw_rows")
    assert deleted > 0


def test_the_costs_of_the_black_hole_add_up_by_cause(company: Company) -> None:
    for amount, table in (("missed_deals", "black_hole_cost"), ("black_hole_share", "black_hole")):
        [(all_causes, by_cause)] = company.ask(
            f"""
            select
                max({amount}) filter (where dimension = 'all'),
                sum({amount}) filter (where dimension = 'cause')
            from marts.{table}
            """
        )
        assert by_cause == pytest.approx(all_causes)
    assert company.ask("select count(*) from marts.black_hole where dimension = 'rep'") == [(0,)]


def test_reps_ratings_order_the_leads_they_rated(company: Company) -> None:
    rates = dict(
        company.ask("select rep_rating, win_rate from marts.rep_rating_calibration where is_dated")
    )
    assert rates["hot"] > rates["warm"] > rates["cold"]


def champion(company: Company) -> FittedModel:
    """Fit the champion again from the same rows: it comes out the same, bit for bit."""
    [(passed,)] = company.ask("select gate_passed from ml.model_versions where is_champion")
    options = TrainOptions(PROJECT, 90, "weighted", ModelSettings())
    with open_warehouse(company.db, read_only=True) as connection:
        material = gather(connection, options)
    bench = judge_policy(material, "weighted", options.settings, show=False)
    if not passed:
        return bench.model
    return fit_model(settled(material, bench, options), options.settings, bench.model.penalty)


def test_scores_in_sql_are_predict_proba(company: Company) -> None:
    with duckdb.connect(str(company.db), read_only=True) as connection:
        leads = connection.execute(
            """
            select features.*, scores.probability as scored, scores.points_because
            from marts.fct_lead_features as features
            inner join marts.lead_scores as scores using (lead_key)
            """
        ).df()
    [(open_leads,)] = company.ask("select count(*) from marts.fct_lead_features")
    assert len(leads) == open_leads > 500
    reach = dict(
        company.ask(
            "select feature, knot_upper from ml.model_terms inner join marts.model_registry "
            "using (model_version) where is_scoring and kind = 'reach'"
        )
    )
    beyond = leads["points_because"].notna().to_numpy()
    assert 0 < beyond.mean() < 1
    customers = (leads["points_because"] == "few_expansions").to_numpy()
    assert (leads["origin"][customers] == "expansion").all()
    too_old, too_silent = (
        (leads[feature] > reach[feature]).to_numpy()
        for feature in ("days_since_cycle_start", "days_since_last_engagement")
    )
    assert (beyond == too_old | too_silent | customers).all()
    because = leads["points_because"]
    assert (because[too_old & ~customers] == "older_than_training").all()
    assert (because[too_silent & ~too_old & ~customers] == "silent_beyond_training").all()
    assert leads["scored"][beyond].isna().all()
    expected = probabilities(champion(company), leads[~beyond])
    assert np.abs(leads["scored"][~beyond].to_numpy() - expected).max() <= 1e-9


def test_every_candidate_has_an_owner_or_a_reason(company: Company) -> None:
    assert company.ask(
        "select count(*) from marts.lead_assignments where owner_id is null and reason_code is null"
    ) == [(0,)]
    [(routable,)] = company.ask("select count(*) from marts.routable_leads")
    assert routable > 0


def test_crm_records_are_synced_once(company: Company) -> None:
    [(rows, records)] = company.ask(
        "select count(*), count(distinct sync_key) from marts.crm_lead_sync"
    )
    assert rows == records > 1000


def test_building_again_changes_nothing(
    company: Company, run_dbt: Callable[..., Any], tmp_path: Path
) -> None:
    """Sums of doubles may differ in their last digits, as rows are added in any order."""
    marts = dict(
        company.ask(
            """
            select
                table_name,
                string_agg(
                    case
                        when data_type = 'DOUBLE' then 'round(' || column_name || ', 6)'
                        else column_name
                    end, ', '
                )
            from information_schema.columns where table_schema = 'marts' group by table_name
            """
        )
    )
    again = tmp_path / company.db.name
    shutil.copy(company.db, again)
    built = run_dbt(["run"], raw=company.truth.parent / "raw", db=again)
    assert built.success, built.log
    with duckdb.connect(str(again), read_only=True) as connection:
        connection.execute(f"attach '{company.db}' as before (read_only)")
        for name, columns in marts.items():
            [(differing,)] = connection.execute(
                f"""
                select count(*) from (
                    (select {columns} from marts.{name}
                     except all select {columns} from before.marts.{name})
                    union all
                    (select {columns} from before.marts.{name}
                     except all select {columns} from marts.{name})
                )
                """
            ).fetchall()
            assert differing == 0, name
