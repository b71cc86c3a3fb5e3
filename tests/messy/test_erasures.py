"""A receipt says what was found for a request, and that nothing was."""

from __future__ import annotations

from tests.messy.company import Messy


def test_a_receipt_says_what_was_found(messy: Messy) -> None:
    receipts = """
        select request_id, outcome, raw_table, sum(rows_found)
        from marts.erasure_receipts
        where request_id like 'erase-%'
        group by all
        order by all
    """
    assert messy.ask(receipts) == [
        ("erase-cased", "nothing_found", None, 0),
        ("erase-cased-end", "nothing_found", None, 0),
        ("erase-chain", "found", "campaigns", 1),
        ("erase-chain", "found", "crm_accounts", 1),
        ("erase-chain", "found", "crm_leads", 16),
        ("erase-nobody", "nothing_found", None, 0),
        ("erase-plus", "nothing_found", None, 0),
        ("erase-unreadable", "names_nobody", None, 0),
    ]


def test_a_request_that_found_nothing_leaves_everybody(messy: Messy) -> None:
    people = (
        "select identifier_value from intermediate.identity_members "
        "where identifier_value like 'stays%erasures.example'"
    )
    assert messy.ask(people) == [("stays@erasures.example",)]


def test_nobody_of_a_chain_of_merges_is_left(messy: Messy) -> None:
    leads = "select lead_id, owner_id from staging.stg_raw__crm_leads where lead_id like 'erase-%'"
    assert messy.ask(leads) == [("erase-stays", None)]
