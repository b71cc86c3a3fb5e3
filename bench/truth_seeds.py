"""The warehouse against the truth of ten simulated companies.

``python -m bench.truth_seeds --leads 3000 --seeds 10``

Each company is simulated and built as far as it is read here, a model is trained and made the
champion, whether or not it passed its gate, and the scores are built. What the warehouse then says
is held to what is true: the cost of the black hole, the excess of its causes, scores by silence and
by age, forecasts of past weeks, and the gain of routing.

``--first N --seeds 1`` builds one company, ``--reuse`` measures those that are there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from bench.run import FOLDER, PROJECT, report, run_dbt
from bench.truth_measures import causes, measure
from demo.contract import Settings
from demo.sales import WEEKLY_LEADS
from demo.simulate import simulate
from lead_funnel.console import note
from ml.commands import cli as lead_ml

MODELS_ONLY = ("--exclude-resource-type=test", "--exclude-resource-type=unit_test")
READ = (
    "fct_training_examples",
    "handoff_decisions",
    "capacity_plan",
    "black_hole_cost",
    "black_hole_factors",
    "forecast_backtest",
    "lead_assignments",
    "model_registry",
)
"""The models that training and measuring read; what they are made of is built with them."""


def build(folder: Path, leads: int, seed: int) -> None:
    """Simulate a company and build it until it is scored."""
    shutil.rmtree(folder, ignore_errors=True)
    simulate(Settings(leads=leads, seed=seed, out=folder / "raw", truth=folder / "truth"))
    run_dbt(["build", *MODELS_ONLY, "--select", *(f"+{model}" for model in READ)], folder)
    db = folder / "warehouse.duckdb"
    place = ["--db", str(db), "--project-dir", str(PROJECT)]
    lead_ml.main(["train", *place])
    [(version, passed)] = versions(db)
    if not passed:
        lead_ml.main(["promote", version, "--force", *place])
    run_dbt(["run", "--select", *(f"source:ml+,+{model}" for model in READ)], folder)


def versions(db: Path) -> list[tuple[str, bool]]:
    """Give each model version, and whether it passed its gate."""
    with duckdb.connect(str(db), read_only=True) as connection:
        return connection.execute(
            "select model_version, gate_passed from ml.model_versions"
        ).fetchall()


def causes_by_the_reps_own_capacity(folder: Path) -> dict[str, Any]:
    """Say what goes with the black hole where the warehouse knows how much a rep takes a week.

    The project's default is five times what the simulated reps can take, and so none would ever
    be over it. What was measured before stays as it was.
    """
    own = json.dumps({"default_weekly_capacity": WEEKLY_LEADS})
    models = ["reps", "int_handoffs", "fct_handoffs", "judged_handoffs", "black_hole_factors"]
    run_dbt(["run", "--select", *models, "--vars", own], folder)
    return causes(folder / "warehouse.duckdb", folder / "truth")


def pooled(companies: list[dict[str, Any]], cut: str, column: str) -> list[dict[str, Any]]:
    """Put the bands of all companies together: leads, mean score and mean true chance."""
    bands: dict[str, list[dict[str, Any]]] = {}
    for company in companies:
        for band in company["scores"][cut]:
            bands.setdefault(band[column], []).append(band)
    result = []
    for name, own in sorted(bands.items(), key=lambda item: float(item[0][1:].split(",")[0])):
        leads = sum(band["leads"] for band in own)
        means = {
            value: round(sum(band["leads"] * band[value] for band in own) / leads, 4)
            for value in ("score", "true")
        }
        result.append({column: name, "leads": leads, **means})
    return result


def summarise(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Count over the companies what holds."""
    companies = [company for company in found.values() if "black_hole_cost" in company]
    factors = ("after_hours", "over_capacity")
    return {
        "companies": len(companies),
        **promises(companies),
        "of_models_that_passed": promises([each for each in companies if each["gate_passed"]]),
        "cost_holds": sum(bool(company["black_hole_cost"]["holds"]) for company in companies),
        **{
            f"{factor}_holds": sum(
                bool(company["causes"][factor]["holds"]) for company in companies
            )
            for factor in factors
        },
        "by_silence": pooled(companies, "by_silence", "days_silent"),
        "by_age": pooled(companies, "by_age", "age"),
        "routing_times_round_robin": [
            company["routing"]["gain_over_round_robin"]["times"]
            for company in companies
            if isinstance(company["routing"], dict)
        ],
    }


def promises(companies: list[dict[str, Any]]) -> dict[str, Any]:
    """Count the weeks and the age bands in which what was promised came."""
    bands = [band for company in companies for band in company["calibration_by_age"]]
    return {
        "models": len(companies),
        "weeks": sum(company["forecasts"]["weeks"] for company in companies),
        "weeks_within": sum(company["forecasts"]["within"] for company in companies),
        **{
            name: round(sum(company["forecasts"][name] for company in companies), 1)
            for name in ("expected_wins", "wins")
        },
        "age_bands": len(bands),
        "age_bands_within_chance": sum(band["within_chance"] for band in bands),
        "age_bands_within_range": sum(band["within_range"] for band in bands),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench.truth_seeds", description=__doc__)
    parser.add_argument("--leads", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, default=10, help="companies, by seeds from 1 on")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--folder", type=Path, default=FOLDER / "truth_seeds")
    parser.add_argument("--reuse", action="store_true", help="take the companies that are there")
    parser.add_argument("--record", action="store_true", help="keep the result")
    chosen = parser.parse_args(arguments)
    kept = chosen.folder.resolve()
    kept.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, Any]] = {}
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        note(f"company {seed}")
        folder = kept / f"seed{seed}"
        if not chosen.reuse:
            build(folder, chosen.leads, seed)
        [(_, passed)] = versions(folder / "warehouse.duckdb")
        company = measure(folder / "warehouse.duckdb", folder / "truth")
        company["causes"] = causes_by_the_reps_own_capacity(folder)
        found[str(seed)] = {"gate_passed": passed, **company}
        (kept / "companies.json").write_text(json.dumps(found, indent=1, default=str) + "\n")
    report(
        "truth_seeds",
        {"leads": chosen.leads, "summary": summarise(found), "by_seed": found},
        chosen.record,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
