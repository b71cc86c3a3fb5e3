"""The page of the report: headline figures and cards, laid out by the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import altair
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined

from lead_funnel.report.cards import Card


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
    columns = [cells for cells in zip(*rows, strict=True) if set(cells[1:]) != {"-"}]
    head, *body = zip(*columns, strict=True)
    has_digits = [
        any(letter.isdigit() for cell in cells[1:] for letter in cell) for cells in columns
    ]
    return ShownTable(head, body, [not digits for digits in has_digits])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("lead_funnel.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # No browser reads NaN in JSON; fields stay in Vega-Lite's own order.
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "sort_keys": False}
    environment.filters["shown_table"] = shown_table
    return environment


@cache
def _script() -> str:
    """Bundle the script that draws the charts with its library; that takes seconds."""
    draw = _environment().get_template("draw.js").render()
    version = ".".join(altair.SCHEMA_VERSION.split(".")[:2])
    return vl_convert.javascript_bundle(draw, version).replace("</script", "<\\/script")


def render_page(as_of: str, tiles: Sequence[tuple[str, str, str]], cards: Sequence[Card]) -> str:
    """Write the page.

    Parameters
    ----------
    as_of : str
        When the figures were cut.
    tiles : sequence of (name, value, remark)
        The headline figures.
    cards : sequence of Card

    Returns
    -------
    str
        HTML with everything in it, the library that draws the charts too.
    """
    template = _environment().get_template("page.html.j2")
    return template.render(as_of=as_of, tiles=tiles, cards=cards, script=_script())
