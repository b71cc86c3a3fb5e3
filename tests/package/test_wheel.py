"""From a wheel and an empty folder: a project of one's own, built, and then an upgrade."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
IN_WHEEL = ("lead_funnel", "ml", "demo", "docs", "macros", "models", "seeds")
IN_WHEEL += ("tests/generic", "tests/singular")
FILES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")
FILES += ("dbt_project.yml", "profiles.yml", "selectors.yml")
MODEL = Path("models", "marts", "sync", "crm_field_mapping.sql")

pytestmark = pytest.mark.slow


def clean_environment() -> dict[str, str]:
    """Nothing of this tree is on the path, and no setting of this session counts."""
    ours = ("LEAD_FUNNEL_", "DBT_")
    return {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONPATH" and not name.startswith(ours)
    }


def run_quietly(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False
    )


def wheel(tree: Path, to: Path) -> Path:
    """Build a wheel of a tree, in this environment if it can."""
    shutil.rmtree(tree / "build", ignore_errors=True)
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(to)]
    if int(version("setuptools").split(".")[0]) >= 77:
        words.append("--no-build-isolation")
    ended = run_quietly([*words, str(tree)], tree)
    if ended.returncode and "--no-build-isolation" not in words:
        pytest.skip("setuptools 77 is neither installed nor to be had")
    assert ended.returncode == 0, ended.stderr
    [file] = to.glob("*.whl")
    return file


class Environment:
    """An environment that has the wheel, and everything else from the present one."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self.python = folder / "bin" / "python"
        [site] = folder.glob("lib/python*/site-packages")
        (site / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        self.package = site / "lead_funnel"

    def install(self, file: Path) -> None:
        words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--upgrade"]
        ended = self.run("python", *words, str(file), folder=file.parent)
        assert ended.returncode == 0, ended.stderr
        assert self.package.is_dir()

    def run(self, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment."""
        program, *rest = words
        return run_quietly([str(self.python.parent / program), *rest], folder)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a wheel is made of, to be changed."""
    tree = tmp_path / "tree"
    for folder in IN_WHEEL:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copyfile(ROOT / file, tree / file)
    return tree


def test_a_company_builds_from_a_wheel_and_upgrades(tree: Path, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "environment")
    environment.install(wheel(tree, tmp_path / "first"))
    assert {path.name for path in (environment.package / "project").iterdir()} >= {
        *("dbt_project.yml", "profiles.yml", "selectors.yml"),
        *("demo", "docs", "macros", "models", "seeds", "tests"),
    }

    simulated = ["-m", "demo.simulate", "--leads", "10", "--out", "x", "--truth", "y"]
    assert environment.run("python", *simulated, folder=tmp_path).returncode != 0
    ran = environment.run("lead-funnel", "init", "ours", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    ours = tmp_path / "ours"
    field_map = ours / "seeds" / "crm_field_map.csv"
    lines = field_map.read_text(encoding="utf-8").splitlines(keepends=True)
    field_map.write_text("".join(line for line in lines if not line.startswith("salesforce,")))
    raw = ours / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "crm_leads.csv").write_text(
        "lead_id,email,status,created_at,updated_at,loaded_at\n"
        "1,ada@one.example,MQL,2025-01-01,2025-01-02,2025-01-03\n",
        encoding="utf-8",
    )
    ran = environment.run("lead-funnel", "build", folder=ours)
    assert ran.returncode == 0, ran.stderr
    assert "Leads         1 among 1 persons" in ran.stdout
    assert (ours / "data" / "warehouse.report.html").is_file()
    assert mapped(ours) == {"hubspot"}
    assert environment.run("lead-funnel", "doctor", folder=ours).returncode == 0

    changed = (tree / MODEL).read_text(encoding="utf-8")
    (tree / MODEL).write_text(changed.replace("{{ seed_text('crm') }}", "upper(crm)"))
    settings = (tree / "pyproject.toml").read_text(encoding="utf-8")
    (tree / "pyproject.toml").write_text(settings.replace('version = "0.1.0"', 'version = "9.0.0"'))
    environment.install(wheel(tree, tmp_path / "second"))
    assert environment.run("lead-funnel", "--version", folder=ours).stdout == "lead-funnel 9.0.0\n"
    # The link is still that of the first build; dbt alone finds the new model by it.
    ran = environment.run(
        "python", "-m", "dbt.cli.main", "--quiet", "run", "--select", "crm_field_mapping",
        folder=ours,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    assert mapped(ours) == {"HUBSPOT"}


def mapped(ours: Path) -> set[str]:
    """The CRMs in the mart of fields."""
    with duckdb.connect(str(ours / "data" / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("select distinct crm from marts.crm_field_mapping").fetchall()
    return {crm for (crm,) in rows}
