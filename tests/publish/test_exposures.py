"""What the exposures say is read is what is read."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "lead_funnel" / "report" / "figures.py"
CRM = ROOT / "lead_funnel" / "crm"


def depends_on(file: str, exposure: str) -> set[str]:
    exposures = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["exposures"]
    [found] = [each for each in exposures if each["name"] == exposure]
    return {re.findall(r"ref\('(\w+)'\)", ref)[0] for ref in found["depends_on"]}


def test_the_report_reads_the_marts_that_its_exposure_names() -> None:
    read = re.findall(r'"marts\.(\w+)"', FIGURES.read_text(encoding="utf-8"))
    assert depends_on("models/marts/_publish__exposures.yml", "report_and_summary") == set(read)


def test_the_write_back_reads_the_marts_that_its_exposure_names() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in CRM.glob("*.py"))
    read = set(re.findall(r'"marts", "(\w+)"', code))
    named = depends_on("models/marts/sync/_sync__exposures.yml", "crm_write_back")
    # The changes are rows of crm_lead_sync, which jobs of one's own may read whole.
    assert named - {"crm_lead_sync"} == read
