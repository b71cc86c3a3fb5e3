"""Write the demo's figures into README.md, demo/README.md and docs/model_figures.md.

``python -m demo.figures --db data/demo/warehouse.duckdb --truth data/demo/truth``
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.report.summary import summarize
from lead_funnel.report.truth import read_truth
from lead_funnel.warehouse import open_warehouse

ROOT = Path(__file__).resolve().parents[1]
PLACE = re.compile(r"(<!-- demo: [^\n]*-->\n).*?(<!-- /demo -->)", re.S)
# What the first page shows of the summary: the start of a line opens a part.
EXCERPT = {
    "Black hole": ("Black hole", "all teams", "at a cost of"),
    "Points or model": ("Points or model", "points", "model"),
}
SCORERS = {"model": "model", "points": "points", "boosting": "boosting (ceiling)"}
METRICS = {
    "roc_auc": ("ROC AUC", "{:.3f}"),
    "pr_auc": ("PR AUC", "{:.3f}"),
    "log_loss": ("log loss", "{:.3f}"),
    "brier": ("Brier", "{:.3f}"),
    "ece": ("calibration error", "{:.3f}"),
    "wins_captured_at_20pct": ("wins in the best 20 %", "{:.0%}"),
    "wins_captured_at_capacity": ("wins at capacity", "{:.0%}"),
}
METRICS_OF_CHAMPION = """
select metrics.*, compared.difference, compared.difference_low, compared.difference_high
from ml.model_metrics as metrics
inner join ml.model_versions as versions
    on metrics.model_version = versions.model_version and versions.is_champion
left join marts.score_comparison as compared
    on metrics.model_version = compared.model_version
    and metrics.scorer = compared.scorer
    and metrics.subset = compared.subset
    and metrics.metric = compared.metric
