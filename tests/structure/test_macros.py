"""A model names what it reads: a macro takes relations as arguments."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
# Macros that name a model, a seed or a source themselves, and why they must.
NAMING = {
    # A hook or a run-operation: no model calls it that could pass the relation.
    "prepare_sync",
    "record_published",
    "confirm_erasure",
    "rename_handoff_decisions",
    "handoff_decision_statements",
    "published_score_statements",
    "published_assignment_statements",
    "published_target_statements",
    # Each raw table is read through these, by its name, which is also that of its columns.
    "read_rows",
    "spark__typed_rows",
    "default__name_typed_rows",
    "spark__name_typed_rows",
    "count_raw_rows",
    "raw_parts",
    "load_bounds",
    # Which relation that is hangs on the variable sources.
    "raw_relation",
    "all_raw_rows",
    # Whether anybody asked to be forgotten decides what a model reads.
    "has_erasure_requests",
    "remembered_rows",
}


def naming(text: str) -> set[str]:
    """Names of the macros in a file that hold ref or source."""
    code = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    macros = re.findall(r"\{%-?\s*macro\s+(\w+)(.*?)\{%-?\s*endmacro", code, flags=re.DOTALL)
    return {name for name, body in macros if re.search(r"\b(ref|source)\(", body)}


def test_only_these_macros_name_what_they_read() -> None:
    files = list((PROJECT / "macros").rglob("*.sql"))
    assert len(files) > 50
    assert set().union(*(naming(file.read_text(encoding="utf-8")) for file in files)) == NAMING


def test_a_macro_that_names_what_it_reads_is_found() -> None:
    text = """
    {#- ref('a') in a comment -#}
    {% macro quiet(rows) %}select * from {{ rows }}{% endmacro %}
    {% macro loud() -%}select * from {{ ref('a') }}{%- endmacro %}
    {%- macro deep(x='(') -%}{% set y = source('b', 'c') %}{%- endmacro -%}
    """
    assert naming(text) == {"loud", "deep"}
