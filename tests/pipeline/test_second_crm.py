"""Of leads of a CRM that logs no activities nobody says that they were ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import simulate
from tests.dbt_runs import Once, RunDbt
from tests.pipeline.demo_company import Company

SELECTED = ["+black_hole", "+fct_training_examples", "+source_efforts"]
NO_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


@pytest.fixture(scope="module")
def second(once: Once, run_dbt: RunDbt) -> Company:
    """A small company with a second CRM; only to be read."""

    def fill(folder: Path) -> None:
        places = ["--out", str(folder / "raw"), "--truth", str(folder / "truth")]
        assert simulate.main(["--leads", "500", "--second-crm", *places]) in (0, None)
        built = run_dbt(
            ["build", "--select", *SELECTED, *NO_TESTS],
            raw=folder / "raw",
            db=folder / "warehouse.duckdb",
        )
        assert built.success, built.log

    folder = once("second_crm", fill)
    return Company(folder / "warehouse.duckdb", folder / "truth")


@pytest.fixture(scope="module")
def true_leads(second: Company) -> str:
    """The truth of its leads, each with its key."""
    return f"""
        (
            select truth.*, members.lead_key
            from read_parquet('{second.truth}/truth_second_crm.parquet') as truth
            inner join intermediate.identity_members as members
                on members.identifier_type = 'crm_lead'
                and members.identifier_value = 'bought_crm:' || truth.lead_id
        )
    """


def test_its_leads_and_handoffs_are_the_true_ones(second: Company, true_leads: str) -> None:
    [(leads, persons, everybody)] = second.ask(
        f"""
        select count(*), count(distinct lead_key),
            (select count(*) from read_parquet('{second.truth}/truth_second_crm.parquet'))
        from {true_leads}
        """
    )
    assert leads == persons == everybody > 40
    rows = second.ask(
        f"""
        select truth.handed_over_at, handoffs.handoff_at
        from {true_leads} as truth
        left join marts.fct_handoffs as handoffs using (lead_key)
        """
    )
    assert len(rows) == everybody
    assert all(true == found for true, found in rows)
    assert sum(found is not None for _, found in rows) > 20


def test_nobody_knows_whether_sales_followed_them_up(second: Company, true_leads: str) -> None:
    """Though some truly were worked, and accepted."""
    [(worked,)] = second.ask(f"select count(*) from {true_leads} where was_worked")
    assert worked > 10
    rows = second.ask(
        f"""
        select distinct handoffs.is_in_black_hole, handoffs.is_judged,
            handoffs.is_service_level_kept, handoffs.first_sales_touch_at, handoffs.found_again_at,
            handoffs.black_hole_cause, handoffs.sales_minutes, seen.follow_up_observable_from,
            handoffs.verdict in ('never_followed_up', 'no_touch_logged')
        from {true_leads} as truth
        inner join marts.fct_handoffs as handoffs using (lead_key)
        inner join intermediate.lead_observability as seen using (lead_key)
        """
    )
    assert rows == [(None, False, None, None, None, None, None, None, False)]
    [(share_of, judged)] = second.ask(
        f"""
        select (select handoffs from marts.black_hole where dimension = 'all'),
            count(*) filter (is_judged)
        from marts.fct_handoffs
        where lead_key not in (select lead_key from {true_leads})
        """
    )
    assert share_of == judged > 0


def test_their_wins_are_the_true_ones(second: Company, true_leads: str) -> None:
    rows = second.ask(
        f"""
        select truth.won_at, max(cycles.closed_won_at)
        from {true_leads} as truth
        left join marts.fct_lead_cycles as cycles using (lead_key)
        group by truth.lead_key, truth.won_at
        """
    )
    assert all(true == found for true, found in rows)
    assert sum(found is not None for _, found in rows) > 0


def test_no_example_of_them_is_lost_before_a_win_could_be_seen_nor_unworked(
    second: Company, true_leads: str
) -> None:
    rows = second.ask(
        f"""
        select examples.label_state, examples.is_won, examples.is_worked,
            examples.as_of >= (
                select observable_from from marts.observability
                where source = 'bought_crm' and capability = 'opportunities'
            ),
            truth.won_at > examples.as_of
                and truth.won_at <= examples.as_of + interval 90 day, count(*)
        from {true_leads} as truth
        inner join marts.fct_training_examples as examples using (lead_key)
        group by all
        """
    )
    assert {worked for _, _, worked, *_ in rows} == {None}
    seen = {state for state, *_ in rows}
    assert {"won", "lost", "wins_unseen"} <= seen <= {"won", "lost", "wins_unseen", "immature"}
    for state, is_won, _, is_seen, truly_won, _ in rows:
        assert is_won == {"won": True, "lost": False}.get(state)
        if state in ("won", "lost"):
            assert is_seen
            assert is_won == bool(truly_won)
        if state == "wins_unseen":
            assert not is_seen
