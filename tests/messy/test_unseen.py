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
        select split_part(dimension_value, ' ', 2), mature, conversion_rate
        from marts.stage_conversion
        where dimension = 'lead_source' and dimension_value like 'unseen %'
            and from_stage = 'inquiry' and to_stage = 'closed_won'
        order by 1
        """
    )
    assert rates == [("handed-on", 1, 0.0), ("sold", 0, None)]
    reached = messy.ask(
        """
        select dimension_value, to_stage, mature
        from marts.stage_conversion
        where dimension_value = 'unseen sold' and from_stage = 'inquiry' and to_stage = 'mql'
        """
    )
    assert reached == [("unseen sold", "mql", 1)]
