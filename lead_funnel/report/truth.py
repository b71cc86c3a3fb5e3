"""The truth of a simulated company, shown beside what the warehouse found."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lead_funnel.errors import UserError
from lead_funnel.report.figures import Figures
from lead_funnel.warehouse import open_beside

# The label horizon of the simulated company.
WON_IN_TIME = pd.Timedelta(days=90)


@dataclass(frozen=True)
class Truth:
    """What is true of a simulated company.

    Attributes
    ----------
    numbers
        Counts by name.
    handoffs
        One row per handoff: ``crm_lead_id``, ``cycle_number``, ``is_in_black_hole`` and
        ``missed`` (deals that were to be won in time, less one that was won all the same),
        without those that are too young to judge.
    """

    numbers: dict[str, Any]
    handoffs: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_truth(folder: Path) -> Truth:
    """Read the truth that the simulation wrote.

    Raises
    ------
    UserError
        If there is no readable truth_summary.json in the folder.
    """
    file = folder / "truth_summary.json"
    try:
        numbers = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{file} cannot be read ({type(error).__name__}). Name the folder that "
            "demo.simulate wrote with --truth, or leave --truth out."
        ) from None
    if not isinstance(numbers, dict):
        raise UserError(f"{file} holds no summary. Write it again with demo.simulate.")
    tables = folder / "truth_handoffs.parquet", folder / "truth_identifiers.parquet"
    if not all(table.is_file() for table in tables):
        return Truth(numbers)
    with open_beside({}) as connection:
        handoffs, identifiers = (connection.read_parquet(str(table)).df() for table in tables)
    leads = identifiers[identifiers["identifier_type"] == "crm_lead_id"]
    leads = leads[["person_id", "identifier_value"]]
    leads = leads.rename(columns={"identifier_value": "crm_lead_id"})
    names = {"cycle": "cycle_number", "black_hole": "is_in_black_hole"}
    handoffs = handoffs[~handoffs["pending"]].rename(columns=names)
    in_time = handoffs["won_at"] <= handoffs["handed_over_at"] + WON_IN_TIME
    handoffs["missed"] = handoffs["win_probability"] - in_time
    handoffs = handoffs[["person_id", "cycle_number", "is_in_black_hole", "missed"]]
    return Truth(numbers, handoffs.merge(leads, on="person_id").drop(columns="person_id"))


def same_handoffs(figures: Figures, truth: Truth) -> tuple[int, int, int, float]:
    """Count the handoffs that both know, of those recorded by the CRM.

    The simulation knows no companies: a lead whose colleague was won is left out of both.

    Returns
    -------
    tuple of int and float
        Handoffs old enough to judge; those in the black hole by the warehouse, and in truth;
        the deals that were truly missed by those that are in it by both.
    """
    if truth.handoffs.empty or figures.handoffs.empty:
        return 0, 0, 0, 0.0
    found = figures.handoffs
    not_comparable = found["verdict"].isin(("pending", "won_by_colleague"))
    found = found[(found["handed_over_by"] != "points") & ~not_comparable]
    both = found.merge(truth.handoffs, on=["crm_lead_id", "cycle_number"], suffixes=("", "_true"))
    is_found = both["is_in_black_hole"].fillna(False).astype(bool)
    is_true = both["is_in_black_hole_true"].astype(bool)
    missed = float(both.loc[is_found & is_true, "missed"].sum())
    return len(both), int(is_found.sum()), int(is_true.sum()), missed
