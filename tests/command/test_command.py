"""The command `lead-funnel`: one door to everything, and what it says where something is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer.main

from lead_funnel import console, nightly
from lead_funnel.command.app import app, main
from lead_funnel.crm import cli as sync
from lead_funnel.doctor import FAIL, OK, WARN, check_all
from lead_funnel.fresh import run as fresh_runs
from lead_funnel.own_project import USUAL_SEEDS
from lead_funnel.project import project_variables, seed_files, shipped_project
from ml.commands import cli as models
from ml.data.features import declared_features, project_variable

SHIPPED = Path(__file__).resolve().parents[2]
KEY = "0a1b2c3d-0a1b-4c3d-8e5f-0123456789ab"


def commands(of: typer.Typer) -> dict[str, Any]:
    """All commands, those of groups as `sync push`."""
    found = {}
    for name, command in typer.main.get_group(of).commands.items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {key}": one for key, one in inner.items()} if inner else {name: command}
    return found


def test_every_command_is_there_and_every_option_is_explained() -> None:
    found = commands(app)
    first = "init demo build what-if publish sources summary report explain dashboard doctor"
    assert {*first.split(), *commands(models.app)} | {"sync export", "sync push"} == set(found)
    silent = [
        (name, one.name)
        for name, command in found.items()
        for one in command.params
        if not getattr(one, "help", None)
    ]
    # A warehouse's option is the same everywhere; the version to show is optional.
    assert not silent
    assert not [name for name, command in found.items() if not command.help]


@pytest.mark.parametrize(("words", "runs"), [([], ["whole"]), (["--fresh"], ["fresh"])])
def test_a_build_is_whole_or_fresh_and_never_both(
    words: list[str], runs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def noted(name: str) -> Callable[..., int]:
        def note(*_: Any) -> int:
            ran.append(name)
            return 0

        return note

    monkeypatch.setattr(nightly, "build_warehouse", noted("whole"))
    monkeypatch.setattr(fresh_runs, "fresh_build", noted("fresh"))
    where = ["--raw", str(tmp_path), "--db", str(tmp_path / "w.duckdb")]
    assert main(["build", *where, *words]) == 0
    assert ran == runs


def test_lead_ml_and_lead_sync_are_the_same_commands() -> None:
    found = commands(app)
    for name, one in commands(models.app).items():
        assert found[name].callback.__wrapped__ is one.callback.__wrapped__
    for name in commands(sync.app):
        assert f"sync {name}" in found


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from lead_funnel.command.app import main; main(['--help']); "
        "print(sorted({'dbt', 'duckdb', 'pandas', 'sklearn', 'urllib3'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SHIPPED
    )
    assert ended.stdout.splitlines()[-1] == "[]"
    assert "Exit codes: 0 done" in ended.stdout


def test_a_mistyped_command_or_option_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    for words, guess in (
        (["sumary"], "Did you mean 'summary'?"),
        (["build", "--acept-changes"], "--accept-changes"),
        (["publish", "--db"], "requires an argument"),
    ):
        assert main(words) == 2
        assert guess in capsys.readouterr().err
    assert main(["--version"]) == 0
    assert re.fullmatch(r"lead-funnel \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_the_user_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["summary"], ["explain", "lead-1"], ["report"], ["what-if", "rules.csv"]):
        assert main([*words, "--db", str(tmp_path / "none.duckdb")]) == 2
        said = capsys.readouterr()
        assert said.err.startswith("lead-funnel: There is no warehouse at ")
        assert said.out == ""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A warehouse with one lead, and its published copy."""
    db = tmp_path / "w.duckdb"
    for file in (db, tmp_path / "w.published.duckdb"):
        with duckdb.connect(str(file)) as connection:
            connection.execute("create schema marts")
            connection.execute(
                f"""create table marts.dim_leads as select '{KEY}'::uuid as lead_key,
                'lead-7' as crm_lead_id, 'mql' as current_stage, 2 as cycle_number,
                timestamp '2025-06-01' as stage_entered_at, timestamp '2025-05-01' as first_seen_at,
                'event' as channel, 'large' as segment, 'buyer' as persona, false as is_customer,
                timestamp '2025-06-02' as last_engaged_at"""
            )
            connection.execute(
                f"""create table marts.lead_scores as select '{KEY}'::uuid as lead_key,
                timestamp '2025-06-30' as as_of, 'model' as scored_by, 'v1' as model_version,
                61 as score, 'hot' as score_band, 0.125 as probability, 40.5 as points_total,
                30.5 as points_behavior, 10.0 as points_fit, 'A' as fit_grade,
                'Asked ann@firm.example for a price' as reason_1, null::varchar as reason_2,
                null::varchar as reason_3"""
            )
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            f"""create table intermediate.identity_members as select '{KEY}'::uuid as lead_key,
            'email' as identifier_type, 'ann@firm.example' as identifier_value"""
        )
    return db


