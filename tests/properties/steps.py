"""What a history is made of, and the count of what was compared."""

from __future__ import annotations

from dataclasses import dataclass, field

Value = str | int | float | bool | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Arrive:
    """Rows that a load adds to a raw table, in this order."""

    rows: tuple[tuple[str, Row], ...]


@dataclass(frozen=True)
class Edit:
    """Seed edits that hold from now on; others are taken back."""

    edits: frozenset[str]


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes
    ----------
    only : frozenset of str, optional
        Models that were selected; all where not given.
    killed_after : int, optional
        How many models the run got through before it was killed.
    full_refresh : bool
        Whether incremental models are made anew.
    """

    only: frozenset[str] | None = None
    killed_after: int | None = None
    full_refresh: bool = False


Step = Arrive | Edit | Run


@dataclass
class Tally:
    """What was compared."""

    histories: int = 0
    runs: int = 0
    killed: int = 0
    rows_arrived: int = 0
    rows_compared: int = 0
    rows_differing: int = 0
    models: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return (
            f"{self.histories} histories, {self.rows_arrived} raw rows, {self.runs} runs "
            f"({self.killed} killed or partial), {self.rows_compared} rows of {len(self.models)} "
            f"tables compared with a full refresh, {self.rows_differing} differing"
        )
