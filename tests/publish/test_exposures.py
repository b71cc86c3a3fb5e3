"""What the exposures say is read is what is read."""

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import yaml

from lead_funnel.publish.floor import AUDIT, GROWING, RULES
from lead_funnel.report.figures import Figures
from ml.data.features import EXAMPLES_MODEL
from ml.data.marts import RATINGS_MODEL
from ml.judge.decisions import DECISIONS_MODEL

# All models' files are read: the loader in C takes a tenth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ROOT = Path(__file__).parents[2]
REPORT = ROOT / "lead_funnel" / "report"
EXPLAIN = REPORT / "explain.py"
CRM = ROOT / "lead_funnel" / "crm"


def depends_on(file: str, exposure: str) -> set[str]:
    exposures = yaml.load((ROOT / file).read_text(encoding="utf-8"), LOADER)["exposures"]
    [found] = [each for each in exposures if each["name"] == exposure]
    return {re.findall(r"ref\('(\w+)'\)", ref)[0] for ref in found["depends_on"]}


def test_the_report_reads_the_marts_that_its_exposure_names() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in REPORT.glob("*figures.py"))
    read = re.findall(r'"marts\.(\w+)"', code)
    assert depends_on("models/marts/_publish__exposures.yml", "report_and_summary") == set(read)


def test_a_lead_is_explained_by_what_its_exposure_names() -> None:
    code = EXPLAIN.read_text(encoding="utf-8")
    read = set(re.findall(r'"marts\.(\w+)"', code))
    # The account asks Figures.
    assert depends_on("models/marts/_publish__exposures.yml", "lead_explained") == {
        *read,
        "fct_points_ledger",
    }


def test_the_write_back_reads_the_marts_that_its_exposure_names() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in CRM.glob("*.py"))
    read = set(re.findall(r'"marts", "(\w+)"', code))
    named = depends_on("models/marts/sync/_sync__exposures.yml", "crm_write_back")
    assert named == read


class Asked(Figures):
    """Notes what is asked of a warehouse that has nothing."""

    asked: set[tuple[str, str]]

    def has(self, name: str, columns: Sequence[str]) -> bool:
        self.asked |= {(name, column) for column in columns}
        return super().has(name, columns)


def test_the_report_asks_for_columns_that_the_marts_have() -> None:
    """A column of another name would only be reported as missing."""
    columns = {
        (f"marts.{model['name']}", column["name"])
        for file in (ROOT / "models").rglob("*.yml")
        for model in yaml.load(file.read_text(encoding="utf-8"), LOADER).get("models") or []
        for column in model.get("columns") or []
    }
    with duckdb.connect() as connection:
        figures = Asked(connection)
        figures.asked = set()
        for name in (name for name in dir(Figures) if not name.startswith("_")):
            if not callable(getattr(Figures, name)):
                getattr(figures, name)
        figures.next_leads(1)
        for of_lead in (figures.ledger_of, figures.timeline_of):
            of_lead("0a1b2c3d-0a1b-4c3d-8e5f-0123456789ab")
    assert len(figures.asked) > 150
    assert figures.asked <= columns, sorted(figures.asked - columns)


def test_jobs_read_the_marts_that_their_exposures_name() -> None:
    file = "models/marts/_jobs__exposures.yml"
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ml").rglob("*.py"))
    read = {*re.findall(r'"marts", "(\w+)"', code), EXAMPLES_MODEL, RATINGS_MODEL, DECISIONS_MODEL}
    assert depends_on(file, "model_training") == read
    assert depends_on(file, "published_copy") == {RULES, AUDIT, *GROWING}
    code = (ROOT / "lead_funnel/publish/what_if.py").read_text(encoding="utf-8")
    read = set(re.findall(r'f?"(?:\{SCHEMA\}|marts)\.(\w+)"', code))
    assert depends_on(file, "rules_compared") == read
    code = (ROOT / "lead_funnel/publish/retention.py").read_text(encoding="utf-8")
    assert depends_on(file, "retention") == set(re.findall(r'"marts", "(\w+)"', code))
