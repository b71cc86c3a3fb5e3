"""What a new copy must not lose: it is compared with the copy that readers have."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lead_funnel.errors import UserError
from lead_funnel.warehouse import (
    Connection,
    has_table,
    open_warehouse,
    quoted,
    read_table,
)
from lead_funnel.words import count_text, percent_text

RULES = "publishing_rules"
AUDIT = "audit_raw_rows"
# Marts that go on growing with the company. Others list what is open now, and may be empty.
GROWING = (
    "dim_leads",
    "fct_lead_cycles",
    "fct_stage_transitions",
    "fct_lead_timeline",
    "fct_handoffs",
    "crm_lead_sync",
)


class ChangedError(UserError):
    """What was built differs too much from what is published."""


@dataclass(frozen=True)
class Limits:
    """How much a table may change from one published copy to the next.

    Attributes
    ----------
    fewest_rows : int
        Tables with fewer rows than this in the old copy may change by any share.
    lost_share, gained_share : float
        Largest share of the old copy's rows that may go or come.
    quarantined_share : float
        Largest share of the rows read that may be quarantined.
    """

    fewest_rows: float
    lost_share: float
    gained_share: float
    quarantined_share: float


# Where the rules are missing, a table must still not be emptied.
NO_LIMITS = Limits(float("inf"), 1, float("inf"), 1)
# Once more than the limit was accepted, the share may still creep by this much.
CREEP = 0.05


@dataclass(frozen=True)
class Counts:
    """Rows of a table: those that it has or accepts, and of a raw table those quarantined."""

    rows: int
    quarantined: int = 0

    @property
    def quarantined_share(self) -> float:
        """Share of the usable and unusable rows that is unusable."""
        return self.quarantined / max(self.rows + self.quarantined, 1)


def check_floor(db: Path, copy: Path) -> None:
    """Compare a warehouse with the published copy that it would replace.

    Raises
    ------
    ChangedError
        If a table would be emptied, or changes beyond the limits.
    UserError
        If one of the files cannot be opened.
    """
    with open_warehouse(db, read_only=True) as connection:
        compare_with_copy(connection, copy)


def compare_with_copy(new: Connection, copy: Path) -> None:
    """Compare an open warehouse with the published copy; without a copy, nothing differs.

    Raises
    ------
    ChangedError
        If a table would be emptied, or changes beyond the limits.
    UserError
        If the copy cannot be opened.
    """
    if not copy.is_file():
        return
    with open_warehouse(copy, read_only=True) as old:
        found = differences(read_counts(old), read_counts(new), read_limits(new))
    if found:
        raise ChangedError(
            "Nothing was published, because too much differs from the copy that readers have "
            f"({copy}):\n"
            + "\n".join(f"  - {line}" for line in found)
            + "\nLook at the raw files first: an export may have failed. If this is how it should "
            "be, run the same with --accept-changes (make build ACCEPT=1)."
        )


def differences(old: dict[str, Counts], new: dict[str, Counts], limits: Limits) -> list[str]:
    """Say in a sentence each what differs beyond the limits.

    Parameters
    ----------
    old, new : dict of str to Counts
        By name of the table. A table that only one of them has is not compared.
    limits : Limits
    """
    lines = []
    for table, before in old.items():
        after = new.get(table)
        if after is None:
            continue
        was, now = count_text(before.rows), count_text(after.rows)
        if before.rows and not after.rows:
            lines.append(f"{table} had {was} rows and would have none.")
        elif before.rows >= limits.fewest_rows:
            share = (after.rows - before.rows) / before.rows
            if -share > limits.lost_share:
                lines.append(
                    f"{table} had {was} rows and would have {now}: {percent_text(-share)} fewer; "
                    f"{percent_text(limits.lost_share)} may go (publish_most_lost_share)."
                )
            elif share > limits.gained_share:
                lines.append(
                    f"{table} had {was} rows and would have {now}: {percent_text(share)} more; "
                    f"{percent_text(limits.gained_share)} may come (publish_most_gained_share)."
                )
        if after.rows + after.quarantined >= limits.fewest_rows and _quarantines_too_much(
            before.quarantined_share, after.quarantined_share, limits.quarantined_share
        ):
            lines.append(
                f"{table} would have {count_text(after.quarantined)} rows in quarantine, "
                f"{percent_text(after.quarantined_share)} of all, where the copy has "
                f"{percent_text(before.quarantined_share)}; "
                f"{percent_text(limits.quarantined_share)} may be "
                "(publish_most_quarantined_share). marts.quarantined_rows says why."
            )
    return lines


def _quarantines_too_much(before: float, after: float, limit: float) -> bool:
    return after > limit and (before <= limit or after > before + CREEP)


def read_counts(connection: Connection) -> dict[str, Counts]:
    """Count the rows of raw tables as accepted, and of the marts that keep growing."""
    counts: dict[str, Counts] = {}
    if has_table(connection, "marts", AUDIT):
        columns = ["raw_table", "rows_accepted", "rows_quarantined"]
        for row in read_table(connection, "marts", AUDIT, columns).itertuples():
            name = f"raw.{row.raw_table}"
            counts[name] = Counts(int(_cell(row.rows_accepted)), int(_cell(row.rows_quarantined)))
    for mart in GROWING:
        if has_table(connection, "marts", mart):
            ((rows,),) = connection.execute(
                f"select count(*) from {quoted('marts', mart)}"  # noqa: S608
            ).fetchall()
            counts[f"marts.{mart}"] = Counts(int(rows))
    return counts


def read_limits(connection: Connection) -> Limits:
    """Read the limits that the build was given."""
    if not has_table(connection, "marts", RULES):
        return NO_LIMITS
    rules = read_table(connection, "marts", RULES).iloc[0]
    return Limits(
        float(rules["fewest_rows"]),
        float(rules["most_lost_share"]),
        float(rules["most_gained_share"]),
        float(rules["most_quarantined_share"]),
    )


def _cell(value: Any) -> float:
    return float(value)
