"""Turn ``marts.fct_training_examples`` into examples."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lead_funnel.errors import TooYoungError, UserError
from lead_funnel.warehouse import Connection, has_table, read_table, table_columns
from ml.data.columns import FeatureType, Floats
from ml.data.examples import Examples, take
from ml.data.features import EXAMPLES_MODEL
from ml.data.flat import MICROSECONDS_A_DAY
from ml.data.samples import LARGEST_READ

RATINGS_MODEL = "example_ratings"
ALL_TEAMS = "all"
KEYS = ("lead_key", "as_of", "example_kind")
NEEDED = (*KEYS, "is_won", "is_worked", "label_state", "points_total")
OPTIONAL = ("label_known_at", "won_amount", "cycle_number")


def read_examples(
    connection: Connection,
    features: Mapping[str, FeatureType],
    horizon_days: int,
    *,
    outcomes_only: bool = False,
) -> tuple[Examples, pd.Timestamp]:
    """Read the mature examples, sorted by key.

    Only examples older than the horizon count. A win can be known earlier
    than a loss, and taking early wins alone would make recent leads look
    better than they are. Of very many, those of some leads are read: see
    ``LARGEST_READ``.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    features : mapping of str to {'numeric', 'categorical'}
        As declared in the YAML of the models.
    horizon_days : int
        The label horizon that the table was built with.
    outcomes_only : bool
        Read neither features nor ratings, in any order: what became of the leads is counted.

    Returns
    -------
    examples : Examples
    as_of : pandas.Timestamp
        The latest moment that the table knows of.

    Raises
    ------
    UserError
        If table or columns are missing.
    TooYoungError
        If no example is mature.
    """
    have = table_columns(connection, "marts", EXAMPLES_MODEL)
    columns = list(dict.fromkeys([*NEEDED, *features]))
    missing = [name for name in columns if name not in have]
    if missing:
        raise UserError(
            f"marts.{EXAMPLES_MODEL} has no column {', '.join(missing)}. Run dbt build, so that "
            "table and YAML agree."
        )
    if outcomes_only:
        features, columns = {}, list(NEEDED)
    columns += [name for name in OPTIONAL if name in have and name not in columns]
    order = [name for name in (*KEYS, "cycle_number") if name in columns and not outcomes_only]
    drawn, now = _drawn_leads(connection, "label_known_at" in have)
    frame = read_table(connection, "marts", EXAMPLES_MODEL, columns, at_most=drawn, order_by=order)
    if frame.empty:
        raise TooYoungError(f"marts.{EXAMPLES_MODEL} holds no rows")
    time = microseconds(frame["as_of"])
    labelled = frame["is_won"].notna().to_numpy()
    horizon = horizon_days * MICROSECONDS_A_DAY
    mature = labelled & (time + horizon <= now)
    if not mature.any():
        raise TooYoungError(
            f"no example in marts.{EXAMPLES_MODEL} is older than {horizon_days} days, so no "
            "outcome is settled yet"
        )
    everything = _as_examples(frame, features, time, horizon)
    if not outcomes_only:
        everything = replace(everything, ratings=read_ratings(connection, frame, drawn))
    return take(everything, mature), pd.Timestamp(now, unit="us")


def _drawn_leads(connection: Connection, is_known_when: bool) -> tuple[dict[str, object], int]:
    """Give the largest key of the leads that are read, and the latest moment of all.

    Nothing where all are read. Keys are hashes, so that the first ones are as good as drawn, and
    the same on every day.
    """
    known_at = "case when is_won is not null then label_known_at end" if is_known_when else "null"
    [(rows, now)] = connection.execute(
        f"select count(*), coalesce(epoch_us(greatest(max(as_of), max({known_at}))), 0) "
        f"from marts.{EXAMPLES_MODEL}"
    ).fetchall()
    if rows <= LARGEST_READ:
        return {}, now
    return {"lead_key": UUID(int=(1 << 128) * LARGEST_READ // rows)}, now


def read_ratings(
    connection: Connection, frame: pd.DataFrame, drawn: Mapping[str, object]
) -> NDArray[np.object_] | None:
    """Read the reps' ratings of the leads at the time of each example.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    frame : pandas.DataFrame of shape (rows, columns)
        With ``lead_key`` as text, and ``as_of``.
    drawn : mapping of str to object
        The largest key that is read.

    Returns
    -------
    numpy.ndarray of shape (rows,) or None
        Null where there was no rating; None if the warehouse has no ratings.
    """
    if not has_table(connection, "marts", RATINGS_MODEL):
        return None
    rated = read_table(
        connection, "marts", RATINGS_MODEL, ["lead_key", "as_of", "rep_rating"], at_most=drawn
    )
    if rated.empty:
        return None
    found = frame[["lead_key", "as_of"]].merge(rated, how="left", on=["lead_key", "as_of"])
    return np.asarray(found["rep_rating"].astype(object))


def read_capacity(connection: Connection, otherwise: float) -> float:
    """Give the share of the waiting leads that sales can take in the coming week.

    What ``marts.capacity_plan`` says for all teams together, at least a hundredth and
    at most all; ``otherwise`` where it says nothing.
    """
    if not has_table(connection, "marts", "capacity_plan"):
        return otherwise
    sizes = ["candidates", "weekly_capacity"]
    plan = read_table(connection, "marts", "capacity_plan", sizes, where={"team_id": ALL_TEAMS})
    if plan.empty or not plan["candidates"].iloc[0] or not plan["weekly_capacity"].iloc[0]:
        return otherwise
    share = float(plan["weekly_capacity"].iloc[0]) / float(plan["candidates"].iloc[0])
    return min(max(share, 0.01), 1.0)


def read_verdict(connection: Connection) -> str | None:
    """Give the last build's verdict on the champion: keep, refit or points; None without one."""
    if not has_table(connection, "marts", "model_verdict"):
        return None
    rows = read_table(connection, "marts", "model_verdict", ["verdict"])
    return None if rows.empty else str(rows["verdict"].iloc[0])


def microseconds(values: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Turn timestamps in UTC into microseconds since 1970."""
    return np.asarray(values.to_numpy().astype("datetime64[us]").astype("int64"))


def _numbers(values: pd.Series, empty: float = 0.0) -> Floats:
    return np.asarray(pd.to_numeric(values).astype("float64").fillna(empty))


def _as_examples(
    frame: pd.DataFrame, features: Mapping[str, FeatureType], time: Any, horizon: int
) -> Examples:
    never_worked = (frame["label_state"] == "never_worked").to_numpy()
    is_won = _numbers(frame["is_won"])
    # What cannot be observed counts as worked. A win that nobody worked is left out like
    # a loss that nobody worked: to keep the wins alone would make every lead look better.
    is_worked = (_numbers(frame["is_worked"], 1.0) > 0) & ~never_worked
    amounts = np.zeros(len(frame))
    if "won_amount" in frame:
        amounts = _numbers(frame["won_amount"]) * is_won
    return Examples(
        frame=frame[list(features)],
        features=features,
        is_won=is_won,
        is_worked=is_worked,
        time=time,
        horizon=horizon,
        leads=pd.factorize(frame["lead_key"])[0].astype(np.int64),
        kinds=frame["example_kind"].fillna("").astype(object).to_numpy(),
        weights=np.ones(len(frame)),
        points=_numbers(frame["points_total"]),
        amounts=amounts,
        row_numbers=np.arange(1, len(frame) + 1, dtype=np.int64),
    )
