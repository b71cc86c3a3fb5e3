"""What is typed or given wrong ends in one sentence and an exit code, never in a traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import typer

from lead_funnel import console
from lead_funnel.command.app import main
from lead_funnel.command.run import run
from lead_funnel.dbt_runs import failure_text

RULES = str(Path(__file__).resolve().parents[2] / "seeds" / "points_rules.csv")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Holds a database without tables, a file that is none and a folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEAD_FUNNEL_WAIT", "0")
    duckdb.connect(str(tmp_path / "bare.duckdb")).close()
    (tmp_path / "noise.duckdb").write_bytes(b"\x00\x01no database" * 400)
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("dashboard --db gone.duckdb", "There is no warehouse at gone.duckdb"),
        ("what-if gone.csv --db bare.duckdb", "There is no file gone.csv"),
        (f"what-if {RULES} --caps folder --db bare.duckdb", "There is no file folder"),
        ("summary --db noise.duckdb", "noise.duckdb cannot be opened"),
        ("summary --db folder", "There is no warehouse at folder"),
        ("publish --db bare.duckdb --to folder", "is a folder"),
        ("explain \udcff --db bare.duckdb", "is not UTF-8"),
        ("build --raw folder --db folder", "folder is a folder. Name a file with --db."),
        ("build --raw gone --db new.duckdb", "gone does not exist. Name another with --raw"),
        ("build --raw bare.duckdb --db bare.duckdb", "bare.duckdb is no folder. Name another"),
        ("demo --out noise.duckdb", "noise.duckdb cannot be written: "),
        ("demo --leads -5", "Invalid value for '--leads'"),
        ("demo --leads 99999999999", "Invalid value for '--leads'"),
        ("demo --leads 1e3", "Invalid value for '--leads'"),
        ("build --wait -1", "Invalid value for '--wait'"),
        ("sumary", "Did you mean 'summary'?"),
    ],
)
def test_a_mistake_is_one_sentence(
    folder: Path, words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split(" ")) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.out == ""
    assert "Traceback" not in said.err
    # Besides it at most the three lines on how the command is used.
    assert len(said.err.strip().splitlines()) in (1, 4)


def test_a_name_that_duckdb_cannot_be_told_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "\udcff.duckdb").write_bytes((folder / "bare.duckdb").read_bytes())
    assert main(["summary", "--db", "\udcff.duckdb"]) == 2
    assert "the name of a file is not UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (errno.ENOSPC, 2, "lead-funnel: No space left on device.\n"),
        # Whoever reads no further has seen enough.
        (errno.EPIPE, 1, ""),
    ],
)
def test_an_output_that_takes_nothing_more_is_no_traceback(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    code: int,
    said: str,
) -> None:
    def full(_text: str = "") -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("lead_funnel.command.looking.say", full)
    monkeypatch.setattr(console, "say", full)
    monkeypatch.setattr("lead_funnel.report.summary.summarize", lambda *_: "")
    assert main(["summary", "--db", "bare.duckdb"]) == code
    assert capsys.readouterr().err == said


def test_a_closed_terminal_is_no_traceback(folder: Path) -> None:
    command = f"{sys.executable} -m lead_funnel.command.app sumary >&- 2>errors"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 2  # noqa: S603, S607
    assert "Did you mean 'summary'?" in (folder / "errors").read_text()


def test_what_a_macro_says_is_said_without_dbt_s_words() -> None:
    error = RuntimeError(
        "Compilation Error in operation lead_funnel-on-run-start-2 (./dbt_project.yml)\n"
        "  There is no file rules.csv.\n"
        "  \n"
        "  > in macro checked_seeds (macros/seeds.sql)\n"
        "  > called by operation lead_funnel-on-run-start-2 (./dbt_project.yml)"
    )
    assert failure_text(error, [], Path("w.duckdb")) == "There is no file rules.csv."


def ending_with(error: Exception) -> int:
    """Run a command that ends so."""
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    return run(app, [], "lead-funnel")


def test_a_terminal_or_a_memory_that_is_too_small_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = UnicodeEncodeError("ascii", "Größe", 2, 3, "ordinal not in range(128)")
    assert ending_with(small) == 2
    assert "takes ascii only. Set PYTHONIOENCODING=utf-8" in capsys.readouterr().err
    assert ending_with(duckdb.OutOfMemoryException("Out of Memory Error: 3 MB used")) == 2
    assert capsys.readouterr().err == (
        "lead-funnel: Out of Memory Error: 3 MB used. Give it more with LEAD_FUNNEL_MEMORY.\n"
    )
    with pytest.raises(ZeroDivisionError):
        ending_with(ZeroDivisionError())
