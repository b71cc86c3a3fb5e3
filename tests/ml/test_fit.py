"""``lead-ml fit`` on files of every shape."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.commands.cli import main
from ml.commands.fit import read_terms
from ml.model.predict import predict_from_terms


def table(rows: int = 600, seed: int = 0, signal: float = 1.5) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    visits = random.poisson(1.5, rows)
    source = random.choice(["paid", "organic", "mail"], rows)
    logit = signal * (visits - 1.5) + np.where(source == "mail", signal, 0.0) - 0.5
    won = random.random(rows) < 1 / (1 + np.exp(-logit))
    return pd.DataFrame(
        {
            "when": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows), unit="h"),
            "visits": visits,
            "source": source,
            "points": visits * 3 + random.normal(scale=6, size=rows),
            "won": np.where(won, "yes", "no"),
        }
    )


def fit(path: Path, out: Path, *more: str) -> int:
    return main(["fit", "--examples", str(path), "--label", "won", "--out", str(out), *more])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("gzipped", [False, True])
def test_delimiters_and_gzip(write_csv, tmp_path, delimiter, gzipped) -> None:
    text = table().to_csv(index=False, sep=delimiter)
    path = write_csv(text, gzipped=gzipped)
    assert fit(path, tmp_path / "out", "--time", "when", "--points", "points") == 0
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert metrics["roc_auc"] > 0.75
    low, high = metrics["roc_auc_interval"]
    assert low < metrics["roc_auc"] < high


def test_files_agree_with_one_another(tmp_path) -> None:
    path = tmp_path / "examples.parquet"
    data = table()
    data.to_parquet(path)
    out = tmp_path / "out"
    assert fit(path, out, "--time", "when", "--points", "points") == 0
    predictions = pd.read_parquet(out / "predictions.parquet")
    assert list(predictions.columns) == ["row_number", "label", "probability", "points"]
    rows = data.iloc[predictions["row_number"] - 1]
    assert ((rows["won"] == "yes").to_numpy() == predictions["label"].to_numpy()).all()
    by_rows = predict_from_terms(read_terms(out / "model.json"), rows)
    assert np.abs(by_rows - predictions["probability"].to_numpy()).max() <= 1e-12
    assert (predictions["row_number"] > 420).all()


def test_same_rows_and_seed_same_bytes(write_csv, tmp_path) -> None:
    path = write_csv(table().to_csv(index=False))
    for name in ("one", "two"):
        assert fit(path, tmp_path / name, "--exclude", "points") == 0
    for file in ("model.json", "metrics.json", "predictions.parquet"):
        one, two = ((tmp_path / name / file).read_bytes() for name in ("one", "two"))
        assert one == two, file


@pytest.mark.parametrize(
    ("yes", "no"), [("yes", "no"), (True, False), (1, 0), (1.0, 0.0), ("TRUE", "FALSE"), ("y", "n")]
)
def test_labels_in_many_words(write_csv, tmp_path, yes, no) -> None:
    data = table()
    data["won"] = [yes if won == "yes" else no for won in data["won"]]
    assert fit(write_csv(data.to_csv(index=False)), tmp_path / "out", "--time", "@row") == 0


def test_report_names_leaks_clocks_and_drift(write_csv, tmp_path, capsys) -> None:
    data = table(1500)
    won = data["won"] == "yes"
    data["contract_value"] = np.where(won, 100.0, 0.0) + np.arange(1500) % 7 / 10
    data["index"] = np.arange(1500) // 50
    late = data.index > 1100
    data.loc[late & (data["visits"] > 0), "won"] = "yes"
    assert fit(write_csv(data.to_csv(index=False)), tmp_path / "out", "--time", "@row",
               "--exclude", "when") == 0  # fmt: skip
    report = capsys.readouterr().out
    assert "Base rate drifted" in report
    assert "Verdict: refit" in report
    assert "contract_value: alone it orders wins" in report
    assert "do not return: index" in report


def test_random_split_is_announced(write_csv, tmp_path, capsys) -> None:
    assert fit(write_csv(table().to_csv(index=False)), tmp_path / "out", "--exclude", "when") == 0
    assert "add --time @row" in capsys.readouterr().out


def with_column(**columns: object) -> str:
    return table().assign(**columns).to_csv(index=False)


BAD = {
    "label missing": (table().drop(columns="won").to_csv(index=False), (), "no column 'won'"),
    "label constant": (with_column(won="yes"), (), "always 'yes'"),
    "label of three": (with_column(won=["yes", "no", "maybe"] * 200), (), "'maybe'"),
    "label of numbers": (with_column(won=np.arange(600)), (), "not yes or no"),
    "label empty": (with_column(won=None), (), "empty in every row"),
    "no rows": ("won,visits\n", (), "no rows"),
    "empty file": ("", (), "cannot be read"),
    "header twice": ("won,a,a\nyes,1,2\n", (), "occurs twice"),
    "only null columns": (
        table().assign(visits=None, source=None, points=None)[["won", "visits", "source"]]
        .to_csv(index=False), (), "No usable feature",
    ),
    "time unparseable": (with_column(when="soon"), ("--time", "when"), "first in row 1: 'soon'"),
    "time of numbers": (with_column(when=5), ("--time", "when"), "holds numbers"),
    "time unknown": (with_column(), ("--time", "whenever"), "no column 'whenever'"),
    "points unknown": (with_column(), ("--points", "score"), "no column 'score'"),
    "points of text": (with_column(), ("--points", "source"), "holds no numbers"),
    "exclude unknown": (with_column(), ("--exclude", "when,nothing"), "no column 'nothing'"),
    "group unknown": (with_column(), ("--group", "firm"), "no column 'firm'"),
    "too few wins": (
        with_column(won=["yes" if row in (3, 90, 500) else "no" for row in range(600)]),
        ("--time", "@row"), "Too few wins",
    ),
    "embargo without time": (with_column(), ("--embargo-days", "9"), "needs --time"),
    "embargo too long": (
        with_column(), ("--time", "when", "--embargo-days", "900"), "span less",
    ),
    "every column excluded": (
        with_column(), ("--exclude", "when,visits,source,points"), "No usable feature",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gives_one_sentence(write_csv, tmp_path, capsys, case) -> None:
    text, more, expected = BAD[case]
    assert fit(write_csv(text), tmp_path / "out", *more) == 2
    error = capsys.readouterr().err
    assert error.startswith("lead-ml: ")
    assert expected in error
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02\xff\xfe", b"PAR1 broken", b"\x1f\x8b broken", b"\xff\xfe\xff,a\n"]
)
def test_unreadable_files(tmp_path, capsys, content) -> None:
    path = tmp_path / "examples.csv"
    path.write_bytes(content)
    assert fit(path, tmp_path / "out") == 2
    assert "cannot be read" in capsys.readouterr().err


def test_missing_file_and_unwritable_folder(write_csv, tmp_path, capsys) -> None:
    assert fit(tmp_path / "nowhere.csv", tmp_path / "out") == 2
    assert "There is no file" in capsys.readouterr().err
    path = write_csv(table().to_csv(index=False))
    assert fit(path, path) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_bank_in_order_of_time(bank_file, tmp_path, capsys) -> None:
    arguments = ["fit", "--examples", str(bank_file), "--label", "y", "--out", str(tmp_path)]
    assert main([*arguments, "--exclude", "duration", "--time", "@row"]) == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["roc_auc"] >= 0.67
    assert metrics["drift"]["base_rate_moved"]
    assert metrics["drift"]["verdict"] == "refit"
    assert metrics["base_rates"]["train"] == pytest.approx(0.056, abs=0.002)
    assert "Base rate drifted" in capsys.readouterr().out


def test_bank_at_random(bank_file, tmp_path) -> None:
    path = tmp_path / "some.csv"
    pd.read_csv(bank_file, sep=";").iloc[::2].to_csv(path, index=False)
    arguments = ["fit", "--examples", str(path), "--label", "y", "--out", str(tmp_path)]
    assert main([*arguments, "--exclude", "duration"]) == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["roc_auc"] >= 0.77
    assert not metrics["drift"]["base_rate_moved"]


def test_bank_with_its_leak_asks_about_it(bank_file, tmp_path) -> None:
    path = tmp_path / "some.csv"
    pd.read_csv(bank_file, sep=";").iloc[::5].to_csv(path, index=False)
    arguments = ["fit", "--examples", str(path), "--label", "y", "--out", str(tmp_path)]
    assert main(arguments) == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert [probe["feature"] for probe in metrics["leak_suspects"]] == ["duration"]


def test_olist_with_its_embargo(olist_file, tmp_path, capsys) -> None:
    arguments = ["fit", "--examples", str(olist_file), "--label", "won", "--out", str(tmp_path)]
    more = ["--time", "first_contact_date", "--embargo-days", "90", "--group", "mql_id"]
    assert main([*arguments, *more]) == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["roc_auc"] >= 0.67
    assert "Only 28 wins in training" in capsys.readouterr().out