"""
RANGE = "{value:.3f} ({interval_low:.3f} to {interval_high:.3f})"


def write_between(page: Path, text: str) -> None:
    """Put text between the marks of a page.

    Raises
    ------
    UserError
        If the page does not have the two marks once.
    """
    found = page.read_text(encoding="utf-8")
    if len(PLACE.findall(found)) != 1:
        raise UserError(f"{page} must have the marks <!-- demo: ... --> and <!-- /demo --> once")
    page.write_text(PLACE.sub(lambda marks: f"{marks[1]}{text}{marks[2]}", found), encoding="utf-8")


def indented(lines: Sequence[str]) -> str:
    """Write lines as a block of code between two empty lines."""
    block = "\n".join(f"    {line}".rstrip() for line in lines)
    return f"\n{block}\n\n"


def excerpt(summary: str) -> list[str]:
    """Take from a summary what the first page shows."""
    lines: list[str] = []
    wanted: tuple[str, ...] = ()
    for line in summary.splitlines():
        title = next((name for name in EXCERPT if line.startswith(name)), None)
        if title:
            wanted = EXCERPT[title]
            lines += [""] * bool(lines)
        elif not line.strip():
            wanted = ()
        if any(line.startswith(start) for start in wanted):
            lines.append(line)
    return lines


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def value(metrics: pd.DataFrame, scorer: str, metric: str, subset: str) -> pd.Series:
    """Find one figure; its cells are null where the version has none."""
    rows = metrics[
        (metrics["scorer"] == scorer)
        & (metrics["metric"] == metric)
        & (metrics["subset"] == subset)
    ]
    return rows.iloc[0] if len(rows) else pd.Series(dtype="float64").reindex(metrics.columns)


def comparison(metrics: pd.DataFrame) -> str:
    """Compare the scorers on the test, and say how far apart model and points are."""
    rows = [
        [
            name,
            *(
                form.format(value(metrics, key, metric, "all")["value"])
                for metric, (_, form) in METRICS.items()
            ),
        ]
        for key, name in SCORERS.items()
    ]
    auc = value(metrics, "model", "roc_auc", "all")
    lines = [
        table(["scorer", *(title for title, _ in METRICS.values())], rows),
        "\n- Model minus points, ROC AUC: {difference:+.3f} ({difference_low:+.3f} to "
        "{difference_high:+.3f}).\n".format(**auc),
    ]
    only = [
        value(metrics, key, "close_rate", "only in its best fifth") for key in ("model", "points")
    ]
    if not any(pd.isna(row["value"]) for row in only):
        lines.append(
            "- Where their best fifths differ, {:.0%} of the model's leads closed, and {:.0%} of "
            "those of the points.\n".format(*(row["value"] for row in only))
        )
    rated = [
        value(metrics, key, "roc_auc", "rated")["value"]
        for key in ("reps_rating", "model", "points")
    ]
    if not pd.isna(rated[0]):
        lines.append(
            "- On the leads that reps had rated, the reps' own rating reaches a ROC AUC of "
            "{:.3f}, the model {:.3f}, the points {:.3f}.\n".format(*rated)
        )
    for key in ("model", "points"):
        share = value(metrics, key, "share_holding_60pct_of_wins", "all")["value"]
        ratio = value(metrics, key, "best_fifth_to_worst_fifth", "all")["value"]
        lines.append(
            f"- Rule of acceptance, {key}: 60 % of the wins are in the best {share:.0%} of leads, "
            f"and the best fifth closes {ratio:.1f} times as often as the worst.\n"
        )
    chance = value(metrics, "model", "ece_of_a_perfect_model", "all")["value"]
    lines.append(
        f"- Chance alone would give a perfect model a calibration error of {chance:.3f}.\n"
    )
    return "".join(lines)


def policies(metrics: pd.DataFrame) -> str:
    """Show what each label policy gives on its own rows."""
    rows = []
    for policy in ("worked", "weighted", "all"):
        subset = f"policy {policy}"
        rates = (
            f"{value(metrics, 'model', name, subset)['value']:.1%}"
            for name in ("base_rate", "mean_probability")
        )
        auc = RANGE.format(**value(metrics, "model", "roc_auc", subset))
        rows.append([f"`{policy}`", auc, *rates])
    return table(
        ["label policy", "ROC AUC on its own rows", "base rate there", "mean probability"], rows
    )


def model_figures(db: Path) -> str:
    """Write the figures of the model in charge.

    Raises
    ------
    UserError
        If no model is in charge.
    """
    with open_warehouse(db, read_only=True) as connection:
        version = connection.execute("select * from ml.model_versions where is_champion").df()
        metrics = connection.execute(METRICS_OF_CHAMPION).df()
        weeks = connection.execute(
            "select count(*), count(*) filter (is_within), sum(expected_wins), sum(wins)\n"
            "from marts.forecast_backtest where wins is not null and expected_wins is not null"
        ).fetchall()[0]
        old = connection.execute(
            "select count(*), count(*) filter (scored_by = 'points') from marts.lead_scores"
        ).fetchall()[0]
    if version.empty:
        raise UserError(f"No model is in charge in {db}: train one first.")
    row = version.iloc[0]
    has_policies = (metrics["subset"] == "policy all").any()
    parts = [
        f"Version {row['model_version']}: {row['train_examples']:,} examples in training "
        f"({row['train_wins']:,} won), {row['test_examples']:,} in the test "
        f"({row['test_wins']:,} won).\n\n",
        f"Passed its gate: {row['gate_reason']}.\n\n" if row["gate_passed"] else "",
        comparison(metrics),
    ]
    if weeks[0]:
        parts.append(
            f"- Promised and won: {weeks[2]:.0f} wins were expected over {weeks[0]} settled weeks "
            f"and {weeks[3]:.0f} came; the range held in {weeks[1]} of them.\n"
        )
    parts.append(f"- Points score {old[1]:,} of {old[0]:,} open leads.\n\n")
    parts.append(f"{policies(metrics)}\n" if has_policies else "")
    return re.sub(r"(?<=\d)%", " %", "".join(parts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0, or 2 if the warehouse or the truth cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m demo.figures", description=__doc__)
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="the warehouse")
    parser.add_argument("--truth", type=Path, metavar="DIR", help="the truth of the simulation")
    options = parser.parse_args(arguments)
    try:
        truth = read_truth(options.truth) if options.truth else None
        summary = summarize(options.db, truth, None)
        write_between(ROOT / "docs" / "model_figures.md", "\n" + model_figures(options.db))
        write_between(ROOT / "demo" / "README.md", indented(summary.strip().splitlines()))
        write_between(ROOT / "README.md", indented(excerpt(summary)))
    except (UserError, duckdb.Error) as error:
        note(f"figures: {error}")
        return 2
    say(f"README.md, demo/README.md and docs/model_figures.md show the figures of {options.db}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
