"""Words that the tools say and no line of the seeds maps, with the lines to add."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lead_funnel.sources.look import Connectors
from lead_funnel.sources.settings import Opened
from lead_funnel.warehouse import quoted

SHOWN = 40
"""Characters of a word that are shown."""


@dataclass(frozen=True)
class Seed:
    """A seed that maps words.

    Attributes
    ----------
    file : str
        Where lines are to be added.
    columns : tuple of str
        Those that all seeds have which map such words.
    word : str
        The column with the word.
    only : str
        A condition on the lines.
    compared : str
        The macro that makes of a word what is compared; none where case alone makes no difference.
    """

    file: str
    columns: tuple[str, ...]
    word: str
    only: str = "true"
    compared: str = ""


STATUS_COLUMNS = ("object_type", "raw_status", "stage")
LEAD_STATUS = Seed("crm_status_map", STATUS_COLUMNS, "raw_status", "object_type = 'lead'")
DEAL_STAGE = Seed("crm_status_map", STATUS_COLUMNS, "raw_status", "object_type = 'opportunity'")
LEAD_SOURCE = Seed("channels", ("lead_source", "channel"), "lead_source")
COUNTRY = Seed("countries", ("country_name", "country_code"), "country_name")
DEAL_COLUMNS = ("field", "word", "deal_type")
DEAL_TYPE = Seed("deal_types", DEAL_COLUMNS, "word", "field = 'deal_type'", "squeezed_word")
PIPELINE = Seed("deal_types", DEAL_COLUMNS, "word", "field = 'pipeline'", "squeezed_word")


@dataclass(frozen=True)
class Kind:
    """A kind of words: what they are called, where they stand, and what a new line looks like."""

    name: str
    seed: Seed
    places: tuple[tuple[str, str], ...]
    line: tuple[str, ...]


KINDS = (
    Kind(
        "statuses of leads",
        LEAD_STATUS,
        (("crm_leads", "status"), ("crm_leads", "second_status"), ("crm_contacts", "status")),
        ("lead", "{}", "STAGE", ""),
    ),
    Kind(
        "stages of deals",
        DEAL_STAGE,
        (("crm_opportunities", "stage_name"),),
        ("opportunity", "{}", "STAGE", ""),
    ),
    Kind(
        "types of deals",
        DEAL_TYPE,
        (("crm_opportunities", "deal_type"),),
        ("deal_type", "{}", "KIND"),
    ),
    Kind(
        "pipelines of deals",
        PIPELINE,
        (("crm_opportunities", "pipeline"),),
        ("pipeline", "{}", "KIND"),
    ),
    Kind(
        "sources",
        LEAD_SOURCE,
        (("crm_leads", "lead_source"), ("crm_contacts", "lead_source")),
        ("", "", "{}", "CHANNEL"),
    ),
    Kind(
        "countries",
        COUNTRY,
        tuple(
            (table, "country_code")
            for table in (
                *("crm_leads", "crm_contacts", "crm_accounts"),
                *("form_submissions", "web_events"),
            )
        ),
        ("{}", "XX"),
    ),
)


@dataclass(frozen=True)
class Unmapped:
    """Words of a kind, with the number of rows that have them, the most frequent first."""

    kind: Kind
    words: list[tuple[str, int]]

    def lines(self) -> list[str]:
        """Give the lines to add."""
        return [csv_line(cell.format(word) for cell in self.kind.line) for word, _ in self.words]


def csv_line(cells: Iterable[str]) -> str:
    """Write a line of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def unmapped_words(
    connectors: Connectors,
    opened: Opened,
    raw_tables: Sequence[tuple[str, str]],
    contacts_are_leads: bool,
) -> list[Unmapped]:
    """Find the words that no line maps.

    Parameters
    ----------
    raw_tables : sequence of tuple of str
        Tool and raw table of each view that there is.
    contacts_are_leads : bool
        Whether the statuses and sources of contacts are read.
    """
    found = []
    for kind in KINDS:
        given = [
            f"select trim({quoted(column)}) as word from {view}"  # noqa: S608
            for raw_table, column in kind.places
            for tool, given_table in raw_tables
            if raw_table != "crm_contacts" or contacts_are_leads or kind.seed is COUNTRY
            if given_table == raw_table and (view := connectors.view(tool, raw_table))
            if column in _columns(opened, view)
        ]
        if given:
            words = opened.connection.execute(_query(connectors, opened, kind, given)).fetchall()
            # An address where a word should be is a person's.
            shown = [(str(word)[:SHOWN], int(rows)) for word, rows in words if "@" not in str(word)]
            if shown:
                found.append(Unmapped(kind, shown))
    return found


def _query(connectors: Connectors, opened: Opened, kind: Kind, given: Sequence[str]) -> str:
    words = f"select word from ({' union all '.join(given)}) where nullif(word, '') is not null"  # noqa: S608
    if kind.seed is COUNTRY:
        call = connectors.project.call
        names = call("countries_by_name", connectors.seed(COUNTRY.file))
        return f"""
            select min(word), count(*) from ({words}) as given
            left join ({names}) as countries
                on {call("country_name", "word")} = countries.country_name
            where {call("country_of", "word", "countries")} is null
                and {call("given_value", "word", "country")} is not null
            group by lower(word) order by 2 desc, 1
        """  # noqa: S608
    seed = kind.seed

    def compared(word: str) -> str:
        return (
            str(connectors.project.call(seed.compared, word)) if seed.compared else f"lower({word})"
        )

    mapped = " union all ".join(
        f"select {compared(f'trim({seed.word})')} as word from {table} where {seed.only}"  # noqa: S608
        for table in connectors.seeds_with(seed.columns)
    )
    return f"""
        select min(word), count(*) from ({words}) as given
        where {compared("word")} not in (select word from ({mapped}) where word is not null)
        group by {compared("word")} order by 2 desc, 1
    """  # noqa: S608


def _columns(opened: Opened, view: str) -> list[str]:
    return [row[0] for row in opened.connection.execute(f"describe {view}").fetchall()]
