"""What the exposures say is read is what programs read, and never a private model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lead_funnel.fresh.run import LEADS, NOT_LEADS
from lead_funnel.fresh.small import OF_FILES, POPULATION
from lead_funnel.fresh.touched import PEOPLE, WHOLE
from lead_funnel.publish.floor import GROWING
from tests.structure.models_read import named_models, read_models

ROOT = Path(__file__).parents[2]
# By exposure, the programs that it is: a later line takes its file out of an earlier one.
PROGRAMS = {
    "report_and_summary": "lead_funnel/report/*.py",
    "lead_explained": "lead_funnel/report/explain.py",
    "explorer": "lead_funnel/dashboard/*.py",
    "crm_write_back": "lead_funnel/crm/*.py",
    "model_training": "ml/**/*.py",
    "published_copy": "lead_funnel/publish/*.py",
    "rules_compared": "lead_funnel/publish/what_if.py",
    "retention": "lead_funnel/publish/retention.py",
    "file_rewritten": "lead_funnel/publish/rewrite.py",
    "fresh_run": "lead_funnel/fresh/*.py",
    "doctor": "lead_funnel/doctor.py",
}
# They ask the report's figures for more.
ASKING_FIGURES = {"lead_explained", "explorer"}
# Read by a name that is put together, or listed apart.
LISTED = {
    "published_copy": {*GROWING},
    "fresh_run": {f"base_raw__{table}" for table in (*PEOPLE, *WHOLE, "crm_opportunity_history")},
}
# Nodes that a fresh run has dbt make, or takes over instead, by their names in dbt.
SELECTED = {name.removeprefix("+") for name in (*LEADS, *NOT_LEADS, *POPULATION, *OF_FILES)}


@pytest.fixture(scope="module")
def access(manifest: Any) -> dict[str, str]:
    nodes = manifest.nodes.values()
    return {node.name: node.access for node in nodes if node.resource_type == "model"}


def installed() -> list[Path]:
    files = [*(ROOT / "lead_funnel").rglob("*.py"), *(ROOT / "ml").rglob("*.py")]
    assert len(files) > 50
    return files


def programs() -> dict[Path, str]:
    """Exposures by file."""
    return {file: name for name, files in PROGRAMS.items() for file in ROOT.glob(files)}


def test_programs_read_what_their_exposures_name(manifest: Any, access: dict[str, str]) -> None:
    named = {
        exposure.name: {manifest.nodes[read].name for read in exposure.depends_on.nodes}
        for exposure in manifest.exposures.values()
    }
    models, known = set(access), installed()
    figures = read_models((ROOT / "lead_funnel/report").glob("*figures.py"), models, known)
    for exposure in PROGRAMS:
        files = [file for file, name in programs().items() if name == exposure]
        read = read_models(files, models, known) | LISTED.get(exposure, set())
        assert read, exposure
        assert read <= named[exposure], exposure
        more = named[exposure] - read
        assert not more or (exposure in ASKING_FIGURES and more <= figures), (exposure, more)


def test_every_program_that_reads_a_model_has_an_exposure(access: dict[str, str]) -> None:
    others = set(installed()) - programs().keys()
    assert read_models(others, set(access), installed()) == set()


def test_no_private_model_is_read_by_a_program_or_named_by_an_exposure(
    manifest: Any, access: dict[str, str]
) -> None:
    private = {name for name, given in access.items() if given == "private"}
    assert len(private) > 30
    known = installed()
    assert read_models(known, private, known) == set()
    for file in known:
        assert not named_models(file, private) - SELECTED, file
    for exposure in manifest.exposures.values():
        read = {manifest.nodes[one].name for one in exposure.depends_on.nodes}
        assert not read & private, exposure.name


def test_models_are_found_however_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "names.py").write_text('TABLE = "by_constant"\n')
    code = tmp_path / "code.py"
    code.write_text(
        """
from names import TABLE
FULL = "marts.alone"
SQL = "select 1 from marts.in_sql join intermediate.joined using (a)"
def read(connection, database):
    table = connection, "staging", "in_pair"
    connection.execute(f"select * from {database}.marts.of_database")
    connection.execute(f"from night.marts.{TABLE}")
    raise ValueError("Look at marts.mentioned.")
"""
    )
    found = {"by_constant", "alone", "in_sql", "joined", "in_pair", "of_database"}
    models = {*found, "mentioned"}
    assert read_models([code], models, [tmp_path / "names.py"]) == found
    assert "mentioned" in named_models(code, models)
