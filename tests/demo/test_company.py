"""What real companies have is in the simulated one, and the truth says where."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from demo.ageing import LONGEST, fade
from tests.demo.demo_company import Company, make_company

DEALS = """
    select distinct on (opportunity_id) *
    from crm_opportunities where opportunity_id not like '%-copy'
    order by opportunity_id, loaded_at desc
"""


def test_chances_fade_with_waiting_and_with_silence() -> None:
    start = np.full(3, 0.4)
    fresh = fade(start, np.zeros(3), np.zeros(3))
    assert np.allclose(fresh, start)
    silent = fade(start, np.zeros(3), np.array([0.0, 30.0, 90.0]))
    assert silent[0] > silent[1] > silent[2] > 0
    waited = fade(start, np.array([0.0, 30.0, 90.0]), np.zeros(3))
    assert waited[0] > waited[1] > waited[2] > 0
    assert fade(start, start * 0, np.full(3, LONGEST))[0] == fade(start, start * 0, start * 9e9)[0]
    assert fade(np.zeros(1), np.zeros(1), np.zeros(1))[0] == 0


def test_old_leads_are_worked_and_some_are_won(company: Company) -> None:
    late, won, longest = company.rows(
        """
        select count(*) filter (worked), count(won_at),
            max(date_diff('day', handed_over_at, first_touch_at))
        from truth_handoffs where late
        """
    )[0]
    assert late == company.summary["taken_up_late"] > 50
    assert 0 < won < late / 2
    assert longest > 90
    assert company.value("select bool_and(black_hole) from truth_handoffs where late")
    soon, after = company.rows(
        """
        select avg((won_at is not null)::int) filter (not late),
            avg((won_at is not null)::int) filter (late)
        from truth_handoffs where worked and win_probability > .3
        """
    )[0]
    assert after < soon


def test_every_lead_has_a_chance_that_falls_with_its_silence(company: Company) -> None:
    leads = company.value("select count(distinct lead_id) from crm_leads where lead_id not "
                          "like '%b' and lead_id not like '%d'")  # fmt: skip
    assert company.value("select count(*) from truth_chances") == leads
    recent, silent = company.rows(
        """
        select avg(win_chance) filter (days_silent < 30), avg(win_chance) filter (days_silent > 90)
        from truth_chances
        """
    )[0]
    assert 0 < silent < recent / 2


def test_deals_name_a_lead_or_roles_or_an_account_alone(company: Company) -> None:
    shares = dict(
        company.rows(
            """
            select named_by, count(*) / sum(count(*)) over () from truth_deals
            where deal_type = 'new_business' and person_id not like 's%' group by named_by
            """
        )
    )
    assert 0.06 < shares["roles"] < 0.2
    assert 0.01 < shares["account"] < 0.1
    named = f"""
        select truth_deals.named_by, bool_and(deals.lead_id is null and deals.contact_id is null),
            bool_and(roles.opportunity_id is not null), bool_and(deals.account_id is not null)
        from ({DEALS}) as deals
        inner join truth_deals using (opportunity_id)
        left join (
            select opportunity_id from crm_opportunity_contacts where is_primary
        ) as roles using (opportunity_id)
        where truth_deals.named_by in ('roles', 'account') group by 1 order by 1
    """
    assert company.rows(named) == [("account", True, False, True), ("roles", True, True, False)]
    primary = """
        select count(*) from crm_opportunity_contacts as roles
        inner join truth_deals using (opportunity_id)
        where is_primary and replace(contact_id, 'contact-', 'p') <> person_id
    """
    assert company.value(primary) == 0
    shared = """
        select count(*) from (
            select opportunity_id from crm_opportunity_contacts
            group by opportunity_id having count(*) > 1
        )
    """
    assert company.value(shared) > 5


def test_customers_buy_again_and_sales_finds_its_own(company: Company) -> None:
    again = company.rows(
        """
        select count(*), count(*) filter (is_won), count(distinct deal_type)
        from truth_deals where deal_type <> 'new_business'
        """
    )[0]
    assert again == (company.summary["expansions"], company.summary["expansions_won"], 2)
    assert 0 < again[1] < again[0] < company.summary["won"]
    early = f"""
        select count(*) from ({DEALS}) as later
        inner join ({DEALS}) as first on later.contact_id = first.contact_id
        where later.opportunity_id like '%-2' and first.opportunity_id like '%-1'
            and later.created_at <= first.closed_at
    """
    assert company.value(early) == 0
    unknown = """
        select count(*) from crm_contacts
        where contact_id like 'contact-s%' and email in (select email from crm_leads)
    """
    assert company.value(unknown) == 0
    called_first = f"""
        select count(*) from ({DEALS}) as deals inner join crm_activities using (contact_id)
        where contact_id like 'contact-s%' and occurred_at < created_at
    """
    assert company.value(called_first) >= company.summary["found_by_sales"] > 0


def test_the_desk_has_programs_calls_notes_and_mistakes(company: Company) -> None:
    def count(condition: str) -> int:
        of = "select count(distinct activity_id) from crm_activities"
        return int(company.value(f"{of} where {condition}"))

    assert count("rep_id is null and activity_type = 'email'") > 100
    assert count("rep_id = 'automation'") > 100
    assert count("direction = 'inbound' and outcome = 'connected'") > 10
    assert count("direction = 'inbound' and outcome = 'voicemail'") > 10
    assert count("is_deleted") > 10
    assert count("occurred_at = date_trunc('day', occurred_at)") > 50
    early = """
        select count(*) from truth_handoffs
        where first_touch_at between handed_over_at - interval 1 day and handed_over_at
    """
    assert company.value(early) > 20
    seen = """
        select count(*), count(won_at), count(*) filter (noted) from truth_handoffs where unlogged
    """
    unlogged, won, noted = company.rows(seen)[0]
    assert unlogged == company.summary["worked_without_trace"] > 20
    assert 0 < won < unlogged and 0 < noted < unlogged
    touched = """
        select count(*) from truth_handoffs inner join crm_activities using (lead_id)
        where unlogged and rep_id like 'rep-%' and activity_type <> 'note'
    """
    assert company.value(touched) == 0


def test_deals_are_in_several_currencies_and_some_are_deleted(company: Company) -> None:
    shares = dict(
        company.rows(
            "select currency_code, count(*) / sum(count(*)) over () from truth_deals group by 1"
        )
    )
    assert shares["EUR"] > 0.85
    assert set(shares) == {"EUR", "USD", "GBP", "CHF"}
    copies = """
        select count(*), bool_and(is_deleted), count(*) filter (is_won),
            count(merged_into_opportunity_id)
        from crm_opportunities where opportunity_id like '%-copy'
    """
    rows, deleted, won, merged = company.rows(copies)[0]
    assert rows > 5 and deleted and 0 < won < rows and 0 < merged < rows
    back = """
        select count(*) from (
            select opportunity_id from crm_opportunity_history
            group by opportunity_id
            having count(*) filter (stage_name = 'Closed Won') > 0
                and arg_max(stage_name, changed_at) = 'Closed Lost'
        )
    """
    assert company.value(back) > 0
    removed = """
        select count(distinct lead_id) from crm_leads
        where is_deleted and merged_into_lead_id is null
    """
    assert company.value(removed) == company.summary["removed_leads"] > 0


def test_machines_click_within_seconds_of_the_delivery(company: Company) -> None:
    assert (
        company.value("select count(*) from truth_machine_clicks")
        == (company.summary["machine_clicks"])
    )
    slow = """
        select count(*) from truth_machine_clicks
        inner join email_events as clicks using (event_id)
        where clicks.occurred_at not in (
            select clicks.occurred_at from email_events as delivered
            where delivered.email = clicks.email and delivered.campaign_id = clicks.campaign_id
                and delivered.event_name = 'delivered'
                and clicks.occurred_at - delivered.occurred_at
                between interval 1 second and interval 8 second
        )
    """
    assert company.value(slow) == 0


def test_a_campaign_for_executives_draws_others(company: Company) -> None:
    assert company.rows(
        "select distinct target_persona from campaigns where campaign_id like 'prize-%'"
    ) == [("executive",)]
    kinds = dict(
        company.rows(
            """
            select kind, count(distinct response_id) from campaign_responses
            inner join truth_persons on list_contains(emails, campaign_responses.email)
            where campaign_id like 'prize-%' group by kind
            """
        )
    )
    assert kinds["student"] + kinds["job_seeker"] > kinds["prospect"] > 0


def test_a_second_crm_logs_no_activities(tmp_path: Path) -> None:
    company = make_company(tmp_path, 300, 3, second_crm=True)
    leads = company.value("select count(distinct lead_id) from crm_leads where source is not null")
    assert leads == company.value("select count(*) from truth_second_crm") > 20
    assert company.value("select count(*) from crm_activities where source is not null") == 0
    assert company.value("select count(*) from truth_second_crm where was_worked") > 0
    won = company.value(
        "select count(distinct lead_id) from crm_opportunities where source is not null and is_won"
    )
    assert won == company.value("select count(won_at) from truth_second_crm") > 0


def test_a_company_has_one_crm_unless_asked(company: Company) -> None:
    assert company.value("select count(source) from crm_leads") == 0
    assert company.value("select count(*) from truth_second_crm") == 0
