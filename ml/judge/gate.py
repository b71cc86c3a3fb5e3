"""The gate between a challenger and the routing of leads."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.data.columns import Floats
from ml.data.examples import Examples, Rows, take, won_leads
from ml.judge.bench import Bench
from ml.judge.calibration import calibration_beyond_chance
from ml.judge.evaluate import judge, lookup
from ml.model.predict import predict_from_terms
from ml.settings import ModelSettings

# Largest calibration error beyond chance; never more than the base rate itself.
CALIBRATION_LIMIT = 0.05
# A refresh may lose this much ROC AUC against the champion within chance.
CHAMPION_MARGIN = 0.02
# Fewer wins than this judge nothing.
FEWEST_TEST_WINS = 20


@dataclass(frozen=True)
class Champion:
    """The version in charge.

    Attributes
    ----------
    version
        Its name.
    terms
        Its rows of ``ml.model_terms``.
    as_of
        Its moment, in microseconds since 1970: what it may have learnt from.
    """

    version: str
    terms: pd.DataFrame
    as_of: int


@dataclass(frozen=True)
class Verdict:
    """Whether the gate is passed, and every reason, in words."""

    passed: bool
    reason: str


def decision_rows(test: Examples) -> Rows:
    """Pick the examples at which something is decided.

    These are entries and handoffs; all examples if the former hold too few
    wins to judge by.
    """
    decisions = np.flatnonzero(np.isin(test.kinds, ["entry", "handoff"]))
    if len(decisions):
        chosen = take(test, decisions)
        wins, losses = won_leads(chosen), (chosen.weights > 0).sum()
        if min(wins, losses - wins) >= FEWEST_TEST_WINS:
            return decisions
    return np.arange(len(test))


def open_gate(bench: Bench, settings: ModelSettings, champion: Champion | None) -> Verdict:
    """Decide whether a challenger may become champion.

    It must have learnt from enough wins, order the decision examples better
    than points (or than chance, where points say nothing), not be worse than
    the champion on outcomes that neither has seen, be calibrated, and use no
    feature that looks like a leak.

    Parameters
    ----------
    bench : Bench
        Judged on the test period.
    settings : ModelSettings
    champion : Champion or None
    """
    rows = decision_rows(bench.test)
    decisions = take(bench.test, rows)
    where = "decisions" if len(rows) < len(bench.test) else "all examples"
    checks = [
        _enough(bench, settings),
        _better_than_points(bench, rows, decisions, where, settings),
        _no_worse_than_champion(bench, settings, champion),
        _calibrated(bench),
        _clean(bench),
    ]
    failed = [text for passed, text in checks if not passed]
    reasons = failed or [text for _, text in checks]
    return Verdict(not failed, "; ".join(reason for reason in reasons if reason))


def _enough(bench: Bench, settings: ModelSettings) -> tuple[bool, str]:
    wins, tested = won_leads(bench.train), won_leads(bench.test)
    if wins < settings.min_wins:
        return False, f"{wins} won leads in training, {settings.min_wins} needed"
    if tested < FEWEST_TEST_WINS:
        return False, f"{tested} won leads in the test period, {FEWEST_TEST_WINS} needed"
    return True, f"{wins} won leads in training"


def _better_than_points(
    bench: Bench, rows: Rows, decisions: Examples, where: str, settings: ModelSettings
) -> tuple[bool, str]:
    scores: dict[str, Floats] = {
        name: bench.scores[name][rows] for name in ("model", "points") if name in bench.scores
    }
    informative = "points" in scores and np.ptp(scores["points"]) > 0
    if not informative:
        scores.pop("points", None)
    judged = judge(scores, decisions, "all", settings.bootstrap_draws, settings.seed)
    auc = lookup(judged, "model", "roc_auc", "all")
    if informative:
        low, high = auc["difference_low"], auc["difference_high"]
        text = f"ROC AUC minus points {auc['difference']:+.3f} ({low:+.3f} to {high:+.3f})"
        text = f"{text} on {where}"
        return bool(low > 0), text if low > 0 else f"not clearly better than points: {text}"
    low = auc["interval_low"]
    text = f"ROC AUC {auc['value']:.3f} ({low:.3f} to {auc['interval_high']:.3f}) on {where}"
    return bool(low > 0.5), text if low > 0.5 else f"not clearly better than chance: {text}"


def _no_worse_than_champion(
    bench: Bench, settings: ModelSettings, champion: Champion | None
) -> tuple[bool, str]:
    if champion is None:
        return True, "no champion yet"
    test = bench.test
    # The champion was refitted on all outcomes of its day: only later ones are fair.
    unseen = np.flatnonzero(test.time + test.horizon > champion.as_of)
    later = take(test, unseen)
    if won_leads(later) < FEWEST_TEST_WINS or later.is_won.all():
        return True, f"too few outcomes since champion {champion.version} to compare with it"
    own = set(champion.terms["feature"]) - {""}
    if not own <= set(test.frame.columns):
        return True, f"champion {champion.version} needs features that are gone"
    scores = {
        "model": bench.scores["model"][unseen],
        "champion": predict_from_terms(champion.terms, later.frame),
    }
    judged = judge(
        scores, later, "all", settings.bootstrap_draws, settings.seed, reference="champion"
    )
    auc = lookup(judged, "model", "roc_auc", "all")
    gap, low, high = (
        auc["difference"],
        auc["difference_low"],
        auc["difference_high"],
    )
    fine = bool(gap >= -CHAMPION_MARGIN and high >= 0)
    text = f"ROC AUC minus champion {champion.version} {gap:+.3f} ({low:+.3f} to {high:+.3f})"
    return fine, text if fine else f"worse than the champion: {text}"


def _calibrated(bench: Bench) -> tuple[bool, str]:
    ece = float(lookup(bench.judged, "model", "ece", "all")["value"])
    beyond = calibration_beyond_chance(bench.scores["model"], bench.test)
    limit = min(CALIBRATION_LIMIT, bench.drift.test_rate)
    text = f"calibration error {ece:.3f}, {beyond:.3f} beyond chance (at most {limit:.3f})"
    return beyond <= limit, text if beyond <= limit else f"not calibrated: {text}"


def _clean(bench: Bench) -> tuple[bool, str]:
    leaks = bench.probes[bench.probes["verdict"] == "leak"]["feature"].tolist()
    if leaks:
        return False, "leak suspects: " + ", ".join(leaks)
    return True, "leak probes clean"
