"""Handoffs and the black hole are what is true of a simulated company, and so is what it costs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from bench.truth import IN_HORIZON
from tests.pipeline.demo_company import Company
from tests.pipeline.true_stages import PASSES


class Handoff(NamedTuple):
    """A handoff of the truth beside that of the warehouse."""

    true_touch_at: datetime | None
    is_lost: bool
    is_young: bool
    is_taken_up_later: bool
    is_logged_by_day: bool
    is_noted: bool
    touch_at: datetime | None
    is_in_black_hole: bool | None
    verdict: str
    handed_over_by: str
    is_implied: bool
    found_again_at: datetime | None
    is_pass_over: bool
    """Its cycle expired before sales took it up: what came after is of another one."""
    is_of_company: bool


def handoffs(company: Company) -> list[Handoff]:
    """Handoffs that both know, but for those of firms that bought through somebody else.

    The simulation knows no companies: of a lead whose colleague was won it says what became of
    the lead alone.
    """
    rows = company.ask(
        f"""
        select
            truth.first_touch_at, truth.black_hole, truth.pending, truth.taken_up_later,
            truth.touch_day_only, truth.noted,
            handoffs.first_sales_touch_at, handoffs.is_in_black_hole, handoffs.verdict,
            handoffs.handed_over_by, handoffs.is_implied, handoffs.found_again_at,
            coalesce(
                truth.late and passes.outcome = 'expired'
                and passes.ended_at < truth.first_touch_at, false
            ),
            exists (
                select 1 from intermediate.colleagues_wins as wins
                where wins.lead_key = handoffs.lead_key
                    and wins.won_at >= handoffs.handoff_at
                    and wins.won_at <= coalesce(passes.ended_at, bounds.next_started_at)
            )
        from read_parquet('{company.truth}/truth_handoffs.parquet') as truth
        inner join intermediate.identity_members as members
            on members.identifier_type = 'crm_lead' and members.identifier_value = truth.lead_id
        inner join ({PASSES}) as passes
            on passes.lead_key = members.lead_key and passes.pass_number = truth.cycle
        inner join marts.fct_handoffs as handoffs
            on handoffs.lead_key = passes.lead_key
            and handoffs.cycle_number = passes.cycle_number
        inner join intermediate.cycle_bounds as bounds
            on bounds.lead_key = passes.lead_key
            and bounds.cycle_number = passes.cycle_number
        qualify row_number() over (
            partition by truth.lead_id, truth.cycle order by handoffs.handoff_at
        ) = 1
        """
    )
    known = [Handoff(*row) for row in rows]
    kept = [row for row in known if not row.is_of_company]
    assert 0.8 * len(known) < len(kept) < len(known)
    return kept


def is_touch_true(row: Handoff) -> bool:
    """Where the CRM skips the handoff, it is dated by the status that came after the touch.

    A touch that is logged by its day counts from the end of it, and by then another cycle may have
    begun.
    """
    if row.is_implied:
        return True
    if row.is_logged_by_day and row.true_touch_at is not None:
        return row.is_pass_over or (
            row.touch_at is not None and row.touch_at.date() == row.true_touch_at.date()
        )
    return row.touch_at == row.true_touch_at


def assert_black_hole_is_true(rows: list[Handoff]) -> None:
    """Hold what was decided to the truth, and what was not to what is too young."""
    assert all(row.is_lost == row.is_in_black_hole for row in rows
               if row.is_in_black_hole is not None)  # fmt: skip
    assert all(row.is_young for row in rows if row.is_in_black_hole is None)


def test_the_black_hole_is_the_true_one(by_crm: Company, truth: dict[str, Any]) -> None:
    """It stays so when a lead is taken up or becomes a deal after weeks: found again.

    Neither automatic mail, nor a deleted call, nor a note takes a lead out of it; a call before
    the handoff does.
    """
    rows = handoffs(by_crm)
    assert all(is_touch_true(row) for row in rows)
    assert sum(row.is_logged_by_day for row in rows) > 0
    assert sum(row.is_implied for row in rows) <= truth["handoffs_without_mql_status"]
    assert truth["handoffs_without_mql_status"] < len(rows) / 50
    assert_black_hole_is_true(rows)
    assert sum(row.is_taken_up_later for row in rows) > 20
    clear = [row for row in rows if not (row.is_pass_over and row.is_logged_by_day)]
    assert len(clear) > 0.99 * len(rows)
    assert all(row.is_taken_up_later == (row.found_again_at is not None) for row in clear)
    noted = [row for row in rows if row.is_noted and row.is_in_black_hole]
    assert "no_touch_logged" in {row.verdict for row in noted}
    assert "never_followed_up" not in {row.verdict for row in noted}
    [(judged, lost)] = by_crm.ask(
        "select handoffs, never_followed_up from marts.black_hole where dimension = 'all'"
    )
    assert lost == sum(row.is_lost for row in rows)
    # Besides, there are second deals of customers, those whom sales found itself, and those
    # whom it took up when their cycle was over: handoffs that are implied, and none is lost.
    [(implied,)] = by_crm.ask("select count(*) from marts.fct_handoffs where is_implied")
    assert len(rows) < judged <= truth["mature_handoffs"] + implied


def test_with_points_the_black_hole_of_handoffs_that_the_crm_made_is_the_true_one(
    company: Company,
) -> None:
    rows = handoffs(company)
    told = [row for row in rows if row.handed_over_by != "points"]
    assert len(told) > 0.5 * len(rows)
    assert_black_hole_is_true(told)
    # Who was touched, and never judged before the cycle expired, is waited for no longer.
    waiting = ("pending", "expired")
    assert all(row.is_young == (row.verdict in waiting) for row in told if not row.is_pass_over)
    assert all(row.touch_at for row in told if row.is_young and row.verdict == "expired")
    assert all(is_touch_true(row) for row in rows)


def test_the_cost_of_the_black_hole_holds_the_true_one(company: Company) -> None:
    """The simulation knows the chance of each handoff that the CRM made, had sales worked it."""
    [(rated_by, low, high, never_followed_up)] = company.ask(
        "select rated_by, missed_deals_low, missed_deals_high, never_followed_up "
        "from marts.black_hole_cost "
        "where dimension = 'handed_over_by' and dimension_value = 'lead_status'"
    )
    [(handoffs, chances, won_anyway)] = company.ask(
        f"""
        select
            count(*),
            sum(truth.win_probability),
            count(*) filter (where truth.won_at <= truth.handed_over_at + interval 90 day)
        from read_parquet('{company.truth}/truth_handoffs.parquet') as truth
        inner join intermediate.identity_members as members
            on members.identifier_type = 'crm_lead' and members.identifier_value = truth.lead_id
        inner join marts.fct_handoffs as handoffs
            on handoffs.lead_key = members.lead_key and handoffs.cycle_number = truth.cycle
        where truth.black_hole and handoffs.is_in_black_hole
            and handoffs.handed_over_by = 'lead_status'
        """
    )
    assert (rated_by, handoffs) == ("model", never_followed_up)
    true = chances * IN_HORIZON - won_anyway
    assert low < true < high < 1.5 * true
    assert won_anyway > 0
