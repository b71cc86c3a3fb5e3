"""Send what the CRM does not know yet, batch by batch, and note what it took."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lead_funnel.console import note
from lead_funnel.crm.answer import Answer
from lead_funnel.crm.client import UnreachableError
from lead_funnel.crm.fields import batches
from lead_funnel.crm.records import Book, Row
from lead_funnel.errors import UserError
from lead_funnel.report.words import count_text


class Crm(Protocol):
    """Something that takes batches of rows."""

    def prepare(self) -> None:
        """Clear away what earlier runs left unfinished."""

    def send(self, rows: Sequence[Row]) -> Answer:
        """Give rows to the CRM and say what became of them."""


@dataclass
class Outcome:
    """How a push ended.

    Attributes
    ----------
    pending, taken : int
        Records that the CRM did not know; those of them that it took.
    refused : Counter
        Records by the CRM's code for why not.
    stopped : str
        Why the push stopped early; empty if it did not.
    """

    pending: int
    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    @property
    def left(self) -> int:
        """Records that nothing was said about; the next push sends them again."""
        return self.pending - self.taken - self.refused.total()


def push(rows: Sequence[Row], crm: Crm, book: Book, size: int) -> Outcome:
    """Send rows; what was taken is noted after each batch, so a kill costs one batch at most.

    Raises
    ------
    UserError
        If the CRM does not let us in, or refuses each record of a first whole batch.
    """
    outcome = Outcome(len(rows))
    total = -(-len(rows) // size)
    try:
        crm.prepare()
        for number, batch in enumerate(batches(rows, size), start=1):
            answer = crm.send(batch)
            book.record(answer.taken, answer.refused)
            outcome.taken += len(answer.taken)
            outcome.refused.update(why for _, why in answer.refused)
            note(
                f"lead-sync: batch {number} of {total}: {count_text(len(answer.taken))} taken, "
                f"{count_text(len(answer.refused))} refused"
            )
            if not outcome.taken and len(answer.refused) == len(batch) > 1:
                raise UserError(
                    f"The CRM refused every record of the first batch ({_codes(outcome)}). Look "
                    "at the fields in seeds/crm_field_map.csv and whether the CRM has them."
                )
    except UnreachableError as error:
        outcome.stopped = str(error)
    return outcome


def summary(outcome: Outcome) -> str:
    """Tell in a line or two how a push ended; counts and codes only."""
    text = (
        f"{count_text(outcome.taken)} of {count_text(outcome.pending)} records taken, "
        f"{count_text(outcome.refused.total())} refused, {count_text(outcome.left)} left"
    )
    if outcome.refused:
        text += f"\nRefused because of: {_codes(outcome)}. See sync.sync_refusals."
    if outcome.stopped:
        text += f"\nThe CRM could not be reached ({outcome.stopped}). Run the same command again."
    return text


def _codes(outcome: Outcome) -> str:
    return ", ".join(f"{why} {count_text(times)}" for why, times in outcome.refused.most_common())
