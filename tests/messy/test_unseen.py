"""Nobody is said to have been ignored where, or before, no activity is logged."""

from __future__ import annotations

from tests.messy.company import Messy


def test_a_black_hole_is_called_where_activities_are_logged_and_since_then(messy: Messy) -> None:
    found = dict(
        messy.ask(
            """
            select split_part(crm_lead_id, 'unseen-', 2), is_in_black_hole
            from marts.fct_handoffs
            inner join marts.dim_leads using (lead_key)
            where crm_lead_id like '%unseen-%'
            """
        )
    )
    assert found == {"before": None, "touched": False, "ignored": True, "elsewhere": None}


def test_nobody_is_lost_where_deals_are_kept_elsewhere(messy: Messy) -> None:
    seen = messy.ask(
        """
        select split_part(crm_lead_id, 'unseen-', 2), wins_observable_from is not null
        from intermediate.lead_observability
        inner join marts.dim_leads using (lead_key)
        where crm_lead_id like '%unseen-sold' or crm_lead_id like '%unseen-handed-on'
        """
    )
    assert dict(seen) == {"sold": False, "handed-on": True}
    labels = messy.ask(
        """
        select distinct label_state, is_won
        from marts.fct_training_examples
        inner join marts.dim_leads using (lead_key)
        where crm_lead_id like '%unseen-sold' and label_state != 'immature'
        """
    )
    assert labels == [("wins_unseen", None)]


def test_no_rate_says_lost_where_deals_are_kept_elsewhere(messy: Messy) -> None:
    rates = messy.ask(
        """
        select dimension_value, to_stage, mature, conversion_rate
        from marts.stage_conversion
        where dimension = 'lead_source' and dimension_value like 'unseen_%'
            and from_stage = 'inquiry' and to_stage in ('mql', 'closed_won')
        order by all
        """
    )
    assert rates == [
        ("unseen_handed_on", "closed_won", 1, 0.0),
        ("unseen_handed_on", "mql", 1, 0.0),
        ("unseen_sold", "closed_won", 0, None),
        ("unseen_sold", "mql", 1, 0.0),
    ]
