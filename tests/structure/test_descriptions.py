"""What another area or a person reads is described, column by column, and each text once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

# Read while tests are collected, by each worker: the loader in C takes a tenth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PROJECT = Path(__file__).parents[2]
MARTS = PROJECT / "models" / "marts"
LONGEST = 400


class Column(NamedTuple):
    model: str
    name: str
    data_type: str
    description: str


def read_models() -> dict[str, Any]:
    """Models outside staging, by name, as their YAML says."""
    files = sorted(MARTS.rglob("_*.yml"))
    documents = [yaml.load(file.read_text(encoding="utf-8"), LOADER) for file in files]
    return {model["name"]: model for found in documents for model in found.get("models", [])}


def columns_of(model: dict[str, Any]) -> list[Column]:
    return [
        Column(
            model["name"],
            column["name"],
            column.get("data_type", ""),
            " ".join(column.get("description", "").split()),
        )
        for column in model.get("columns", [])
    ]


def is_private(model: dict[str, Any]) -> bool:
    return str(model["name"]).startswith("int_")


MODELS = read_models()


def written_texts() -> Iterator[Column]:
    """Columns whose text stands in the YAML itself; one behind an anchor is written once."""
    seen: set[int] = set()
    for model in MODELS.values():
        for entry, column in zip(model.get("columns", []), columns_of(model), strict=True):
            if id(entry) in seen or not column.description or "{{ doc(" in column.description:
                continue
            seen.add(id(entry))
            yield column


def test_every_model_has_a_yaml_entry_with_a_description() -> None:
    assert {file.stem for file in MARTS.rglob("*.sql")} == set(MODELS)
    assert [name for name, model in MODELS.items() if not model.get("description")] == []


@pytest.mark.parametrize("name", [name for name in MODELS if not is_private(MODELS[name])])
def test_what_others_read_has_a_contract(name: str) -> None:
    model = MODELS[name]
    assert model.get("config", {}).get("contract") is None, "the contract of all marts holds"
    columns = columns_of(model)
    assert columns
    assert [column.name for column in columns if not column.data_type] == []
    assert [column.name for column in columns if not column.description] == []


def test_a_text_about_a_column_is_written_once() -> None:
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column in written_texts():
        words = " ".join(re.findall(r"\w+", column.description.lower()))
        places[column.name, words].append(column.model)
    repeated = {key: models for key, models in places.items() if len(models) > 1}
    assert repeated == {}, "make it a doc block in models/marts/_<subject>__docs.md"


def test_doc_blocks_are_used_in_more_than_one_place() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in MARTS.glob("_*__docs.md"))
    blocks = re.findall(r"{% docs (\w+) %}", text)
    assert len(blocks) > 100
    assert len(blocks) == len(set(blocks))
    texts = [column.description for model in MODELS.values() for column in columns_of(model)]
    uses = {block: sum(f"doc('{block}')" in text for text in texts) for block in blocks}
    assert [block for block, count in uses.items() if count < 2] == []


def test_no_description_is_in_a_file_that_is_too_long() -> None:
    """Split it by subject, the unit tests of a model with it."""
    files = [
        file
        for folder in ("models", "seeds")
        for ending in ("yml", "md")
        for file in (PROJECT / folder).rglob(f"*.{ending}")
    ]
    assert len(files) > 80
    lines = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}
