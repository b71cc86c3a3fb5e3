"""The page of the report: what matters, figures, contents and sections, laid out by templates."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from lead_funnel.language import _, current
from lead_funnel.report import palette
from lead_funnel.report.headlines import Tile
from lead_funnel.report.parts import UNBUILT, Section
from lead_funnel.report.sentences import Sentence

# Spaces before a unit, by language.
UNITS = {
    "en": r"(?<=[\d.kM]) (?=%|[kM]? ?[A-Z]{3}\b|pts?\b)",
    "de": r"(?<=\d) (?=%|Mio\.|Tsd\.|[A-Z]{3}\b|Punkte?\b)|(?<=Mio\.|Tsd\.) (?=[A-Z]{3}\b)",
}


@dataclass(frozen=True)
class ShownTable:
    """A table as the page shows it.

    Attributes
    ----------
    head, body
        Cells of the heading and of each row.
    is_words
        Whether a column holds words, which stand to the left; numbers stand to the right.
    """

    head: tuple[str, ...]
    body: list[tuple[str, ...]]
    is_words: list[bool]


def shown_table(rows: Sequence[Sequence[str]]) -> ShownTable:
    """Leave out columns without any value, and find the columns that hold words."""
    columns = [cells for cells in zip(*rows, strict=True) if not {*cells[1:]} <= {"-", "–", ""}]
    head, *body = zip(*columns, strict=True)
    has_digits = [
        any(letter.isdigit() for cell in cells[1:] for letter in cell)
        and sum(map(len, cells[1:])) < 60 * len(cells[1:])
        for cells in columns
    ]
    return ShownTable(head, body, [not digits for digits in has_digits])


def unbroken(words: str) -> str:
    """Keep numbers and their units in one line."""
    return re.sub(UNITS.get(current(), UNITS["en"]), "\u00a0", words)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("lead_funnel.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown_table"] = shown_table
    environment.filters["unbroken"] = unbroken
    environment.globals["_"] = _
    return environment


def render_page(
    as_of: str,
    sentences: Sequence[Sentence],
    tiles: Mapping[int, Sequence[Tile]],
    sections: Sequence[Section],
) -> str:
    """Write the page.

    Parameters
    ----------
    as_of : str
        When the figures were cut.
    sentences : sequence of Sentence
        What matters now.
    tiles : mapping of int to sequence of Tile
        The headline figures, by the days of the period; the first is shown until another is chosen.
    sections : sequence of Section

    Returns
    -------
    str
        HTML with everything in it; it needs no script and loads nothing.
    """
    template = _environment().get_template("page.html.j2")
    return template.render(
        language=current(),
        as_of=as_of,
        sentences=sentences,
        tiles={days: shown for days, shown in tiles.items() if shown},
        sections=sections,
        names={section.key: section.name for section in sections},
        empty=_(UNBUILT),
        dark_rules=palette.dark_rules(),
    )
