"""Which column of a raw table a name in a file means."""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections.abc import Iterable, Sequence

from lead_funnel.raw.contract import LOADED_AT, Table, load_contract

LONGEST_NAME = 100
"""No name of a column: what stands there is a value."""
LIKENESS = 0.8
"""From where on, of 1, one name looks like another."""

TOOLS = {
    "HubSpot": ("recordid", "createdate", "lastmodifieddate", "lifecyclestage", "contactowner",
                "dealstage", "dealname", "associatedcompany", "hsobjectid", "vid"),
    "Salesforce": ("leadowner", "companyaccount", "createdby", "lastmodifiedby", "accountowner",
                   "opportunityowner", "systemmodstamp", "ownerrole", "fiscalperiod", "isconverted",
                   "createddate", "lastactivitydate"),
    "Marketo": ("marketoguid", "leadpartitionid", "originalsourcetype", "acquiredby", "mktoname"),
    "Mailchimp": ("emailaddress", "memberrating", "optintime", "optinip", "confirmtime", "leid",
                  "euid"),
    "Pipedrive": ("personname", "dealtitle", "wontime", "losttime", "pipelinestage", "dealowner",
                  "emailwork"),
    "Zoho": ("recordid", "leadownername", "modifiedbyid", "lastactivitytime", "zohoid"),
    "Segment": ("messageid", "contextip", "contextlibraryname", "receivedat", "senttime",
                "originaltimestamp", "uuidts"),
    "Google Analytics": ("eventtimestamp", "userpseudoid", "eventbundlesequenceid", "streamid",
                         "defaultchannelgroup"),
}  # fmt: skip
"""By tool, names that its exports have and a raw table has not; two of them tell."""


@functools.lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    """Give a name without all that spellings differ in: case, blanks, underscores, marks."""
    if len(name) > LONGEST_NAME:
        return ""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def matched(table: Table, names: Sequence[str]) -> dict[str, list[int]]:
    """Find the columns of a table among the names in a file.

    Returns
    -------
    dict of str to list of int
        By column, the positions of the names that mean it: those spelt as in the contract first.
    """
    wanted = _wanted(table)
    found: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if column := wanted.get(plain(name)):
            found.setdefault(column, []).append(position)
    for column, positions in found.items():
        positions.sort(key=lambda position: (names[position].strip() != column, position))
    return found


@functools.cache
def _wanted(table: Table) -> dict[str, str]:
    own = {plain(name): name for name in (*table.column_names, LOADED_AT)}
    others = {plain(word): one.name for one in table.columns for word in reversed(one.spellings)}
    return others | own


def near_misses(table: Table, names: Sequence[str]) -> list[tuple[str, str]]:
    """Find names that look like a column which no name means: pairs of name and column."""
    if table.tool:
        # A tool's screens show much that nobody reads.
        return []
    found = matched(table, names)
    missing = {plain(name): name for name in (*table.column_names, LOADED_AT) if name not in found}
    known = {plain(name) for name in found}
    pairs = []
    for name in names:
        if len(plain(name)) < 3 or plain(name) in known:
            continue
        # Lead Status, of a table whose column is status.
        within = [one for one in missing if len(one) > 4 and plain(name).endswith(one)]
        alike = difflib.get_close_matches(plain(name), missing, n=1, cutoff=LIKENESS) or within
        pairs += [(name.strip(), missing[one]) for one in alike[:1]]
    return pairs


def tool_of(names: Iterable[str]) -> str | None:
    """Tell the tool whose export has these names, where two of them say so."""
    spelt = {plain(name) for name in names}
    counts = {tool: len(spelt.intersection(words)) for tool, words in TOOLS.items()}
    best = max(counts, key=lambda tool: counts[tool])
    return best if counts[best] >= 2 else None


def other_table(table: Table, names: Sequence[str]) -> str | None:
    """Give the raw table that names fit better: its key is among them, and more of its columns."""
    if table.tool:
        return None
    counts = {
        other.name: len(matched(other, names))
        for other in load_contract().values()
        if {column.name for column in other.key} <= matched(other, names).keys()
    }
    best = max(counts, key=lambda name: counts[name], default=table.name)
    return best if counts.get(best, 0) > len(matched(table, names)) else None


def table_like(name: str, tables: Iterable[str]) -> str | None:
    """Give the raw table whose name a word looks like."""
    by_plain = {plain(table): table for table in tables}
    if plain(name) in by_plain:
        return by_plain[plain(name)]
    begun = [key for key in by_plain if plain(name).startswith(key)]
    alike = [max(begun, key=len)] if begun else None
    alike = alike or difflib.get_close_matches(plain(name), by_plain, n=1, cutoff=LIKENESS)
    return by_plain[alike[0]] if alike else None
