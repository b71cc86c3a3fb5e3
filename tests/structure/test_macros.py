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
# Macros outside macros/dialect that ask whether the warehouse is a file of this machine. All else
# that differs by engine is dispatched there.
EMBEDDED = {
    # Files of this machine are read by DuckDB alone: on Spark, tests hold the same of the seeds.
    "check_points_rules",
    "check_routing_seeds",
    "check_crm_field_map",
    "prepare_raw",
    "is_of_files",
    "attach_databases",
    # A small warehouse beside the other, a published copy, schemas that a run does not make anew.
    "is_fresh",
    "stop_at_published_copy",
    "drop_unmade",
}


def naming(text: str) -> set[str]:
    """Names of the macros in a file that hold ref or source."""
    return holding(text, r"\b(ref|source)\(")


def holding(text: str, pattern: str) -> set[str]:
    """Names of the macros in a file in whose code a pattern is found."""
    code = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    macros = re.findall(r"\{%-?\s*macro\s+(\w+)(.*?)\{%-?\s*endmacro", code, flags=re.DOTALL)
    return {name for name, body in macros if re.search(pattern, body)}


def test_only_these_macros_name_what_they_read() -> None:
    files = list((PROJECT / "macros").rglob("*.sql"))
    assert len(files) > 50
    assert set().union(*(naming(file.read_text(encoding="utf-8")) for file in files)) == NAMING


def test_engines_are_told_apart_in_one_place() -> None:
    files = [
        file
        for folder in ("macros", "models", "tests")
        for file in (PROJECT / folder).rglob("*.sql")
        if file.parent.name != "dialect"
    ]
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert not [file for file, text in zip(files, texts, strict=True) if "target.type" in text]
    assert set().union(*(holding(text, r"\bis_embedded\(") for text in texts)) == EMBEDDED


def test_a_macro_that_names_what_it_reads_is_found() -> None:
    text = """
    {#- ref('a') in a comment -#}
    {% macro quiet(rows) %}select * from {{ rows }}{% endmacro %}
    {% macro loud() -%}select * from {{ ref('a') }}{%- endmacro %}
    {%- macro deep(x='(') -%}{% set y = source('b', 'c') %}{%- endmacro -%}
    """
    assert naming(text) == {"loud", "deep"}