@pytest.mark.parametrize("wanted", ["lead-7", KEY.upper(), " Ann@Firm.example"])
def test_a_lead_is_explained_without_its_address(
    company: Path, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", wanted, "--db", str(company)]) == 0
    said = capsys.readouterr().out
    assert f"Lead      lead-7 (key {KEY})" in said
    assert "Stage     mql since 2025-06-01 00:00 UTC, cycle 2" in said
    assert "Score     61, band hot, by model, 12.5 % to win; points 40.5" in said
    assert "Asked (address) for a price" in said
    assert "Owner     none" in said
    assert "@" not in said
    assert main(["explain", wanted, "--db", str(company), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["score"]["reasons"] == ["Asked (address) for a price"]
    assert told["score"]["probability"] == 0.125
    assert told["routing"] is None


def test_an_unknown_address_is_not_repeated(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "eve@firm.example", "--db", str(company)]) == 2
    assert "@" not in capsys.readouterr().err


def test_init_makes_a_project_that_takes_its_models_from_the_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = tmp_path / "ours"
    assert main(["init", str(ours)]) == 0
    assert {file.stem for file in (ours / "seeds").glob("*.csv")} == set(USUAL_SEEDS)
    assert (ours / "dbt_packages" / "lead_funnel").resolve() == shipped_project()
    assert seed_files(ours)["points_rules"] == ours / "seeds" / "points_rules.csv"
    assert seed_files(ours)["channels"] != ours / "seeds" / "channels.csv"
    settings = ours / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("label_horizon_days: 90", "label_horizon_days: 30"))
    assert project_variables(ours)["label_horizon_days"] == 30
    assert project_variable(ours, "label_horizon_days") == 30
    assert project_variable(ours, "label_policy") == "weighted"
    assert declared_features(ours) == declared_features(SHIPPED)
    capsys.readouterr()
    assert main(["init", str(ours)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "b"), "--seeds", "pointsrules"]) == 2
    assert "There is no seed pointsrules" in capsys.readouterr().err


def states(project: Path, raw: Path, db: Path) -> dict[str, tuple[str, str]]:
    return {check.subject: (check.state, check.finding) for check in check_all(project, raw, db)}


def test_the_doctor_finds_what_is_in_the_way(company: Path, tmp_path: Path) -> None:
    ours, raw = tmp_path / "ours", tmp_path / "raw"
    main(["init", str(ours)])
    found = states(ours, raw, company)
    assert {subject for subject, (state, _) in found.items() if state == WARN} == {"raw files"}
    assert not [subject for subject, (state, _) in found.items() if state == FAIL]
    raw.mkdir()
    (raw / "crm_leads.csv").write_text("lead_id\n1\n")
    rules = ours / "seeds" / "points_rules.csv"
    rules.write_text(rules.read_text(encoding="utf-8").replace("points,", "", 1))
    settings = ours / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("business_opens_hour", "business_open_hour")
    text = text.replace("sources: []", "sources: [{tool: hubspot, name: hub, path: nowhere}]")
    settings.write_text(text.replace("    sales_teams: {+enabled: false}\n", ""))
    company.with_name("w.published.duckdb").unlink()
    checks = check_all(ours, raw, company)
    findings = {(check.subject, check.state): check.finding for check in checks}
    assert findings["raw files", OK].startswith("1 files")
    assert findings["project", WARN] == "nothing reads the variables business_open_hour"
    assert findings["sources", FAIL] == "hub: there is no folder nowhere"
    assert findings["copy", WARN].startswith("there is none")
    seeds = [check.finding for check in checks if check.subject == "seeds"]
    assert "seeds/points_rules.csv: there is no column points" in seeds
    assert "two seeds are called sales_teams" in seeds
    assert all(check.remedy for check in checks if check.state == WARN)


def test_long_work_is_never_silent_for_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "SILENCE_SECONDS", 0.05)
    with console.working("tables", 7) as work:
        work.doing = "dim_leads"
        work.advance(3)
        time.sleep(0.3)
    said = capsys.readouterr().err.splitlines()
    assert len(said) >= 2
    assert said[0] == "  tables: 3 of 7, dim_leads, 0 s"
    time.sleep(0.15)
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import time; from lead_funnel.console import note, track\n"
        "for one in track(range(3), 'counting'): time.sleep(0.2); note(f'line {one}')"
    )
    pty = pytest.importorskip("pty")
    import os

    mother, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=child, stderr=child, cwd=SHIPPED,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    )  # fmt: skip
    process.wait(30)
    os.close(child)
    shown = b""
    while chunk := _read(mother):
        shown += chunk
    text = shown.decode(errors="replace")
    assert "counting" in text
    assert "line 2" in text
    assert "/3" in text


def _read(handle: int) -> bytes:
    import os

    try:
        return os.read(handle, 65536)
    except OSError:
        return b""
