"""One name, one number: what several public marts count under one name is equal, or told apart.

`tests/singular/assert_marts_agree.sql` and its neighbours hold figures equal; `shared_columns.yml`
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


class Figure(NamedTuple):
    """What a test holds equal: its text, and the models that it reads."""

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


def figures() -> list[Figure]:
    """Each figure of assert_marts_agree, and each other test about marts as a whole."""
    folder = PROJECT / "tests" / "singular"
    agree = rendered((folder / "assert_marts_agree.sql").read_text(encoding="utf-8"))
    texts = re.split(r"(?=select\s+'[^']+' as figure)", agree)[1:]
    assert len(texts) > 50
    others = (re.sub(r"ref\('(\w+)'\)", r"<\1>", path.read_text(encoding="utf-8"))
              for path in folder.glob("*.sql") if path.stem != "assert_marts_agree")  # fmt: skip
    return [Figure(text, frozenset(re.findall(r"<(\w+)>", text))) for text in (*texts, *others)]


FIGURES = figures()


def held_together(column: str) -> list[set[str]]:
    """Sets of models that figures with this column hold equal to each other, directly or not."""
    groups: list[set[str]] = []
    for figure in FIGURES:
        if re.search(rf"\b{column}\b", figure.text):
            touched = [group for group in groups if group & figure.models]
            groups = [group for group in groups if group not in touched]
            groups.append(set(figure.models).union(*touched))
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


@pytest.mark.parametrize(("column", "marts"), sorted(shared_columns().items()))
def test_a_shared_number_is_held_equal_or_told_apart(column: str, marts: set[str]) -> None:
    assert unlike(column, marts) is None


def test_nothing_is_listed_that_is_not_shared() -> None:
    assert set(LISTED["columns"]) <= set(shared_columns())


def test_a_new_shared_name_is_found() -> None:
    assert unlike("slips_in", {"funnel_daily", "dim_accounts"}) is not None
    assert unlike("won_deals", {"funnel_daily", "dim_accounts"}) is not None
