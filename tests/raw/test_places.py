"""Every other place that names raw tables and columns says what the contract says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from jinja2 import Environment

from engines.given import ask_to_forget
from lead_funnel.errors import UserError
from lead_funnel.fresh.touched import ACCOUNTS, DEALS, OF_PEOPLE, PEOPLE, WHOLE
from lead_funnel.raw.contract import load_contract
from lead_funnel.raw.document import (
    DESCRIBING,
    PAGE_START,
    PROJECT,
    described,
    models,
    page,
    stale_files,
)

CONTRACT = load_contract()
STAGING = PROJECT / "models/staging/raw"
MODELS = {
    model["name"]: model
    for name in DESCRIBING
    for model in yaml.safe_load((STAGING / f"_raw__{name}.yml").read_text("utf-8"))["models"]
}


def macro(name: str) -> Any:
    """What a macro without arguments returns, worked out by Jinja alone."""
    text = (PROJECT / "macros/raw/raw_contract.sql").read_text(encoding="utf-8")
    body = re.search(name + r"\(\) %\}\s*\{\{ return\((.*?)\) \}\}", text, re.S)
    assert body
    return Environment().compile_expression(body[1])()  # noqa: S701 - no HTML


def test_what_is_made_of_the_contract_is_up_to_date() -> None:
    stale = [str(file.relative_to(PROJECT)) for file in stale_files(PROJECT)]
    assert not stale, "run: python -m lead_funnel.raw.document"


def test_words_about_columns_of_the_contract_are_made_and_others_stay() -> None:
    text = """models:
  - name: stg_raw__crm_reps
    description: "One row per robot; the latest version of each."
    columns:
      - {name: name, description: "Old."}
      - {name: email, description: "{{ doc('email') }}"}
      - name: rep_id
        description: "Old."
      - {name: made_here, description: "Stays."}
"""
    found = models(CONTRACT, text)
    columns = {column.name: described(column) for column in CONTRACT["crm_reps"].columns}
    assert yaml.safe_load(found)["models"] == [
        {
            "name": "stg_raw__crm_reps",
            "description": "One row per sales rep; the latest version of each.",
            "columns": [
                {"name": "name", "description": columns["name"]},
                {"name": "email", "description": "{{ doc('email') }}"},
                {"name": "rep_id", "description": columns["rep_id"]},
                {"name": "made_here", "description": "Stays."},
            ],
        }
    ]


def test_jinja_reads_the_same_columns() -> None:
    assert {
        name: list(table["columns"].items()) for name, table in macro("raw_tables").items()
    } == {
        name: [(column.name, column.kind) for column in table.columns]
        for name, table in CONTRACT.items()
    }


def test_jinja_reads_the_same_rules() -> None:
    tables = macro("raw_tables")
    assert tables["crm_opportunities"] | {"columns": None} == {
        "key": ["opportunity_id"],
        "own_times": ["created_at", "updated_at"],
        "own_times_if": {"closed_at": ["is_closed", "is_won"]},
        "required": ["created_at"],
        "flag_words": {
            "is_closed": {"true": ["closed"], "false": ["open"]},
            "is_won": {"true": ["won", "closedwon"], "false": ["lost", "closedlost", "open"]},
            "is_deleted": {"true": ["deleted", "archived"], "false": ["active"]},
        },
        "fallbacks": {"created_at": ["updated_at", "loaded_at"]},
        "own_ids": [
            "opportunity_id",
            "account_id",
            "lead_id",
            "contact_id",
            "owner_id",
            "merged_into_opportunity_id",
        ],
        "columns": None,
    }
    assert "outgoingemail" in tables["crm_activities"]["words"]["direction"]["outbound"]
    assert tables["crm_activities"]["values"]["direction"] == ["outbound", "inbound"]
    assert tables["crm_activities"]["optional"] == ["direction"]


def test_the_erasure_looks_into_every_column_that_can_name_somebody() -> None:
    personal = macro("personal_columns")
    for name, table in CONTRACT.items():
        found = personal[name]
        looked = {*found["texts"], *found.get("forgets", {}), *found.get("unread", [])}
        for columns in found["ids"].values():
            looked |= {column.removesuffix("_alone") for column in columns}
        assert looked == {column.name for column in table.columns if column.value_kind == "text"}
    assert personal["web_events"]["ids"] == {"user": ["user_id"], "email": ["email"]}
    assert personal["web_events"]["devices"] is True
    assert personal["crm_activities"]["alone"] == {"opportunity_id": ["lead_id", "contact_id"]}


def test_a_fresh_run_follows_every_column_that_names_somebody() -> None:
    followed = {*PEOPLE, *DEALS, *WHOLE}
    assert followed == CONTRACT.keys() - {"erasure_requests"}
    columns = [column for name in followed for column in CONTRACT[name].columns]
    assert {column.identifies for column in columns} == {*OF_PEOPLE, "crm_opportunity", None}
    assert PEOPLE["web_events"] == {"user_id": "user", "email": "email"}
    accounts = {
        name: tuple(one for one in CONTRACT[name].column_names if one.endswith("account_id"))
        for name in followed
    }
    # A parent is named by its daughters, and changes nobody of theirs.
    accounts["crm_accounts"] = ("account_id",)
    assert {name: found for name, found in accounts.items() if found} == ACCOUNTS


@pytest.mark.parametrize("name", CONTRACT)
def test_staging_keeps_and_describes_every_column(name: str) -> None:
    """But those that the base model leaves out by name, and those that nothing reads."""
    model = MODELS[f"stg_raw__{name}"]
    says = {column["name"]: column["description"] for column in model["columns"]}
    base = (STAGING / f"base/base_raw__{name}.sql").read_text(encoding="utf-8")
    left_out = re.search(r"leave_out=\[(.*?)\]", base, re.S)
    left = set(re.findall(r"'(\w+)'", left_out[1])) if left_out else set()
    columns = {column.name: column for column in CONTRACT[name].columns}
    kept = {column.name for column in columns.values() if not column.unread} - left
    # The key of an event may stand for the id that it is made of.
    assert kept == says.keys() & columns.keys()
    query = (STAGING / f"stg_raw__{name}.sql").read_text(encoding="utf-8")
    for column in kept:
        made = says[column] == described(columns[column])
        assert made or says[column].startswith("{{ doc("), column
    assert re.search(rf"(raw|record)_columns\('{name}'\)", query) or kept <= set(
        re.findall(r"'(?:\w+ as )?(\w+)'", query)
    )


def test_requests_made_for_both_engines_are_those_of_the_contract(tmp_path: Path) -> None:
    (tmp_path / "crm_leads").mkdir()
    people = "select 'L' || i as lead_id, 'p' || i as email, now()::timestamp as loaded_at"
    duckdb.execute(
        f"copy ({people} from range(3) as t(i)) to '{tmp_path}/crm_leads/1.parquet'"  # noqa: S608
    )
    ask_to_forget(tmp_path)
    found = duckdb.execute(f"describe from '{tmp_path}/erasure_requests.parquet'").fetchall()
    types = {"text": "VARCHAR", "time": "TIMESTAMP"}
    assert [(name, kind) for name, kind, *_ in found] == [
        (name, types[kind]) for name, kind in CONTRACT["erasure_requests"].value_kinds.items()
    ]


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(UserError, match="docs/sources.md lacks"):
        page(CONTRACT, f"# Sources\n\n{PAGE_START}\n")
