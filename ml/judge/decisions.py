"""Turn ``marts.handoff_decisions`` into decisions that a policy can be judged by."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from lead_funnel.errors import TooYoungError, UserError
from lead_funnel.warehouse import Connection, read_model_table, read_table
from ml.data.columns import Floats
from ml.data.features import EXAMPLES_MODEL, declared_features
from ml.judge.policy import Decisions, judge, policy_table
from ml.model.predict import predict_from_terms
from ml.model.registry import find_version, read_versions

DECISIONS_MODEL = "handoff_decisions"
LOGGED = {"probability": "probability", "points": "points_total"}
# Examples are a week apart: an older one speaks of another lead.
LATEST_EXAMPLE = pd.Timedelta(days=7)


def judge_policy(
    connection: Connection, project: Path, thresholds: Sequence[float], by: str | None
) -> list[str]:
    """Estimate what handing over from each threshold on would have won.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    project : pathlib.Path
        Folder of the dbt project.
    thresholds : sequence of float
        In points, or as probabilities.
    by : str or None
        ``points`` or ``probability`` as they were logged, or a model's version. None:
        the probability where one was logged, else the points.

    Returns
    -------
    list of str
        Lines to print.

    Raises
    ------
    UserError
        If a table or version is missing.
    TooYoungError
        If no decision's outcome is settled.
    """
    frame = read_decisions(connection)
    settled = frame["label_state"] != "immature"
    if not settled.any():
        raise TooYoungError(
            f"None of the {len(frame):,} decisions in marts.{DECISIONS_MODEL} has a settled "
            "outcome yet. Decisions are logged once a week when a build is published "
            "(dbt run-operation record_published); judge them one label horizon later."
        )
    notes = [
        f"{int(settled.sum()):,} decisions of {frame.loc[settled, 'week_date'].nunique():,} weeks "
        f"are settled, {int((~settled).sum()):,} are too young."
    ]
    frame = frame[settled].reset_index(drop=True)
    if by is None:
        by = "probability" if frame["probability"].notna().any() else "points"
    if by in LOGGED:
        values = np.asarray(frame[LOGGED[by]], dtype="float64")
    else:
        values = model_values(connection, project, by, frame)
        notes.append(
            f"Only decisions since {by} was trained are judged by it: it may have learnt from "
            "earlier ones."
        )
    unknown = int(np.isnan(values).sum())
    if unknown:
        notes.append(f"{unknown:,} decisions have no value by {by} and are left out.")
    decisions = Decisions(
        leads=pd.factorize(frame["lead_key"])[0].astype(np.int64),
        propensity=np.asarray(frame["propensity"], dtype="float64"),
        is_handed_over=frame["is_handed_over"].astype(bool).to_numpy(),
        is_won=(frame["label_state"] == "won").to_numpy().astype("float64"),
        values=values,
    )
    drawn = decisions.is_handed_over & (decisions.propensity < 1)
    notes.append(
        f"{int(decisions.is_handed_over.sum() - drawn.sum()):,} were handed over by value, "
        f"{int(drawn.sum()):,} by the draw. Judged by {by}:"
    )
    estimates = [judge(decisions, threshold) for threshold in thresholds]
    return [*notes, *policy_table(estimates)]


def read_decisions(connection: Connection) -> pd.DataFrame:
    """Read all decisions, sorted by key."""
    return read_table(connection, "marts", DECISIONS_MODEL, order_by=["lead_key", "decided_at"])


def model_values(
    connection: Connection, project: Path, version: str, frame: pd.DataFrame
) -> Floats:
    """Score decisions by a version that cannot have learnt from them.

    What was known of a lead is taken from its latest training example, at most a week
    before the decision.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Probabilities; NaN where there is no such example, or the version is younger.
    """
    row = find_version(read_versions(connection), version)
    terms = read_model_table(connection, "model_terms")
    terms = terms[terms["model_version"] == version]
    features = list(declared_features(project))
    missing = set(terms["feature"].dropna()) - {""} - set(features)
    if missing:
        raise UserError(
            f"Version {version} uses {', '.join(sorted(missing))}, which {EXAMPLES_MODEL} no "
            "longer has. Name a newer version."
        )
    examples = read_table(connection, "marts", EXAMPLES_MODEL, [*features, "lead_key", "as_of"])
    examples = examples.drop_duplicates(["lead_key", "as_of"])
    found = pd.merge_asof(
        frame[["lead_key", "decided_at"]]
        .assign(place=np.arange(len(frame)))
        .sort_values(["decided_at", "place"]),
        examples.sort_values("as_of"),
        left_on="decided_at",
        right_on="as_of",
        by="lead_key",
        tolerance=LATEST_EXAMPLE,
    ).sort_values("place")
    values = predict_from_terms(terms, found[features].reset_index(drop=True))
    is_fair = (found["as_of"].notna() & (found["decided_at"] >= row["as_of"])).to_numpy()
    return np.asarray(np.where(is_fair, values, np.nan), dtype="float64")
