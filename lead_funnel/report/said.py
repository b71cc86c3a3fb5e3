"""Sentences that the warehouse says, in the language of a page: warnings, remedies, gates.

The warehouse writes English. Each sentence that it makes stands here with what it puts in; what is
not here stays as it was written.
"""

import re
from collections.abc import Iterator
from functools import cache

from lead_funnel.language import ENGLISH, N_, _, current, local
from lead_funnel.report import wording
from lead_funnel.words import count_text

WARNINGS = (
    N_("There are no rows of {table}. Without them, {cost}."),
    N_("The column {column} of {table} has no value in any of its {count} rows: {cost}."),
    N_("{count} rows of {table} could not be used, most of them for {reason}."),
    N_(
        "{count} of {all} records of {table} were first seen and last changed more than a week "
        "after they were made: they count as known only since they were seen, and what they said "
        "before cannot be known."
    ),
    N_(
        "No line of seeds/crm_status_map.csv maps the lead status {name}, which {count} records "
        "have or had: it moves no lead to a stage."
    ),
    N_(
        "No line of seeds/crm_status_map.csv maps the opportunity status {name}, which {count} "
        "records have or had: it moves no lead to a stage."
    ),
    N_(
        "No line of seeds/deal_types.csv maps the deal type {name} of {count} deals: they count as "
        "new business."
    ),
    N_(
        "No line of seeds/activity_kinds.csv fits the activity {name}, of which there are {count}: "
        "they do not count as touches."
    ),
    N_(
        "No line of seeds/channels.csv maps the lead source {name}, which {count} people came by: "
        "they have no channel."
    ),
    N_(
        "No line of seeds/channels.csv maps the campaign tags {name}, which {count} people came "
        "by: they have no channel."
    ),
    N_(
        "{count} erasure requests name neither a readable e-mail address nor a CRM lead nor a "
        "device: they erase nobody."
    ),
    N_("{count} erasure requests found no rows."),
    N_(
        "{count} values of {column} in {table} could not be read, most of them like {example}: "
        "they count as empty."
    ),
    N_(
        "{count} identifiers of type {name} hold more than a person has, and were not made one "
        "person."
    ),
    N_(
        "{count} groups of identifiers around one of type {name} hold more than a person has, and "
        "were not made one person."
    ),
    N_(
        "{count} accepted rows of {table} belong to nobody: they name no person, a record that is "
        "not there, or an address that stands for no one."
    ),
    N_("{count} deals name no lead, contact or account that is known: they are in no funnel."),
    N_(
        "{count} deals have a stage whose name contradicts is_closed and is_won: the flags were "
        "followed."
    ),
)
REMEDIES = (
    N_(
        "Put the export into the folder of the raw files, as a file or folder named {table}; if "
        "you have none, nothing needs to be done."
    ),
    N_("Add the column to the export, under this name; docs/sources.md lists all."),
    N_(
        "Look at them in marts.quarantined_rows of the warehouse and correct the source; then they "
        "disappear."
    ),
    N_(
        "Add the line {line}, with inquiry, mql, sal, sql, closed_won, closed_lost, recycled or "
        "disqualified for STAGE."
    ),
    N_(
        "If this warehouse replaces another, bring its table staging.first_knowledge along; "
        "docs/sources.md says what a build remembers."
    ),
    N_("Add the line {line}, with new_business, expansion or renewal for KIND."),
    N_("Add the line {line}, with touch, contact or none for COUNTS_AS."),
    N_("Add the line {line} with the channel that it belongs to."),
    N_("Ask who they are about, and correct the requests."),
    N_("Check that they are spelt as in the data; marts.erasure_receipts lists them."),
    N_("Correct them in the source. docs/sources.md says how values are read."),
    N_(
        "See that the source fills the address or the record id; shared addresses are listed in "
        "seeds/role_addresses.csv and seeds/placeholder_addresses.csv."
    ),
    N_("Fill lead_id or contact_id of the deals listed in marts.stage_anomalies."),
    N_("Correct the stages listed in marts.stage_anomalies in the CRM."),
)
COSTS = (
    N_("nobody is known by what they did on the web site, and visits earn no points"),
    N_("hand-raises by form are not seen, nor what people agreed to"),
    N_("clicks, bounces and unsubscriptions are not seen: opt-outs by mail are unknown"),
    N_("answers at fairs, webinars and the like are not seen"),
    N_("campaigns have no names and no channels"),
    N_("no cost per lead, MQL or win can be told"),
    N_("there are no lead records: no status, no owner, and nothing to send to the CRM"),
    N_("statuses are known only as they stand, so times in stages are rough"),
    N_("people whom the CRM has as contacts are not joined to their leads"),
    N_("industry, size and country of companies are known only from the leads"),
    N_("wins cannot be seen: no close rates, no revenue, no model"),
    N_("deals are known only as they stand, not when they moved"),
    N_("follow-up cannot be seen: there is no speed to lead and no black hole"),
    N_("reps have no teams, so that nothing is routed unless seeds/sales_reps.csv names them"),
    N_("visits before a form cannot be joined to the person"),
    N_("pages cannot be told apart: no content, no points by page"),
    N_("forms belong to nobody"),
    N_("nobody is known to have agreed to be written to"),
    N_("mails belong to nobody"),
    N_("leads cannot be joined to forms, mails and visits"),
    N_("stages are known from the history and from deals only"),
    N_(
        "leads have no owner: routing starts anew, and what nobody follows up has the cause "
        "no_owner"
    ),
    N_("where a lead comes from is known from campaign tags only"),
    N_("what automation sent cannot be told from what people did"),
    N_("wins are counted, but revenue and expected value are unknown"),
    N_("when deals were won or lost is known from their history only"),
    N_("accounts are not joined to people by the address of their company"),
    N_("reps have no team, so that nothing is routed unless seeds/sales_reps.csv names it"),
)
GATES = (
    N_("{count} won leads in training, {least} needed"),
    N_("{count} won leads in the test period, {least} needed"),
    N_("{count} won leads in training"),
    N_("not clearly better than points: {figures}"),
    N_("not clearly better than chance: {figures}"),
    N_("ROC AUC minus points {gap} ({low} to {high}) on decisions"),
    N_("ROC AUC minus points {gap} ({low} to {high}) on all examples"),
    N_("ROC AUC minus champion {name} {gap} ({low} to {high})"),
    N_("ROC AUC {area} ({low} to {high}) on decisions"),
    N_("ROC AUC {area} ({low} to {high}) on all examples"),
    N_("no champion yet"),
    N_("too few outcomes since champion {name} to compare with it"),
    N_("champion {name} needs features that are gone"),
    N_("worse than the champion: {figures}"),
    N_("not calibrated: {figures}"),
    N_("calibration error {error}, {beyond} beyond chance (at most {limit})"),
    N_("leak suspects: {names}"),
    N_("leak probes clean"),
)


