"""How long ``lead-ml train`` takes on a million examples with sixty features, and in what memory.

``python -m bench.training --examples 1000000``

Examples of a known truth are written into a warehouse by a process of its own; then they
are read, split, weighed, a model is estimated, probed, judged against points and boosting,
passes the gate and is written, as ``lead-ml train`` does it. Then the published model is
asked about leads it never saw, and is held to the true chances of these.
"""

import argparse
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from bench.run import FOLDER, report, run_dbt
from bench.training_data import draw_examples, feature_types, write_examples, write_project
from lead_funnel.console import measured_steps, note
from lead_funnel.held import own_memory
from lead_funnel.warehouse import open_warehouse, read_model_table
from ml.commands.material import TrainOptions
from ml.commands.train import train
from ml.model.predict import predict_from_terms
from ml.settings import ModelSettings

FRESH_LEADS, FRESH_SEED = 20_000, 1_000_003


def make_warehouse(folder: Path, examples: int, seed: int) -> None:
    """Make a project that declares the features, and a warehouse of examples."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "raw").mkdir(parents=True)
    write_project(folder / "project")
    run_dbt(["run-operation", "prepare_ml"], folder)
    # In a process of its own, so that its memory is not counted.
    writer = multiprocessing.get_context("spawn").Process(
        target=write_examples, args=(folder / "warehouse.duckdb", examples, seed)
    )
    writer.start()
    writer.join()
    if writer.exitcode:
        raise SystemExit(writer.exitcode)


def held_to_the_truth(terms: Any) -> dict[str, float]:
    """Ask the model about fresh leads whose true chances are known."""
    frame, _ = draw_examples(FRESH_LEADS, 0, np.random.default_rng(FRESH_SEED))
    truth = frame["truth"].to_numpy()
    won = np.random.default_rng(FRESH_SEED + 1).random(len(frame)) < truth
    chances = predict_from_terms(terms, frame)
    best, found = float(roc_auc_score(won, truth)), float(roc_auc_score(won, chances))
    return {
        "roc_auc_of_the_truth": round(best, 4),
        "roc_auc_of_the_model": round(found, 4),
        "roc_auc_lost": round(best - found, 4),
        "mean_true_chance": round(float(truth.mean()), 4),
        "mean_probability": round(float(chances.mean()), 4),
        "mean_absolute_error_of_probability": round(float(np.abs(chances - truth).mean()), 4),
    }


def measure(folder: Path, examples: int, seed: int) -> dict[str, Any]:
    """Train once."""
    note(f"making {examples:,} examples")
    make_warehouse(folder, examples, seed)
    options = TrainOptions(folder / "project", 90, "weighted", ModelSettings())
    started, used = time.monotonic(), time.process_time()
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        with measured_steps() as steps:
            lines = train(connection, options, show=True)
        seconds, processor = time.monotonic() - started, time.process_time() - used
        memory = own_memory() / 1024**3
        note("\n".join(lines))
        versions = read_model_table(connection, "model_versions")
        metrics = read_model_table(connection, "model_metrics")
        truth = held_to_the_truth(read_model_table(connection, "model_terms"))
    fitted = metrics.loc[metrics["metric"] == "examples_fitted", "value"]
    return {
        "examples": examples,
        "features": len(feature_types()),
        "train_examples": int(versions["train_examples"].iloc[0]),
        "test_examples": int(versions["test_examples"].iloc[0]),
        "examples_fitted": int(fitted.iloc[0]),
        "is_champion": bool(versions["is_champion"].iloc[0]),
        "load_average": round(os.getloadavg()[0], 1),
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        "peak_memory_gb": round(memory, 2),
        **{f"seconds_{name.replace(' ', '_')}": round(one, 1) for name, one in steps.items()},
        **truth,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=FOLDER / "training")
    parser.add_argument("--record", action="store_true", help="keep the result")
    options = parser.parse_args(arguments)
    found = measure(options.folder.resolve(), options.examples, options.seed)
    report("training", found, options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
