"""The contract is read whole, and a mistake in it is named."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lead_funnel.raw.contract import Column, load_contract, read_contract

KEY = {"kind": "text", "key": True, "description": "Key."}


def table(**columns: dict[str, Any]) -> dict[str, Any]:
    return {"things": {"description": "One row per thing.", "columns": {"id": KEY, **columns}}}


def test_a_column_is_what_the_contract_says() -> None:
    deal = {column.name: column for column in load_contract()["crm_activities"].columns}
    assert deal["opportunity_id"] == Column(
        name="opportunity_id",
        kind="id",
        description="Opportunity.",
        identifies="crm_opportunity",
        unless=("lead_id", "contact_id"),
        emptied="crm_opportunity",
    )
    assert deal["direction"].values == ("outbound", "inbound")
    assert deal["direction"].may_be_empty
    assert deal["outcome"].is_searched
    assert not deal["duration_minutes"].is_searched
    page = {column.name: column for column in load_contract()["web_events"].columns}
    assert not page["page_title"].is_searched


def test_a_table_knows_its_key_and_what_is_kept_in_it() -> None:
    costs = load_contract()["campaign_costs"]
    assert [column.name for column in costs.key] == ["campaign_id", "cost_date"]
    assert costs.value_kinds == {
        "campaign_id": "text",
        "cost_date": "date",
        "amount": "number",
        "currency_code": "text",
        "source": "text",
        "loaded_at": "time",
    }


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"id": {"kind": "text", "description": "No key."}}, "it has no key"),
        ({"size": {"kind": "huge", "description": "?"}}, "kind huge of size is unknown"),
        ({"size": {"kind": "text", "desc": "?"}}, "unexpected keyword argument 'desc'"),
        ({"size": {"kind": "text"}}, "description"),
        ({"size": {"kind": "text", "own_time": True, "description": "?"}}, "size is not a time"),
        (
            {"at": {"kind": "time", "own_time_if": ["done"], "description": "?"}},
            "at refers to the unknown column done",
        ),
        (
            {"word": {"kind": "text", "may_be_empty": True, "description": "?"}},
            "word has no closed vocabulary",
        ),
        (
            {"word": {"kind": "lower", "values": ["a"], "words": {"b": ["c"]}, "description": "?"}},
            "word has words for b, which is not in its closed vocabulary",
        ),
        (
            {"at": {"kind": "time", "falls_back_to": ["loaded_at"], "description": "?"}},
            "at falls back to other times and is not required",
        ),
        (
            {"at": {"kind": "time", "required": True, "falls_back_to": ["on"], "description": "?"}},
            "at refers to the unknown column on",
        ),
        ({"loaded_at": {"kind": "time", "description": "?"}}, "loaded_at is in every table"),
    ],
)
def test_a_mistake_is_named(columns: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=f"(?s)things.*{re.escape(problem)}"):
        read_contract(table(**columns))


def test_a_table_without_columns_is_named() -> None:
    with pytest.raises(ValueError, match="things.*columns"):
        read_contract({"things": {"description": "One row per thing."}})
