"""The report in plain words."""

from pathlib import Path

import pandas as pd

from ml.data.samples import CROSS_VALIDATION_ROWS, PROBED_ROWS
from ml.judge.bench import Bench
from ml.judge.capture import BAND_RATIO, WINS_TO_HOLD, WITHIN_SHARE, is_accepted
from ml.judge.evaluate import lookup
from ml.judge.probes import NEARLY_ALL, suspects

NAMES = {
    "model": "model",
    "points": "points",
    "boosting": "boosting (ceiling)",
    "base_rate": "base rate",
    "reps_rating": "reps' rating",
}
COLUMNS = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "log_loss": "log loss",
    "brier": "Brier",
    "ece": "calibr. error",
    "wins_captured_at_20pct": "wins in top 20 %",
    "wins_captured_at_capacity": "at capacity",
}


def comparison_table(judged: pd.DataFrame, subset: str) -> list[str]:
    """Lay out scorers against metrics.

    Parameters
    ----------
    judged : pandas.DataFrame
        As ``judge`` gives it.
    subset : str

    Returns
    -------
    list of str
        Lines; empty if the subset has no rows.
    """
    rows = judged[judged["subset"] == subset]
    if rows.empty:
        return []
    values = rows.pivot_table(index="scorer", columns="metric", values="value", sort=False)
    lines = [" " * 20 + "".join(f"{title:>17}" for title in COLUMNS.values())]
    for scorer in values.index:
        cells = [f"{values.loc[scorer, metric]:17.4f}" for metric in COLUMNS]
        lines.append(f"{NAMES.get(str(scorer), str(scorer)):<20}" + "".join(cells))
    return lines


def auc_sentence(judged: pd.DataFrame, subset: str = "all") -> str:
    """Say the model's ROC AUC with its interval."""
    auc = lookup(judged, "model", "roc_auc", subset)
    return (
        f"ROC AUC {auc['value']:.3f} "
        f"(95 % interval {auc['interval_low']:.3f} to {auc['interval_high']:.3f})"
    )


def points_sentence(judged: pd.DataFrame, subset: str = "all") -> str:
    """Say how the model compares with points."""
    auc = lookup(judged, "model", "roc_auc", subset)
    if pd.isna(auc["difference"]):
        return "There are no points to compare with."
    low, high = auc["difference_low"], auc["difference_high"]
    verdict = "no clear difference"
    if low > 0:
        verdict = "the model ranks leads better"
    elif high < 0:
        verdict = "points rank leads better"
    return (
        f"Model minus points, ROC AUC: {auc['difference']:+.3f} "
        f"({low:+.3f} to {high:+.3f}): {verdict}."
    )


def acceptance_lines(judged: pd.DataFrame, subset: str = "all") -> list[str]:
    """Say for each scorer whether the rule of acceptance is met."""
    lines = [
        f"Rule of acceptance: the best {WITHIN_SHARE:.0%} hold at least {WINS_TO_HOLD:.0%} of the "
        f"wins, and the best fifth closes at least {BAND_RATIO:.0f} times the worst:"
    ]
    scorers = judged.loc[judged["subset"] == subset, "scorer"].unique()
    for scorer in [name for name in scorers if name != "base_rate"]:
        share = float(lookup(judged, scorer, "share_holding_60pct_of_wins", subset)["value"])
        ratio = float(lookup(judged, scorer, "best_fifth_to_worst_fifth", subset)["value"])
        verdict = "met" if is_accepted(share, ratio) else "not met"
        lines.append(
            f"  {NAMES.get(scorer, scorer)}: {WINS_TO_HOLD:.0%} of the wins in the best "
            f"{share:.0%}; {ratio:.1f} times: {verdict}"
        )
    return lines


def sample_lines(bench: Bench) -> list[str]:
    """Say what was sampled, if anything was."""
    rows, used = len(bench.train), bench.model.rows
    if used == rows:
        return []
    return [
        f"Sampled: fitted on {used:,} of these {rows:,} examples, each counting for those it "
        f"stands for; the penalty is chosen on about {CROSS_VALIDATION_ROWS:,}, features are "
        f"probed on about {PROBED_ROWS:,} of training and of test each."
    ]


def drift_lines(bench: Bench) -> list[str]:
    """Say what moved between training and test."""
    drift = bench.drift
    moved = "drifted" if drift.base_rate_moved else "held"
    lines = [
        f"Base rate {moved}: {drift.train_rate:.1%} in training, "
        f"{drift.test_rate:.1%} in test. Score PSI {drift.score_psi:.2f}. "
        f"Verdict: {drift.verdict} ({drift.reason})."
    ]
    if drift.verdict == "refit":
        lines.append(
            "  Refit on recent outcomes before use; until then read the scores as a "
            "ranking, not as probabilities."
        )
    if drift.verdict == "points":
        lines.append("  Work leads in the order of their points until there is more data.")
    off = drift.periods[drift.periods["is_off"].astype(bool)]
    lines += [
        f"  {row['period']}: {row['mean_probability']:.1%} promised, {row['won_share']:.1%} won "
        f"({row['leads']:,} leads)"
        for row in off.to_dict("records")
    ]
    shifted = [name for name, psi in drift.feature_psi.items() if psi >= bench.limits.shifted]
    if shifted:
        lines.append("  Columns that look different in test: " + ", ".join(shifted))
    return lines


def probe_lines(bench: Bench) -> list[str]:
    """Name leak suspects."""
    found = suspects(bench.probes)
    if found.empty:
        return ["Leak suspects: none."]
    lines = ["Leak suspects (was the value known before the outcome?):"]
    for row in found.to_dict("records"):
        line = f"  {row['feature']}: alone it orders wins with AUC {row['auc']:.3f}"
        if row["purest_share"] >= NEARLY_ALL:
            line += (
                f"; {row['purest_share']:.0%} or more of the leads with {row['purest_value']} won"
            )
        line += f"; left out, the model's AUC falls by {row['drop_left_out']:.3f}"
        lines.append(line + (" - almost certainly a leak" if row["verdict"] == "leak" else ""))
    return lines


def fit_report(bench: Bench, by_time: bool, notes: list[str], out: Path) -> list[str]:
    """Report on a flat table, line by line."""
    train, test = bench.train, bench.test
    how = "latest part of the time" if by_time else "drawn at random"
    lines = [
        f"Trained on {len(train):,} examples ({int(train.is_won.sum()):,} won), "
        f"judged on {len(test):,} ({int(test.is_won.sum()):,} won; {how}).",
        "On the test: " + auc_sentence(bench.judged) + ".",
        *comparison_table(bench.judged, "all"),
    ]
    if "points" in bench.scores:
        lines.append(points_sentence(bench.judged))
    lines += acceptance_lines(bench.judged)
    lines += drift_lines(bench) + probe_lines(bench)
    lines += time_proxy_lines(bench)
    model = bench.model
    lines.append(f"Penalty C = {model.penalty:g}: {model.penalty_reason}.")
    lines.append(f"Calibration: slope {model.calibration.slope:.2f}; {model.calibration.reason}.")
    if not by_time:
        lines.append(
            "There is no time column: a random split is kinder than the future. If the "
            "rows are in order of time, add --time @row."
        )
    lines += notes
    lines.append(f"Written to {out}: model.json, metrics.json, predictions.parquet.")
    return lines


def time_proxy_lines(bench: Bench) -> list[str]:
    """Name the features that were left out as time proxies."""
    if not bench.time_proxies:
        return []
    names = ", ".join(bench.time_proxies)
    return [f"Left out because they tell the time or their levels do not return: {names}."]
