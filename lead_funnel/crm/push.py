"""Send what the CRM does not know yet, batch by batch, and note what it accepted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lead_funnel.console import note
from lead_funnel.crm.batch_result import BatchResult
from lead_funnel.crm.client import UnreachableError
from lead_funnel.crm.fields import batches
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.records import Row
from lead_funnel.errors import UserError
from lead_funnel.words import count_text


class Crm(Protocol):
    """A CRM that takes batches of rows."""

    def prepare(self) -> None:
        """Finish or abort what earlier runs left open."""

    def send(self, rows: Sequence[Row]) -> BatchResult:
        """Send rows to the CRM and return what became of them."""


@dataclass
class Outcome:
    """How a push ended.

    Attributes
    ----------
    pending, accepted : int
        Records that the CRM did not know; those of them that it accepted.
    refused : Counter
        Refused records by the CRM's error code.
    stopped : str
        Why the push stopped early; empty if it did not.
    """

    pending: int
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    @property
    def left(self) -> int:
        """Records that the CRM did not report on; the next push sends them again."""
        return self.pending - self.accepted - self.refused.total()


def push(rows: Sequence[Row], crm: Crm, ledger: Ledger, size: int) -> Outcome:
    """Send rows, and note after each batch what was accepted: a kill costs one batch at most.

    Raises
    ------
    UserError
        If the CRM denies access, or refuses each record of a first whole batch.
    """
    outcome = Outcome(len(rows))
    total = -(-len(rows) // size)
    try:
        crm.prepare()
        for number, batch in enumerate(batches(rows, size), start=1):
            result = crm.send(batch)
            ledger.record(result.accepted, result.refused)
            outcome.accepted += len(result.accepted)
            outcome.refused.update(reason for _, reason in result.refused)
            note(
                f"lead-sync: batch {number} of {total}: "
                f"{count_text(len(result.accepted))} accepted, "
                f"{count_text(len(result.refused))} refused"
            )
            if not outcome.accepted and len(result.refused) == len(batch) > 1:
                raise UserError(
                    f"The CRM refused every record of the first batch ({_codes(outcome)}). "
                    "Check the fields in seeds/crm_field_map.csv and whether the CRM has them."
                )
    except UnreachableError as error:
        outcome.stopped = str(error)
    return outcome


def summary(outcome: Outcome) -> str:
    """Say in a line or two how a push ended: counts and codes only."""
    text = (
        f"{count_text(outcome.accepted)} of {count_text(outcome.pending)} records accepted, "
        f"{count_text(outcome.refused.total())} refused, {count_text(outcome.left)} left"
    )
    if outcome.refused:
        text += f"\nRefused because of: {_codes(outcome)}. See sync.sync_refusals."
    if outcome.stopped:
        text += f"\nThe CRM could not be reached ({outcome.stopped}). Run the same command again."
    return text


def _codes(outcome: Outcome) -> str:
    return ", ".join(
        f"{reason} {count_text(times)}" for reason, times in outcome.refused.most_common()
    )
