"""A command on versions that is killed at any moment leaves what was there, or all that it writes.

``ML_KILLS=500`` kills each command more often than every change needs.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from lead_funnel import warehouse as opening
from ml.commands import compare as comparing
from ml.commands import train as training
from ml.commands.cli import main
from ml.commands.comparison import METRIC_COLUMNS
from ml.model.registry import TABLES
from tests.kills import Counted, calls_of, kill_often
from tests.ml.warehouse_builder import World, build

KILLS = int(os.environ.get("ML_KILLS", "50"))
# What takes long in a training, and gives the same each time.
SLOW_STEPS = (
    "gather", "judge_policy", "read_champion", "open_gate", "settled", "fit_model",
    "version_tables", "what_was_seen",
)  # fmt: skip

State = dict[str, list[tuple[Any, ...]]]


def state(db: Path, read_only: bool = True) -> State:
    """All rows of all versions; a reader may not repair the file that it finds."""
    with duckdb.connect(str(db), read_only=read_only) as connection:
        return {
            table: sorted(connection.execute(f"select * from ml.{table}").fetchall(), key=repr)
            for table in TABLES
        }


def watch(patch: pytest.MonkeyPatch, called: Callable[[str, str], None]) -> None:
    connect = duckdb.connect

    class Watched:
        """The module duckdb, but for how a database is opened."""

        def __getattr__(self, name: str) -> Any:
            return getattr(duckdb, name)

        @staticmethod
        def connect(*arguments: Any, **named: Any) -> Counted:
            return Counted(connect(*arguments, **named), called)

    patch.setattr(opening, "duckdb", Watched())


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with four versions that passed, the last of them champion."""
    db = build(tmp_path_factory.mktemp("killed"), World(leads=500, signal=1.6, points_signal=0.1))
    with duckdb.connect(str(db)) as connection:
        for number in range(1, 5):
            connection.execute(
                "insert into ml.model_versions (model_version, as_of, is_champion, gate_passed) "
                f"values ('v{number}', timestamp '2024-0{number}-01', {number == 4}, true)"
            )
            connection.execute(
                "insert into ml.model_terms (model_version, term_number, coefficient) "
                f"select 'v{number}', n, n / 7 from range(300) r(n)"
            )
    return db


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What the slow steps of a training gave."""
    return {}


@pytest.fixture
def quick_training(monkeypatch: pytest.MonkeyPatch, kept: dict[str, Any]) -> None:
    """Training takes seconds, writing milliseconds: what is written is worked out once."""

    def keeping(name: str) -> Callable[..., Any]:
        step = getattr(training, name)

        def work(*arguments: Any, **named: Any) -> Any:
            if name not in kept:
                kept[name] = step(*arguments, **named)
            return kept[name]

        return work

    for name in SLOW_STEPS:
        monkeypatch.setattr(training, name, keeping(name))
        if name in ("gather", "judge_policy", "version_tables"):
            monkeypatch.setattr(comparing, name, getattr(training, name))
    none = pd.DataFrame(columns=[*METRIC_COLUMNS])
    monkeypatch.setattr(comparing, "judge_policies", lambda *_: none)
    monkeypatch.setattr(comparing, "policy_lines", lambda _: [])


COMMANDS = pytest.mark.parametrize(
    "words", [["train"], ["promote", "v2"], ["rollback"]], ids=lambda words: words[0]
)


@COMMANDS
@pytest.mark.usefixtures("quick_training")
def test_a_killed_command_leaves_the_old_versions_or_the_new(
    company: Path, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "w.duckdb"

    def command() -> int:
        return main([*words, "--db", str(db), "--project-dir", str(company.parent)])

    shutil.copy(company, db)
    old = state(db)
    assert command() == 0
    shutil.copy(company, db)
    calls = calls_of(command, watch)
    new = state(db)
    capsys.readouterr()
    assert old != new
    assert len(old["model_versions"]) == 4
    left = Counter[str]()
    for call, found in kill_often(command, watch, calls, KILLS, company, db, state):
        assert found in (old, new), f"neither the old nor the new after {call}"
        left["new" if found == new else "old"] += 1
    assert left["old"] and left["new"]
    # Whatever a kill left, the command can be run again.
    assert command() == 0
    assert len(state(db)["model_versions"]) == len(new["model_versions"])


@pytest.mark.usefixtures("quick_training")
@pytest.mark.parametrize("word", ["train", "compare"])
def test_a_command_that_writes_several_tables_does_it_in_one_transaction(
    company: Path, tmp_path: Path, word: str
) -> None:
    db = tmp_path / "w.duckdb"
    shutil.copy(company, db)
    where = ["--db", str(db), "--project-dir", str(company.parent)]
    assert main(["train", *where]) == 0
    calls = calls_of(lambda: main([word, *where]), watch)
    at: dict[str, list[int]] = {}
    for number, (name, text) in enumerate(calls):
        words = text.split()
        at.setdefault(words[0] if name == "execute" else name, []).append(number)
    assert len(at["delete"]) == len(at["insert"]) >= 4
    assert len(at["begin"]) == len(at["commit"]) == 1
    assert at["begin"] < at["delete"]
    assert at["insert"] < at["commit"]
    assert not {"update", "create", "drop"} & at.keys()


@pytest.mark.parametrize("words", [["train"], ["compare"], ["promote", "v1"], ["rollback"]])
def test_a_published_copy_is_not_written(
    company: Path, tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is known by what it holds, whatever it is called."""
    copy = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"attach '{company}' as source (read_only)")
        connection.execute("create schema marts")
        connection.execute("create schema ml")
        for schema, table in [
            ("marts", "fct_training_examples"),
            *(("ml", each) for each in TABLES),
        ]:
            connection.execute(f"create table {schema}.{table} as from source.{schema}.{table}")
    before = state(copy)
    assert main([*words, "--db", str(copy), "--project-dir", str(company.parent)]) == 2
    assert "is a published copy" in capsys.readouterr().err
    assert state(copy) == before
    assert main(["versions", "--db", str(copy)]) == 0
