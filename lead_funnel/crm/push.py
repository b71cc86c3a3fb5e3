"""Send what the CRM does not know yet, batch by batch, and note what it accepted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from lead_funnel.console import note
from lead_funnel.crm.batch_result import BatchResult, MalformedAnswerError, refuse_all
from lead_funnel.crm.client import UnreachableError
from lead_funnel.crm.fields import batches
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.records import MOVED, Pending, Row
from lead_funnel.errors import UserError
from lead_funnel.words import count_text

# So many refusals, and nothing accepted, are no chance.
ENOUGH = 20
# Refusals of single records. Where nothing else is left to send, each night ends with them.
GONE = {"OBJECT_NOT_FOUND", "ENTITY_IS_DELETED", MOVED}


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
        Refused records by the CRM's error code, or our code for an answer that cannot be read.
    moved : int
        Records that are not sent, because the CRM answered them under another id.
    unmapped : int
        Records that are not sent, because the field map has no lines for their kind of object, or
        for the external id by which records are created.
    stopped : str
        Why the push stopped early; empty if it did not.
    """

    pending: int
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    unmapped: int = 0
    stopped: str = ""

    @property
    def left(self) -> int:
        """Records that the CRM did not report on; the next push sends them again."""
        return self.pending - self.accepted - self.refused.total()


def push_parts(
    pending: Pending, parts: Sequence[tuple[Crm, list[dict[str, Any]]]], ledger: Ledger, size: int
) -> Outcome:
    """Send parts of what is pending one after the other; a part that was stopped ends the push.

    Raises
    ------
    UserError
        As `push`.
    """
    sent = sum(len(rows) for _, rows in parts)
    whole = Outcome(sent, moved=pending.moved, unmapped=len(pending.rows) - sent)
    for crm, rows in parts:
        if not whole.stopped:
            part = push(Pending(rows), crm, ledger, size)
            whole.accepted += part.accepted
            whole.refused += part.refused
            whole.stopped = part.stopped
    return whole


def push(pending: Pending, crm: Crm, ledger: Ledger, size: int) -> Outcome:
    """Send rows, and note after each batch what was accepted: a kill costs one batch at most.

    Raises
    ------
    UserError
        If the CRM denies access, or refuses each record of a first batch, or of the first
        `ENOUGH` where batches are of one.
    """
    rows = pending.rows
    outcome = Outcome(len(rows), moved=pending.moved)
    total = -(-len(rows) // size)
    try:
        crm.prepare()
        for number, batch in enumerate(batches(rows, size), start=1):
            try:
                result = crm.send(batch)
            except MalformedAnswerError as error:
                result = refuse_all(batch, error.code)
            ledger.record(result.accepted, result.refused, result.overwritten)
            outcome.accepted += len(result.accepted)
            outcome.refused.update(reason for _, reason in result.refused)
            note(
                f"lead-sync: batch {count_text(number)} of {count_text(total)}: "
                f"{count_text(len(result.accepted))} accepted, "
                f"{count_text(len(result.refused))} refused"
            )
            sent = outcome.refused.total()
            all_refused = sent == min(number * size, len(rows))
            are_left_over = number == total and outcome.refused.keys() <= GONE
            if all_refused and not are_left_over and (len(batch) > 1 or sent >= ENOUGH):
                raise UserError(_all_refused(outcome, result))
    except (UnreachableError, MalformedAnswerError) as error:
        outcome.stopped = str(error)
    return outcome


def _all_refused(outcome: Outcome, result: BatchResult) -> str:
    """Say why nothing of the first batch was taken, and what to do."""
    count = count_text(outcome.refused.total())
    said = f"The CRM refused each of the first {count} records ({_codes(outcome)})"
    if all(reason.startswith("ANSWER_") for reason in outcome.refused):
        return f"{said}: its answers cannot be read. Check LEAD_SYNC_URL, and what lies between."
    if result.refused_fields:
        names = ", ".join(sorted(result.refused_fields))
        return (
            f"{said} because of {names}. Make it in the CRM as a field that may be written and "
            "takes such values, or take its line out of seeds/crm_field_map.csv."
        )
    return f"{said}. Check the fields in seeds/crm_field_map.csv and whether the CRM has them."


def summary(outcome: Outcome) -> str:
    """Say in a line or two how a push ended: counts and codes only."""
    text = (
        f"{count_text(outcome.accepted)} of {count_text(outcome.pending)} records accepted, "
        f"{count_text(outcome.refused.total())} refused, {count_text(outcome.left)} left"
    )
    if outcome.refused:
        text += f"\nRefused because of: {_codes(outcome)}. See sync.sync_refusals."
    if outcome.moved:
        text += (
            f"\nNot sent until they change: {count_text(outcome.moved)}, which the CRM answered "
            f"under another id ({MOVED} in sync.sync_refusals). Were they merged there?"
        )
    if outcome.unmapped:
        text += (
            f"\nNot sent: {count_text(outcome.unmapped)}, for which seeds/crm_field_map.csv has no "
            "lines: contacts need their object, new records a field for lead_key."
        )
    if outcome.stopped:
        text += f"\nThe CRM could not be reached ({outcome.stopped}). Run the same command again."
    elif outcome.left:
        text += "\nThe CRM gave no clear answer about those left. Run the same command again."
    return text


def _codes(outcome: Outcome) -> str:
    return ", ".join(
        f"{reason} {count_text(times)}" for reason, times in outcome.refused.most_common()
    )
