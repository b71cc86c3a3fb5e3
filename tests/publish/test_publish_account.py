"""A lead's account is read from top to bottom: date, what happened, rule, points, balance."""

from pathlib import Path

import pytest

from lead_funnel.errors import UserError
from lead_funnel.report.account import HEAD, account_table, find_lead
from lead_funnel.report.figures import open_figures


def test_entries_stand_in_order_with_their_event_rule_and_balance(warehouse: Path) -> None:
    figures = open_figures(warehouse)
    assert account_table(figures, find_lead(figures, "lead-4711")) == [
        HEAD,
        ["2025-06-02 10:00", "pricing viewed: (address)", "Viewed the prices", "+6.0", "6.0"],
        [
            "2025-06-03 10:00",
            "known about the lead (its cap is reached)",
            "Viewed the prices",
            "+0.0",
            "5.5",
        ],
    ]
    assert len(account_table(figures, find_lead(figures, "lead-4711"), most=1)) == 2


def test_a_lead_that_is_not_there_is_named_with_what_to_do(warehouse: Path) -> None:
    with pytest.raises(UserError, match="'nobody'. marts.dim_leads"):
        find_lead(open_figures(warehouse), "nobody")


def test_the_report_shows_one_account_and_not_whose(page: str) -> None:
    assert ">pricing viewed: (address)</td>" in page
    assert "lead-4711" not in page
