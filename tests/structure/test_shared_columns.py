"""One name, one number: what several public marts count under one name is equal, or told apart.

`tests/singular/assert_marts_agree.sql` holds figures equal; `shared_columns.yml`
says of each number that several public marts have which of them are one, and why the others are
not. A name that comes to be shared is in neither, and fails here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pytest
import yaml

from tests.structure.test_descriptions import MODELS, columns_of, is_private

PROJECT = Path(__file__).parents[2]
NUMBERS = {"bigint", "double", "int"}
LISTED: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "shared_columns.yml").read_text(encoding="utf-8")
)


class Side(NamedTuple):
    """One of the two queries that a figure holds equal."""

    text: str
    models: frozenset[str]


def shared_columns() -> dict[str, set[str]]:
    """Public marts by the numbers that several of them have."""
    marts: dict[str, set[str]] = defaultdict(set)
    for model in MODELS.values():
        if model.get("access") == "protected" or is_private(model):
            continue
        for column in columns_of(model):
            if column.data_type in NUMBERS:
                marts[column.name].add(model["name"])
    return {name: found for name, found in marts.items() if len(found) > 1}


def rendered(sql: str) -> str:
    """Render a test with the names of its models in angle brackets; other macros say nothing."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    silent = dict.fromkeys(("reporting_time", "days_between"), lambda *_: "")
    return environment.from_string(sql).render(ref=lambda name: f"<{name}>", **silent)


def figures() -> list[list[Side]]:
    """The two sides of each figure of assert_marts_agree."""
    file = PROJECT / "tests" / "singular" / "assert_marts_agree.sql"
    _, *texts = re.split(r"select\s+'[^']+' as figure", rendered(file.read_text(encoding="utf-8")))
    assert len(texts) > 50
    found = []
    for text in texts:
        one, other = re.findall(r"cast\(\((.*?)\) as double\) as (?:one|other),", text, re.S)
        found.append([Side(side, frozenset(re.findall(r"<(\w+)>", side))) for side in (one, other)])
    return found


MARTS = shared_columns()
FIGURES = figures()


def is_summed(column: str, text: str) -> bool:
    """Whether a query gives the column: not as a value, an alias or a condition."""
    [given] = re.findall(r"^select (.*?) from ", re.sub(r"'[^']*'", "", text), re.S)
    is_alias = re.search(rf"\bas {column}\b", text) is not None
    return not is_alias and re.search(rf"\b{column}\b", given) is not None


def held_together(column: str) -> list[set[str]]:
    """Sets of models that figures of this column hold equal to each other, directly or not.

    A mart with the column is held by a query that gives it; other models may be counted.
    """
    groups: list[set[str]] = []
    for sides in FIGURES:
        given = [is_summed(column, side.text) for side in sides]
        if any(given):
            held: set[str] = set()
            for side, is_given in zip(sides, given, strict=True):
                held |= side.models if is_given else side.models - MARTS.get(column, set())
            touched = [group for group in groups if group & held]
            groups = [group for group in groups if group not in touched]
            groups.append(held.union(*touched))
    return groups


def unlike(column: str, marts: set[str]) -> str | None:
    """What is wrong with a shared column, if anything."""
    alike = set(LISTED["moments"]["marts"])
    entry = LISTED["columns"].get(column)
    if entry is None:
        return None if marts <= alike else f"{column} of {sorted(marts)} is not listed"
    equal, apart = set(entry.get("equal", [])), entry.get("apart", {})
    if isinstance(apart, str):
        apart = dict.fromkeys(marts - equal, apart)
    if equal | set(apart) != marts or equal & set(apart):
        return f"{column}: lists {sorted(equal | set(apart))}, of {sorted(marts)}"
    if any(len(str(reason)) < 10 for reason in apart.values()) or len(equal) == 1:
        return f"{column}: a mart alone, or without a reason"
    if equal and not any(equal <= group for group in held_together(column)):
        return f"{column}: no test holds {sorted(equal)} equal"
    return None


@pytest.mark.parametrize(("column", "marts"), sorted(MARTS.items()))
def test_a_shared_number_is_held_equal_or_told_apart(column: str, marts: set[str]) -> None:
    assert unlike(column, marts) is None


def test_nothing_is_listed_that_is_not_shared() -> None:
    assert set(LISTED["columns"]) <= set(MARTS)


def test_a_new_shared_name_is_found() -> None:
    assert unlike("slips_in", {"funnel_daily", "dim_accounts"}) is not None
    assert unlike("won_deals", {"funnel_daily", "dim_accounts"}) is not None


def test_a_word_of_a_text_an_alias_or_a_condition_holds_nothing() -> None:
    assert is_summed("won", "select sum(mqls + cut.won) from <source_performance> as cut")
    assert not is_summed("won", "select sum(case outcome when 'won' then 1 end) from <deals>")
    assert not is_summed("won", "select count(*) from <deals> where won > 0")
    assert not is_summed("won", "select max(won) from (select count(*) as won from <deals>) as cut")
