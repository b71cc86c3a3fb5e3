"""Tables that have not memory enough side by side are made one after the other."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_funnel import dbt_runs
from lead_funnel.dbt_runs import run_dbt
from lead_funnel.errors import UserError

pytestmark = pytest.mark.slow

LARGE = "select list(md5(range::varchar)) as hashes from range(400000)"
# A run that is not the first has the memory that others held in the first.
SECOND_HAS_MORE = """
{% macro give_memory(more) %}
    {% if execute %}
    {% do run_query('create table if not exists runs as select 0 as run') %}
    {% do run_query('insert into runs select 1') %}
    {% set runs = run_query('select count(*) from runs').columns[0].values()[0] %}
    {% do run_query("set memory_limit = '" ~ (more if runs > 2 else '20MB') ~ "'") %}
    {% endif %}
{% endmacro %}
"""


def project(folder: Path, more: str) -> Path:
    """Write a project of a table that needs some 60 MB, one made of it, and one beside them."""
    files = {
        "dbt_project.yml": f"""
            name: memory
            profile: memory
            on-run-start: "{{{{ give_memory('{more}') }}}}"
            models: {{+materialized: table}}
            """,
        "profiles.yml": f"""
            memory:
              target: duckdb
              outputs:
                duckdb:
                  type: duckdb
                  path: {folder / "warehouse.duckdb"}
                  threads: 2
            """,
        "macros/give_memory.sql": SECOND_HAS_MORE,
        "models/large.sql": LARGE,
        "models/made_of_it.sql": "select len(hashes) as hash_count from {{ ref('large') }}",
        "models/beside.sql": "select run from main.runs",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text))
    return folder


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What dbt is told, command by command, and whether files stay as they were read."""
    commands: list[list[str]] = []
    invoke = dbt_runs._invoke

    def spied(arguments: Sequence[str], *more: Any) -> Any:
        commands.append([*arguments, os.environ.get(dbt_runs.FILES_STAY, "no")])
        return invoke(arguments, *more)

    monkeypatch.setattr(dbt_runs, "_invoke", spied)
    return commands


def test_what_ran_out_of_memory_is_made_again_alone(
    tmp_path: Path, told: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "warehouse.duckdb"
    done = run_dbt(["run"], "tables", db, set(), project(tmp_path, "2GB"))
    assert done == "3 tables"
    assert "one table at a time" in capsys.readouterr().err
    first, second = told
    assert (first[0], first[-1]) == ("run", "no")
    assert (second[:2], second[-1]) == (["retry", "--threads=1"], "yes")
    assert dbt_runs.FILES_STAY not in os.environ
    with duckdb.connect(str(db), read_only=True) as connection:
        assert connection.execute("select hash_count from made_of_it").fetchall() == [(400000,)]
        # Made by the first run, and left as it was.
        assert connection.execute("select count(*) from beside").fetchall() == [(2,)]


def test_what_goes_on_keeps_its_folder_and_what_failed_otherwise(
    tmp_path: Path, told: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dbt did last in another folder is not done again; another failure is still told."""
    folder, db = project(tmp_path, "2GB"), tmp_path / "warehouse.duckdb"
    test = folder / "tests" / "one_run.sql"
    test.parent.mkdir()
    test.write_text("select * from {{ ref('beside') }}")
    monkeypatch.chdir(folder)
    with pytest.raises(UserError) as failed:
        run_dbt(["build", "--target-path=own"], "tables", db, set())
    assert str(failed.value) == (
        "The test one_run failed on 2 rows. To see them, run own/compiled/memory/tests/one_run.sql "
        "in the warehouse."
    )
    assert "--target-path=own" in told[1]


def test_what_does_not_fit_alone_either_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="large failed: .*\n.*Out of Memory") as failed:
        run_dbt(["run"], "tables", tmp_path / "warehouse.duckdb", set(), project(tmp_path, "20MB"))
    assert "1 tables and tests that build on it were left out" in str(failed.value)
