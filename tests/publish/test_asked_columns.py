"""The report asks for columns that the marts have."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import yaml

from lead_funnel.report.figures import Figures

# All models' files are read: the loader in C takes a tenth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ROOT = Path(__file__).parents[2]


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
