import gzip
import shutil
from pathlib import Path

import pandas as pd
import pytest

from ml.commands.cli import main
from ml.judge import scorers
from tests.ml.warehouse_builder import World, build

# What is said of boosting is held by these. It takes a third of a training, and nothing hangs on it
# but its own rows of the comparison.
WITH_ALL_TREES = (
    "test_a_good_model_becomes_champion",
    "test_same_rows_same_version_bit_for_bit",
    "test_reps_ratings_are_judged_on_the_leads_they_rated",
)

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def bank_file() -> Path:
    path = SHARED / "bank_additional" / "bank-additional-full.csv.gz"
    if not path.is_file():
        pytest.skip("the UCI bank data are not in ../shared/data")
    return path


@pytest.fixture(scope="session")
def olist_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = SHARED / "olist"
    if not folder.is_dir():
        pytest.skip("the Olist data are not in ../shared/data")
    leads = pd.read_csv(folder / "olist_marketing_qualified_leads_dataset.csv")
    deals = pd.read_csv(folder / "olist_closed_deals_dataset.csv")
    table = leads.merge(deals[["mql_id", "won_date"]], how="left")
    waited = pd.to_datetime(table["won_date"]) - pd.to_datetime(table["first_contact_date"])
    table["won"] = (waited >= pd.Timedelta(0)) & (waited <= pd.Timedelta(days=90))
    path = tmp_path_factory.mktemp("olist") / "leads.csv"
    table.drop(columns="won_date").to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def good_world() -> World:
    return World(leads=2000, signal=1.6, points_signal=0.1)


@pytest.fixture
def warehouse(tmp_path: Path, good_world: World) -> Path:
    return build(tmp_path, good_world)


@pytest.fixture(scope="session")
def first_training(tmp_path_factory: pytest.TempPathFactory, good_world: World) -> Path:
    """A folder with a project and a warehouse whose first version is champion; to be copied."""
    path = build(tmp_path_factory.mktemp("trained"), good_world)
    assert main(["train", "--db", str(path), "--project-dir", str(path.parent)]) == 0
    return path.parent


@pytest.fixture
def trained(first_training: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The warehouse of the good world after its first training."""
    capsys.readouterr()
    return Path(shutil.copytree(first_training, tmp_path / "trained")) / "warehouse.duckdb"


@pytest.fixture
def write_csv(tmp_path: Path):
    def write(text: str, name: str = "examples.csv", *, gzipped: bool = False) -> Path:
        path = tmp_path / name
        if gzipped:
            with gzip.open(path, "wt", encoding="utf-8") as handle:
                handle.write(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def few_trees(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.originalname not in WITH_ALL_TREES:
        monkeypatch.setattr(scorers, "TREES", 3)