def said(cell: object) -> str:
    """Write a sentence of the warehouse in the language of the page, with its counts separated.

    What is not known stays as it is.
    """
    sentence = str(cell)
    for pattern, template in _patterns():
        if found := pattern.fullmatch(sentence):
            parts = {name: _part(name, part) for name, part in found.groupdict().items()}
            return _(template).format(**parts)
    return sentence


def said_each(sentences: str) -> str:
    """Translate several reasons that semicolons part."""
    return "; ".join(map(said, sentences.split("; ")))


def _part(name: str, part: str) -> str:
    if name in ("count", "all", "least") and part.isdecimal():
        return count_text(part)
    if name == "reason" and current() != ENGLISH:
        return wording.reason(part)
    if re.fullmatch(r"[+-]?\d+[.]\d+", part):
        return local(part)
    # What a sentence ends with may be one of its own.
    return said(part) if name in ("cost", "figures") else part


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [*_read((*WARNINGS, *REMEDIES, *COSTS, *GATES))]


def _read(templates: tuple[str, ...]) -> Iterator[tuple[re.Pattern[str], str]]:
    for template in templates:
        pieces = re.split(r"{(\w+)}", template)
        pattern = "".join(
            f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece)
            for number, piece in enumerate(pieces)
        )
        yield re.compile(pattern, re.DOTALL), template
