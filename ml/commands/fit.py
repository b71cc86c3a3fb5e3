"""The command ``fit``: a model of any flat table, without a warehouse."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lead_funnel.errors import UserError
from ml.commands.report import fit_report
from ml.data.examples import Examples, fingerprint, take, won_leads
from ml.data.flat import FlatColumns, flat_examples, read_table
from ml.data.split import Split, split_at_random, split_by_time
from ml.judge.bench import Bench, run_bench
from ml.judge.evaluate import lookup
from ml.judge.probes import suspects
from ml.settings import ModelSettings

# Below this not even a sketch of a model is honest.
FEWEST_WINS = 15


def fit(
    path: Path, columns: FlatColumns, settings: ModelSettings, out: Path, show: bool
) -> list[str]:
    """Fit, judge and write a model of a flat table.

    Parameters
    ----------
    path : pathlib.Path
        CSV or Parquet.
    columns : FlatColumns
    settings : ModelSettings
    out : pathlib.Path
        Folder for ``model.json``, ``metrics.json`` and
        ``predictions.parquet``; made if it does not exist.
    show : bool
        Show progress.

    Returns
    -------
    list of str
        The report, line by line.

    Raises
    ------
    UserError
        If the input cannot give a model.
    """
    notes: list[str] = []
    examples = flat_examples(read_table(path), columns, settings.seed, notes)
    split = split_examples(examples, columns, settings)
    train, test = take(examples, split.train), take(examples, split.test)
    wins = won_leads(train)
    if wins < FEWEST_WINS or won_leads(test) < 2:
        raise UserError(
            f"Too few wins: {wins} in training and {won_leads(test)} in the test "
            f"period; at least {FEWEST_WINS} and 2 are needed. Bring a longer history."
        )
    if wins < settings.min_wins:
        notes.append(
            f"Only {wins} wins in training: a warehouse would stay on points "
            f"below {settings.min_wins}."
        )
    bench = run_bench(train, test, settings, has_time=columns.time is not None, show=show)
    version = "flat-" + fingerprint(examples, settings, columns)[:8]
    metrics = describe(bench, version, columns, notes)
    write(out, bench, version, settings, metrics)
    return fit_report(bench, split.test_from is not None, notes, out)


def split_examples(examples: Examples, columns: FlatColumns, settings: ModelSettings) -> Split:
    """Split by time where there is one, at random where there is none."""
    if columns.time is None:
        return split_at_random(examples, settings.test_share, settings.seed)
    return split_by_time(examples, settings.test_share)


def describe(bench: Bench, version: str, columns: FlatColumns, notes: list[str]) -> dict[str, Any]:
    """Collect what ``metrics.json`` holds."""
    judged = bench.judged.drop(columns="subset")
    auc = lookup(bench.judged, "model", "roc_auc", "all")
    drift = bench.drift
    return {
        "model_version": version,
        "split": "random" if columns.time is None else "time",
        "roc_auc": auc["value"],
        "roc_auc_interval": [auc["interval_low"], auc["interval_high"]],
        "train": _size(bench.train),
        "test": _size(bench.test),
        "base_rates": {"train": drift.train_rate, "test": drift.test_rate},
        "drift": {
            "verdict": drift.verdict,
            "reason": drift.reason,
            "by_period": drift.periods.to_dict("records"),
            "base_rate_moved": drift.base_rate_moved,
            "score_psi": drift.score_psi,
            "feature_psi": drift.feature_psi,
        },
        "leak_suspects": suspects(bench.probes).to_dict("records"),
        "probes": bench.probes.to_dict("records"),
        "features_left_out_as_time_proxies": list(bench.time_proxies),
        "penalty": {"value": bench.model.penalty, "reason": bench.model.penalty_reason},
        "calibration": asdict(bench.model.calibration),
        "comparison": judged.to_dict("records"),
        "notes": notes,
    }


def _size(examples: Examples) -> dict[str, int]:
    return {"examples": len(examples), "wins": int(examples.is_won.sum())}


def write(
    out: Path,
    bench: Bench,
    version: str,
    settings: ModelSettings,
    metrics: dict[str, Any],
) -> None:
    """Write the three files.

    Raises
    ------
    UserError
        If the folder cannot be written.
    """
    terms = bench.model.terms.assign(model_version=version)
    model = {
        "model_version": version,
        "settings": asdict(settings),
        "features": dict(bench.train.features),
        "terms": terms.to_dict("records"),
    }
    predictions = pd.DataFrame(
        {
            "row_number": bench.test.row_numbers,
            "label": bench.test.is_won.astype(bool),
            "probability": bench.scores["model"],
        }
    )
    if bench.test.points is not None:
        predictions["points"] = bench.test.points
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in (("model.json", model), ("metrics.json", metrics)):
            text = json.dumps(plain(content), indent=1, allow_nan=False)
            (out / name).write_text(text + "\n", encoding="utf-8")
        predictions.to_parquet(out / "predictions.parquet", index=False)
    except OSError as error:
        raise UserError(
            f"{out} cannot be written ({error.strerror}). Name another --out."
        ) from error


def read_terms(path: Path) -> pd.DataFrame:
    """Read the terms of a ``model.json``, as ``predict_from_terms`` takes them."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return pd.DataFrame(content["terms"])


def plain(value: Any) -> Any:
    """Turn numpy values into JSON's, and what is not a number into null."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (np.integer, np.bool_)):
        return value.item()
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value
